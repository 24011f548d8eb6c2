// The grant of a JWT bearer assertion, which carries the operator token of a SIM.
import { endpointUrl, readClaim, verifyAssertion } from './assertion.ts'
import { keysOf } from '../gateway.ts'
import { invalidGrant, issueAccessToken, type Grant } from './grant.ts'
import { dropIgnoredScopes, findScopeProblem } from './scope.ts'
import { explainUnknownToken, findByOperatorToken, refuseConsent } from './subject.ts'

/**
 * Exchanges an assertion that the client signed: `sub` names the SIM, the claim `scope` the purpose. Its `aud` must be
 * the endpoint, which for a client assertion is a SHOULD only.
 * @see https://www.rfc-editor.org/rfc/rfc7523#section-3
 * @see https://www.rfc-editor.org/rfc/rfc7521#section-4.1
 */
export const jwtBearerGrant: Grant = {
  isClientOptional: true,
  exchange: async (request) => {
    const { call, form, client, gateway } = request
    const assertion = form.get('assertion')
    if (assertion === undefined) return { error: 'invalid_request', description: 'assertion is missing.' }
    const hasScopeField = form.get('scope') !== undefined
    if (hasScopeField && gateway.isStrict) {
      const description = 'scope belongs in the assertion, as a claim, not in the form.'
      return { error: 'invalid_request', description }
    }
    if (hasScopeField) request.broken.push('scope in the form beside the assertion')
    const id = await readClaim(assertion, 'iss')
    if (id === null) return refuse('it is not a JWT with an iss')
    if (![undefined, id].includes(client?.id ?? form.get('client_id'))) {
      return refuse('its iss is not the client that the request names')
    }
    const keys = keysOf(gateway.clients, id)
    if (keys.length === 0) return refuse('its iss is not a client with a key')
    const verified = await verifyAssertion(
      assertion,
      { keys, issuer: id, audience: [endpointUrl(call, gateway)], type: 'authorization-grant+jwt' },
      call,
      gateway,
    )
    if ('rule' in verified) return refuse(verified.rule)
    const { sub = '', scope } = verified.claims
    if (!/^operatortoken:./.test(sub)) return refuse('its sub is not operatortoken: and a token')
    const subject = findByOperatorToken(sub.slice(sub.indexOf(':') + 1), gateway)
    if (subject === null) return invalidGrant(explainUnknownToken(gateway))
    const { granted, broken } = dropIgnoredScopes(typeof scope === 'string' ? scope : '')
    request.broken.push(...broken)
    const problem = findScopeProblem(granted || undefined)
    const refusal = problem ?? refuseConsent(subject, { clientId: id, scope: granted }, gateway)
    if (refusal) return refusal
    return issueAccessToken(request, { scope: granted, clientId: id, subject })
  },
}

function refuse(rule: string) {
  return invalidGrant(`The assertion is refused: ${rule}.`)
}
