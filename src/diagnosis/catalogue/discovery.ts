// Discovery: the document of the issuer, and what is configured beside what it offers.
import { type Entry, openidDiscovery, rfc8414, status, type Words } from './words.ts'

export const discovery: Readonly<Record<string, Entry>> = {
  discovery_failed: ({ host, urls, location, ...args }) => ({
    title: `${host} has no discovery document${status(args)}`,
    cause: `There is no JSON object at ${Array.isArray(urls) ? urls.join(' or ') : ''}: ${
      location
        ? `it redirects to ${location}, which nv does not follow.`
        : 'the issuer is wrong, or it offers no discovery.'
    }`,
    fix: 'Check --issuer, or give --authorize-url and --token-url.',
    reference: `${openidDiscovery}#ProviderConfig`,
  }),
  discovery_endpoint: ({ host, name, url, rule }) => ({
    title: `The discovery document of ${host} has no ${name} to use`,
    cause: url === null ? `${name} ${rule}.` : `${name} is ${url}, and ${rule}.`,
    fix: 'Give --authorize-url and --token-url, and tell the operator of the gateway.',
    reference: `${openidDiscovery}#ProviderMetadata`,
  }),
  discovery_irregular: ({ host, message }) => ({
    severity: 'warning',
    title: `A strict client would refuse the discovery document of ${host}`,
    cause: `${message}.`,
    fix: 'Tell the operator of the gateway; nv went on with the endpoints that the document names.',
    reference: `${openidDiscovery}#ProviderConfigurationValidation`,
  }),
  discovered_issuer_differs: ({ host, issuer, found }) => ({
    severity: 'warning',
    title: `The discovery document of ${host} is that of another issuer`,
    cause: `It says ${found}, and was asked for as ${issuer}; the two have to be identical to the byte, also in a slash at the end.`,
    fix: `Compare --issuer with what the provider writes. nv went on, and takes either for iss in the callback.`,
    reference: `${openidDiscovery}#ProviderConfigurationValidation`,
  }),
  discovery_endpoint_ignored: ({ host, name, url, rule }) => ({
    severity: 'warning',
    title: `The discovery document of ${host} has no ${name} to use`,
    cause: `${name} is ${url}, and ${rule}.`,
    fix: 'Tell the operator of the gateway; nv went on without it.',
    reference: `${openidDiscovery}#ProviderMetadata`,
  }),
  grant_type_not_offered: notOffered(({ host, wanted }) => ({
    title: `${host} does not offer the grant ${wanted}`,
    fix: 'Ask the provider for the flow that it offers for Number Verification.',
  })),
  auth_method_not_offered: notOffered(({ host, wanted }) => ({
    title: `${host} does not offer the client authentication ${wanted}`,
    fix: 'Choose one that it offers with --auth-method, as the application was registered.',
  })),
  key_algorithm_not_offered: notOffered(({ host, wanted }) => ({
    title: `${host} does not offer assertions signed with ${wanted}`,
    fix: 'Choose one that it offers with --key-algorithm, or register a key of another kind.',
  })),
  scope_not_offered: notOffered(({ host, wanted }) => ({
    title: `${host} does not offer all of the scope: ${wanted}`,
    fix: 'Compare --scope and --api-version with what it offers, and check that the API is subscribed.',
  })),
  pkce_not_offered: notOffered(({ host }) => ({
    title: `${host} does not offer PKCE with S256`,
    fix: 'If it refuses the request, try --pkce off, and tell the operator of the gateway.',
  })),
  request_object_not_offered: ({ host }) => ({
    severity: 'warning',
    title: `${host} does not take request objects`,
    cause: 'The request object is on, and request_parameter_supported is false in the discovery document.',
    fix: 'If it refuses the request, try --request-object off.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9101#section-10.5',
  }),
  request_object_required: ({ host }) => ({
    severity: 'warning',
    title: `${host} takes signed request objects only`,
    cause: 'The request object is off, and require_signed_request_object is true in the discovery document.',
    fix: 'Use --request-object on, with the private key in --key.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9101#section-10.5',
  }),
  request_object_algorithm_not_offered: notOffered(({ host, wanted }) => ({
    title: `${host} does not offer request objects signed with ${wanted}`,
    fix: 'Choose one that it offers with --key-algorithm, or use --request-object off.',
  })),
  dpop_not_offered: notOffered(({ host, wanted }) => ({
    title: `${host} does not offer DPoP with ${wanted}`,
    fix: 'If it refuses the proof, use --dpop off.',
  })),
}

/** Words a difference between what is configured and what is offered. */
function notOffered(words: (args: Parameters<Entry>[0]) => Pick<Words, 'title' | 'fix'>): Entry {
  return (args) => ({
    ...words(args),
    severity: 'warning',
    cause: `Configured is ${args['wanted']}; the discovery document lists ${args['offered']}.`,
    reference: `${rfc8414}#section-2`,
  })
}
