// The token request.
import type { Grant } from '../../oauth/grants.ts'
import type { Meaning, ProofFlaw } from '../meaning.ts'
import { describePkceProbe, type ProbedPkce } from './account.ts'
import { explainUnreadable, redirected, type Redirected, type Unreadable } from './unusable.ts'
import {
  camaraSecurity,
  startSentence,
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
  /** What a probe showed of PKCE; null: there was none. */
  probedPkce: ProbedPkce | null
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
    title: titled(
      facts,
      `the token endpoint does not accept this grant (${flowOf(facts.grant)})${withStatus(facts)}`,
    ),
    cause: `${quote(facts.says)}The application is not enabled for ${flowOf(facts.grant)}, or this is not the token endpoint.`,
    fix: "Check the token URL, and enable the flow in the provider's console.",
    reference: facts.reference ?? `${rfc6749}#section-5.2`,
  }),
  token_error: (
    facts: Refused & {
      grant: Grant
      notThere: { url: string; source: string } | null
      /** What the server misses although nv sent it; null: nothing. */
      missed: string | null
    },
  ): Words => ({
    title:
      facts.notThere === null
        ? `The token endpoint at ${facts.host} refused${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`
        : titled(facts, `${facts.host} has no token endpoint at that path${withStatus(facts)}`),
    cause:
      facts.notThere === null
        ? `${quote(facts.says)}${
            facts.missed === null
              ? facts.status === 415
                ? 'nv sent a form, as the standard requires.'
                : `It gave no access token for the ${tradedIn(facts.grant)}.`
              : `nv sent ${facts.missed} in the form: something on the way lost it, or the endpoint reads JSON.`
          }`
        : `${quote(facts.says)}nv sent the ${tradedIn(facts.grant)} to ${facts.notThere.url} by POST.`,
    fix:
      facts.notThere === null
        ? `Fix what the server says. If that is not enough, ask the provider, with the time and the correlator of the request.${later(facts)}`
        : `Check the token URL (${facts.notThere.source}).`,
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
    cause: `${startSentence(message)}.`,
    fix: wentOn,
    reference: `${rfc6749}#section-5.1`,
  }),
  invalid_dpop_proof: (
    facts: Refused & { usesDpop: boolean; flaw: ProofFlaw | null; skewSeconds: number | null },
  ): Words => ({
    title: titled(facts, `${facts.host} does not accept the DPoP proof${withStatus(facts)}`),
    cause: `${quote(facts.says)}${explainProof(facts).cause}`,
    fix: explainProof(facts).fix,
    reference: facts.reference ?? `${rfc9449}#section-5`,
  }),
  use_dpop_nonce: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} requires a nonce in the DPoP proof${withStatus(facts)}`),
    cause: `${quote(facts.says)}It sent no nonce in a DPoP-Nonce header, or DPoP is off.`,
    fix: 'Use --dpop on if it is off. Otherwise report it to the provider.',
    reference: facts.reference ?? `${rfc9449}#section-8`,
  }),
  dpop_nonce_again: (facts: { host: string; status: number }): Words => ({
    title: `${facts.host} keeps asking for another DPoP nonce${withStatus(facts)}`,
    cause:
      'nv sent the request again with the nonce of the first response, and the server asked for another one.',
    fix: 'Try again from the start. If it keeps happening, report it to the provider.',
    reference: `${rfc9449}#section-8`,
  }),
  dpop_not_used: ({ host }: { host: string }): Words => ({
    severity: 'info',
    title: `${host} does not bind the access token to a key`,
    cause: 'nv sent a DPoP proof, but the token is of type Bearer: the server likely does not support DPoP.',
    fix: 'Nothing: nv continued with a Bearer token. --dpop off leaves the proof out.',
    reference: `${rfc9449}#section-5`,
  }),
  token_form_encoded: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} sent the access token as a form, not as JSON`,
    cause: 'OAuth requires a JSON object, and most clients accept nothing else.',
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
    title: `The expires_in of ${host} is not a lifetime in seconds`,
    cause: `It is ${found}. A client that expects a number fails.`,
    fix: wentOn,
    reference: `${rfc6749}#section-5.1`,
  }),
  token_lives_long: ({ host, seconds }: { host: string; seconds: number }): Words => ({
    severity: 'warning',
    title: `The access token of ${host} lives ${seconds} s`,
    cause: 'It is for one API call, and CAMARA allows at most 300 s.',
    fix: wentOn,
    reference: camaraSecurity,
  }),
  refresh_token_given: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `${host} gave a refresh token`,
    cause: 'Each verification needs a new trip through the phone, so a refresh token is useless here.',
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
    title: `${host} granted a different scope than requested`,
    cause: `Requested: ${scope}. Granted: ${granted}.${missing === '' ? '' : ` Missing: ${missing}.`}${added === '' ? '' : ` Added: ${added}.`}`,
    fix: 'Check --scope, and the subscription for what is missing. nv continued with the access token.',
    reference: `${rfc6749}#section-3.3`,
  }),
}

/** Says what a server may have against a DPoP proof. */
function explainProof({
  host,
  usesDpop,
  flaw,
  skewSeconds,
}: {
  host: string
  usesDpop: boolean
  flaw: ProofFlaw | null
  skewSeconds: number | null
}): Pick<Words, 'cause' | 'fix'> {
  const report = 'If it keeps happening, report it to the provider.'
  if (!usesDpop)
    return { cause: 'It binds access tokens to a key, and nv sent no proof.', fix: 'Use --dpop on.' }
  switch (flaw) {
    case 'url':
      return {
        cause:
          'The proof names method and URL as nv sent them: likely a proxy in front of the server changed the URL.',
        fix: 'Compare the URL with the documents of the provider, character by character. If it is right, report it.',
      }
    case 'algorithm':
      return {
        cause: 'The proof is signed with ES256.',
        fix: 'Ask the provider to accept ES256 in DPoP proofs, or use --dpop off.',
      }
    case 'used':
      return { cause: 'nv gives each proof a new jti.', fix: `Try again from the start. ${report}` }
    case 'key':
      return {
        cause: 'nv signs all proofs of a run with one key, and names the access token in those for the API.',
        fix: `Try again from the start. ${report}`,
      }
    default:
      return {
        cause: `A proof was sent. ${describeSkew(host, skewSeconds) || 'A clock that is one minute off is enough to cause this.'}`,
        fix: 'Check the clock of this machine.',
      }
  }
}

/** Says what is wrong with an assertion that names the line, if the server's words tell. */
function explainBearer(meaning: Meaning | null): Pick<Words, 'cause' | 'fix'> | null {
  switch (meaning) {
    case 'audience':
      return {
        cause:
          'The aud of the assertion is the token URL, as CAMARA requires, and the server expects another.',
        fix: "Compare --token-url with the provider's documents, character by character.",
      }
    case 'keys-unreachable':
      return {
        cause: 'The server could not get the public keys of this application from where they are registered.',
        fix: 'Check that the registered jwks_uri opens from the Internet and lists the key, or register the key itself.',
      }
    case 'claims':
      return {
        cause: 'nv puts the client_id into iss, and the operator token into sub.',
        fix: `Copy the client_id again from the provider's console. If it is right: ${newOperatorToken}`,
      }
    case 'signature':
    case 'key-id':
    case 'key-retired':
    case 'algorithm':
      return {
        cause:
          "The server can't check the assertion with the public key that is registered for this client_id.",
        fix: 'Compare the registered public key, its kid (--key-id) and algorithm (--key-algorithm).',
      }
    case 'jti':
      return {
        cause:
          'The server says that it has seen this assertion before, although nv gives each one a new jti.',
        fix: 'Try again from the start. If it keeps happening, report it to the provider.',
      }
    case 'clock':
      return {
        cause: 'nv signs the assertion just before it is sent, so likely the clocks differ.',
        fix: 'Check the clock of this machine. If it is right, report this to the provider.',
      }
    case 'lifetime':
      return {
        cause: 'nv signs the assertion just before it is sent, for less than the 300 s that CAMARA allows.',
        fix: 'Ask the provider which lifetime it accepts.',
      }
    default:
      return null
  }
}

/** Says why the code or assertion may be invalid. */
function explainGrant({
  host,
  grant,
  meaning,
  redirectUri,
  skewSeconds,
  ageSeconds,
  waitedSeconds,
  probedPkce,
}: Refused & GrantFacts): Pick<Words, 'cause' | 'fix'> {
  if (grant === 'ciba')
    return {
      cause: 'The auth_req_id is unknown, was used before, or was given to another client.',
      fix: 'Try again from the start. If it keeps happening, check that --backchannel-url and --token-url belong to the same gateway.',
    }
  if (grant === 'jwt-bearer')
    return (
      explainBearer(meaning) ?? {
        cause: `${describeSkew(host, skewSeconds)}The SIM token is unknown, used or expired; or the assertion is rejected: its key is not the registered one, its aud is not the expected URL, or the clock of this machine is wrong.`,
        fix: `${newOperatorToken} If it keeps happening, check the registered key, --token-url and the clock.`,
      }
    )
  if (meaning === 'redirect-uri')
    return {
      cause: `The redirect_uri of the token request differs from the one that the gateway stored. nv sent ${redirectUri ?? 'none'} in both.`,
      fix: 'Compare it with the registration, character by character.',
    }
  if (meaning === 'pkce')
    return {
      cause: `The PKCE verifier does not match the challenge that the gateway stored.${describePkceProbe({ probed: probedPkce, isAtToken: true })}`,
      fix: 'Try again from the start; if it keeps happening, try --pkce off and report it to the provider.',
    }
  if (meaning === 'expired')
    return {
      cause:
        ageSeconds !== null && ageSeconds < 30
          ? `nv sent it ${ageSeconds} s after it came, and codes last about a minute: the clocks of the gateway's machines may differ.`
          : 'Codes last about a minute.',
      fix: 'Try again from the start, and finish without a pause.',
    }
  if (meaning !== 'used' && waitedSeconds !== null && waitedSeconds >= 60)
    return {
      cause: `The address was pasted ${waitedSeconds} s after the URL was shown. Codes last about a minute, so this one has likely expired.`,
      fix: 'Try again from the start, and paste the address at once.',
    }
  if (meaning !== 'used' && ageSeconds !== null && ageSeconds < 30)
    return {
      cause: `The code was ${ageSeconds} s old and nv sent it once. Likely the redirect_uri or the PKCE verifier differs from the authorization request, or the code belongs to another client.`,
      fix: `${redirectUri === null ? 'nv left out the redirect_uri, as the preset says: check that.' : `Compare ${redirectUri} with the registration.`} Check that the authorize URL and the token URL belong to the same gateway.`,
    }
  if (meaning === 'used')
    return {
      cause: 'The code was used before. nv exchanges it once: a preview or another program may have used it.',
      fix: 'Try again from the start, and open the URL only once.',
    }
  return {
    cause:
      'Likely the code was used before or has expired, or the redirect_uri or the PKCE verifier differs from the authorization request.',
    fix: 'Try again from the start. If it keeps happening, compare the redirect_uri with the registration.',
  }
}
