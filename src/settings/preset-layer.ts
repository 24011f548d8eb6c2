// The layer of a preset, with the values that follow from the layers above it.
import { defaultApiVersion, type OperationName, operations } from '../camara/api.ts'
import { type Layer, mergeLayers, withApiVersion } from './layers.ts'
import type { Preset } from './presets.ts'
import type { SettingName, Settings } from './settings.ts'

/** Makes the layer of a preset, with the values that follow from it and from the merged layers above it. */
export function presetLayer(
  presetName: string | undefined,
  preset: Preset | undefined,
  above: Settings,
  operation: OperationName = 'verify',
): Layer {
  const own = withApiVersion(preset?.settings ?? {})
  const apiVersion = above.apiVersion ?? own.apiVersion ?? defaultApiVersion
  const defaults: Settings = {
    apiVersion,
    authMethod: 'client_secret_basic',
    scope: (preset?.scopes?.[operation] ?? operations[operation].scopes)[apiVersion],
    loginHint: 'none',
    pkce: 'on',
  }
  const isOwn = (setting: SettingName) =>
    setting in own || (setting === 'scope' && preset?.scopes !== undefined)
  return {
    settings: { ...defaults, ...own },
    nameOf: (setting) => (isOwn(setting) && presetName !== undefined ? `preset ${presetName}` : 'default'),
  }
}

/** Gives the settings that a flow would have if the preset alone were beneath them. */
export function withPreset(settings: Settings, preset: Preset | undefined): Settings {
  const above = withApiVersion(settings)
  const nameOf = () => ''
  return mergeLayers([{ settings: above, nameOf }, presetLayer(settings.preset, preset, above)]).settings
}
