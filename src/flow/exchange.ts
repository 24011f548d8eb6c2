// Sends one request of a flow and records it, whatever comes of it.
import { e164Pattern } from '../camara/phone-number.ts'
import type { Context } from '../context.ts'
import { Cancelled, FlowError } from '../errors.ts'
import type { Profile } from '../profile/resolve.ts'
import { readBody, stringIn } from '../wire/body.ts'
import type { StepName } from '../run/run.ts'
import { type Failure, type Sent, textOf } from '../wire/exchange.ts'
import type { Deadline } from './deadline.ts'
import type { Recorder } from './recorder.ts'
import { addressGone, type Source } from '../reach/source.ts'

export interface Answer {
  status: number
  headers: Headers
  text: string
}

/** Sends a request as part of a step. Throws a FlowError that names the host when there is no complete response. */
export type Send = (
  step: StepName,
  request: {
    method: string
    url: string
    headers?: Record<string, string>
    body?: string
    /** The phone sends it, or would: it carries nothing of the client, and leaves from the source. */
    isFromPhone?: boolean
    /** It goes to another host than the gateway's: it carries nothing of the client. */
    isPublic?: boolean
    /** How long it may take, where that is less than the usual. */
    limitMs?: number
  },
) => Promise<Answer>

/** Makes the function through which a flow sends everything. */
export function createSend(
  context: Context,
  recorder: Recorder,
  deadline: Deadline,
  profile: Pick<Profile, 'headers' | 'correlatorHeader' | 'ca' | 'proxy'>,
  source: Source | null,
): Send {
  let hops = 0
  return async (step, { method, url, headers, body, isFromPhone = false, isPublic = false, limitMs }) => {
    for (const secret of secretsSent(headers, body)) recorder.redactor.conceal(secret)
    const correlator = isFromPhone || isPublic ? null : randomUuid(context)
    const hop = isFromPhone ? ++hops : null
    const localAddresses = isFromPhone ? source?.addresses : undefined
    const startedAt = context.clock.now()
    const sent = await deadline.limitRequest(
      (signal) =>
        context.send(
          {
            method,
            url,
            headers: {
              'user-agent': `nv/${context.tool.version}`,
              ...(correlator === null ? {} : { [profile.correlatorHeader]: correlator, ...profile.headers }),
              ...headers,
            },
            ...(body === undefined ? {} : { body }),
          },
          { signal, proxy: profile.proxy ?? undefined, ca: profile.ca ?? undefined, localAddresses },
        ),
      limitMs,
    )
    const answer = sent.failure === null ? answerOf(sent) : null
    for (const secret of answer ? secretsReceived(answer, url) : []) recorder.redactor.conceal(secret)
    const number = answer && numberReceived(answer)
    if (number !== null) recorder.learnNumber(number)
    recorder.exchange(
      {
        step,
        hop,
        method,
        url,
        localAddress: sent.connection?.localAddress ?? null,
        remoteAddress: sent.connection?.remoteAddress ?? null,
        correlator,
        status: answer?.status ?? null,
        contentType: answer?.headers.get('content-type') ?? null,
        location: answer?.headers.get('location') ?? null,
        cookiesSet: (answer?.headers.getSetCookie() ?? []).map(nameOfCookie),
        failure: sent.failure?.message ?? null,
      },
      startedAt,
    )
    if (answer) return answer
    const failure = sent.failure ?? { code: 'unknown', phase: 'headers', message: 'There is no response' }
    if (localAddresses && failure.code === 'EADDRNOTAVAIL')
      throw addressGone(localAddresses, new Error(failure.message))
    throw failureOf(failure, url, context.clock.now() - startedAt)
  }
}

function answerOf({ response }: Sent): Answer | null {
  if (!response) return null
  const headers = new Headers()
  for (const [name, value] of response.headers) headers.append(name, value)
  return { status: response.status, headers, text: textOf(response) }
}

/** Reads the name of a cookie; one without a name is a value alone, which is not to be recorded. */
function nameOfCookie(setCookie: string): string {
  const [pair = ''] = setCookie.split(';', 1)
  return pair.includes('=') ? (pair.split('=', 1)[0] ?? '').trim() : ''
}

const secretFields = ['client_secret', 'client_assertion', 'assertion', 'code_verifier']
const secretMembers = ['access_token', 'id_token', 'refresh_token', 'auth_req_id']
/** A shorter code is found in words that have nothing to do with it. */
const minCodeLength = 12

/** Finds what a request proves itself with, which the server may hand back. */
function secretsSent(headers: Record<string, string> = {}, body = ''): string[] {
  const credentials = headers['authorization']?.split(' ')[1]
  const form = new URLSearchParams(body)
  return [credentials, headers['dpop'], ...secretFields.map((name) => form.get(name))].flatMap(
    (secret) => secret ?? [],
  )
}

/** Finds the secrets that an answer brings, so that not even its own headers are recorded with them. */
function secretsReceived({ headers, text }: Answer, url: string): string[] {
  const location = headers.get('location')
  const redirect = location !== null && URL.canParse(location, url) ? new URL(location, url) : null
  const codes = redirect?.searchParams.getAll('code').filter((code) => code.length >= minCodeLength) ?? []
  const body = readBody(text)
  const tokens = body.kind === 'object' ? secretMembers.map((name) => stringIn(body.object, name)) : []
  return [...codes, ...tokens.filter((token) => token !== null)]
}

/** Finds the number that an answer of /device-phone-number brings. */
function numberReceived({ text }: Answer): string | null {
  const body = readBody(text)
  const number = body.kind === 'object' ? stringIn(body.object, 'devicePhoneNumber') : null
  return number !== null && e164Pattern.test(number) ? number : null
}

/** Makes a version 4 UUID, which every version of the API takes as an x-correlator. */
function randomUuid(context: Pick<Context, 'random'>): string {
  const hex = Buffer.from(context.random(16)).toString('hex')
  const variant = ((Number.parseInt(hex.charAt(16), 16) & 0x3) | 0x8).toString(16)
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    variant + hex.slice(17, 20),
    hex.slice(20),
  ].join('-')
}

const codesByNetworkError: Readonly<Record<string, string>> = {
  ENOTFOUND: 'host_not_found',
  EAI_AGAIN: 'host_not_found',
  ECONNREFUSED: 'connection_refused',
  ECONNRESET: 'connection_lost',
  EPIPE: 'connection_lost',
  UND_ERR_SOCKET: 'connection_lost',
  ETIMEDOUT: 'request_timeout',
  UND_ERR_CONNECT_TIMEOUT: 'request_timeout',
  UND_ERR_HEADERS_TIMEOUT: 'request_timeout',
  UND_ERR_BODY_TIMEOUT: 'request_timeout',
  ENETUNREACH: 'network_unreachable',
  EHOSTUNREACH: 'network_unreachable',
  CERT_HAS_EXPIRED: 'certificate_expired',
  CERT_NOT_YET_VALID: 'certificate_expired',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate_wrong_host',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'certificate_untrusted',
  SELF_SIGNED_CERT_IN_CHAIN: 'certificate_untrusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'certificate_untrusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'certificate_untrusted',
  UNABLE_TO_GET_ISSUER_CERT: 'certificate_untrusted',
  ERR_SSL_WRONG_VERSION_NUMBER: 'tls_failed',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'tls_failed',
  EPROTO: 'tls_failed',
  Z_DATA_ERROR: 'body_damaged',
  Z_BUF_ERROR: 'body_damaged',
  bad_port: 'port_blocked',
  too_large: 'response_too_large',
  no_common_family: 'no_common_family',
}

function failureOf({ code, message }: Failure, url: string, elapsedMs: number): Error {
  const { host } = new URL(url)
  if (code === 'interrupted') return new Cancelled()
  if (code === 'timeout') {
    const seconds = Math.max(1, Math.round(elapsedMs / 1000))
    return new FlowError('request_timeout', { host, seconds })
  }
  const known = codesByNetworkError[code] ?? (code.startsWith('PROXY_') ? 'proxy_failed' : 'network_error')
  return new FlowError(known, { host, error: code, message, seconds: null })
}

/** Throws when a request that carried credentials was answered with a redirect: they must not follow it. */
export function refuseRedirect(code: string, host: string, status: number, headers: Headers): void {
  if (status >= 300 && status < 400)
    throw new FlowError(code, { host, status, location: headers.get('location') })
}
