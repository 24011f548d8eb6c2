// Client authentication at the token and the backchannel endpoint: a list of methods, each a function.
import { assertionAudiences, findLaxClaims, readClaim, verifyAssertion } from './assertion.ts'
import { isPublicClient, keysOf, type Gateway } from '../gateway.ts'
import { credentialsOf, headerValues, type Call, type Parameters } from '../request.ts'
import { invalidRequest, type OAuthProblem, type Reply, replyOAuthError } from '../response.ts'

/** A client that proved who it is; with `none` it only said so. */
export interface AuthenticatedClient {
  id: string
  method: 'secret' | 'signature' | 'none'
  /** What was overlooked, each as a phrase. */
  broken?: readonly string[]
}

/** Authenticates by one method; null when the request does not use it. */
type ClientAuthentication = (
  call: Call,
  form: Parameters,
  gateway: Gateway,
) => Promise<AuthenticatedClient | OAuthProblem | null>

const methods: readonly ClientAuthentication[] = [
  authenticateBasic,
  authenticatePost,
  authenticatePrivateKeyJwt,
  authenticateApplicationJwt,
]

/**
 * Finds the client that a request authenticates as; null when there are no credentials in it.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3
 */
export async function authenticateClient(
  call: Call,
  form: Parameters,
  gateway: Gateway,
): Promise<AuthenticatedClient | OAuthProblem | null> {
  const [header, ...others] = headerValues(call.headers, 'authorization')
  if (others.length > 0) return invalidRequest('Authorization was sent twice.')
  const outcomes = await Promise.all(methods.map((authenticate) => authenticate(call, form, gateway)))
  const [used = null, ...more] = outcomes.filter((outcome) => outcome !== null)
  if (more.length > 0) {
    return invalidRequest('The client authenticates in two ways at once: leave all but one out.')
  }
  if (used === null) {
    return header?.trim() ? refuse('The scheme of Authorization must be Basic, or Bearer with a JWT.') : null
  }
  const named = form.get('client_id')
  return 'id' in used && named !== undefined && named !== used.id
    ? invalidRequest('The client_id of the body is not the client that authenticates.')
    : used
}

/**
 * Finds the public client that a request without credentials names.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.2.1
 */
export function identifyPublicClient(
  form: Parameters,
  { clients }: Gateway,
): AuthenticatedClient | OAuthProblem {
  const id = form.get('client_id')
  if (id === undefined) return refuse('The client did not authenticate: there are no credentials.')
  if (isPublicClient(clients, id)) return { id, method: 'none' }
  return clients.some((client) => client.id === id)
    ? refuse('The method none is not registered for this client: it has to authenticate.')
    : refuse(unknownClient)
}

/**
 * Answers a client whose authentication failed. The challenge is left out for credentials that came in the body, as
 * no scheme of HTTP would help there.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5.2
 */
export function replyClientProblem(call: Call, form: Parameters, problem: OAuthProblem): Reply {
  if (problem.error !== 'invalid_client') return replyOAuthError(400, problem)
  const reply = replyOAuthError(401, problem)
  const isInBody = ['client_secret', 'client_assertion'].some((name) => form.get(name) !== undefined)
  if (credentialsOf(call, 'bearer') !== null) reply.headers['www-authenticate'] = `Bearer ${realm}`
  else if (!isInBody) reply.headers['www-authenticate'] = `Basic ${realm}, charset="UTF-8"`
  return reply
}

const realm = 'realm="nv simulator"'
const unknownClient = 'The client is not known here.'

/**
 * Takes HTTP Basic, form-encoded as RFC 6749 has it, or raw as the samples do.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
async function authenticateBasic(call: Call, _form: Parameters, gateway: Gateway) {
  const encoded = credentialsOf(call, 'basic')
  if (encoded === null) return null
  const credentials = Buffer.from(encoded, 'base64').toString('utf8')
  const colon = credentials.indexOf(':')
  if (!/^[A-Za-z0-9+/_=-]+$/.test(encoded) || colon < 0) {
    return refuse('The credentials of HTTP Basic must be the id, a colon and the secret in base64.')
  }
  const sent = [credentials.slice(0, colon), credentials.slice(colon + 1)] as const
  const decoded = [formDecode(sent[0]), formDecode(sent[1])] as const
  const pairs = [sent, decoded] as const
  const found = pairs.find(([id, secret]) => hasSecret(gateway, id, secret))
  const id = found?.[0] ?? pairs.find(([id]) => isKnown(gateway, id))?.[0]
  return found && id ? { id, method: 'secret' as const } : refuseSecret(gateway, id ?? undefined)
}

/** @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1 */
async function authenticatePost(_call: Call, form: Parameters, gateway: Gateway) {
  const secret = form.get('client_secret')
  if (secret === undefined) return null
  const id = form.get('client_id')
  if (id === undefined) return refuse('client_secret came without a client_id.')
  return hasSecret(gateway, id, secret) ? { id, method: 'secret' as const } : refuseSecret(gateway, id)
}

/** @see https://www.rfc-editor.org/rfc/rfc7523#section-3 */
async function authenticatePrivateKeyJwt(call: Call, form: Parameters, gateway: Gateway) {
  const jwt = form.get('client_assertion')
  const type = form.get('client_assertion_type')
  if (jwt === undefined) return type === undefined ? null : refuse('client_assertion is missing.')
  if (type !== 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer') {
    return refuse('client_assertion_type must be urn:ietf:params:oauth:client-assertion-type:jwt-bearer.')
  }
  const id = await readClaim(jwt, 'iss')
  if (id === null) return refuse('The client_assertion is refused: it is not a JWT with an iss.')
  const keys = keysOf(gateway.clients, id)
  if (keys.length === 0) return refuseKeyless(gateway, id, 'private_key_jwt')
  const audience = assertionAudiences(call, gateway)
  const verified = await verifyAssertion(
    jwt,
    { keys, issuer: id, subject: id, audience, type: 'client-authentication+jwt', isIatOptional: true },
    call,
    gateway,
  )
  if ('rule' in verified) return refuse(`The client_assertion is refused: ${verified.rule}.`)
  return { id, method: 'signature' as const, broken: findLaxClaims(verified.claims, call, gateway) }
}

/**
 * Takes the JWT of an application, as Vonage has it. It may be sent again and live for a day: it is not an assertion, but
 * the token that Vonage's programs keep for all their calls.
 * @see https://developer.vonage.com/en/getting-started/concepts/authentication#json-web-tokens
 */
async function authenticateApplicationJwt(call: Call, _form: Parameters, gateway: Gateway) {
  const jwt = credentialsOf(call, 'bearer')
  if (jwt === null) return null
  const id = await readClaim(jwt, 'application_id')
  if (id === null) return refuse('The Bearer token is refused: it is not a JWT with an application_id.')
  const keys = keysOf(gateway.clients, id)
  if (keys.length === 0) return refuseKeyless(gateway, id, 'a JWT of the application')
  const expected = { keys, algorithms: ['RS256'], maxLifetimeS: 86_400, isReusable: true }
  const verified = await verifyAssertion(jwt, expected, call, gateway)
  return 'rule' in verified
    ? refuse(`The JWT of the application is refused: ${verified.rule}.`)
    : { id, method: 'signature' as const }
}

function isKnown({ clients }: Gateway, id: string | null): boolean {
  return clients.some((client) => client.id === id)
}

function hasSecret({ clients }: Gateway, id: string | null, secret: string | null): boolean {
  return secret !== null && clients.some((client) => client.id === id && client.secret === secret)
}

function refuseSecret(gateway: Gateway, id: string | undefined): OAuthProblem {
  const ofClient = gateway.clients.filter((client) => client.id === id)
  if (ofClient.length === 0) return refuse(unknownClient)
  return ofClient.some(({ secret }) => secret !== undefined)
    ? refuse('The client secret is wrong.')
    : refuse('A client secret is not registered for this client.')
}

function refuseKeyless(gateway: Gateway, id: string, method: string): OAuthProblem {
  return isKnown(gateway, id)
    ? refuse(`The method ${method} is not registered for this client: it has no key.`)
    : refuse(unknownClient)
}

function refuse(description: string): OAuthProblem {
  return { error: 'invalid_client', description }
}

function formDecode(text: string): string | null {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return null
  }
}
