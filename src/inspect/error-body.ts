// An error body of any shape: what the server says, what it means, and the finding that it leads to.
import { meaningOf } from '../diagnosis/meaning.ts'
import { readRefusal, type Refusal } from '../diagnosis/refusal.ts'
import type { Finding } from '../run/finding.ts'
import type { ResponseMessage } from '../wire/exchange.ts'
import { readBody } from '../wire/body.ts'
import {
  arrivalOfSeen,
  diagnoseSeen,
  exchangeOfSeen,
  messageOf,
  readHeaders,
  recordingOfSeen,
} from './seen.ts'
import { type Given, type Inspection, inspectionOf, type Lint } from './inspection.ts'
import { isSource } from './programs.ts'

const maxLength = 300_000

/** Errors that come to the redirect_uri. */
const ofCallback =
  /^(access_denied|(consent|login|interaction|account_selection)_required|unsupported_response_type|request(_uri)?_not_supported)$/
const ofBackchannel =
  /^(unknown_user_id|expired_login_hint_token|missing_user_code|invalid_user_code|invalid_binding_message)$/
const ofToken =
  /^(invalid_(client|grant|scope|dpop_proof|target|assertion)|unauthorized_client|unsupported_grant_type|use_dpop_nonce|authorization_pending|slow_down|expired_token)$/

/** Reads a body as an error; null when nothing in it says that it is one. */
export function readErrorBody(pasted: string, given: Given): Inspection | null {
  const text = pasted.replace(/^\s*\?(?=error=)/, '')
  if (text.trim() === '' || text.length > maxLength) return null
  const status = statusIn(text)
  const response: ResponseMessage = { status: status ?? guessStatus(text), ...messageOf([], text) }
  const refusal = readRefusal(response)
  return isError(refusal, text) ? explain(response, refusal, { status, given }) : null
}

/** Reads a whole response, with its status and headers, that refuses. */
export function readErrorResponse(response: ResponseMessage, given: Given): Inspection {
  return explain(response, readRefusal(response), { status: response.status, given })
}

const statusLine = /^HTTP\/[\d.]{1,4} (\d{3})\b/

/** Splits the output of `curl -i`; null if the text is not a response. */
export function splitResponse(text: string): ResponseMessage | null {
  if (text.length > maxLength) return null
  const normal = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .replaceAll('\r\n', '\n')
  for (let rest = normal; ;) {
    const [, status] = statusLine.exec(rest) ?? []
    if (status === undefined) return null
    const end = rest.indexOf('\n\n')
    const body = end < 0 ? '' : rest.slice(end + 2)
    // Behind a proxy, or after 100, the response that counts is the next one.
    if (!statusLine.test(body)) {
      const headers = readHeaders((end < 0 ? rest : rest.slice(0, end)).split('\n').slice(1, 200))
      return { status: Number(status), ...messageOf(headers, body === '' ? null : body) }
    }
    rest = body
  }
}

/** A HAR that was cut, and variables of a program. */
const ofOthers = /^\s*(?:\{\s*"log"\s*:\s*\{|(?:export\s+)?[A-Z][A-Z0-9_]{2,60}=)/

function isError({ kind, code, message }: Refusal, text: string): boolean {
  if (ofOthers.test(text)) return false
  if (kind === 'page') return true
  // What a SIM or another protocol has in XML is no error.
  if (kind === 'xml')
    return (code !== null || message !== null) && !/<(?:saml2?p?:|wap-provisioningdoc)/i.test(text)
  if (kind === 'text' || kind === 'empty') return looksLikeError(text) && !isSource(text)
  return code !== null || (message !== null && (kind === 'form' || hasErrorName(text)))
}

/** Tells whether a sentence alone reads like what a server says when it refuses. */
function looksLikeError(text: string): boolean {
  const beginning = text.slice(0, 500)
  if (!/\s/.test(beginning.trim()) || text.length > 2000) return false
  return (
    /\b(error|fail(ed|ure)?|denied|refused|forbidden|unauthori[sz]ed|invalid|expired|not found|unavailable|timeout|bad gateway|no healthy upstream|reset)\b/i.test(
      beginning,
    ) || meaningOf(beginning) !== null
  )
}

function hasErrorName(text: string): boolean {
  return /"(error|errors|fault|message|msg|detail|title|errorcode|error_?description|error_?message|status|code|httpmessage|moreinformation|reason)"\s*:/i.test(
    text.slice(0, 20_000),
  )
}

function statusIn(text: string): number | null {
  const body = readBody(text)
  if (body.kind !== 'object') return null
  const found = ['status', 'httpCode', 'statusCode', 'code'].map((name) => Number(body.object[name]))
  return found.find((status) => status >= 400 && status <= 599) ?? null
}

function guessStatus(text: string): number {
  const beginning = text.slice(0, 4000)
  if (/\bunauthori[sz]ed\b(?!_)|UNAUTHENTICATED|invalid (credentials|access token)/i.test(beginning))
    return 401
  if (/\bforbidden\b|PERMISSION_DENIED/i.test(beginning)) return 403
  if (/too many requests/i.test(beginning)) return 429
  if (/internal server error|bad gateway|service unavailable|upstream/i.test(beginning)) return 502
  return /\bnot found\b/i.test(beginning) ? 404 : 400
}

interface Known {
  /** Null: a body alone does not say it. */
  status: number | null
  given: Given
}

function explain(response: ResponseMessage, refusal: Refusal, { status, given }: Known): Inspection {
  const { redactor } = given
  const body = response.body === null ? null : redactor.body(response.body.text)
  const safe: ResponseMessage = {
    status: response.status,
    ...messageOf(redactor.headers(response.headers), body),
  }
  const findings = findingsOf(safe, readRefusal(safe)).map((one) =>
    status === null ? withoutStatus(one, response.status) : one,
  )
  const meaning = meaningOf(refusal.message, refusal.detail, refusal.code)
  const rows: Array<[string, string | null, string]> = [
    ['status', status === null ? null : String(status), 'HTTP status'],
    ['code', refusal.code, 'the code that the server sent'],
    ['message', refusal.message, "the server's own words"],
    ['detail', refusal.detail, 'more of its words'],
    ['reference', refusal.reference, 'where the server explains it'],
    ['retry-after', refusal.retryAfter, 'when to try again'],
    ['www-authenticate', refusal.challenge?.scheme ?? null, 'the authentication that the server wants'],
    ['realm', refusal.challenge?.realm ?? null, ''],
    ['scope', refusal.challenge?.scope ?? null, 'the scope that the server wants'],
    ['means', meaning, 'what its words are about'],
  ]
  const facts = rows.flatMap(([name, value, words]) =>
    value === null
      ? []
      : [{ name, value: redactor.text(value.slice(0, 5000)).slice(0, 500), meaning: words }],
  )
  const said = refusal.code ?? refusal.message ?? 'no words'
  const shape = {
    json: 'JSON',
    xml: 'XML',
    page: 'an HTML page',
    form: 'a form',
    text: 'text',
    empty: 'headers alone',
  }[refusal.kind]
  // What is cut first may not give itself away.
  const summary = `An error in the form of ${shape}: ${redactor.text(said.slice(0, 5000)).slice(0, 120)}`
  const told = ['code', 'message'].find((name) => facts.some((fact) => fact.name === name)) ?? ''
  return inspectionOf(
    'error',
    summary,
    facts,
    findings.map((one): Lint => [told, asBody(one, refusal)]),
  )
}

/** Says of a body alone what is not known of it: which request it answers, and how the client authenticated. */
function asBody(finding: Finding, { kind }: Refusal): Finding {
  const title = kind === 'page' ? 'The server answered with an HTML page' : finding.title
  return {
    ...finding,
    title,
    cause: finding.cause.replace(/ than client_secret_basic\b/, ' than the one that was used'),
  }
}

/** Asks the diagnosis what would be said of it, at the step where such an error comes. */
function findingsOf(response: ResponseMessage, { code, kind }: Refusal): Finding[] {
  const named = (code ?? '').toLowerCase()
  const request = { method: 'POST', url: 'the server', ...messageOf([], null) }
  if (ofCallback.test(named)) {
    const { message, detail, reference } = readRefusal(response)
    const parameters = new URLSearchParams({
      error: named,
      error_description: message ?? detail ?? '',
      state: 'x',
    })
    if (reference !== null) parameters.set('error_uri', reference)
    const arrivals = [arrivalOfSeen(parameters, { url: null, isInFragment: false })]
    return diagnoseSeen(
      recordingOfSeen({ arrivals, end: { kind: 'stopped', step: 'callback', lacks: 'code' } }),
    )
  }
  if (ofBackchannel.test(named)) {
    const exchanges = [exchangeOfSeen(1, 'authorize', 'backchannel', { request, response })]
    return diagnoseSeen(
      recordingOfSeen({
        request: { grants: ['ciba'] },
        exchanges,
        end: { kind: 'stopped', step: 'authorize', lacks: 'token' },
      }),
    )
  }
  if (ofToken.test(named)) {
    const form = messageOf(
      [],
      named === 'expired_token'
        ? 'grant_type=urn:openid:params:grant-type:ciba'
        : 'grant_type=authorization_code',
    )
    const exchanges = [exchangeOfSeen(1, 'token', 'token', { request: { ...request, ...form }, response })]
    return diagnoseSeen(
      recordingOfSeen({ exchanges, end: { kind: 'stopped', step: 'token', lacks: 'token' } }),
    )
  }
  const asApi = exchangeOfSeen(1, 'api', 'api', { request, response })
  const asPage = exchangeOfSeen(1, 'authorize', 'authorize', {
    request: { ...request, method: 'GET' },
    response,
    hop: 1,
  })
  const isAboutRedirect = meaningOf(code, readRefusal(response).message) === 'redirect-uri'
  return kind === 'page' || isAboutRedirect
    ? diagnoseSeen(
        recordingOfSeen({
          exchanges: [asPage],
          end: { kind: 'stopped', step: 'authorize', lacks: 'redirect' },
        }),
      )
    : diagnoseSeen(
        recordingOfSeen({ exchanges: [asApi], end: { kind: 'stopped', step: 'api', lacks: 'answer' } }),
      )
}

/** Takes out a status that nobody saw. */
function withoutStatus(finding: Finding, status: number): Finding {
  const clean = (text: string) =>
    text.replaceAll(` (HTTP ${status})`, '').replaceAll(` with HTTP ${status}`, '')
  return { ...finding, title: clean(finding.title), cause: clean(finding.cause) }
}
