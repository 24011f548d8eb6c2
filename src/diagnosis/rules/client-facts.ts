// How the client authenticated, and what is known of how the server wants it.
import { authMethods } from '../../oauth/client-authentication.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import type { ClientFacts } from '../catalogue/client-authentication.ts'
import { membersOf } from '../recorded.ts'
import { meaningOf } from '../meaning.ts'
import { readRefusal, wordsOf } from '../refusal.ts'
import { isKeyMethod } from './refusing.ts'

/** Gives how the client authenticated in an exchange. */
export function clientFacts(recording: Recording, exchange: Exchange | null): Omit<ClientFacts, 'meaning'> {
  const { target } = recording
  const method = target.authMethod ?? 'client_secret_basic'
  const isAssertion = method === 'private_key_jwt'
  const audiences: Readonly<Record<string, string | null>> = {
    endpoint: exchange?.request.url ?? null,
    issuer: target.issuer,
  }
  const audience = Object.hasOwn(audiences, target.assertionAudience)
    ? (audiences[target.assertionAudience] ?? null)
    : target.assertionAudience
  return {
    method,
    key: isKeyMethod(method) ? target.key : null,
    audience: isAssertion ? audience : null,
    hasReservedCharacters: target.hasReservedCharacters,
    secretShape: target.secretShape,
    challenge: foreignChallenge(exchange),
    wantedMethod: wantedMethod(recording, exchange, method),
    probed: readProbes(recording, exchange, method),
    skewSeconds: exchange?.clockSkewSeconds ?? null,
  }
}

/** Gives a challenge that no client authentication of OAuth answers; null when there is none. */
function foreignChallenge(exchange: Exchange | null): ClientFacts['challenge'] {
  const challenge = exchange?.response ? readRefusal(exchange.response).challenge : null
  return challenge === null || !/^(negotiate|ntlm|kerberos|digest|aws4)/i.test(challenge.scheme)
    ? null
    : challenge
}

/** Says what came of trying other methods; null: none was tried, or the answers don't tell. */
function readProbes(
  { observations, exchanges }: Recording,
  refused: Exchange | null,
  used: string,
): ClientFacts['probed'] {
  const first = refused?.response ? readRefusal(refused.response) : null
  const says = first === null ? null : wordsOf(first)
  const answers = observations.flatMap((observed) => {
    if (observed.code !== 'method_probed') return []
    const response = exchanges.find(({ id }) => id === observed.exchange)?.response ?? null
    const refusal = response === null ? null : readRefusal(response)
    const code = refusal?.code?.toLowerCase() ?? null
    const isSame = refusal?.status === first?.status && code === (first?.code?.toLowerCase() ?? null)
    const isClients = refusal?.status === 400 || refusal?.status === 401 || refusal?.status === 200
    const isAlike = isSame && refusal !== null && wordsOf(refusal) === says
    const isRefused = isClients && (code === 'invalid_client' || (refusal.status === 401 && isAlike))
    // A client that was accepted is told that the code does not exist.
    return [{ method: observed.facts.method, isRefused, isAccepted: code === 'invalid_grant' }]
  })
  // The same is said to a client that was refused before, by a server that looks at the code first.
  const isClientFirst = answers.some(({ method, isRefused }) => method === used && isRefused)
  const accepted = isClientFirst ? (answers.find(({ isAccepted }) => isAccepted)?.method ?? null) : null
  const tried = answers
    .filter(({ method, isRefused }) => isRefused && method !== used)
    .map(({ method }) => method)
  return accepted === null && tried.length === 0 ? null : { tried, accepted }
}

const methodNames = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'tls_client_auth']

/** Names the method that a server says it wants, where it is another one; null when it does not say. */
function wantedMethod(recording: Recording, exchange: Exchange | null, used: string): string | null {
  const sent = used === 'client_secret_basic_raw' ? 'client_secret_basic' : used
  const listed = recording.exchanges
    .filter(({ kind }) => kind === 'discovery')
    .map((document) => membersOf(document)['token_endpoint_auth_methods_supported'])
    .find(Array.isArray)
  const offered = listed?.filter((name) => typeof name === 'string')
  if (offered !== undefined && !offered.includes(sent))
    return offered.find((name) => (authMethods as readonly string[]).includes(name)) ?? offered[0] ?? null
  const response = exchange?.response ?? null
  const says = response === null ? null : wordsOf(readRefusal(response))
  const meaning = meaningOf(says)
  const named = methodNames.filter((name) => name !== sent && (says ?? '').includes(name))
  if (meaning === 'auth-method' && named.length === 1) return named[0] ?? null
  if (meaning === 'assertion-wanted' && !isKeyMethod(used)) return 'private_key_jwt'
  const scheme = response === null ? null : (readRefusal(response).challenge?.scheme.toLowerCase() ?? null)
  return offered === undefined && scheme === 'basic' && sent === 'client_secret_post'
    ? 'client_secret_basic'
    : null
}
