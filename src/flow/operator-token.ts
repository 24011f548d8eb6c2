// Gets an access token by the token of the SIM, over any network and without a phone: by CIBA or a JWT bearer assertion.
import { FlowError } from '../errors.ts'
import type { SimGrant } from '../oauth/grants.ts'
import { buildJwtBearerParameters, hintOf } from '../oauth/jwt-bearer.ts'
import { pollForToken, requestAuthentication, type PendingAuthentication } from './backchannel.ts'
import { completeProfile, type Gateway } from './gateway.ts'
import type { AccessToken, Granted, Journey, OperatorToken } from './journey.ts'
import { warnOfSettings } from './settings-advice.ts'
import { requestToken } from './token-request.ts'

/** Has the gateway identify the line of an operator token. */
export async function getTokenBySim(journey: Journey, operatorToken: OperatorToken): Promise<Granted> {
  const { profile } = journey.input
  const { scope, apiVersion, preset, unconfirmed } = profile
  warnOfSettings(journey, { scope, apiVersion, preset, unconfirmed })
  if (apiVersion !== 'v2') journey.recorder.warn('authorize', 'operator_token_version', { apiVersion })
  const { gateway, pending } = await authenticate(journey, operatorToken)
  const { host } = new URL(gateway.tokenUrl)
  const accessToken = await journey.recorder.step('token', `Asking ${host} for an access token`, () =>
    pending === null
      ? exchangeAssertion(journey, gateway, operatorToken)
      : pollForToken(journey, gateway, pending),
  )
  return { gateway, accessToken }
}

interface Authenticated {
  gateway: Gateway
  /** Null: the token request brings the token of the SIM itself. */
  pending: PendingAuthentication | null
}

/** Does what comes before the token request: nothing, when an assertion takes the token there and all is known. */
async function authenticate(journey: Journey, { value, grants }: OperatorToken): Promise<Authenticated> {
  const { recorder, send, subject, input } = journey
  const { profile } = input
  const asksNothing = grants[0] === 'jwt-bearer' && profile.tokenUrl !== '' && profile.credentialsUrl === null
  if (asksNothing) return { gateway: await completeProfile(profile, send, recorder, grants), pending: null }
  const { host } = new URL(profile.backchannelUrl || profile.issuer || profile.tokenUrl)
  return recorder.step<Authenticated>('authorize', `Asking ${host} to identify the line`, async () => {
    const gateway = await completeProfile(profile, send, recorder, grants)
    subject.profile = gateway
    if (chooseGrant(grants, gateway) === 'jwt-bearer')
      return { value: { gateway, pending: null }, detail: `found the token endpoint of ${host}` }
    const { value: pending, detail } = await requestAuthentication(journey, gateway, hintOf(value))
    return { value: { gateway, pending }, detail }
  })
}

/** Chooses the first grant that the gateway and the profile allow. */
function chooseGrant(grants: readonly SimGrant[], { backchannelUrl, key, issuer }: Gateway): SimGrant {
  const isPossible = { ciba: backchannelUrl !== '', 'jwt-bearer': key !== '' }
  const grant = grants.find((name) => isPossible[name])
  if (grant !== undefined) return grant
  throw new FlowError('operator_token_no_grant', { issuer })
}

async function exchangeAssertion(
  journey: Journey,
  gateway: Gateway,
  { value }: OperatorToken,
): Promise<{ value: AccessToken; detail: string }> {
  const options = { ...gateway, operatorToken: value }
  return requestToken(journey, gateway, await buildJwtBearerParameters(options, journey.context))
}
