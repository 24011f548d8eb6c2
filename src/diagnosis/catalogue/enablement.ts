// What a provider answered when it was asked for the authorize URL of a number, before the phone was used.
import type { AuthUrlFlaw } from '../../oauth/enablement.ts'
import { quote, type Refused, titled, withStatus, type Words } from './words.ts'

export const enablement = {
  number_not_covered: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} does not cover the operator of this number`),
    cause: `${quote(facts.says)}The provider can't verify numbers of that network, so the phone was not asked.`,
    fix: 'Try a number of an operator that the provider lists, or ask the provider for that operator.',
    reference: vonage,
  }),
  number_not_allowed: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} does not let this application ask about the number`),
    cause: `${quote(facts.says)}The application is likely limited to a list of test numbers. The phone was not asked.`,
    fix: 'Add the number to that list in the console of the provider, or have the application approved for production.',
    reference: vonage,
  }),
  enablement_refused: (facts: Refused & { source: string }): Words => ({
    title: titled(facts, `${facts.host} gave no authorize URL${withStatus(facts)}`),
    cause: `${quote(facts.says)}The provider refused the number, the scope or the application. The phone was not asked.`,
    fix: `Fix what it says. If the endpoint is not the right one (${facts.source}), --enablement-url off lets nv build the URL.`,
    reference: facts.reference ?? vonage,
  }),
  enablement_unauthorized: (facts: Refused & { method: string }): Words => ({
    title: titled(facts, `${facts.host} did not accept the client${withStatus(facts)}`),
    cause: `${quote(facts.says)}nv authenticated with ${facts.method}. The phone was not asked.`,
    fix:
      facts.method === 'application_jwt'
        ? 'Check that the client id and the key belong to the same application, and that the clock of this machine is right.'
        : 'Check the client id, its secret or key, and the method (--auth-method).',
    reference: facts.reference ?? vonage,
  }),
  enablement_unreadable: ({ host, source, status, found, location, says }: NoAuthUrl): Words => ({
    title:
      found === null || status !== null
        ? `${host} answered without an authorize URL${withStatus({ status })}`
        : `${host} returned ${found}, not an authorize URL`,
    cause: `${location === null ? quote(says) : `It redirects to ${location}, and nv does not send the request there. `}nv looks for auth_url under the scope that was asked for, as in {"scopes":{"<scope>":{"auth_url":"https://…"}}}.`,
    fix: `Check the endpoint (${source}) and the scope. With --enablement-url off, nv builds the URL itself.`,
    reference: vonage,
  }),
  auth_url_refused: (facts: {
    provider: string
    /** The host of the URL; null: it is none. */
    host: string | null
    flaw: AuthUrlFlaw
    theirs: string | null
    ours: string
  }): Words => ({
    title: `${facts.provider} gave an authorize URL that nv does not open: ${flaws[facts.flaw]}`,
    cause:
      facts.flaw === 'other_redirect_uri'
        ? `It redirects to ${facts.theirs ?? 'another address'}, and nv expects the response at ${facts.ours}.`
        : facts.flaw === 'other_scope'
          ? `The answer names ${facts.theirs ?? 'none'} in place of ${facts.ours}, so the token would not be for this API.`
          : `${facts.host === null ? '' : `It leads to ${facts.host}. `}A browser would open it, so nv only opens one that is safe and belongs to this attempt.`,
    fix:
      facts.flaw === 'other_redirect_uri'
        ? 'Give the redirect_uri that is registered for the application with --redirect-uri.'
        : facts.flaw === 'other_scope'
          ? 'Give a scope that the provider has for this API with --scope.'
          : 'Report it to the provider. With --enablement-url off, nv builds the URL itself.',
    reference: facts.flaw === 'other_redirect_uri' ? vonage : null,
  }),
  auth_url_without_state: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `The authorize URL of ${host} does not show our state`,
    cause: 'The provider may keep it. nv still accepts no callback without it.',
    fix: 'If the callback arrives without a state, report that to the provider.',
    reference: vonage,
  }),
}

/** An answer that neither gives the URL nor refuses it. */
export interface NoAuthUrl {
  host: string
  source: string
  /** Null: a success. */
  status: number | null
  /** What came in place of a JSON object; null: it is one. */
  found: string | null
  location: string | null
  says: string | null
}

const vonage = 'https://developer.vonage.com/en/api/network-enablement'

const flaws: Readonly<Record<AuthUrlFlaw, string>> = {
  too_long: 'it is longer than 16 KiB',
  not_a_url: 'it is not a valid URL',
  not_https: 'it is not https',
  user_name: 'it has a user name in it',
  other_state: 'it has another state',
  other_client: 'it is for another client_id',
  other_redirect_uri: 'it has another redirect_uri',
  other_scope: 'it is for another scope',
}
