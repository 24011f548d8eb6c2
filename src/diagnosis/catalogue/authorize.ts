// The authorization request, and what comes before it.
import type { FindingArgs } from '../../errors.ts'
import { type Entry, rfc6749, said, status, type Words } from './words.ts'

export const authorize: Readonly<Record<string, Entry>> = {
  authorize_refused: ({ host, error, message, ...args }) => ({
    title: `${host} refused to authorize${status(args)}${error ? `: ${error}` : ''}`,
    ...refusedHop(args, said(message)),
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
  invalid_request_object: ({ description, message }) => ({
    title: 'invalid_request_object: the gateway does not take the signed request',
    cause: `It does not know the key or the algorithm that the request object was signed with, or the clocks differ.${said(description ?? message)}`,
    fix: 'Compare the public key that is registered, its kid (--key-id) and its algorithm (--key-algorithm), check the clock of this machine, or use --request-object off.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9101#section-7',
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
  login_hint_left_out: ({ form }) => ({
    severity: 'info',
    title: 'No login_hint was sent',
    cause: `The form ${form} is made of a phone number, and nv number has none: it asks for it.`,
    fix: 'Where the gateway wants a hint, give it as it is: --login-hint tel:+34600000001',
  }),
  listening_elsewhere: ({ redirectUri, listen }) => ({
    severity: 'warning',
    title: `Listening on ${listen}, while the redirect_uri leads to another address of this machine`,
    cause: `A phone or browser that is sent to ${redirectUri} does not arrive, unless something passes it on.`,
    fix: 'Leave --listen out, or register a redirect_uri of that port and give both.',
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

/** Says what a refusal means, by the hop that it came from and its status. */
function refusedHop(args: FindingArgs, message: string): Pick<Words, 'cause' | 'fix'> {
  if (args['isFirstHop'] === false) {
    return {
      cause: `It is a hop behind the gateway, which has never seen the registration of the app: a cookie or a state that got lost on the way, or an operator that is not to be had.${message}`,
      fix: 'Try again from the start; see the hops with --verbose, and tell the operator of the gateway.',
    }
  }
  if (args['status'] === 404 || args['status'] === 405) {
    return {
      cause: `There is no authorization endpoint at that URL.${message}`,
      fix: 'Check --authorize-url, or the issuer.',
    }
  }
  return {
    cause: `Usually the client_id is unknown, or the redirect_uri is not the registered one to the letter; a gateway must not redirect then.${message}`,
    fix: 'Compare client_id and redirect_uri with the registration.',
  }
}
