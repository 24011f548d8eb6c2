// Gets an access token: through a phone, or by the token of a SIM.
import { getTokenByPhone } from './authorization-code.ts'
import type { Flow, Granted } from './journey.ts'
import { getTokenBySim } from './operator-token.ts'
import type { Stop } from './stop.ts'

/** Takes the operator token where there is one, else the phone. */
export function getToken(flow: Flow): Promise<Granted | Stop> {
  const { operatorToken } = flow.input
  return operatorToken === null ? getTokenByPhone(flow) : getTokenBySim(flow, operatorToken)
}
