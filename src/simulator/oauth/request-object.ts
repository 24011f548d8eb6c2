// Request objects: the parameters of a request as a JWT that the client signed (JAR).
import { endpointUrl, verifyAssertion } from './assertion.ts'
import { keysOf, type Gateway } from '../gateway.ts'
import { isWellFormed, readParameters, type Call, type Parameters } from '../request.ts'
import type { OAuthProblem } from '../response.ts'

/** Claims of the JWT that are not parameters of the request. */
const envelope = ['iss', 'sub', 'aud', 'exp', 'iat', 'nbf', 'jti']

/**
 * Reads the parameters out of the request object of an authorization request, from nowhere else; a request without
 * one is given back as it came. Nothing in an object that was not verified may be trusted.
 * @see https://www.rfc-editor.org/rfc/rfc9101#section-6
 */
export async function unwrapAuthorizationRequest(
  sent: Parameters,
  call: Call,
  gateway: Gateway,
): Promise<Parameters | OAuthProblem> {
  const jwt = sent.get('request')
  const isByReference = sent.get('request_uri') !== undefined
  if (sent.isDoubled('request') || (jwt !== undefined && isByReference)) {
    return { error: 'invalid_request', description: 'There is more than one request object.' }
  }
  if (isByReference) {
    return { error: 'request_uri_not_supported', description: 'Send the request object as request.' }
  }
  const clientId = sent.get('client_id')
  if (jwt === undefined || !gateway.clients.some(({ id }) => id === clientId)) return sent
  const parameters = await readRequestObject(jwt, clientId ?? '', call, gateway)
  if (typeof parameters === 'string') {
    return { error: 'invalid_request_object', description: `The request object is refused: ${parameters}.` }
  }
  if (parameters.get('client_id') === clientId) return parameters
  const description = 'The client_id in the request object is not that beside it.'
  return { error: 'invalid_request_object', description }
}

/** Verifies a request object and reads its parameters; or says which rule it breaks. */
export async function readRequestObject(
  jwt: string,
  clientId: string,
  call: Call,
  gateway: Gateway,
): Promise<Parameters | string> {
  const keys = keysOf(gateway.clients, clientId)
  if (keys.length === 0) return 'this client has no key'
  const audience = [endpointUrl(call, gateway), gateway.issuer(call.hostname)]
  const verified = await verifyAssertion(
    jwt,
    { keys, issuer: clientId, audience, type: 'oauth-authz-req+jwt' },
    call,
    gateway,
  )
  if ('rule' in verified) return verified.rule
  // Otherwise it could be sent as a client assertion: RFC 9101, section 10.8.
  if (verified.claims.sub === clientId) return 'its sub is the client_id, as in a client assertion'
  const claims = Object.entries(verified.claims).filter(([name]) => !envelope.includes(name))
  if (claims.some(([name]) => name === 'request' || name === 'request_uri')) {
    return 'it holds another request object'
  }
  const pairs = claims.map(
    ([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)] as const,
  )
  return pairs.every(([, value]) => isWellFormed(value))
    ? readParameters(pairs)
    : 'it holds text that is not Unicode'
}
