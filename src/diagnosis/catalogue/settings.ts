// Settings that are allowed and yet likely a mistake.
import { numberScopes, verifyScopes } from '../../camara/api.ts'
import type { FindingArgs } from '../../errors.ts'
import { camaraSecurity, type Entry, rfc6749, numberVerification } from './words.ts'

const camaraScopes = `${camaraSecurity}#purpose-as-a-scope`

/** The scopes of the operation that a command asks for. */
const scopesOf = (command: FindingArgs[string] | undefined) =>
  command === 'number' ? numberScopes : verifyScopes

export const settings: Readonly<Record<string, Entry>> = {
  redirect_uri_fragment: ({ redirectUri }) => ({
    severity: 'warning',
    title: 'The redirect_uri has a fragment',
    cause: `${redirectUri} has a #, which a redirect_uri must not have; a gateway refuses it or loses it.`,
    fix: 'Leave out the # and what follows, here and in the registration.',
    reference: `${rfc6749}#section-3.1.2`,
  }),
  redirect_uri_plain: ({ redirectUri }) => ({
    severity: 'warning',
    title: 'The redirect_uri is plain http to another machine',
    cause: `The code travels to ${redirectUri} for all on the way to read; many gateways refuse to register it.`,
    fix: "Use https, unless this is the phone's own hotspot.",
    reference: 'https://www.rfc-editor.org/rfc/rfc9700#section-2.6',
  }),
  scope_encoded: ({ scope }) => ({
    severity: 'warning',
    title: 'The scope is percent-encoded already',
    cause: `${scope} would be encoded twice, and arrive with its escapes inside.`,
    fix: 'Write it as it is, with its spaces, # and colons; nv encodes it once.',
  }),
  scope_two_purposes: ({ scope }) => ({
    severity: 'warning',
    title: 'The scope has more than one purpose',
    cause: `A request has exactly one dpv: purpose, and this has more: ${scope}`,
    fix: 'Keep one of them.',
    reference: camaraScopes,
  }),
  scope_form_v0: ({ scope, apiVersion, command }) => ({
    severity: 'warning',
    title: `The scope has the form of API v0, and the version is ${apiVersion}`,
    cause: `The form with # is for v0: ${scope}`,
    fix: `Use ${scopesOf(command).v2}, or --api-version v0.`,
    reference: numberVerification,
  }),
  scope_form_v1: ({ scope, command }) => ({
    severity: 'warning',
    title: 'The scope has the form of API v1 and v2, and the version is v0',
    cause: `v0 wants the form with #: ${scope}`,
    fix: `Use ${scopesOf(command).v0}, or another --api-version.`,
    reference: numberVerification,
  }),
  scope_no_purpose: ({ scope }) => ({
    severity: 'warning',
    title: 'The scope has no purpose',
    cause: `CAMARA wants one, as in dpv:FraudPreventionAndDetection, and this has none: ${scope}`,
    fix: 'Add the purpose that was agreed with the provider.',
    reference: camaraScopes,
  }),
  proxy_passed_by: ({ source }) => ({
    severity: 'info',
    title: "The phone's requests go past the proxy",
    cause: `They leave from ${source}, so that the operator sees that address. The proxy serves the other requests.`,
    fix: 'Leave --interface and --local-address out where everything has to go through the proxy.',
  }),
}
