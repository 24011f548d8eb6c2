// The environment variables that have nv be a client of a simulator.
import type { RunningSimulator } from '../../src/simulator/simulator.ts'

type Known = Pick<RunningSimulator, 'authorizeUrl' | 'tokenUrl' | 'apiUrl' | 'clientId' | 'clientSecret'>

/** Gives the variables of the endpoints that a phone's flow needs, and of the client. */
export function clientVariables({ authorizeUrl, tokenUrl, apiUrl, clientId, clientSecret }: Known) {
  return {
    NV_AUTHORIZE_URL: authorizeUrl,
    NV_TOKEN_URL: tokenUrl,
    NV_API_URL: apiUrl,
    NV_CLIENT_ID: clientId,
    NV_CLIENT_SECRET: clientSecret,
  }
}
