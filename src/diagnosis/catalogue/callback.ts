// The authorization response: what arrived, and why it is not the one that was waited for.
import type { Arrival } from '../../run/recording.ts'
import { quote, rfc6749, type Words } from './words.ts'

interface TimeoutFacts {
  seconds: number
  redirectUri: string
  isListening: boolean
  canPaste: boolean
  /** The most telling of what arrived and was not taken; null: nothing did. */
  arrival: Arrival | null
}

export const callback = {
  callback_timeout: (facts: TimeoutFacts): Words => {
    const { seconds, redirectUri, isListening, canPaste, arrival } = facts
    const refused = arrival === null ? null : explainArrival(arrival, facts)
    if (refused !== null) return { ...refused, reference: `${rfc6749}#section-4.1.2.1` }
    return {
      title: `Nothing came back within ${seconds} s`,
      cause: isListening
        ? `No request for ${redirectUri} arrived. An error page on the phone points to the client_id or redirect_uri; "can't connect" means that the phone was sent to itself; otherwise the URL was not opened.`
        : `nv isn't listening on ${redirectUri}, and no address was pasted.`,
      fix: `Look at the phone. Register exactly ${redirectUri}${canPaste ? ', or paste the final address' : ''}.`,
      reference: `${rfc6749}#section-4.1.2.1`,
    }
  },
  foreign_callback: (): Words => ({
    severity: 'warning',
    title: 'A callback with a wrong state was ignored',
    cause: 'It belongs to an older attempt, or someone else sent it.',
    fix: 'Nothing to do: nv is still waiting for the right one.',
    reference: `${rfc6749}#section-10.12`,
  }),
  error_without_state: ({
    error,
    says,
    isFinal,
  }: {
    error: string
    says: string | null
    isFinal: boolean
  }): Words => ({
    severity: isFinal ? 'error' : 'warning',
    title: `${error}: an error came without a state`,
    cause: `${quote(says)}Without our state nv can't tell whether it answers this attempt. Some gateways leave it out of errors.`,
    fix: isFinal
      ? 'Solve what the error says, then try again.'
      : 'nv is still waiting. If the phone shows the same error, stop and solve what it says.',
    reference: `${rfc6749}#section-4.1.2.1`,
  }),
  response_in_fragment: ({ redirectUri }: { redirectUri: string }): Words => ({
    title: 'The response came behind a #, where no server sees it',
    cause: `The gateway redirected to ${redirectUri}#… (response_mode fragment). nv asked for the code in the query.`,
    fix: 'Have the application registered for the code flow with a response in the query.',
    reference: 'https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html#ResponseModes',
  }),
  state_missing: (): Words => stateWrong('came back without a state'),
  state_differs: (): Words => stateWrong('came back with another state'),
  state_doubled: (): Words => stateWrong('came back with more than one state'),
  no_code: ({ redirectUri }: { redirectUri: string }): Words => ({
    title: 'The callback has neither a code nor an error',
    cause: `The gateway redirected to ${redirectUri} with nothing but our state.`,
    fix: 'Report it to the provider: that is not a response of OAuth.',
    reference: `${rfc6749}#section-4.1.2`,
  }),
  doubled_parameter: (): Words => ({
    title: 'The callback has a parameter twice',
    cause: 'code, error and iss may appear only once.',
    fix: 'Report it to the provider.',
    reference: `${rfc6749}#section-3.1`,
  }),
  issuer_differs: ({ issuers, found }: { issuers: readonly string[]; found: string }): Words => ({
    title: 'The callback comes from another issuer',
    cause: `Its iss is ${found}, not ${issuers.join(' or ')}: two gateways were mixed up, or it is an attack.`,
    fix: 'Compare the issuer in the profile with that of the gateway.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
  }),
  issuer_missing: (): Words => ({
    title: 'The callback does not name its issuer',
    cause: 'The gateway announces that it always sends iss, but it did not.',
    fix: 'Report it to the provider.',
    reference: 'https://www.rfc-editor.org/rfc/rfc9207#section-2.4',
  }),
}

function stateWrong(what: string): Words {
  return {
    title: `The authorization response ${what}`,
    cause:
      'The state ties the response to this attempt. Without it the response may belong to another one, or be forged.',
    fix: 'Try again from the start. If it keeps happening, the gateway loses the state: report it to the provider.',
    reference: `${rfc6749}#section-10.12`,
  }
}

/** Says what arrived and why it was not taken; null where that tells nothing of the wait. */
function explainArrival(
  { what, verdict }: Arrival,
  { redirectUri, seconds }: TimeoutFacts,
): Pick<Words, 'title' | 'cause' | 'fix'> | null {
  const registered = URL.canParse(redirectUri) ? new URL(redirectUri) : null
  const title = `A callback arrived, but nv could not take it (waited ${seconds} s)`
  const ours = what.state === 'ours' ? 'A request with our state' : 'A request'
  switch (verdict) {
    case 'wrong_path':
      return {
        title,
        cause: `${ours} came for ${what.path ?? 'another path'}, but the redirect_uri has ${registered?.pathname ?? redirectUri}.`,
        fix: 'Give the redirect_uri exactly as registered. If a tunnel strips or adds a path, configure it not to.',
      }
    case 'wrong_host':
      return {
        title,
        cause: `${ours} came under Host ${what.host ?? '(none)'}, but the redirect_uri has ${registered?.host ?? redirectUri}.`,
        fix: 'Have the tunnel or proxy keep the Host header, or give --redirect-uri with that host.',
      }
    case 'wrong_method':
      return {
        title,
        cause:
          what.method === 'POST'
            ? 'It came as a POST (response_mode form_post). nv takes the response from the query of a GET.'
            : `It came as ${what.method ?? 'another method'}, not as a GET.`,
        fix: 'Have the application registered for a response in the query.',
      }
    case 'tls_on_plain_port':
      return {
        title,
        cause: `A TLS handshake came on the plain port: the browser turns ${redirectUri} into https.`,
        fix: 'Turn HTTPS-only off in that browser, or use an https redirect_uri with a tunnel.',
      }
    case 'no_parameters':
      return {
        title: 'The callback page was opened without any parameter',
        cause: 'They are behind a # (response_mode fragment), or something on the way took them off.',
        fix: 'Paste the final address of the phone if it has one, and have the response sent in the query.',
      }
    case 'prefetch':
      return {
        title: 'Only a preview of the callback page arrived',
        cause: 'A browser or chat app fetched the address ahead of time. That is not the user opening it.',
        fix: 'Scan the QR code rather than sending the link through a chat.',
      }
    case 'foreign_origin':
      return {
        title,
        cause: `${ours} was sent by a page of another origin, which nv does not accept.`,
        fix: 'Let the gateway redirect the browser to the redirect_uri.',
      }
    case 'state_missing':
    case 'state_differs':
    case 'state_doubled':
      return explainForeign(what, verdict)
    case 'authorize_url':
      return {
        title: 'The pasted address is the one that nv showed',
        cause: 'It is the authorize URL, not the address that the phone ended on.',
        fix: 'Open it on the phone first, then paste the final address.',
      }
    case 'error_page':
      return {
        title: `${what.host ?? 'The gateway'} shows an error${what.error === null ? '' : `: ${what.error}`}`,
        cause: `${quote(what.errorDescription)}The pasted address is an error page, so nothing was sent to ${redirectUri}.`,
        fix: 'Compare the client_id and the redirect_uri with the registration, in every character.',
      }
    case 'bare_code':
      return {
        title: 'Only a code was pasted',
        cause: "Without the state that came with it nv can't tell whether it belongs to this attempt.",
        fix: 'Paste the whole final address.',
      }
    case 'taken':
    case 'already_taken':
    case 'malformed_target':
    case 'not_an_address':
      return null
  }
}

function explainForeign(
  { error, errorDescription }: Arrival['what'],
  verdict: 'state_missing' | 'state_differs' | 'state_doubled',
): Pick<Words, 'title' | 'cause' | 'fix'> {
  const how = {
    state_missing: 'without a state',
    state_differs: 'with another state',
    state_doubled: 'with more than one state',
  }[verdict]
  if (error !== null)
    return {
      title: `${error}: the gateway sent an error ${how}`,
      cause: `${quote(errorDescription)}nv can't tell whether it answers this attempt, so it went on waiting.`,
      fix: 'Solve what the error says, then try again.',
    }
  return {
    title: `A callback arrived ${how}`,
    cause: 'It belongs to an older attempt, or the gateway loses the state.',
    fix: 'Open the newest URL, once. If it keeps happening, report it to the provider.',
  }
}
