// Sends a token request, whatever its grant, and reads the answer leniently after strict rules had their say.
import { FlowError } from '../errors.ts'
import { createClientAuthentication } from '../oauth/client-authentication.ts'
import { grantTypes } from '../oauth/grants.ts'
import { buildTokenRequest, readTokenAnswer } from '../oauth/token.ts'
import { reviewTokenResponse } from '../oauth/token-notes.ts'
import { describeRefusal } from './client-facts.ts'
import { refuseRedirect } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import { checkIdToken } from './id-token.ts'
import type { AccessToken, Journey } from './journey.ts'
import { sendProven } from './proof.ts'

/**
 * Asks the token endpoint for an access token. Throws a FlowError when it gives none. What strict rules
 * object to is a warning, and the flow goes on.
 */
export async function requestToken(
  journey: Journey,
  gateway: Gateway,
  parameters: Readonly<Record<string, string | undefined>>,
): Promise<{ value: AccessToken; detail: string }> {
  const { context, recorder, attempt, dpop } = journey
  const { host } = new URL(gateway.tokenUrl)
  const authenticate = createClientAuthentication({ ...gateway, method: gateway.authMethod }, context)
  const response = await sendProven(journey, 'token', () =>
    buildTokenRequest({ tokenUrl: gateway.tokenUrl, parameters, authenticate }),
  )
  const { status, headers, text } = response
  refuseRedirect('token_redirected', host, status, headers)
  const answer = readTokenAnswer(status, text)
  if (answer.kind !== 'token') {
    const { kind, ...said } = answer
    const grantType = parameters['grant_type'] ?? null
    const facts = describeRefusal(gateway, gateway.tokenUrl, response, context.clock.now())
    throw new FlowError(`token_${kind}`, { ...said, grantType, ...facts })
  }
  for (const secret of answer.secrets) recorder.redactor.conceal(secret)
  const { accessToken, tokenType, scope, idToken } = answer
  const asked = {
    scope: gateway.scope,
    usesDpop: dpop !== null,
    expectsIdToken: parameters['grant_type'] !== grantTypes['jwt-bearer'],
  }
  for (const { code, args } of await reviewTokenResponse(response, asked))
    recorder.warn('token', code, { host, ...args })
  if (idToken !== null) {
    const isByCode = parameters['grant_type'] === grantTypes['authorization-code']
    await checkIdToken(journey, gateway, {
      idToken,
      accessToken,
      nonce: isByCode ? attempt.nonce : undefined,
      isCodeBound: parameters['code_verifier'] !== undefined,
    })
  }
  const isBound = dpop !== null && tokenType?.toLowerCase() === 'dpop'
  return {
    value: { value: accessToken, scheme: isBound ? 'DPoP' : 'Bearer', scope },
    detail: `got an access token${scope ? ` for ${scope}` : ''}`,
  }
}
