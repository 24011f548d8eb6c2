// What the entries of the catalogue are made of.
import type { FindingArgs } from '../../errors.ts'
import { grantTypes } from '../../oauth/grants.ts'
import type { Finding } from '../../run/run.ts'

export type Words = Pick<Finding, 'title' | 'cause' | 'fix'> &
  Partial<Pick<Finding, 'severity' | 'reference'>>

/** Puts the facts of an observation into words. */
export type Entry = (args: FindingArgs) => Words

export const rfc6749 = 'https://www.rfc-editor.org/rfc/rfc6749'
export const numberVerification = 'https://github.com/camaraproject/NumberVerification'
export const rfc8414 = 'https://www.rfc-editor.org/rfc/rfc8414'
export const rfc9449 = 'https://www.rfc-editor.org/rfc/rfc9449'
export const openidDiscovery = 'https://openid.net/specs/openid-connect-discovery-1_0.html'
export const camaraSecurity =
  'https://github.com/camaraproject/IdentityAndConsentManagement/blob/main/documentation/CAMARA-Security-Interoperability.md'
export const openidConnect = 'https://openid.net/specs/openid-connect-core-1_0.html'

/** Adds what the server said, when it said something. */
export const said = (message: FindingArgs[string] | undefined) =>
  message ? ` The server says: ${String(message)}` : ''

/** Adds the HTTP status, when there was one. */
export const status = (args: FindingArgs) =>
  typeof args['status'] === 'number' ? ` (HTTP ${args['status']})` : ''

/** Adds how long the server wants to be left alone: seconds or a date; anything else is left out. */
export const later = ({ retryAfter }: FindingArgs) => {
  const text = String(retryAfter ?? '')
  if (/^\d{1,6}$/.test(text)) return ` The server asks to wait ${text} s (Retry-After).`
  return /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)
    ? ` The server asks to wait until ${text} (Retry-After).`
    : ''
}

/** How much the clocks of two machines differ before it is worth a word. In seconds. */
const notableSkewSeconds = 30

/** Tells whether the clock of a server and that of this machine differ notably. */
export const isSkewed = ({ skewSeconds }: FindingArgs) =>
  typeof skewSeconds === 'number' && Math.abs(skewSeconds) >= notableSkewSeconds

/** Says that the clock of a server and that of this machine differ, when the server's Date told so. */
export const describeSkew = ({ host, skewSeconds }: FindingArgs) => {
  if (!isSkewed({ skewSeconds: skewSeconds ?? null })) return ''
  const seconds = Math.abs(Number(skewSeconds))
  const direction = Number(skewSeconds) < 0 ? 'behind' : 'ahead of'
  return ` By its Date header the clock of ${host} is ${seconds} s ${direction} that of this machine: what was signed here looks ${Number(skewSeconds) < 0 ? 'as if of the future' : 'expired'} there.`
}

/** Names the flow that a token request belongs to. */
export const flowOf = ({ grantType }: FindingArgs) => {
  if (grantType === grantTypes.ciba) return 'CIBA'
  return grantType === grantTypes['jwt-bearer'] ? 'the JWT bearer grant' : 'the authorization code flow'
}

/** Tells whether a token request is one of a grant that takes the token of a SIM. */
export const isBySim = ({ grantType }: FindingArgs) =>
  grantType === grantTypes.ciba || grantType === grantTypes['jwt-bearer']

/** Names what a token request trades for an access token. */
export const tradedIn = ({ grantType }: FindingArgs) => {
  if (grantType === grantTypes.ciba) return 'auth_req_id'
  return grantType === grantTypes['jwt-bearer'] ? 'assertion' : 'code'
}

export const newOperatorToken =
  'Get a new operator token from the phone (it lives for a short time and may be good for one use), and try again.'

export const useMobileData =
  'Use the phone itself on mobile data: Wi-Fi off, VPN and Private Relay off, no tethering, the right SIM for data; then try again.'

/** Says that an endpoint redirected a request that carried credentials. */
export function redirected(
  name: string,
  host: FindingArgs[string] | undefined,
  location: FindingArgs[string] | undefined,
  args: FindingArgs,
): Words {
  return {
    title: `The ${name} at ${host} redirected${status(args)}`,
    cause: `It pointed to ${location ?? 'nowhere'}. Credentials are never sent after a redirect.`,
    fix: 'Put the final URL into the configuration.',
    reference: `${rfc6749}#section-10.9`,
  }
}
