// The authorization response.
import type { FindingArgs } from '../../errors.ts'
import { grantTypes } from '../../oauth/grants.ts'
import {
  type Entry,
  flowOf,
  isBySim,
  newOperatorToken,
  rfc6749,
  said,
  useMobileData,
  type Words,
} from './words.ts'

export const callback: Readonly<Record<string, Entry>> = {
  callback_timeout: ({ seconds, redirectUri, isListening, canPaste }) => ({
    title: `Nothing came back within ${seconds} s`,
    cause: isListening
      ? `No callback reached ${redirectUri}. An error page on the phone means that the client_id or the redirect_uri is not registered; a phone that can't connect was sent to itself; otherwise the URL was not opened.`
      : `The redirect_uri ${redirectUri} is not heard by nv, and no address was pasted.`,
    fix: `Look at the phone. Register exactly ${redirectUri}${canPaste ? ', or paste the address the phone ended on' : ''}.`,
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
  foreign_callback: () => ({
    severity: 'warning',
    title: 'A callback with a wrong state was ignored',
    cause: 'It belongs to an older attempt, or someone else sent it.',
    fix: 'Nothing: nv goes on waiting for the right one.',
    reference: `${rfc6749}#section-10.12`,
  }),
  state_missing: () =>
    stateWrong('came back without a state', ' Perhaps all of it came behind a #, where no server sees it.'),
  state_differs: () => stateWrong('came back with another state'),
  state_doubled: () => stateWrong('came back with more than one state'),
  response_elsewhere: ({ target, redirectUri }) => ({
    title: `The authorization response was sent to ${target}`,
    cause: `That is not the redirect_uri ${redirectUri}, and nobody answers there; a phone that is sent to localhost looks for it on itself.`,
    fix: `Register exactly ${redirectUri}, and compare it with the registration.`,
    reference: `${rfc6749}#section-3.1.2`,
  }),
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
  issuer_differs: ({ issuers }) => ({
    title: 'The callback comes from another issuer',
    cause: `Its iss is not ${Array.isArray(issuers) ? issuers.join(' or ') : ''}: a mix-up of two gateways, or an attack.`,
    fix: 'Compare the issuer in the profile with that of the gateway.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
  }),
  issuer_missing: () => ({
    title: 'The callback does not name its issuer',
    cause: 'The gateway announces that it always sends iss, and did not.',
    fix: 'Tell the operator of the gateway.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
  }),
  access_denied: ({ description, ...args }) => ({
    title: 'access_denied: the operator did not recognise the line, or refused',
    ...(isBySim(args) ? deniedToSim(description) : deniedToPhone(description)),
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
  consent_required: consent('consent_required: the user of this line has not consented yet'),
  login_required: consent('login_required: the operator could not identify the line silently'),
  interaction_required: consent('interaction_required: the operator wants to show a page'),
  invalid_scope: ({ description, grantType }) => ({
    title: 'invalid_scope: the gateway does not take this scope',
    cause: `The form with # is for v0, the form with a space for v1 and v2; a request has one purpose; the API must be subscribed.${grantType === grantTypes.ciba ? ' Some want openid in it for CIBA.' : ''}${said(description)}`,
    fix: 'Check --scope (written as it is, not percent-encoded) and --api-version, and that the application is subscribed to Number Verification.',
    reference: `${rfc6749}#section-3.3`,
  }),
  unauthorized_client: ({ description, ...args }) => ({
    title: 'unauthorized_client: the application may not use this flow',
    cause: `It is not enabled for ${flowOf(args)}.${said(description)}`,
    fix: "Enable it in the provider's console.",
    reference: `${rfc6749}#section-5.2`,
  }),
  authorization_error: ({ error, description }) => ({
    title: `The gateway refused to authorize: ${error}`,
    cause: `It sent an error to the redirect_uri.${said(description)}`,
    fix:
      error === 'invalid_request'
        ? 'See with --verbose what was sent; a form of --login-hint that the gateway does not take is a usual cause, or a + that it reads as a space.'
        : "Look the error up in the provider's documentation.",
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
}

function deniedToPhone(description: FindingArgs[string] | undefined): Pick<Words, 'cause' | 'fix'> {
  return {
    cause: `The request did not come over the mobile data of a line the operator knows (Wi-Fi, VPN, tethering, a foreign SIM), or consent was refused.${said(description)}`,
    fix: useMobileData,
  }
}

function deniedToSim(description: FindingArgs[string] | undefined): Pick<Words, 'cause' | 'fix'> {
  return {
    cause: `The operator does not accept the token of the SIM, or consent was refused.${said(description)}`,
    fix: newOperatorToken,
  }
}

function stateWrong(what: string, perhaps = ''): Words {
  return {
    title: `The authorization response ${what}`,
    cause: `The state binds the response to this attempt; without it the response may be of another one, or forged.${perhaps}`,
    fix: 'Try again from the start; if it stays so, the gateway loses the state: tell its operator.',
    reference: `${rfc6749}#section-10.12`,
  }
}

function consent(title: string): Entry {
  return ({ description, prompt, ...args }) => ({
    title,
    cause: `Number Verification asks silently, and the operator can't show its consent page then.${said(description)}`,
    fix: isBySim(args)
      ? 'Have the consent collected beforehand.'
      : prompt
        ? `Leave prompt=${prompt} out once, or have the consent collected beforehand.`
        : 'Have the consent collected beforehand, or try --prompt consent once.',
    reference: 'https://github.com/camaraproject/NumberVerification/issues/160',
  })
}
