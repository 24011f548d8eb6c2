// The token request.
import type { Grant } from '../../oauth/grants.ts'
import type { Meaning } from '../meaning.ts'
import type { Page } from '../page.ts'
import { describePage, explainPageForProgram } from './pages.ts'
import {
  camaraSecurity,
  capitalize,
  describeSkew,
  flowOf,
  later,
  newOperatorToken,
  quote,
  type Refused,
  rfc6749,
  rfc9449,
  titled,
  tradedIn,
  withStatus,
  type Words,
} from './words.ts'

/** An answer in which what was expected is missing. */
export interface Unreadable {
  host: string
  status: number
  /** What it was instead. */
  found: string
  page: Page | null
  says: string | null
  /** The flag of the URL, and what gave it its value. */
  source: string
  /** What stands there that looks like what was expected; null: nothing. */
  lookalike: string | null
}

/** An endpoint that redirected a request which carried credentials. */
export interface Redirected {
  host: string
  status: number
  location: string | null
}

interface GrantFacts {
  grant: Grant
  meaning: Meaning | null
  /** That of the token request; null: it has none. */
  redirectUri: string | null
  skewSeconds: number | null
  /** How old the code was when it was exchanged; null: not known. */
  ageSeconds: number | null
  /** How long the address with the code took to be pasted; null: it was not pasted. */
  waitedSeconds: number | null
}

const wentOn = 'nv continued with the access token. Report it to the provider.'

export const token = {
  invalid_grant: (facts: Refused & GrantFacts): Words => {
    const { cause, fix } = explainGrant(facts)
    return {
      title: titled(facts, `${facts.host} does not accept the ${tradedIn(facts.grant)}${withStatus(facts)}`),
      cause: `${quote(facts.says)}${cause}`,
      fix,
      reference: facts.reference ?? `${rfc6749}#section-5.2`,
    }
  },
  unsupported_grant_type: (facts: Refused & { grant: Grant }): Words => ({
    title: titled(facts, `the token endpoint does not take ${tradedIn(facts.grant)}s${withStatus(facts)}`),
    cause: `${quote(facts.says)}The application is not enabled for ${flowOf(facts.grant)}, or this is not the token endpoint.`,
    fix: "Check the token URL, and enable the flow in the provider's console.",
    reference: facts.reference ?? `${rfc6749}#section-5.2`,
  }),
  token_error: (facts: Refused & { grant: Grant; source: string; isElsewhere: boolean }): Words => ({
    title: `The token endpoint at ${facts.host} refused${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`,
    cause: `${quote(facts.says)}${facts.isElsewhere ? 'That address is not the endpoint.' : `It gave no access token for the ${tradedIn(facts.grant)}.`}`,
    fix: facts.isElsewhere
      ? `Check the token URL (${facts.source}).`
      : `Solve what the server says. If that is not enough, ask the provider, with the time and the correlator of the request.${later(facts)}`,
    reference: facts.reference ?? `${rfc6749}#section-5.2`,
  }),
  token_unreadable: (facts: Unreadable): Words => ({
    title: `${facts.host} sent no access token${withStatus(facts)}`,
    ...explainUnreadable(facts, `the token URL (${facts.source})`),
    reference: `${rfc6749}#section-5.1`,
  }),
  token_redirected: (facts: Redirected): Words => redirected('token endpoint', facts),
  token_response_irregular: ({ host, message }: { host: string; message: string }): Words => ({
    severity: 'warning',
    title: `A strict client would reject the token response of ${host}`,
    cause: `${message}.`,
    fix: wentOn,
    reference: `${rfc6749}#section-5.1`,
  }),
  invalid_dpop_proof: (facts: Refused & { usesDpop: boolean; skewSeconds: number | null }): Words => ({
    title: titled(facts, `${facts.host} does not accept the DPoP proof${withStatus(facts)}`),
    cause: `${quote(facts.says)}${facts.usesDpop ? 'A proof was sent' : 'It binds access tokens to a key, and got no proof'}. ${describeSkew(facts.host, facts.skewSeconds) || 'A clock that is a minute off is enough.'}`,
    fix: 'Use --dpop on if it is off, and check the clock of this machine.',
    reference: facts.reference ?? `${rfc9449}#section-5`,
  }),
  use_dpop_nonce: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} wants its nonce in a DPoP proof${withStatus(facts)}`),
    cause: `${quote(facts.says)}It sent no nonce in a DPoP-Nonce header, or DPoP is off.`,
    fix: 'Use --dpop on if it is off. Otherwise report it to the provider.',
    reference: facts.reference ?? `${rfc9449}#section-8`,
  }),
  dpop_nonce_again: (facts: { host: string; status: number }): Words => ({
    title: `${facts.host} wants one DPoP nonce after the other${withStatus(facts)}`,
    cause:
      'The request was sent again with the nonce of the first answer, and the server asked for another one.',
    fix: 'Try again from the start. If it keeps happening, report it to the provider.',
    reference: `${rfc9449}#section-8`,
  }),
  dpop_not_used: ({ host }: { host: string }): Words => ({
    severity: 'info',
    title: `${host} does not bind the access token to a key`,
    cause:
      'A DPoP proof went with the request, but the token is of type Bearer: the server does not support DPoP.',
    fix: 'Nothing to do: nv continued with a Bearer token. --dpop off leaves the proof out.',
    reference: `${rfc9449}#section-5`,
  }),
  token_form_encoded: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} sent the access token as a form, not as JSON`,
    cause: 'OAuth requires a JSON object, and most clients read nothing else.',
    fix: wentOn,
    reference: `${rfc6749}#section-5.1`,
  }),
  token_type_missing: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `The token response of ${host} has no token_type`,
    cause: 'OAuth requires one, and a strict client rejects the response.',
    fix: 'nv continued with a Bearer token. Report it to the provider.',
    reference: `${rfc6749}#section-5.1`,
  }),
  expires_in_unusable: ({ host, found }: { host: string; found: string }): Words => ({
    severity: 'warning',
    title: `The expires_in of ${host} is not a number of seconds`,
    cause: `It is ${found}. A client that computes with it fails.`,
    fix: wentOn,
    reference: `${rfc6749}#section-5.1`,
  }),
  token_lives_long: ({ host, seconds }: { host: string; seconds: number }): Words => ({
    severity: 'warning',
    title: `The access token of ${host} lives ${seconds} s`,
    cause: 'It is meant for one call of the API, and CAMARA allows 300 s at most.',
    fix: wentOn,
    reference: camaraSecurity,
  }),
  refresh_token_given: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} gave a refresh token`,
    cause: 'Each verification needs a new trip through the phone, so a refresh token has no use here.',
    fix: "Don't use it. nv continued with the access token.",
    reference: camaraSecurity,
  }),
  scope_differs: ({
    host,
    scope,
    granted,
    missing,
    added,
  }: {
    host: string
    scope: string
    granted: string
    missing: string
    added: string
  }): Words => ({
    severity: 'warning',
    title: `${host} granted another scope than requested`,
    cause: `Requested: ${scope}. Granted: ${granted}.${missing === '' ? '' : ` Missing: ${missing}.`}${added === '' ? '' : ` Added: ${added}.`}`,
    fix: 'Check --scope, and the subscription to what is missing. nv continued with the access token.',
    reference: `${rfc6749}#section-3.3`,
  }),
}

/** Words an answer in which what was expected is missing. */
export function explainUnreadable(
  { host, status, found, page, says, lookalike }: Unreadable,
  setting: string,
): Pick<Words, 'cause' | 'fix'> {
  const explained = page === null ? null : explainPageForProgram(page, setting)
  const what =
    page !== null
      ? `${host} returned ${describePage(page)}, not JSON.`
      : `${quote(says)}${capitalize(host)} returned ${found}.`
  if (lookalike !== null)
    return {
      cause: `${what} ${lookalike}`,
      fix: `Report it to the provider: a client takes the member that the standard names, and nothing else. Check ${setting} too.`,
    }
  if (explained !== null) return { cause: `${what} ${explained.means}`, fix: explained.fix }
  if (status === 404 || status === 405)
    return { cause: `${what} That address is not the endpoint.`, fix: `Check ${setting}.` }
  return status >= 400
    ? {
        cause: `${what} Something in front of the endpoint may have refused, or the URL is wrong.`,
        fix: `Check ${setting}. If it is right, ask the provider, with the time and the correlator of the request.`,
      }
    : {
        cause: `${what} Likely the URL is wrong, or something on the way answered in its place.`,
        fix: `Check ${setting}.`,
      }
}

/** Says that an endpoint redirected a request that carried credentials. */
export function redirected(name: string, { host, status, location }: Redirected): Words {
  return {
    title: `The ${name} at ${host} redirected${withStatus({ status })}`,
    cause: `It pointed ${location === null ? 'nowhere' : `to ${location}`}. Credentials are never sent after a redirect.`,
    fix: 'If you trust the target, configure it as the URL.',
    reference: `${rfc6749}#section-10.9`,
  }
}

/** Says why what was traded in may not be good. */
function explainGrant({
  host,
  grant,
  meaning,
  redirectUri,
  skewSeconds,
  ageSeconds,
  waitedSeconds,
}: Refused & GrantFacts): Pick<Words, 'cause' | 'fix'> {
  if (grant === 'ciba')
    return {
      cause: 'The auth_req_id is unknown, was used before, or was given to another client.',
      fix: 'Try again from the start. If it keeps happening, check that --backchannel-url and --token-url belong to one gateway.',
    }
  if (grant === 'jwt-bearer')
    return {
      cause: `${describeSkew(host, skewSeconds)}The token of the SIM is unknown, used or expired; or the assertion is rejected: its key is not the registered one, its aud is not the expected URL, or the clock of this machine is wrong.`,
      fix: `${newOperatorToken} If it keeps happening, check the registered key, --token-url and the clock.`,
    }
  if (meaning === 'redirect-uri')
    return {
      cause: `The redirect_uri of the token request differs from the one that the gateway remembers. nv sent ${redirectUri ?? 'none'} in both.`,
      fix: 'Compare it with the registration, in every character.',
    }
  if (meaning === 'pkce')
    return {
      cause: 'The PKCE verifier does not fit the challenge that the gateway remembers.',
      fix: 'Try again from the start; if it keeps happening, try --pkce off and report it to the provider.',
    }
  if (meaning === 'expired')
    return {
      cause: 'The code has expired. Codes live for a minute or so.',
      fix: 'Try again from the start, and bring the callback at once.',
    }
  if (meaning === null && waitedSeconds !== null && waitedSeconds >= 60)
    return {
      cause: `The address was pasted ${waitedSeconds} s after the URL was shown. Codes live for a minute or so, so this one has likely expired.`,
      fix: 'Try again from the start, and paste the address at once.',
    }
  if (meaning === null && ageSeconds !== null && ageSeconds < 30)
    return {
      cause: `The code was ${ageSeconds} s old and nv sent it once. Likely the redirect_uri or the PKCE verifier differs from the authorization request, or the code belongs to another client.`,
      fix: `${redirectUri === null ? 'nv left the redirect_uri out, as the preset wants: check that.' : `Compare ${redirectUri} with the registration.`} Check that authorize URL and token URL belong to one gateway.`,
    }
  if (meaning === 'used')
    return {
      cause: 'The code was used before. nv exchanges it once: a preview or another program may have used it.',
      fix: 'Try again from the start, and open the URL only once.',
    }
  return {
    cause:
      'The code was used before or has expired, or the redirect_uri or the PKCE verifier differs from the authorization request.',
    fix: 'Try again from the start. If it keeps happening, compare the redirect_uri with the registration.',
  }
}
