// Completes a profile with what only the gateway knows: its endpoints, and credentials that it hands out.
import { FlowError } from '../errors.ts'
import { checkDiscovery, type Discovered, discoveryUrls, readDiscovery } from '../oauth/discovery.ts'
import { compareWithOffer } from '../oauth/offered.ts'
import { type Endpoint, endpointsOf, type Grant, grantTypes } from '../oauth/grants.ts'
import type { Target } from '../target/target.ts'
import { readBody, stringIn } from '../wire/body.ts'
import type { StepName } from '../run/run.ts'
import type { Send } from './exchange.ts'
import type { Recorder } from './recorder.ts'
import { endpointRule } from '../settings/rules.ts'

/** A profile with everything a flow sends, and what it knows of the issuer. */
export interface Gateway extends Target {
  isIssuerRequired: boolean
  /** Where the keys of the issuer are; null: its document does not say, undefined: nobody has looked. */
  jwksUri?: string | null
}

/**
 * Asks the gateway for what the profile leaves open and the grants need; of several grants the first may turn out to
 * be impossible. Sends nothing for a profile that leaves nothing open.
 * What the gateway does not offer of what the grant is about to use is warned about.
 */
export async function completeProfile(
  profile: Target,
  send: Send,
  recorder: Recorder,
  grants: readonly [Grant, ...Grant[]] = ['authorization-code'],
): Promise<Gateway> {
  const credentials =
    profile.credentialsUrl === null ? {} : await fetchCredentials(profile.credentialsUrl, send, recorder)
  const hasAll = (known: Pick<Target, Endpoint>) => (grant: Grant) =>
    endpointsOf[grant].every((name) => known[name] !== '')
  const known = { ...profile, ...credentials, isIssuerRequired: false }
  if (hasAll(profile)(grants[0]) || profile.issuer === null) return known
  const { metadata, ...found } = await discover(profile, profile.issuer, send, recorder, grants)
  const grantType = grantTypes[grants.find(hasAll(found)) ?? grants[0]]
  for (const { code, args } of compareWithOffer({ ...profile, grantType }, metadata))
    recorder.warn('authorize', code, { host: new URL(profile.issuer).host, ...args })
  return { ...known, ...found }
}

/** Gives the endpoints that the profile leaves open, and what else the document says. */
async function discover(
  profile: Target,
  issuer: string,
  send: Send,
  recorder: Recorder,
  grants: readonly Grant[],
) {
  const { found, response } = await fetchDiscovery(issuer, send, 'authorize')
  const { host } = new URL(issuer)
  if (found.issuer !== null && found.issuer !== issuer)
    recorder.warn('authorize', 'discovered_issuer_differs', { host, issuer, found: found.issuer })
  const ownIssuer = found.issuer !== null && URL.canParse(found.issuer) ? found.issuer : issuer
  const objection = await checkDiscovery(ownIssuer, response)
  if (objection) recorder.warn('authorize', 'discovery_irregular', { host, message: objection })
  const optional = (name: string, url: string | null): string | null => {
    const rule = url === null ? null : endpointRule(url)
    if (rule !== null) recorder.warn('authorize', 'discovery_endpoint_ignored', { host, name, url, rule })
    return rule === null ? url : null
  }
  const endpoint = (setting: Endpoint) => {
    if (profile[setting] !== '') return profile[setting]
    const [name, url] = [endpointNames[setting], found[setting]]
    const isNeeded = grants.every((grant) => endpointsOf[grant].some((needed) => needed === setting))
    return isNeeded ? usableEndpoint(name, url, host) : (optional(name, url) ?? '')
  }
  const endpoints = {
    authorizeUrl: endpoint('authorizeUrl'),
    tokenUrl: endpoint('tokenUrl'),
    backchannelUrl: endpoint('backchannelUrl'),
  }
  const { authorizeUrl, tokenUrl, backchannelUrl } = endpoints
  const named = { authorize: authorizeUrl, token: tokenUrl, backchannel: backchannelUrl }
  const list = Object.entries(named).flatMap(([name, url]) => (url === '' ? [] : [`${name} ${url}`]))
  const text = `Discovered at ${issuer}: ${list.join(', ')}`
  recorder.emit({ type: 'note', text: recorder.redactor.text(text) })
  return {
    ...endpoints,
    jwksUri: optional('jwks_uri', found.jwksUri),
    issuer: found.issuer ?? issuer,
    isIssuerRequired: found.isIssuerRequired,
    metadata: found.metadata,
  }
}

const endpointNames = {
  authorizeUrl: 'authorization_endpoint',
  tokenUrl: 'token_endpoint',
  backchannelUrl: 'backchannel_authentication_endpoint',
} as const satisfies Readonly<Record<Endpoint, string>>

/**
 * Gives where the keys of an issuer are; null when its document does not say, or says what no profile could hold.
 * Throws a FlowError when there is no document.
 */
export async function findKeys(issuer: string, send: Send): Promise<string | null> {
  const { jwksUri } = (await fetchDiscovery(issuer, send, 'token')).found
  return jwksUri === null || endpointRule(jwksUri) !== null ? null : jwksUri
}

/** Fetches the document of OpenID Connect, or that of OAuth where there is none. */
async function fetchDiscovery(
  issuer: string,
  send: Send,
  step: StepName,
): Promise<{ found: Discovered; response: Response }> {
  const urls: string[] = []
  let status = 0
  let location: string | null = null
  for (const url of discoveryUrls(issuer)) {
    urls.push(url)
    const answer = await send(step, { method: 'GET', url, headers: { accept: 'application/json' } })
    ;({ status } = answer)
    const { headers, text } = answer
    location = headers.get('location')
    const found = status === 200 ? readDiscovery(text) : null
    if (found) return { found, response: new Response(text, { status, headers }) }
    if (status >= 500 || status === 429) break
  }
  throw new FlowError('discovery_failed', { host: new URL(issuer).host, urls, status, location })
}

/** Refuses an endpoint that no profile could hold either: credentials go there. */
function usableEndpoint(name: string, url: string | null, host: string): string {
  const rule = url === null ? 'is missing' : endpointRule(url)
  if (url === null || rule !== null) throw new FlowError('discovery_endpoint', { host, name, url, rule })
  return url
}

async function fetchCredentials(
  url: string,
  send: Send,
  { redactor }: Recorder,
): Promise<{ clientId: string; clientSecret: string }> {
  const { status, text } = await send('authorize', {
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
  })
  const body = readBody(text)
  const clientId = body.kind === 'object' ? stringIn(body.object, 'client_id') : null
  const clientSecret = body.kind === 'object' ? stringIn(body.object, 'client_secret') : null
  if (status !== 200 || clientId === null || clientSecret === null) {
    throw new FlowError('credentials_not_given', { host: new URL(url).host, status })
  }
  redactor.conceal(clientSecret)
  return { clientId, clientSecret }
}
