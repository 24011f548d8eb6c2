// Every finding in words: what happened, the likely cause, what to do, and where that is written.
import type { FindingArgs } from '../errors.ts'
import type { Finding } from '../run/run.ts'

type Words = Pick<Finding, 'title' | 'cause' | 'fix'> & Partial<Pick<Finding, 'severity' | 'reference'>>
type Entry = (args: FindingArgs) => Words

const rfc6749 = 'https://www.rfc-editor.org/rfc/rfc6749'
const camara = 'https://github.com/camaraproject/NumberVerification'
const oidc = 'https://openid.net/specs/openid-connect-core-1_0.html'

/** Adds what the server said, when it said something. */
const said = (message: FindingArgs[string] | undefined) =>
  message ? ` The server says: ${String(message)}` : ''
const status = (args: FindingArgs) => (typeof args['status'] === 'number' ? ` (HTTP ${args['status']})` : '')
const mobileData =
  'Use the phone itself on mobile data: Wi-Fi off, VPN and Private Relay off, no tethering, the right SIM for data; then try again.'

const network: Record<string, Entry> = {
  host_not_found: ({ host }) => ({
    title: `The host ${host} can't be found`,
    cause: 'Its name does not resolve: a typo in the URL, no network, or a DNS that does not know it.',
    fix: 'Check the URL and the network of this machine.',
  }),
  connection_refused: ({ host }) => ({
    title: `${host} refused the connection`,
    cause: 'Nothing listens on that port, or a firewall answers for it.',
    fix: 'Check host and port of the URL; for the simulator, check that `nv simulate` still runs.',
  }),
  connection_lost: ({ host }) => ({
    title: `${host} ended the connection before its answer was complete`,
    cause: 'The server or something in between (a proxy, a load balancer) closed it.',
    fix: 'Try again; if it stays so, ask the operator of the gateway with the time and the x-correlator.',
  }),
  request_timeout: ({ host, seconds }) => ({
    title: `${host} gave no complete answer${seconds ? ` within ${seconds} s` : ' in time'}`,
    cause: 'The server is slow or down, or a firewall drops the packets.',
    fix: 'Check that this machine may reach the host (proxy, firewall), then try again.',
  }),
  network_unreachable: ({ host }) => ({
    title: `There is no route to ${host}`,
    cause: 'This machine has no network, or none that leads there.',
    fix: 'Check the network, VPN and proxy of this machine.',
  }),
  certificate_expired: ({ host }) => ({
    title: `The certificate of ${host} is outside its dates`,
    cause: 'It has expired or is not valid yet, or the clock of this machine is wrong.',
    fix: 'Check the clock; if it is right, tell the operator of the gateway.',
  }),
  certificate_wrong_host: ({ host }) => ({
    title: `The certificate of ${host} is for another host`,
    cause: 'The URL names the wrong host, or a proxy answers in its place.',
    fix: 'Check the URL.',
  }),
  certificate_untrusted: ({ host }) => ({
    title: `The certificate of ${host} is not trusted`,
    cause:
      "It is self-signed, or signed by an authority this machine does not know, as a company's proxy does.",
    fix: 'Give that authority in NODE_EXTRA_CA_CERTS=<file.pem>.',
  }),
  response_too_large: ({ host }) => ({
    title: `The answer of ${host} is too large`,
    cause: 'More than 1 MiB came where a few hundred bytes were due: this is not the endpoint.',
    fix: 'Check the URL.',
  }),
  network_error: ({ host, error, message }) => ({
    title: `The request to ${host} failed: ${error}`,
    cause: `${message}`,
    fix: 'Check the URL and the network of this machine, then try again.',
  }),
}

const authorize: Record<string, Entry> = {
  authorize_refused: ({ host, error, message, ...args }) => ({
    title: `${host} refused to authorize${status(args)}${error ? `: ${error}` : ''}`,
    cause: `Usually the client_id is unknown, or the redirect_uri is not the registered one to the letter; a gateway must not redirect then.${said(message)}`,
    fix: 'Compare client_id and redirect_uri with the registration.',
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
  authorize_page: ({ host, found, ...args }) => ({
    title: `The redirects ended at ${host} with ${found}${status(args)}`,
    cause: 'A page that wants a person (a login, a consent), or an error page, stands in the way.',
    fix: 'Open the URL on a phone with --via qr to see the page.',
    reference: 'https://github.com/camaraproject/NumberVerification/issues/160',
  }),
  redirect_elsewhere: ({ host, target, redirectUri }) => ({
    title: `${host} redirected to ${target}`,
    cause: `nv can't follow that, and it is not the redirect_uri ${redirectUri}.`,
    fix: 'Compare the redirect_uri with the registration.',
  }),
  too_many_redirects: ({ hops, host }) => ({
    title: `More than ${hops} redirects, the last one from ${host}`,
    cause: 'The chain runs in a circle; a cookie that gets lost between hops does that.',
    fix: 'See the hops with --verbose, and tell the operator of the gateway.',
  }),
  discovery_failed: ({ host, url, ...args }) => ({
    title: `${host} has no discovery document${status(args)}`,
    cause: `${url} is not a JSON object: the issuer is wrong, or it offers no discovery.`,
    fix: 'Check --issuer, or give --authorize-url and --token-url.',
    reference: 'https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfig',
  }),
  discovery_endpoint: ({ host, name, url, rule }) => ({
    title: `The discovery document of ${host} has no ${name} to use`,
    cause: url === null ? `${name} ${rule}.` : `${name} is ${url}, and ${rule}.`,
    fix: 'Give --authorize-url and --token-url, and tell the operator of the gateway.',
    reference: 'https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata',
  }),
  discovery_irregular: ({ host, message }) => ({
    severity: 'warning',
    title: `A strict client would refuse the discovery document of ${host}`,
    cause: `${message}.`,
    fix: 'Compare the issuer with the one in the document; nv went on with the endpoints that it names.',
    reference: 'https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationValidation',
  }),
  credentials_not_given: ({ host, ...args }) => ({
    title: `${host} did not hand out client credentials${status(args)}`,
    cause: 'It gives client id and secret to whoever has a valid API key in the headers.',
    fix: 'Check the API key of the profile, or give --client-id and a secret.',
  }),
  preset_unconfirmed: ({ preset, points }) => ({
    severity: 'info',
    title: `No document confirms all of the preset ${preset}`,
    cause: `Open: ${Array.isArray(points) ? points.join('; ') : ''}.`,
    fix: 'If it fails there, set the value in the profile, and tell us what the provider takes.',
  }),
  key_unusable: ({ message }) => ({
    title: "The private key can't be used",
    cause: `${message}.`,
    fix: 'Give a PEM or JWK private key (RSA, P-256 or Ed25519) with --key <file>.',
  }),
  listening_beyond_this_machine: ({ host }) => ({
    severity: 'warning',
    title: `Listening on ${host}: others on that network can reach it`,
    cause: 'The address is not loopback, because --listen or NV_LISTEN asked for it.',
    fix: 'Leave --listen out unless the phone or a tunnel needs it.',
  }),
  state_given: () => ({
    severity: 'warning',
    title: 'The state is not random',
    cause: '--state was given: whoever guesses it can feed this flow a callback of their own.',
    fix: "Leave --state out unless you reproduce another program's request.",
    reference: `${rfc6749}#section-10.12`,
  }),
}

const callback: Record<string, Entry> = {
  callback_timeout: ({ seconds, redirectUri, isListening }) => ({
    title: `Nothing came back within ${seconds} s`,
    cause: isListening
      ? `No callback reached ${redirectUri}. An error page on the phone means that the client_id or the redirect_uri is not registered; a phone that can't connect was sent to itself; otherwise the URL was not opened.`
      : `The redirect_uri ${redirectUri} is not heard by nv, and no address was pasted.`,
    fix: `Look at the phone. Register exactly ${redirectUri}, or paste the address the phone ended on.`,
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
  foreign_callback: () => ({
    severity: 'warning',
    title: 'A callback with a wrong state was ignored',
    cause: 'It belongs to an older attempt, or someone else sent it.',
    fix: 'Nothing: nv goes on waiting for the right one.',
    reference: `${rfc6749}#section-10.12`,
  }),
  state_missing: () => stateWrong('came back without a state'),
  state_differs: () => stateWrong('came back with another state'),
  state_doubled: () => stateWrong('came back with more than one state'),
  no_code: ({ redirectUri }) => ({
    title: 'The callback has neither a code nor an error',
    cause: `The gateway redirected to ${redirectUri} with our state only.`,
    fix: 'Tell the operator of the gateway: the response is not one of OAuth.',
    reference: `${rfc6749}#section-4.1.2`,
  }),
  doubled_parameter: () => ({
    title: 'The callback has a parameter twice',
    cause: 'code, error or iss may appear once only.',
    fix: 'Tell the operator of the gateway.',
    reference: `${rfc6749}#section-3.1`,
  }),
  issuer_differs: () => ({
    title: 'The callback comes from another issuer',
    cause: 'Its iss is not the issuer of the profile: a mix-up of two gateways, or an attack.',
    fix: 'Compare the issuer in the profile with that of the gateway.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
  }),
  issuer_missing: () => ({
    title: 'The callback does not name its issuer',
    cause: 'The gateway announces that it always sends iss, and did not.',
    fix: 'Tell the operator of the gateway.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
  }),
  access_denied: ({ description }) => ({
    title: 'access_denied: the operator did not recognise the line, or refused',
    cause: `The request did not come over the mobile data of a line the operator knows (Wi-Fi, VPN, tethering, a foreign SIM), or consent was refused.${said(description)}`,
    fix: mobileData,
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
  consent_required: consent('consent_required: the user of this line has not consented yet'),
  login_required: consent('login_required: the operator could not identify the line silently'),
  interaction_required: consent('interaction_required: the operator wants to show a page'),
  invalid_scope: ({ description }) => ({
    title: 'invalid_scope: the gateway does not take this scope',
    cause: `The form with # is for v0, the form with a space for v1 and v2; a request has one purpose; the API must be subscribed.${said(description)}`,
    fix: 'Check --scope and --api-version, and that the application is subscribed to Number Verification.',
    reference: `${rfc6749}#section-3.3`,
  }),
  unauthorized_client: ({ description }) => ({
    title: 'unauthorized_client: the application may not use this flow',
    cause: `It is not enabled for the authorization code flow.${said(description)}`,
    fix: "Enable it in the provider's console.",
    reference: `${rfc6749}#section-5.2`,
  }),
  authorization_error: ({ error, description }) => ({
    title: `The gateway refused to authorize: ${error}`,
    cause: `It sent an error to the redirect_uri.${said(description)}`,
    fix: "Look the error up in the provider's documentation.",
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
}

const token: Record<string, Entry> = {
  invalid_client: ({ description, ...args }) => ({
    title: `invalid_client: the gateway does not accept the credentials${status(args)}`,
    cause: `The client secret or the client_id is wrong, or the gateway wants another client authentication than HTTP Basic.${said(description)}`,
    fix: "Copy both again from the provider's console; check for a stray space or line break.",
    reference: `${rfc6749}#section-5.2`,
  }),
  invalid_grant: ({ description, ...args }) => ({
    title: `invalid_grant: the gateway does not accept the code${status(args)}`,
    cause: `The code was used before or has expired, or the redirect_uri or the PKCE verifier differs from the authorization request.${said(description)}`,
    fix: 'Try again from the start; if it stays so, compare the redirect_uri with the registration.',
    reference: `${rfc6749}#section-5.2`,
  }),
  unsupported_grant_type: ({ description }) => ({
    title: 'unsupported_grant_type: the token endpoint does not take codes',
    cause: `The application is not enabled for the authorization code flow, or this is not the token endpoint.${said(description)}`,
    fix: 'Check the token URL, and enable the flow in the console of the provider.',
    reference: `${rfc6749}#section-5.2`,
  }),
  token_error: ({ error, description, ...args }) => ({
    title: `The token endpoint refused: ${error}${status(args)}`,
    cause: `It did not give an access token for the code.${said(description)}`,
    fix: "Look the error up in the provider's documentation.",
    reference: `${rfc6749}#section-5.2`,
  }),
  token_unreadable: ({ host, found, ...args }) => ({
    title: `${host} sent no access token${status(args)}`,
    cause: `Its answer was ${found}. A wrong URL, a proxy or a captive portal does that.`,
    fix: 'Check the token URL.',
    reference: `${rfc6749}#section-5.1`,
  }),
  token_redirected: ({ host, location, ...args }) => redirected('token', host, location, args),
  nonce_differs: ({ host }) => ({
    title: 'The ID token belongs to another attempt',
    cause: `Its nonce is not ours, so that the code of ${host} may have been injected.`,
    fix: 'Try again from the start; if it stays so, tell the operator of the gateway.',
    reference: `${oidc}#IDTokenValidation`,
  }),
  token_response_irregular: ({ host, message }) => ({
    severity: 'warning',
    title: `A strict client would refuse the token response of ${host}`,
    cause: `${message}.`,
    fix: 'Tell the operator of the gateway; nv went on with the access token.',
    reference: `${rfc6749}#section-5.1`,
  }),
}

const api: Record<string, Entry> = {
  invalid_argument: ({ message }) => ({
    title: 'INVALID_ARGUMENT: the API does not take the number as it was sent',
    cause: `It wants ^\\+[1-9][0-9]{4,14}$, or 64 hexadecimal digits, and not both.${said(message)}`,
    fix: 'Check the number; try with and without --hashed, since some operators take one form only.',
    reference: camara,
  }),
  unauthenticated: ({ message }) => ({
    title: 'UNAUTHENTICATED: the API does not accept the access token',
    cause: `The token was used before, is older than 300 s, or is of another gateway.${said(message)}`,
    fix: 'Try again: every call of the API needs a new trip through the phone. Check that token and API URL belong together.',
    reference: camara,
  }),
  permission_denied: ({ message, scope }) => ({
    title: 'PERMISSION_DENIED: the access token is not good for this call',
    cause: `The scope that was asked for, ${scope}, was not granted, or belongs to another version of the API.${said(message)}`,
    fix: 'Check --scope and --api-version, and that the application is subscribed to Number Verification.',
    reference: camara,
  }),
  user_not_authenticated_by_mobile_network: ({ message }) => ({
    title: 'The line was not identified by the mobile network',
    cause: `The phone was on Wi-Fi, a VPN or a tethered connection when it opened the URL.${said(message)}`,
    fix: mobileData,
    reference: camara,
  }),
  user_not_authenticated_by_supported_method: ({ message }) => ({
    title: 'The line was not identified by a method that the API supports',
    cause: `Neither the mobile network nor the SIM identified it.${said(message)}`,
    fix: mobileData,
    reference: camara,
  }),
  invalid_token_context: ({ message }) => ({
    title: 'INVALID_TOKEN_CONTEXT: there is no number behind the access token',
    cause: `The token came from a flow without a phone.${said(message)}`,
    fix: 'Use the authorization code flow through a phone on mobile data.',
    reference: camara,
  }),
  api_not_found: ({ host, url }) => ({
    title: `${host} has nothing at that path (HTTP 404)`,
    cause: `${url} is not there: the base URL or the API version is wrong.`,
    fix: 'Check NV_API_URL (the base before /number-verification) and --api-version.',
    reference: camara,
  }),
  api_error: ({ host, code, message, ...args }) => ({
    title: `${host} answered with an error${status(args)}${code ? `: ${code}` : ''}`,
    cause: `The API could not answer.${said(message)}`,
    fix: 'Try again later; if it stays so, ask the operator of the gateway with the time and the x-correlator.',
    reference: camara,
  }),
  api_redirected: ({ host, location, ...args }) => redirected('API', host, location, args),
  api_unreadable: ({ host, found }) => ({
    title: `${host} gave no answer: ${found}`,
    cause:
      'Only a JSON boolean in devicePhoneNumberVerified is an answer. A wrong URL or a proxy brings something else.',
    fix: 'Check NV_API_URL; if it is right, tell the operator of the gateway.',
    reference: camara,
  }),
  interrupted: () => ({
    severity: 'info',
    title: 'Interrupted',
    cause: 'The run was stopped before it had a result.',
    fix: 'Start it again.',
  }),
}

function stateWrong(what: string): Words {
  return {
    title: `The authorization response ${what}`,
    cause:
      'The state binds the response to this attempt; without it the response may be of another one, or forged.',
    fix: 'Try again from the start; if it stays so, the gateway loses the state: tell its operator.',
    reference: `${rfc6749}#section-10.12`,
  }
}

function consent(title: string): Entry {
  return ({ description }) => ({
    title,
    cause: `Number Verification asks silently, and the operator can't show its consent page then.${said(description)}`,
    fix: 'Leave prompt=none out once, or have the consent collected beforehand.',
    reference: 'https://github.com/camaraproject/NumberVerification/issues/160',
  })
}

function redirected(
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

/** The entries by code. */
export const catalogue: Readonly<Record<string, Entry>> = {
  ...network,
  ...authorize,
  ...callback,
  ...token,
  ...api,
}
