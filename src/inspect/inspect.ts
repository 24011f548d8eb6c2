// Recognises what somebody brings, and explains it. Pure: nothing is sent anywhere.
import { readRefusal } from '../diagnosis/refusal.ts'
import type { Finding } from '../run/finding.ts'
import { createRedactor, type Redactor } from '../run/redaction.ts'
import { secretsIn } from '../run/secrets.ts'
import { readBody } from '../wire/body.ts'
import { escapeText } from '../wire/escape.ts'
import { readApiAnswer, readBackchannelResponse, readLookalike, readTokenResponse } from './answers.ts'
import { readAuthorizeUrl } from './authorize-url.ts'
import { readCallbackUrl } from './callback-url.ts'
import { readCurl } from './curl.ts'
import { readDiscoveryDocument, readEndpointUrl, readOperatorToken } from './documents.ts'
import { readErrorBody, readErrorResponse, splitResponse } from './error-body.ts'
import { readHar } from './har.ts'
import { countCharacters, type Given, type Inspection, type Reader } from './inspection.ts'
import { readJwt } from './jwt.ts'
import { readKeySet, readPackedKey, readPem } from './key.ts'
import { readApiBody } from './number-body.ts'
import { readForm } from './request.ts'
import { readCheck, readRun } from './run-file.ts'

/** The readers in the order in which they are asked; the first that recognises the text has it. */
const readers: readonly Reader[] = [
  readRun,
  readCheck,
  readHar,
  readCurl,
  readResponse,
  readPem,
  readPackedKey,
  readJwt,
  readOperatorToken,
  readKeySet,
  readDiscoveryDocument,
  readTokenResponse,
  readBackchannelResponse,
  readApiAnswer,
  readApiBody,
  readAuthorizeUrl,
  readCallbackUrl,
  readEndpointUrl,
  readForm,
  readLookalike,
  readErrorBody,
]

/** Reads the body of a response that was printed with its status and headers. */
async function readResponse(text: string, given: Given): Promise<Inspection | null> {
  const response = splitResponse(text)
  if (response === null) return null
  const body = response.body?.text ?? ''
  const location = response.headers.find(([name]) => name === 'location')?.[1]
  if (response.status >= 300 && response.status < 400 && location !== undefined)
    return (
      readCallbackUrl(location, given) ??
      readAuthorizeUrl(location, given) ??
      readErrorResponse(response, given)
    )
  // An error in a challenge is one, whatever the body says.
  const isRefused = response.status >= 400 || readRefusal(response).challenge?.error != null
  if (isRefused) return readErrorResponse(response, given)
  return firstOf(readers.slice(readers.indexOf(readPem)), body, given)
}

/** Inspects a text; null when it is nothing that is known. Everything in the result is redacted. */
export async function inspect(text: string, known: Omit<Given, 'redactor'>): Promise<Inspection | null> {
  const redactor = createRedactor()
  const trimmed = unwrap(text)
  for (const secret of secretsIn({
    headers: [],
    url: trimmed.length < 20_000 ? trimmed : '',
    body: { text: trimmed, byteLength: 0, isCut: false },
  }))
    redactor.conceal(secret)
  const found = await firstOf(readers, trimmed, { ...known, redactor })
  return found === null ? null : redact(found, redactor)
}

async function firstOf(list: readonly Reader[], text: string, given: Given): Promise<Inspection | null> {
  for (const read of list) {
    const found = await read(text, given)
    if (found !== null) return found
  }
  return null
}

/** Takes off white space, a byte order mark, and the quotes of a JSON string. */
function unwrap(text: string): string {
  const trimmed = text.replace(/^\uFEFF/, '').trim()
  if (!trimmed.startsWith('"') || trimmed.length > 500_000) return trimmed
  try {
    const value: unknown = JSON.parse(trimmed)
    return typeof value === 'string' ? value.trim() : trimmed
  } catch {
    return trimmed
  }
}

/** A corrected URL was masked as it was made, so that it can be used. */
function redact(inspection: Inspection, redactor: Redactor): Inspection {
  const text = (value: string) => redactor.text(value)
  const textOrNull = (value: string | null) => (value === null ? null : text(value))
  return {
    ...inspection,
    summary: text(inspection.summary),
    facts: inspection.facts.map(({ name, value, meaning, problem }) => ({
      name: text(name),
      value: text(value),
      meaning: text(meaning),
      problem: textOrNull(problem),
    })),
    findings: inspection.findings.map((finding): Finding => ({
      ...finding,
      title: text(finding.title),
      cause: text(finding.cause),
      fix: text(finding.fix),
      reference: textOrNull(finding.reference),
    })),
  }
}

/** Says what an unrecognised text looks like. It quotes nothing of it. */
export function describeUnknown(text: string): string {
  const trimmed = text.trim()
  if (trimmed === '') return 'It is empty.'
  const body = readBody(trimmed)
  if (body.kind === 'object') {
    const names = Object.keys(body.object)
      .slice(0, 5)
      .map((name) => `"${createRedactor().text(escapeText(name, 40))}"`)
    if (body.object['log'] !== undefined)
      return 'It looks like a HAR, but has no authorization, token or API request.'
    return names.length === 0
      ? 'It is an empty JSON object.'
      : `It is JSON with ${names.join(', ')}, which nv does not know as the answer of a gateway.`
  }
  if (/^[[{]/.test(trimmed))
    return body.found.includes('not JSON')
      ? 'It starts like JSON, but is cut or damaged.'
      : `It is ${body.found}.`
  if (/^https?:\/\//i.test(trimmed)) return 'It is a web address, but has no parameter or path of the flow.'
  if (/^[a-z]+(_[a-z0-9]+)+$/.test(trimmed))
    return 'It looks like the code of a finding: nv explain <code> explains it.'
  if (/^\+?[\d ().-]{6,20}$/.test(trimmed))
    return 'It looks like a phone number: nv verify <phone> checks it.'
  if (/^[\w.~+/=-]{16,}$/.test(trimmed))
    return `It looks like an opaque token of ${countCharacters(trimmed.length)}: an operator token, an access token or a code. Only the server that issued it can tell which. If it is the operator token of a SIM: nv verify <phone> --operator-token <file>`
  // oxlint-disable-next-line no-control-regex
  if (/[\u0000-\u0008\ufffd]/.test(trimmed.slice(0, 1000)))
    return 'It is binary data. For a key or certificate in DER, convert it: openssl x509 -inform der, or base64.'
  return 'nv finds nothing that it knows in this text.'
}
