// Settings that are allowed but likely a mistake.
import { type OperationName, operations } from '../../camara/api.ts'
import { camaraSecurity, numberVerification, rfc6749, type Words } from './words.ts'

const camaraScopes = `${camaraSecurity}#purpose-as-a-scope`

interface ScopeFacts {
  scope: string
}

export const settings = {
  redirect_uri_fragment: ({ redirectUri }: { redirectUri: string }): Words => ({
    severity: 'warning',
    title: 'The redirect_uri has a fragment',
    cause: `${redirectUri} has a #, which a redirect_uri must not have. Gateways refuse or drop it.`,
    fix: 'Remove the # and everything after it, here and in the registration.',
    reference: `${rfc6749}#section-3.1.2`,
  }),
  redirect_uri_wildcard: ({ redirectUri, hostname }: { redirectUri: string; hostname: string }): Words => ({
    severity: 'warning',
    title: `The redirect_uri leads to ${hostname}, which is an address to listen on`,
    cause: `${hostname} stands for every address of a machine. Many browsers refuse ${redirectUri}; on others it leads to the device itself.`,
    fix: 'Register 127.0.0.1 or the address of this machine, and choose where nv listens with --listen.',
  }),
  redirect_uri_plain: ({ redirectUri }: { redirectUri: string }): Words => ({
    severity: 'warning',
    title: 'The redirect_uri is plain http to another machine',
    cause: `Anyone between the phone and ${redirectUri} can read the code, and many gateways refuse to register such an address.`,
    fix: "Use https, unless this is the phone's own hotspot.",
    reference: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.6',
  }),
  scope_encoded: ({ scope }: ScopeFacts): Words => ({
    severity: 'warning',
    title: 'The scope is already percent-encoded',
    cause: `${scope} would be encoded twice, and arrive with %… in it.`,
    fix: 'Write it with plain spaces, # and colons. nv encodes it once.',
  }),
  scope_two_purposes: ({ scope }: ScopeFacts): Words => ({
    severity: 'warning',
    title: 'The scope has more than one purpose',
    cause: `A request has exactly one dpv: purpose. This one has more: ${scope}`,
    fix: 'Keep one of them.',
    reference: camaraScopes,
  }),
  scope_form_v0: ({
    scope,
    apiVersion,
    operation,
  }: ScopeFacts & { apiVersion: string; operation: OperationName }): Words => ({
    severity: 'warning',
    title: `The scope has the form of API v0, but the version is ${apiVersion}`,
    cause: `The form with # belongs to v0: ${scope}`,
    fix: `Use ${operations[operation].scopes.v2}, or --api-version v0.`,
    reference: numberVerification,
  }),
  scope_form_v1: ({ scope, operation }: ScopeFacts & { operation: OperationName }): Words => ({
    severity: 'warning',
    title: 'The scope has the form of API v1 and v2, but the version is v0',
    cause: `v0 expects the form with #: ${scope}`,
    fix: `Use ${operations[operation].scopes.v0}, or another --api-version.`,
    reference: numberVerification,
  }),
  scope_no_purpose: ({ scope }: ScopeFacts): Words => ({
    severity: 'warning',
    title: 'The scope has no purpose',
    cause: `CAMARA requires one, as in dpv:FraudPreventionAndDetection. This scope has none: ${scope}`,
    fix: 'Add the purpose that you agreed with the provider.',
    reference: camaraScopes,
  }),
  preset_unconfirmed: ({ preset, points }: { preset: string; points: readonly string[] }): Words => ({
    severity: 'info',
    title: `Preset ${preset} is partly unconfirmed`,
    cause: `The provider's documents don't confirm: ${points.join('; ')}.`,
    fix: 'If that causes a failure, set the value in the profile, and tell us what the provider accepts.',
  }),
  variables_ignored: ({ variables, profile }: { variables: readonly string[]; profile: string }): Words => {
    const [are, they] = variables.length === 1 ? ['is', 'it counts'] : ['are', 'they count']
    return {
      severity: 'warning',
      title: `${variables.join(', ')} ${are} ignored: profile ${profile} decides`,
      cause: 'A profile that is named, or checked with --all, sets the gateway and the client.',
      fix: `Flags override a profile. Without a named profile ${they}.`,
    }
  },
  state_given: (): Words => ({
    severity: 'warning',
    title: 'The state is not random',
    cause: '--state was given. Anyone who guesses it can send this flow a forged callback.',
    fix: "Leave --state out unless you reproduce another program's request.",
    reference: `${rfc6749}#section-10.12`,
  }),
  login_hint_left_out: ({ form }: { form: string }): Words => ({
    severity: 'info',
    title: 'No login_hint was sent',
    cause: `The form "${form}" is made from a phone number, and nv number does not have one yet.`,
    fix: 'If the gateway needs a hint, give all of it: --login-hint tel:+34600000001',
  }),
  proxy_passed_by: ({ source }: { source: string }): Words => ({
    severity: 'info',
    title: "The phone's requests bypass the proxy",
    cause: `They leave from ${source}, so the operator sees that address. Other requests use the proxy.`,
    fix: 'If everything must go through the proxy, leave out --interface and --local-address.',
  }),
  listening_elsewhere: ({ redirectUri, listen }: { redirectUri: string; listen: string }): Words => ({
    severity: 'warning',
    title: `nv listens on ${listen}, but the redirect_uri leads to another address of this machine`,
    cause: `A phone or browser that opens ${redirectUri} does not reach nv unless something forwards it.`,
    fix: 'Leave --listen out, or register a redirect_uri with that port and give both.',
  }),
  listening_beyond_this_machine: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `nv listens on ${host}: others on that network can reach it`,
    cause: '--listen or NV_LISTEN set an address that is not loopback.',
    fix: 'Nothing, if the phone or a tunnel needs it. Otherwise leave --listen out.',
  }),
  endpoints_equal: ({ url, source }: { url: string; source: string }): Words => ({
    title: 'The token URL is the authorize URL',
    cause: `Both are ${url}. A gateway has two separate endpoints, so this request likely went to the wrong one.`,
    fix: `Copy the token URL again from the provider (${source}).`,
  }),
}
