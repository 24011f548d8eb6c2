// Discovery: the document of the issuer, and how the settings compare with what it offers.
import type { Login } from '../challenge.ts'
import {
  describeChallenge,
  openidDiscovery,
  quote,
  type Refused,
  rfc8414,
  withStatus,
  type Words,
} from './words.ts'

interface EndpointFacts {
  host: string
  /** The member of the document. */
  name: string
  /** Null: the document has none. */
  url: string | null
  /** The rule that the URL breaks, as in "must be an https URL". */
  rule: string
}

interface OfferFacts {
  host: string
  wanted: string
  offered: string
}

export const discovery = {
  discovery_failed: (
    facts: Refused & {
      /** The one that says most. */
      url: string
      urls: readonly string[]
      location: string | null
      /** Whether it redirects to where nv had asked before. */
      isLoop: boolean
      challenge: Login | null
      found: string
      source: string
    },
  ): Words => ({
    title: `${facts.host} did not return a discovery document${withStatus(facts)}`,
    cause: `${quote(facts.says)}${describeMissing(facts)}`,
    fix: `Check the issuer (${facts.source}), or give --authorize-url and --token-url.`,
    reference: facts.reference ?? `${openidDiscovery}#ProviderConfig`,
  }),
  issuer_cut: ({ given, issuer }: { given: string; issuer: string }): Words => ({
    severity: 'info',
    title: 'The issuer is set to the address of its document',
    cause: `${given} is the address of the document. nv used ${issuer} as the issuer.`,
    fix: `Set the issuer to ${issuer}.`,
    reference: `${openidDiscovery}#ProviderConfig`,
  }),
  discovery_moved: ({ host, asked, url }: { host: string; asked: string; url: string }): Words => ({
    severity: 'info',
    title: `The discovery document of ${host} is behind a redirect`,
    cause: `${asked} led to ${url}, on the same host. Many clients don't follow it.`,
    fix: 'nv followed it. Give other clients the final address, or report it to the provider.',
    reference: `${openidDiscovery}#ProviderConfig`,
  }),
  discovery_endpoint: ({ host, name, url, rule }: EndpointFacts): Words => ({
    title: `The discovery document of ${host} has no usable ${name}`,
    cause: url === null ? `${name} ${rule}.` : `${name} is ${url}, but it ${rule}.`,
    fix: 'Set the URL yourself (--authorize-url, --token-url, --backchannel-url), and report it to the provider.',
    reference: `${openidDiscovery}#ProviderMetadata`,
  }),
  discovery_irregular: ({ host, message }: { host: string; message: string }): Words => ({
    severity: 'warning',
    title: `A strict client would reject the discovery document of ${host}`,
    cause: `${message}.`,
    fix: 'nv continued with the endpoints that the document names. Report it to the provider.',
    reference: `${openidDiscovery}#ProviderConfigurationValidation`,
  }),
  discovered_issuer_differs: ({
    host,
    issuer,
    found,
  }: {
    host: string
    issuer: string
    found: string
  }): Words => ({
    severity: 'warning',
    title: `The discovery document of ${host} belongs to another issuer`,
    cause: `It names the issuer ${found}, but the setting is ${issuer}. The two must be identical, including a final slash.`,
    fix: "Compare --issuer with the provider's documents. nv continued, and accepts either as iss in the callback.",
    reference: `${openidDiscovery}#ProviderConfigurationValidation`,
  }),
  discovered_issuer_foreign: ({
    host,
    issuer,
    found,
  }: {
    host: string
    issuer: string
    found: string
  }): Words => ({
    title: `The discovery document of ${host} belongs to another issuer, on another host`,
    cause: `It names the issuer ${found}, but the setting is ${issuer}. Such a document could send your credentials anywhere, so nv sent nothing.`,
    fix: `If the provider documents ${found}, use it as --issuer. Otherwise give --authorize-url and --token-url.`,
    reference: `${openidDiscovery}#ProviderConfigurationValidation`,
  }),
  discovery_endpoint_ignored: ({ host, name, url, rule }: EndpointFacts & { url: string }): Words => ({
    severity: 'warning',
    title: `The discovery document of ${host} has no usable ${name}`,
    cause: `${name} is ${url}, but it ${rule}.`,
    fix: 'nv continued without it. Report it to the provider.',
    reference: `${openidDiscovery}#ProviderMetadata`,
  }),
  credentials_not_given: (facts: Refused): Words => ({
    title: `${facts.host} did not hand out client credentials${withStatus(facts)}`,
    cause: `${quote(facts.says)}It returns the client id and secret for a valid API key in the headers.`,
    fix: 'Check the API key of the profile, or give --client-id and a secret.',
    reference: facts.reference,
  }),
  grant_type_not_offered: (facts: OfferFacts): Words => ({
    ...notOffered(facts),
    title: `${facts.host} does not offer the grant ${facts.wanted}`,
    fix: 'Ask the provider which flow it offers for Number Verification.',
  }),
  auth_method_not_offered: (facts: OfferFacts): Words => ({
    ...notOffered(facts),
    title: `${facts.host} does not offer the client authentication ${facts.wanted}`,
    fix: /^(self_signed_)?tls_client_auth(, (self_signed_)?tls_client_auth)?$/.test(facts.offered)
      ? 'It wants a client certificate (mutual TLS), which nv does not support. Ask the provider for another method.'
      : 'With --auth-method, choose one that it offers and that the application is registered for.',
  }),
  key_algorithm_not_offered: (facts: OfferFacts): Words => ({
    ...notOffered(facts),
    title: `${facts.host} does not offer assertions signed with ${facts.wanted}`,
    fix: 'With --key-algorithm, choose one that it offers, or register another kind of key.',
  }),
  scope_not_offered: (facts: OfferFacts): Words => ({
    ...notOffered(facts),
    title: `${facts.host} does not offer all of the scope: ${facts.wanted}`,
    fix: 'Compare --scope and --api-version with what it offers, and check the subscription to the API.',
  }),
  pkce_not_offered: (facts: OfferFacts): Words => ({
    ...notOffered(facts),
    title: `${facts.host} does not offer PKCE with S256`,
    fix: 'If it refuses the request, try --pkce off, and report it to the provider.',
  }),
  request_object_not_offered: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} does not accept request objects`,
    cause: 'The request object is on, and request_parameter_supported is false in the discovery document.',
    fix: 'If it refuses the request, try --request-object off.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9101#section-10.5',
  }),
  pushed_request_required: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} only accepts pushed authorization requests`,
    cause: 'The discovery document has require_pushed_authorization_requests, and nv does not support PAR.',
    fix: 'If it refuses the request, ask the provider to lift the requirement for this application.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9126#section-5',
  }),
  request_object_required: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} only accepts signed request objects`,
    cause: 'The request object is off, and require_signed_request_object is true in the discovery document.',
    fix: 'Use --request-object on, with the private key in --key.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9101#section-10.5',
  }),
  request_object_algorithm_not_offered: (facts: OfferFacts): Words => ({
    ...notOffered(facts),
    title: `${facts.host} does not offer request objects signed with ${facts.wanted}`,
    fix: 'With --key-algorithm, choose one that it offers, or use --request-object off.',
  }),
  dpop_not_offered: (facts: OfferFacts): Words => ({
    ...notOffered(facts),
    title: `${facts.host} does not offer DPoP with ${facts.wanted}`,
    fix: 'If it refuses the proof, use --dpop off.',
  }),
}

function describeMissing({
  url,
  urls,
  location,
  isLoop,
  challenge,
  status,
  found,
  host,
}: {
  url: string
  urls: readonly string[]
  location: string | null
  isLoop: boolean
  challenge: Login | null
  status: number | null
  found: string
  host: string
}): string {
  const places = urls.join(' and ')
  if (urls.some((url) => url.split('/.well-known/').length > 2))
    return 'The issuer is set to the address of its document. The issuer is the part before /.well-known/.'
  if (isLoop)
    return `${url} redirects to an address that nv had already asked: the redirects run in a circle.`
  if (location !== null)
    return `${url} redirects to ${location}${isOnHost(location, host) ? '' : ', on another host'}, and nv does not follow that.`
  if (status === 401 || status === 403)
    return challenge === null || challenge.scheme === ''
      ? `${host} refused ${url}: something in front of it wants a key, or blocks this address.`
      : `${host} refused ${url}: it asks for ${describeChallenge(challenge)}.`
  if (status === 200)
    return `${url} returned ${found}${/^a (JSON object|set of keys)|\. It /.test(found) ? '' : ', not a JSON document'}.`
  return `${places} ${urls.length === 1 ? 'does' : 'do'} not return one: the issuer is wrong, or it does not offer discovery.`
}

function isOnHost(url: string, host: string): boolean {
  return URL.canParse(url) && new URL(url).host === host
}

/** Words a difference between what is configured and what is offered. */
function notOffered({ wanted, offered }: OfferFacts) {
  return {
    severity: 'warning' as const,
    cause: `The setting is ${wanted}. The discovery document lists ${offered}.`,
    reference: `${rfc8414}#section-2`,
  }
}
