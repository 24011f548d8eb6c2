// Sends a token request, whatever its grant, and reads the answer leniently after a strict client had its say.
import { FlowError } from '../errors.ts'
import { createClientAuthentication } from '../oauth/client-authentication.ts'
import { buildTokenRequest, checkTokenResponse, readTokenAnswer } from '../oauth/token.ts'
import { refuseRedirect } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { AccessToken, Journey } from './journey.ts'

/**
 * Asks the token endpoint for an access token. Throws a FlowError when it gives none. What a strict client would
 * object to is a warning, and the flow goes on.
 */
export async function requestToken(
  { context, recorder, send, attempt }: Journey,
  gateway: Gateway,
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<{ value: AccessToken; detail: string }> {
  const { host } = new URL(gateway.tokenUrl)
  const request = await buildTokenRequest({
    tokenUrl: gateway.tokenUrl,
    parameters,
    authenticate: createClientAuthentication({ ...gateway, method: gateway.authMethod }, context),
  })
  const { status, headers, text } = await send('token', request)
  refuseRedirect('token_redirected', host, status, headers)
  const answer = readTokenAnswer(status, text)
  const retryAfter = headers.get('retry-after')
  if (answer.kind === 'error') {
    const { error, description } = answer
    throw new FlowError('token_error', {
      host,
      status,
      error,
      description,
      retryAfter,
      method: gateway.authMethod,
    })
  }
  if (answer.kind === 'unreadable')
    throw new FlowError('token_unreadable', { host, status, found: answer.found, retryAfter })
  for (const secret of answer.secrets) recorder.redactor.conceal(secret)
  const objection = await checkTokenResponse(new Response(text, { status, headers }), {
    clientId: gateway.clientId,
    issuer: gateway.issuer,
    nonce: attempt.nonce,
  })
  if (objection?.isNonceMismatch) throw new FlowError('nonce_differs', { host })
  if (objection) recorder.warn('token', 'token_response_irregular', { host, message: objection.message })
  return {
    value: { value: answer.accessToken, scheme: 'Bearer', scope: answer.scope },
    detail: `got an access token${answer.scope ? ` for ${answer.scope}` : ''}`,
  }
}
