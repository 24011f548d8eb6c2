// The simulator as environment variables, for nv and for any other program.
import { environmentNameOf } from '../../settings/flags.ts'
import { settingNames } from '../../settings/settings.ts'
import { type Setting, settings } from '../../settings/table.ts'
import type { RunningSimulator } from '../../simulator/simulator.ts'

/** Gives the variables by which nv reaches the simulator, and any program that reads them. */
export function variablesOf(simulator: RunningSimulator, caFile: string | null): Record<string, string> {
  const { authorizeUrl, tokenUrl, backchannelUrl, apiUrl, clientId, clientSecret, redirectUris } = simulator
  const ownPort = new URL(apiUrl).port === '4011' ? 4012 : 4011
  return {
    NV_AUTHORIZE_URL: authorizeUrl,
    NV_TOKEN_URL: tokenUrl,
    NV_BACKCHANNEL_URL: backchannelUrl,
    NV_API_URL: apiUrl,
    NV_CLIENT_ID: clientId,
    NV_CLIENT_SECRET: clientSecret,
    NV_REDIRECT_URI: redirectUris[0] ?? `http://127.0.0.1:${ownPort}/callback`,
    ...(caFile !== null && { NV_CA: caFile, NODE_EXTRA_CA_CERTS: caFile }),
  }
}

/** Gives the same for a program that nv starts, without what would lead it to another gateway. */
export function variablesForProgram(
  simulator: RunningSimulator,
  caFile: string | null,
): Record<string, string | undefined> {
  const ofGateways = settingNames
    .filter((name) => !(settings[name] as Setting).isOfMachine)
    .map(environmentNameOf)
    .filter((name) => name.startsWith('NV_'))
  return {
    ...Object.fromEntries(['NV_PROFILE', 'NV_GRANT', ...ofGateways].map((name) => [name, undefined])),
    ...variablesOf(simulator, caFile),
  }
}
