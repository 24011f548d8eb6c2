// Completes a profile with what only the gateway knows: its endpoints, and credentials that it hands out.
import { FlowError } from '../errors.ts'
import { checkDiscovery, discoveryUrl, readDiscovery } from '../oauth/discovery.ts'
import type { Profile } from '../profile/resolve.ts'
import { endpointRule } from '../profile/settings.ts'
import { readBody, stringIn } from '../run/body.ts'
import type { Send } from './exchange.ts'
import type { Recorder } from './recorder.ts'

/** A profile with everything a flow sends, and what it knows of the issuer. */
export interface Gateway extends Profile {
  isIssuerRequired: boolean
}

/** Asks the gateway for what the profile leaves open. Sends nothing for a profile that leaves nothing open. */
export async function completeProfile(profile: Profile, send: Send, recorder: Recorder): Promise<Gateway> {
  const credentials =
    profile.credentialsUrl === null ? {} : await fetchCredentials(profile.credentialsUrl, send, recorder)
  const hasEndpoints = profile.authorizeUrl !== '' && profile.tokenUrl !== ''
  if (hasEndpoints || profile.issuer === null) return { ...profile, ...credentials, isIssuerRequired: false }
  return { ...profile, ...credentials, ...(await discover(profile, profile.issuer, send, recorder)) }
}

/** Gives the endpoints that the profile leaves open, and what else the document says. */
async function discover(profile: Profile, issuer: string, send: Send, recorder: Recorder) {
  const url = discoveryUrl(issuer)
  const { host } = new URL(url)
  const { status, headers, text } = await send('authorize', {
    method: 'GET',
    url,
    headers: { accept: 'application/json' },
  })
  const found = status === 200 ? readDiscovery(text) : null
  if (!found) throw new FlowError('discovery_failed', { host, url, status })
  const objection = await checkDiscovery(issuer, new Response(text, { status, headers }))
  if (objection) recorder.warn('authorize', 'discovery_irregular', { host, message: objection })
  return {
    authorizeUrl: profile.authorizeUrl || usableEndpoint('authorization_endpoint', found.authorizeUrl, host),
    tokenUrl: profile.tokenUrl || usableEndpoint('token_endpoint', found.tokenUrl, host),
    issuer: found.issuer ?? issuer,
    isIssuerRequired: found.isIssuerRequired,
  }
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
