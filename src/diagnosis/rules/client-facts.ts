// How the client authenticated, and what is known of how the server wants it.
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
    wantedMethod: wantedMethod(recording, exchange, method),
    probed: readProbes(recording),
    skewSeconds: exchange?.clockSkewSeconds ?? null,
  }
}

/** Says what came of trying other methods; null: none was tried, or the answers don't tell. */
function readProbes({ observations, exchanges }: Recording): ClientFacts['probed'] {
  const answers = observations.flatMap((observed) => {
    if (observed.code !== 'method_probed') return []
    const response = exchanges.find(({ id }) => id === observed.exchange)?.response ?? null
    const code = response === null ? null : readRefusal(response).code?.toLowerCase()
    const isRefused = response?.status === 401 || code === 'invalid_client'
    // A client that was accepted is told that the code does not exist.
    return [{ method: observed.facts.method, isRefused, isAccepted: code === 'invalid_grant' }]
  })
  const accepted = answers.find(({ isAccepted }) => isAccepted)?.method ?? null
  const tried = answers.filter(({ isRefused }) => isRefused).map(({ method }) => method)
  return accepted === null && tried.length === 0 ? null : { tried, accepted }
}

/** Names the method that a server says it wants, where it is another one; null when it does not say. */
function wantedMethod(recording: Recording, exchange: Exchange | null, used: string): string | null {
  const sent = used === 'client_secret_basic_raw' ? 'client_secret_basic' : used
  const listed = recording.exchanges
    .filter(({ kind }) => kind === 'discovery')
    .map((document) => membersOf(document)['token_endpoint_auth_methods_supported'])
    .find(Array.isArray)
  const offered = listed?.filter((name) => typeof name === 'string')
  if (offered !== undefined && !offered.includes(sent)) return offered[0] ?? null
  const response = exchange?.response ?? null
  const says = response === null ? null : wordsOf(readRefusal(response))
  if (meaningOf(says) === 'assertion-wanted' && !isKeyMethod(used)) return 'private_key_jwt'
  const scheme = response === null ? null : (readRefusal(response).challenge?.scheme.toLowerCase() ?? null)
  return offered === undefined && scheme === 'basic' && sent === 'client_secret_post'
    ? 'client_secret_basic'
    : null
}
