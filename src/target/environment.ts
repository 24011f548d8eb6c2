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
  /** The settings that it can't fill, since secrets of the profile go where they say. */
  sealed: readonly SettingName[]
}

/**
 * Takes the environment apart for a profile that was named: what the profile and its preset say of where a request goes
 * and who asks stands, so that a forgotten export can't turn it into another gateway. `kept` holds what the profile
 * says and what is given above it, the strongest first; `held` are the kinds of secrets that the profile has, which go
 * nowhere that the environment alone names.
 */
export function admitEnvironment(
  { settings, nameOf }: Layer,
  kept: readonly Layer[],
  preset: Preset | undefined,
  held: HeldSecrets,
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
  const sealed = settingNames.filter((name) => wouldReceive(name, held))
  const isOfMachine = (name: SettingName) => (table[name] as Setting).isOfMachine === true
  return {
    ofMachine: pick(isOfMachine),
    filling: pick((name) => !isOfMachine(name) && isLacking(name, said, preset) && !sealed.includes(name)),
    sealed,
  }
}

/** Which secrets a profile has of its own. */
export interface HeldSecrets {
  /** What the client authenticates with: a secret, or a key that signs. */
  ofClient: boolean
  /** Headers that are secret, which every request carries. */
  ofHeaders: boolean
}

/** Tells whether a setting decides where a secret of the profile goes. */
function wouldReceive(name: SettingName, { ofClient, ofHeaders }: HeldSecrets): boolean {
  if (name === 'apiUrl') return ofHeaders
  return (
    (ofClient || ofHeaders) &&
    ['preset', 'issuer', 'tokenUrl', 'backchannelUrl', 'enablementUrl'].includes(name)
  )
}

/** Names, by setting, the variables that were ignored but would have changed something. */
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
    case 'enablementUrl':
      return said.authorizeUrl === undefined && said.issuer === undefined && !isSimulated(said)
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
