// The client authentication that a server refused, in words that fit its method.
import type { Login } from '../challenge.ts'
import { authMethods } from '../../oauth/client-authentication.ts'
import type { SecretShape } from '../../run/recording.ts'
import { type Meaning, ofAssertions } from '../meaning.ts'
import {
  describeChallenge,
  describeSkew,
  isSkewed,
  quote,
  type Refused,
  rfc6749,
  titled,
  withStatus,
  type Words,
} from './words.ts'

/** How the client authenticated. */
export interface ClientFacts {
  method: string
  /** The key that signs; null if nothing does. */
  key: { algorithm: string; keyId: string | null } | null
  /** The aud of the assertion; null: there is none. */
  audience: string | null
  hasReservedCharacters: boolean
  secretShape: SecretShape | null
  /** What the server asks for in place of a client authentication of OAuth; null: nothing. */
  challenge: Login | null
  /** The method that the server says it wants in place of this one; null: it does not say. */
  wantedMethod: string | null
  /** What other methods were tried with a bogus code, and which was accepted; null: none was tried. */
  probed: { tried: readonly string[]; accepted: string | null } | null
  skewSeconds: number | null
  meaning: Meaning | null
}

export const clientAuthentication = {
  invalid_client: (facts: Refused & ClientFacts): Words => {
    const { cause, fix } = facts.key === null ? explainSecret(facts) : explainKey(facts, facts.key)
    return {
      title: titled(facts, `${facts.host} does not accept the credentials${withStatus(facts)}`),
      cause: `${quote(facts.says)}${cause}`,
      fix,
      reference: facts.reference ?? `${rfc6749}#section-5.2`,
    }
  },
}

type Explained = Pick<Words, 'cause' | 'fix'>

const useAudience = 'Some gateways want another aud: try --assertion-audience issuer.'

/** What a wrong clock can't be behind. */
const exactly: ReadonlySet<Meaning | null> = new Set<Meaning>([
  'algorithm',
  'audience',
  'key-id',
  'key-retired',
  'keys-unreachable',
  'claims',
  'claim-form',
  'secret-wanted',
  'token-wanted',
])

function explainKey(facts: Refused & ClientFacts, key: NonNullable<ClientFacts['key']>): Explained {
  const { host, audience, skewSeconds, meaning } = facts
  const kid = key.keyId === null ? 'no kid' : `the kid ${key.keyId}`
  const skew = describeSkew(host, skewSeconds)
  if (skew === '' || exactly.has(meaning)) {
    const exact = explainAssertion(facts, key, kid)
    if (exact !== null) return exact
  }
  const compare = 'Compare the registered public key, its kid (--key-id) and algorithm (--key-algorithm).'
  if (isSkewed(skewSeconds))
    return {
      cause: `${skew}The assertion was signed with ${key.algorithm}, under ${kid}.`,
      fix: `Set the clock that is wrong. ${compare}`,
    }
  const to = audience === null ? '' : ` and for ${audience}`
  return {
    cause: `The gateway has no such key for this client_id, under ${kid}; or it rejects the JWT, signed with ${key.algorithm}${to}.`,
    fix: `${meaning === 'clock' ? 'Check the clock of this machine. ' : ''}${compare}${audience === null ? '' : ` ${useAudience}`}`,
  }
}

const wantsToken: Explained = {
  cause:
    'A token endpoint gives access tokens and wants none: likely something in front of it does, or this is not the token endpoint.',
  fix: 'Check the token URL, and which headers the gateway in front of it wants.',
}

/** Says what is wrong with an assertion where the server's words tell. */
function explainAssertion(
  { meaning, audience, says }: Refused & ClientFacts,
  { algorithm }: NonNullable<ClientFacts['key']>,
  kid: string,
): Explained | null {
  if (meaning === 'audience' && audience !== null)
    return {
      cause: `The aud of the assertion is ${audience}, and the server expects another one.`,
      fix: /https?:\/\//.test(says ?? '')
        ? 'Give the aud that it names with --assertion-audience, if that belongs to this gateway.'
        : useAudience,
    }
  if (meaning === 'key-id')
    return {
      cause: `The assertion was sent under ${kid}, and the server finds no such key.`,
      fix: 'Give the kid of the registered key with --key-id.',
    }
  if (meaning === 'key-retired')
    return {
      cause: `The assertion was sent under ${kid}, and the server says that this key is no longer good.`,
      fix: 'Register a new public key, and sign with its private key (--key, --key-id).',
    }
  if (meaning === 'keys-unreachable')
    return {
      cause: 'The server could not get the public keys of this application from where they are registered.',
      fix: 'Check that the registered jwks_uri opens from the Internet and lists the key, or register the key itself.',
    }
  if (meaning === 'claims')
    return {
      cause: 'nv puts the client_id into iss and sub of the assertion.',
      fix: "Copy the client_id again from the provider's console.",
    }
  if (meaning === 'claim-form')
    return {
      cause:
        'nv signs iss, sub, aud, iat, exp and a jti into the assertion, and the server wants other claims.',
      fix: 'Ask the provider which claims it accepts.',
    }
  if (meaning === 'secret-wanted')
    return {
      cause: 'The server wants a client secret, and nv sent a signed assertion.',
      fix: 'Choose the registered method with --auth-method: with a secret client_secret_basic or client_secret_post.',
    }
  if (meaning === 'token-wanted') return wantsToken
  if (meaning === 'signature')
    return {
      cause: `The assertion is signed with ${algorithm} under ${kid}; the registered public key belongs to another private key, or to another algorithm.`,
      fix: 'Compare the registered public key with --key, and the algorithm with --key-algorithm.',
    }
  if (meaning === 'algorithm')
    return {
      cause: `The assertion is signed with ${algorithm} under ${kid}, and the server does not accept that algorithm.`,
      fix: 'With --key-algorithm, choose one that it accepts. You may need another kind of key (--key).',
    }
  if (meaning === 'lifetime')
    return {
      cause: 'nv signs each assertion just before it is sent, for less than the 300 s that CAMARA allows.',
      fix: 'Ask the provider which lifetime it accepts.',
    }
  if (meaning === 'jti')
    return {
      cause: 'The server says that it has seen this assertion before, although nv gives each one a new jti.',
      fix: 'Try again from the start. If it keeps happening, report it to the provider.',
    }
  return null
}

/** Says what is odd about the secret; null when nothing is. */
function explainShape({ method, secretShape }: ClientFacts): Explained | null {
  if (secretShape === null || !method.startsWith('client_secret')) return null
  if (secretShape.looksLikeClientId)
    return {
      cause:
        'Client id and secret are likely swapped: the secret reads like a name, and the client_id like a secret.',
      fix: 'Swap the two values, then try again.',
    }
  if (secretShape.hasQuotes)
    return {
      cause: 'The client secret is in quotes, and nv sent them as part of it.',
      fix: 'Give the secret without the quotes.',
    }
  return secretShape.hasWhiteSpace
    ? {
        cause: 'The client secret has white space or an invisible character in it.',
        fix: "Copy the secret again from the provider's console, without anything around it.",
      }
    : null
}

/** Says what is wrong with a client that sent a secret, where the server's words tell. */
function explainWords(facts: Refused & ClientFacts): Explained | null {
  const { method, meaning, host } = facts
  const doubt = doubtIn(facts)
  if (meaning === 'token-wanted') return wantsToken
  if (meaning === 'secret-wanted' || meaning === 'header-missing') return explainMissed(facts)
  if (ofAssertions.has(meaning))
    return {
      cause: `nv authenticated with ${method} and sent no JWT: the gateway expects another client authentication, or reads another header.`,
      fix: 'Choose the registered method with --auth-method. If it is right, check the token URL and the headers of the profile.',
    }
  if (meaning === 'client')
    return {
      cause: 'The client_id is mistyped, or belongs to another gateway or environment.',
      fix: `Copy the client_id again from the provider's console, and check that it belongs to ${host}.`,
    }
  if (meaning === 'secret' && isExpired(facts.says))
    return {
      cause: 'The client secret has expired.',
      fix: "Create a new secret in the provider's console, and give that one.",
    }
  if (meaning === 'secret')
    return {
      cause: `The client secret is not the one that the gateway has for this client_id.${doubt?.cause ?? ''}`,
      fix: `Copy the secret again from the provider's console: its value, not its name or id.${doubt === null ? '' : ` Then try ${doubt.flag}.`}`,
    }
  return meaning === 'auth-method'
    ? {
        cause: `nv authenticated with ${method}, which is not registered for this application.`,
        fix: 'Choose the registered method with --auth-method.',
      }
    : null
}

/** Tells whether a server says that something has expired, and nothing else of it. */
function isExpired(says: string | null): boolean {
  return (
    /\bexpired?\b|abgelaufen|caducad|vencid|expirad|expirou|expiré|scadut|verlopen/i.test(says ?? '') &&
    !/invalid|wrong|incorrect|inv[aá]lid|incorre|falsch|ungültig|mismatch|not match/i.test(says ?? '')
  )
}

/** Says where a secret was sent that the server did not find; null: nothing is known of that. */
function explainMissed({ method, meaning }: ClientFacts): Explained | null {
  if (!method.startsWith('client_secret')) return null
  const isInForm = method === 'client_secret_post'
  if (meaning === 'secret-wanted')
    return isInForm
      ? null
      : {
          cause:
            'nv sent client_id and secret in the Authorization header, and likely the server looks for them in the form.',
          fix: 'Use --auth-method client_secret_post.',
        }
  return isInForm
    ? {
        cause: 'nv sent client_id and secret in the form, and the server looks for an Authorization header.',
        fix: 'Use --auth-method client_secret_basic.',
      }
    : {
        cause: `nv authenticated with ${method}: something on the way dropped the header, or the server does not accept what is in it.`,
        fix: "Copy client_id and secret again from the provider's console, then try --auth-method client_secret_post.",
      }
}

function explainSecret(facts: Refused & ClientFacts): Explained {
  const { method, wantedMethod, probed } = facts
  if (facts.challenge !== null)
    return {
      cause: `It asks for ${describeChallenge(facts.challenge)}, which OAuth clients do not use: something in front of the token endpoint is protected, or the URL is not that of the endpoint.`,
      fix: 'Check the token URL (--token-url), and ask the provider what that login is for.',
    }
  if (probed !== null && probed.accepted !== null)
    return {
      cause: `A probe showed that ${probed.accepted} is accepted, and ${method} is not: the credentials are right.`,
      fix: `Use --auth-method ${probed.accepted}.`,
    }
  const odd = explainShape(facts)
  if (odd !== null) return odd
  if (wantedMethod !== null && !(authMethods as readonly string[]).includes(wantedMethod))
    return {
      cause: `nv authenticated with ${method}, and the server says that it wants ${wantedMethod}${wantedMethod.endsWith('tls_client_auth') ? ', a client certificate (mutual TLS)' : ''}, which nv does not support.`,
      fix: 'Ask the provider to register another client authentication for this application.',
    }
  if (wantedMethod !== null)
    return {
      cause: `nv authenticated with ${method}, and the server says that it wants ${wantedMethod}.`,
      fix: `Use --auth-method ${wantedMethod}. If that fails too, copy client_id and secret again.`,
    }
  if (method === 'none')
    return {
      cause: 'The client_id is wrong, or the gateway wants client authentication, and got none.',
      fix: 'Copy the client_id again, and choose the registered method with --auth-method.',
    }
  const said = explainWords(facts)
  const tried =
    probed === null
      ? null
      : `${probed.tried.join(' and ')} ${probed.tried.length === 1 ? 'was' : 'were'} refused too (probed)`
  if (said !== null) return { ...said, cause: tried === null ? said.cause : `${said.cause} ${tried}.` }
  const doubt = doubtIn(facts)
  if (tried !== null)
    return {
      cause: `${tried}, so the client_id or the client secret is wrong.`,
      fix: "Copy both again from the provider's console, without stray spaces or line breaks.",
    }
  return {
    cause: `The client_id or the client secret is wrong, or the gateway wants a client authentication other than ${method}.${doubt?.cause ?? ''}`,
    fix: `Copy both again from the provider's console, without stray spaces or line breaks; then check the method (${doubt?.flag ?? '--auth-method'}).`,
  }
}

/** Says how HTTP Basic carried characters that gateways read differently, and the flag for the other way. */
function doubtIn({ method, hasReservedCharacters }: ClientFacts): { cause: string; flag: string } | null {
  const isEncoded = method === 'client_secret_basic'
  if (!hasReservedCharacters || !(isEncoded || method === 'client_secret_basic_raw')) return null
  return {
    cause: ` Reserved characters in them were sent ${isEncoded ? 'encoded' : 'as they are'}; gateways differ in that.`,
    flag: `--auth-method ${isEncoded ? 'client_secret_basic_raw' : 'client_secret_basic'}`,
  }
}
