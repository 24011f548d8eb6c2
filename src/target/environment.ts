// What the environment may say beside a profile that was named on the command line.
import type { Layer } from '../settings/layers.ts'
import { mergeLayers } from '../settings/layers.ts'
import { isSimulated } from '../settings/missing.ts'
import type { Preset } from '../settings/presets.ts'
import { type SettingName, settingNames, type Settings } from '../settings/settings.ts'
import { type Setting, settings as table } from '../settings/table.ts'

/** The environment, taken apart for a named profile. */
export interface AdmittedEnvironment {
  /** What says how this machine runs the flow: over any profile. */
  ofMachine: Layer
  /** What the profile lacks. */
  filling: Layer
}

/**
 * Takes the environment apart for a profile that was named: what the profile and its preset say of where a request goes
 * and who asks stands, so that a forgotten export can't turn it into another gateway. `kept` holds what the profile
 * says and what is given above it, the strongest first.
 */
export function admitEnvironment(
  { settings, nameOf }: Layer,
  kept: readonly Layer[],
  preset: Preset | undefined,
): AdmittedEnvironment {
  const own: Settings = {
    ...(preset?.scopes === undefined ? {} : { scope: preset.scopes.verify.v2 }),
    ...preset?.settings,
  }
  const said = mergeLayers([...kept, { settings: own, nameOf: () => '' }]).settings
  const pick = (isPicked: (name: SettingName) => boolean): Layer => ({
    settings: Object.fromEntries(
      settingNames.flatMap((name) =>
        settings[name] !== undefined && isPicked(name) ? [[name, settings[name]]] : [],
      ),
    ),
    nameOf,
  })
  const isOfMachine = (name: SettingName) => (table[name] as Setting).isOfMachine === true
  return {
    ofMachine: pick(isOfMachine),
    filling: pick((name) => !isOfMachine(name) && isLacking(name, said, preset)),
  }
}

/** Names, by setting, the variables that were not let in and would have changed something. */
export function listIgnored(
  environment: Layer,
  { settings }: { settings: Settings },
): Record<string, string> {
  return Object.fromEntries(
    settingNames.flatMap((name) => {
      const value = environment.settings[name]
      return value === undefined || value === settings[name] ? [] : [[name, environment.nameOf(name)]]
    }),
  )
}

/** The settings that say which gateway it is. */
const gatewaySettings = ['preset', 'authorizeUrl', 'tokenUrl', 'backchannelUrl', 'apiUrl', 'issuer'] as const

/** Tells whether neither a profile nor its preset says a thing, nor anything that it follows from. */
function isLacking(name: SettingName, said: Settings, preset: Preset | undefined): boolean {
  if (said[name] !== undefined) return false
  switch (name) {
    case 'preset':
      return gatewaySettings.every((setting) => said[setting] === undefined)
    case 'authorizeUrl':
    case 'tokenUrl':
    case 'backchannelUrl':
      return said.issuer === undefined && !isSimulated(said)
    case 'issuer':
      return said.authorizeUrl === undefined && said.tokenUrl === undefined && !isSimulated(said)
    case 'apiUrl':
      return !isSimulated(said)
    case 'apiPath':
      return said.apiUrl === undefined && !isSimulated(said)
    case 'clientId':
      return preset?.credentialsUrl === undefined
    case 'keyId':
    case 'keyAlgorithm':
      return said.key === undefined
    default:
      return true
  }
}
