// The layer of a preset, with the values that follow from the layers above it.
import { defaultApiVersion, numberScopes, verifyScopes } from '../camara/api.ts'
import type { Command } from '../run/run.ts'
import { type Layer, mergeLayers } from './layers.ts'
import type { Preset } from './presets.ts'
import type { SettingName, Settings } from './settings.ts'

/** Makes the layer of a preset, with the values that follow from it and from the merged layers above it. */
export function presetLayer(
  presetName: string | undefined,
  preset: Preset | undefined,
  above: Settings,
  command: Command = 'verify',
): Layer {
  const apiVersion = above.apiVersion ?? preset?.settings.apiVersion ?? defaultApiVersion
  const scopes =
    command === 'number' ? (preset?.numberScopes ?? numberScopes) : (preset?.scopes ?? verifyScopes)
  const defaults: Settings = {
    apiVersion,
    authMethod: 'client_secret_basic',
    scope: scopes[apiVersion],
    loginHint: 'none',
    pkce: 'on',
  }
  const own = preset?.settings ?? {}
  const isOwn = (setting: SettingName) => setting in own || (setting === 'scope' && preset !== undefined)
  return {
    settings: { ...defaults, ...own },
    nameOf: (setting) => (isOwn(setting) && presetName !== undefined ? `preset ${presetName}` : 'default'),
  }
}

/** Gives the settings that a flow would have if nothing but the preset stood beneath them. */
export function withPreset(settings: Settings, preset: Preset | undefined): Settings {
  const nameOf = () => ''
  return mergeLayers([{ settings, nameOf }, presetLayer(settings.preset, preset, settings)]).settings
}
