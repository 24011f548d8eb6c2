// Sends a token request of any grant, and reads the answer leniently after a strict client has judged it.
import { createClientAuthentication } from '../oauth/client-authentication.ts'
import { grantTypes } from '../oauth/grants.ts'
import { buildTokenRequest, readTokenAnswer } from '../oauth/token.ts'
import { objectToToken } from '../oauth/token-notes.ts'
import { checkIdToken } from './id-token.ts'
import type { AccessToken, Flow, Gateway } from './journey.ts'
import { sendProven } from './proof.ts'
import type { Reply } from './send.ts'
import type { Attempted } from './stop.ts'

type Parameters = Readonly<Record<string, string | undefined>>

/** Asks the token endpoint for an access token. What strict rules object to is observed, and the flow goes on. */
export async function requestToken(
  flow: Flow,
  gateway: Gateway,
  parameters: Parameters,
): Promise<Attempted<AccessToken>> {
  return readToken(flow, gateway, parameters, await sendTokenRequest(flow, gateway, parameters))
}

/** Sends a token request with client authentication. */
export async function sendTokenRequest(
  flow: Pick<Flow, 'context' | 'send' | 'dpop'>,
  gateway: Gateway,
  parameters: Parameters,
): Promise<Reply> {
  const authenticate = createClientAuthentication({ ...gateway, method: gateway.authMethod }, flow.context)
  return sendProven(flow, async () => ({
    ...(await buildTokenRequest({ tokenUrl: gateway.tokenUrl, parameters, authenticate })),
    step: 'token',
    kind: 'token',
  }))
}

/** Takes the access token from a response, once its ID token was found to be of this attempt. */
export async function readToken(
  flow: Flow,
  gateway: Gateway,
  parameters: Parameters,
  { answer, exchange }: Reply,
): Promise<Attempted<AccessToken>> {
  const { recorder, attempt, dpop } = flow
  const token = answer && readTokenAnswer(answer.status, answer.text)
  if (answer === null || token?.kind !== 'token') return { lacks: 'token' }
  for (const secret of token.secrets) recorder.redactor.conceal(secret)
  const { accessToken, tokenType, scope, idToken } = token
  const objection = await objectToToken(answer)
  if (objection !== null)
    recorder.observe({ code: 'strict_objection', step: 'token', exchange, facts: { message: objection } })
  if (idToken !== null) {
    const isByCode = parameters['grant_type'] === grantTypes['authorization-code']
    const nonce = isByCode ? attempt.nonce : undefined
    const isOfThisAttempt = await checkIdToken(flow, gateway, { idToken, accessToken, nonce, exchange })
    if (!isOfThisAttempt) return { lacks: 'token' }
  }
  const isBound = dpop !== null && tokenType?.toLowerCase() === 'dpop'
  return {
    value: { value: accessToken, scheme: isBound ? 'DPoP' : 'Bearer' },
    detail: `received an access token${scope ? ` for ${scope}` : ''}`,
  }
}
