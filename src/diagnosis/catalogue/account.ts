// What a server says about the account, the application or the line, whatever the code and the endpoint.
import {
  askOperator,
  later,
  numberVerification,
  quote,
  type Refused,
  titled,
  whyFailing,
  withStatus,
  type Words,
} from './words.ts'

/** What the authorization endpoint made of a request with the other setting of PKCE. */
export interface ProbedPkce {
  usesPkce: boolean
  /** Null: its answer does not tell. */
  isAccepted: boolean | null
}

export const account = {
  not_subscribed: (facts: Refused): Words => ({
    title: titled(
      facts,
      `the application is not subscribed to this API at ${facts.host}${withStatus(facts)}`,
    ),
    cause: `${quote(facts.says)}The credentials are known, but they do not cover this API, version or path.`,
    fix: "Subscribe the application to Number Verification in the provider's console. Then check --api-version and the API URL.",
    reference: facts.reference,
  }),
  account_balance: (facts: Refused): Words => ({
    title: titled(facts, `the account at ${facts.host} is out of credit${withStatus(facts)}`),
    cause: `${quote(facts.says)}The gateway did not process the request.`,
    fix: "Top up the account or check its payment in the provider's console.",
    reference: facts.reference,
  }),
  account_suspended: (facts: Refused): Words => ({
    title: titled(facts, `the account or application at ${facts.host} is not active${withStatus(facts)}`),
    cause: `${quote(facts.says)}It is suspended, disabled or not approved yet.`,
    fix: "Check its state in the provider's console, or ask the provider to activate it.",
    reference: facts.reference,
  }),
  quota_exceeded: (facts: Refused): Words => ({
    title: titled(facts, `the quota at ${facts.host} is used up${withStatus(facts)}`),
    cause: `${quote(facts.says)}The application has made all the requests it may for now.`,
    fix: `Wait, or ask the provider for a higher limit.${later(facts)}`,
    reference: facts.reference,
  }),
  api_key_refused: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} does not accept the API key${withStatus(facts)}`),
    cause: `${quote(facts.says)}A gateway in front of the endpoint wants a key in a header, and got none or the wrong one.`,
    fix: "Check the headers of the profile (--header) against the provider's console.",
    reference: facts.reference,
  }),
  address_not_allowed: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} does not accept this machine's IP address${withStatus(facts)}`),
    cause: `${quote(facts.says)}The provider only accepts registered addresses.`,
    fix: "Register this machine's public address with the provider, or run nv from a registered one.",
    reference: facts.reference,
  }),
  line_not_allowed: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} does not allow this phone number${withStatus(facts)}`),
    cause: `${quote(facts.says)}A test application may only ask about numbers that are registered for it.`,
    fix: "Register the number for testing in the provider's console.",
    reference: facts.reference,
  }),
  line_not_served: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} does not serve this line${withStatus(facts)}`),
    cause: `${quote(facts.says)}The number is unknown there, or its operator is not connected to this gateway.`,
    fix: 'Try another number, or ask the provider which operators it covers.',
    reference: facts.reference ?? numberVerification,
  }),
  line_refused: (facts: Refused): Words => ({
    title: titled(facts, `the operator refuses this line${withStatus(facts)}`),
    cause: `${quote(facts.says)}That is about the line or its user, not about the application.`,
    fix: 'Try another line, or have the user of this one settle it with the operator.',
    reference: facts.reference,
  }),
  roaming: (facts: Refused): Words => ({
    title: titled(facts, `the line can't be identified while roaming${withStatus(facts)}`),
    cause: `${quote(facts.says)}Abroad, mobile data may reach the Internet outside the home network.`,
    fix: "Try again on the operator's own network.",
    reference: facts.reference,
  }),
  redirect_uri_refused: (facts: Refused & { redirectUri: string }): Words => ({
    title: titled(facts, `${facts.host} does not accept the redirect_uri${withStatus(facts)}`),
    cause: `${quote(facts.says)}nv sent ${facts.redirectUri}. It must match the registered one exactly.`,
    fix: `Register exactly ${facts.redirectUri}, or give the registered one with --redirect-uri.`,
    reference: facts.reference ?? 'https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2',
  }),
  client_unknown: (facts: Refused & { clientId: string }): Words => ({
    title: titled(facts, `${facts.host} does not know the client_id${withStatus(facts)}`),
    cause: `${quote(facts.says)}nv sent ${facts.clientId}.`,
    fix: "Copy the client_id again from the provider's console, and check that it belongs to this gateway.",
    reference: facts.reference,
  }),
  login_hint_refused: (facts: Refused & { form: string; isBySim: boolean }): Words => ({
    title: titled(facts, `${facts.host} does not accept the login_hint${withStatus(facts)}`),
    cause: `${quote(facts.says)}${
      facts.isBySim
        ? 'nv sent the operator token in it (operatortoken:…), which this gateway does not accept.'
        : facts.form === 'none'
          ? 'nv sent none.'
          : `nv sent it in the form "${facts.form}". Providers want different forms (tel:+34…, +34…, none), and some read a + as a space.`
    }`,
    fix: facts.isBySim
      ? 'Try --grant jwt-bearer, or leave out --operator-token and use a phone.'
      : `Try --login-hint ${['tel', 'bare', 'none'].filter((form) => form !== facts.form).join(' or ')}.`,
    reference: facts.reference,
  }),
  pkce_refused: (
    facts: Refused & { usesPkce: boolean; isAtToken: boolean; probed: ProbedPkce | null },
  ): Words => ({
    title: titled(facts, `${facts.host} rejects the request because of PKCE${withStatus(facts)}`),
    cause: `${quote(facts.says)}PKCE is ${facts.usesPkce ? 'on, with S256' : 'off'}.${describePkceProbe(facts)}`,
    fix:
      facts.probed?.isAccepted === false
        ? 'Ask the provider how this application must use PKCE.'
        : facts.usesPkce
          ? 'Try --pkce off, and report it to the provider.'
          : 'Use --pkce on.',
    reference: facts.reference ?? 'https://www.rfc-editor.org/rfc/rfc7636#section-4.4.1',
  }),
  server_failing: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} could not answer${withStatus(facts)}`),
    cause: `${quote(facts.says)}${
      whyFailing(facts) ?? 'Likely the server, or one that it depends on, is down or overloaded.'
    }`,
    fix: `Try again later. If it keeps happening, ${askOperator}.${later(facts)}`,
    reference: facts.reference ?? 'https://www.rfc-editor.org/rfc/rfc9110#section-15.6',
  }),
}

/** Says what a probe showed of PKCE; nothing where there was none. */
export function describePkceProbe({
  probed,
  isAtToken,
}: {
  probed: ProbedPkce | null
  isAtToken: boolean
}): string {
  if (probed === null) return ''
  const other = probed.usesPkce ? 'with PKCE' : 'without PKCE'
  if (probed.isAccepted === null) return ` A probe ${other} did not settle it.`
  if (!probed.isAccepted) return ` A probe ${other} was refused for PKCE too.`
  return ` A probe ${other} was accepted at the authorization endpoint${isAtToken ? '; what the token endpoint makes of that, only a new run shows' : ''}.`
}
