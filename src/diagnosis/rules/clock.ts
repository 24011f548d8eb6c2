// A clock that is wrong, behind a refusal of something that was signed or beside it.
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { finding } from '../finding.ts'
import type { Meaning } from '../meaning.ts'
import { grantOf, hostAsked, placeOf } from '../recorded.ts'
import { type Endpoint, isKeyMethod, type Refusing } from './refusing.ts'

/** A difference of the clocks that makes servers refuse what is signed. In seconds. */
const telltaleSkewSeconds = 60

/** The errors that a wrong clock can be behind although they say something else. */
export const unspecific = new Set([
  '',
  'invalid_request',
  'invalid_assertion',
  'invalid_client_assertion',
  'invalid_token',
  'invalid_request_object',
  'unauthorized',
])

/** Explains a refusal by the clocks if the server's words and the difference agree; null if they don't. */
export function explainClock(
  recording: Recording,
  { place, refused, endpoint, exchange }: Refusing,
  code: string,
  meaning: Meaning | null,
): Finding | null {
  const seconds = exchange?.clockSkewSeconds ?? null
  if (seconds === null || Math.abs(seconds) < telltaleSkewSeconds) return null
  const isSaid = meaning === 'clock' && code !== 'invalid_client' && code !== 'invalid_dpop_proof'
  const canBe = unspecific.has(code) && (meaning === null || meaning === 'clock' || meaning === 'signature')
  return isSigned(recording, endpoint) && (isSaid || (canBe && code !== ''))
    ? finding('clock_differs', place, { ...refused, seconds })
    : null
}

const endpoints: Readonly<Partial<Record<Exchange['kind'], Endpoint>>> = {
  authorize: 'authorize',
  backchannel: 'backchannel',
  token: 'token',
  api: 'api',
}

/** The refusals that a wrong clock can be behind, or beside. */
const ofSignatures: ReadonlySet<string> = new Set([
  'invalid_client',
  'invalid_grant',
  'invalid_dpop_proof',
  'invalid_request_object',
  'unauthenticated',
])

/** Adds a wrong clock to what already explains a refusal, where something was signed and the refusal may be of that. */
export function suspectClock(recording: Recording, decisive: readonly Finding[]): Finding[] {
  const exchange = recording.exchanges.find(({ id }) => decisive[0]?.evidence.includes(id))
  const endpoint = exchange === undefined ? undefined : endpoints[exchange.kind]
  const seconds = exchange?.clockSkewSeconds ?? null
  const said = `${decisive[0]?.title} ${decisive[0]?.cause}`
  const isTold = /clock/.test(said) || !ofSignatures.has(decisive[0]?.code ?? '')
  const status = exchange?.response?.status ?? 0
  if (exchange === undefined || endpoint === undefined || seconds === null || isTold) return []
  const isRefused = status >= 400 && status < 500 && status !== 404 && status !== 429
  return isRefused && Math.abs(seconds) >= telltaleSkewSeconds && isSigned(recording, endpoint)
    ? [
        finding('clock_differs', placeOf(exchange), {
          host: hostAsked(exchange),
          status: null,
          sent: null,
          says: null,
          retryAfter: null,
          reference: null,
          seconds,
        }),
      ]
    : []
}

/** Tells whether something in a request to that endpoint was signed here, with a time in it. */
function isSigned(recording: Recording, endpoint: Endpoint): boolean {
  const { target } = recording
  if (endpoint === 'authorize') return target.usesRequestObject
  if (endpoint === 'api') return target.usesDpop
  return isKeyMethod(target.authMethod) || target.usesDpop || grantOf(recording) === 'jwt-bearer'
}
