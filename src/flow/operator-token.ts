// Gets an access token by the token of the SIM, over any network and without a phone: by CIBA or a JWT bearer assertion.
import { grantTypes, type SimGrant } from '../oauth/grants.ts'
import { buildJwtBearerParameters, hintOf } from '../oauth/jwt-bearer.ts'
import { pollForToken, requestAuthentication, type PendingAuthentication } from './backchannel.ts'
import { completeTarget } from './complete-target.ts'
import type { AccessToken, Flow, Gateway, Granted, OperatorToken } from './journey.ts'
import { type Attempted, isStop, type Stop } from './stop.ts'
import { requestToken } from './token-request.ts'

/** Has the gateway identify the line of an operator token. */
export async function getTokenBySim(flow: Flow, operatorToken: OperatorToken): Promise<Granted | Stop> {
  const authenticated = await authenticate(flow, operatorToken)
  if (isStop(authenticated)) return authenticated
  const { gateway, pending } = authenticated
  const { host } = new URL(gateway.tokenUrl)
  const accessToken = await flow.recorder.step('token', `Asking ${host} for an access token`, () =>
    pending === null ? exchangeAssertion(flow, gateway, operatorToken) : pollForToken(flow, gateway, pending),
  )
  return isStop(accessToken) ? accessToken : { gateway, accessToken }
}

interface Authenticated {
  gateway: Gateway
  /** Null: the token request brings the token of the SIM itself. */
  pending: PendingAuthentication | null
}

/** Does what comes before the token request: nothing, when an assertion takes the token there and all is known. */
async function authenticate(flow: Flow, { value, grants }: OperatorToken): Promise<Authenticated | Stop> {
  const { recorder, input } = flow
  const { target } = input
  const asksNothing = grants[0] === 'jwt-bearer' && target.tokenUrl !== '' && target.credentialsUrl === null
  if (asksNothing) {
    const gateway = await completeTarget(flow, target, grants)
    return isStop(gateway) ? gateway : { gateway, pending: null }
  }
  const { host } = new URL(target.backchannelUrl || target.issuer || target.tokenUrl)
  return recorder.step<Authenticated>('authorize', `Asking ${host} to identify the line`, async () => {
    const gateway = await completeTarget(flow, target, grants)
    if (isStop(gateway)) return gateway
    const grant = chooseGrant(grants, gateway)
    if (grant === undefined) return { lacks: 'endpoint' }
    recorder.learn({ request: { grants: [grant] } })
    if (grant === 'jwt-bearer')
      return { value: { gateway, pending: null }, detail: `found the token endpoint of ${host}` }
    const pending = await requestAuthentication(flow, gateway, hintOf(value))
    return isStop(pending) ? pending : { value: { gateway, pending: pending.value }, detail: pending.detail }
  })
}

/** Chooses the first grant that gateway and profile allow, one that the document lists before one that it does not. */
function chooseGrant(
  grants: readonly SimGrant[],
  { backchannelUrl, key, grantTypes: listed }: Gateway,
): SimGrant | undefined {
  const isPossible = { ciba: backchannelUrl !== '', 'jwt-bearer': key !== '' }
  const possible = grants.filter((name) => isPossible[name])
  return possible.find((name) => listed?.includes(grantTypes[name])) ?? possible[0]
}

async function exchangeAssertion(
  flow: Flow,
  gateway: Gateway,
  { value }: OperatorToken,
): Promise<Attempted<AccessToken>> {
  const options = { ...gateway, operatorToken: value }
  return requestToken(flow, gateway, await buildJwtBearerParameters(options, flow.context))
}
