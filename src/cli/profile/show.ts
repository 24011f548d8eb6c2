// `nv profile list`, `nv profile show` and `nv profile export`.
import type { Context } from '../../context.ts'
import { exportSchema } from '../../profile/imports.ts'
import { builtInProfiles, findPreset, presets } from '../../profile/presets.ts'
import { settingNames } from '../../profile/settings.ts'
import type { SecretPlace } from '../../profile/store.ts'
import { stringIn } from '../../run/body.ts'
import { escapeText, toInertJson } from '../../run/escape.ts'
import { type Configuration, readConfiguration } from '../configuration.ts'
import type { GlobalOptions } from '../options.ts'
import { createStyle } from '../style.ts'
import { requireStored } from './shelf.ts'

/** Lists the profiles, the default one marked, and says where secrets are kept. */
export async function list(context: Context, options: GlobalOptions): Promise<void> {
  const { out, err } = context
  const store = await context.openStore()
  const { default: defaultName, profiles } = await store.profiles.read()
  const place = await store.secrets.describe()
  const own = Object.entries(profiles).map(([name, stored]) => ({
    name,
    preset: stringIn(stored, 'preset'),
    clientId: stringIn(stored, 'clientId'),
    redirectUri: stringIn(stored, 'redirectUri'),
    isBuiltIn: false,
  }))
  const builtIn = builtInProfiles.map((name) => ({
    name,
    preset: name,
    clientId: presets[name]?.settings.clientId ?? null,
    redirectUri: null,
    isBuiltIn: true,
  }))
  const all = [...own, ...builtIn].map((profile) => ({ ...profile, isDefault: profile.name === defaultName }))
  if (options.json) {
    const described = { schema: 'nv.profiles/1', profiles: all, file: store.profiles.path, secrets: place }
    out.write(`${toInertJson(described)}\n`)
  } else {
    const style = createStyle(context, out, options.color)
    const rows = all.map(({ name, preset, clientId, redirectUri, isDefault, isBuiltIn }) => [
      `${isDefault ? '*' : ' '} ${name}`,
      isBuiltIn ? 'built in' : (preset ?? ''),
      clientId ?? '',
      redirectUri ?? '',
    ])
    out.write(table([['  PROFILE', 'PRESET', 'CLIENT ID', 'REDIRECT URI'], ...rows], style.dim))
    out.write(`\nSecrets are kept in ${describePlace(place)}.\n`)
  }
  for (const warning of store.warnings()) err.write(`${warning}\n`)
}

/** Shows what would be sent with a profile, and from where each value comes; secrets only as set or not. */
export async function show(
  context: Context,
  name: string | undefined,
  options: GlobalOptions,
): Promise<void> {
  const { out, err } = context
  const configuration = await readConfiguration(context, name ?? options.profile, {}, [])
  for (const note of configuration.notes) err.write(`${note}\n`)
  if (options.json) {
    out.write(`${toInertJson(describe(configuration))}\n`)
    return
  }
  const style = createStyle(context, out, options.color)
  const { settings, secrets, missing } = describe(configuration)
  const rows = [
    ...Object.entries(settings).map(([setting, { value, from }]) => [
      setting,
      typeof value === 'string' ? value : JSON.stringify(value),
      from,
    ]),
    ...secrets.map(({ name: secret, from }) => [secret, '(hidden)', from]),
    ...missing.map((setting) => [setting, '(not set)', '']),
  ]
  out.write(
    `${style.bold(configuration.name ?? 'No profile')}${configuration.preset ? `: ${configuration.preset.title}` : ''}\n`,
  )
  out.write(table(rows, (text) => text))
}

function describe({ name, settings, origins, material, missing }: Configuration) {
  const shown = settingNames.flatMap((setting) =>
    settings[setting] === undefined || setting === 'secretHeaders'
      ? []
      : [[setting, { value: settings[setting], from: origins[setting] ?? '' }]],
  )
  const secrets = [
    ...(material.clientSecret?.value ? [{ name: 'clientSecret', from: material.clientSecret.from }] : []),
    ...(settings.secretHeaders ?? []).map((header) => ({
      name: `header ${header}`,
      from: 'stored with the secrets',
    })),
  ]
  const values = Object.fromEntries(shown) as Record<string, { value: unknown; from: string }>
  return { schema: 'nv.configuration/1', name, settings: values, secrets, missing }
}

/** Prints a profile for a colleague: everything but secrets. */
export async function exportProfile(context: Context, name: string): Promise<void> {
  const store = await context.openStore()
  const settings = builtInProfiles.includes(name)
    ? { preset: name }
    : requireStored(await store.profiles.read(), name)
  context.out.write(`${toInertJson({ schema: exportSchema, name, settings })}\n`)
}

/** Names the place of the secrets, and why it is that one. */
export function describePlace({ place, reason }: SecretPlace): string {
  return reason ? `${place}, since ${reason}` : place
}

/** Tells which presets there are, for the help. */
export function describePresets(): string {
  return Object.keys(presets)
    .map((name) => `  ${name.padEnd(18)} ${findPreset(name)?.title ?? ''}`)
    .join('\n')
}

/** Aligns rows in columns. */
function table(rows: readonly (readonly string[])[], styleFirst: (text: string) => string): string {
  const cells = rows.map((row) => row.map((cell) => escapeText(cell)))
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  )
  return cells
    .map((row, index) => {
      const line = row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()
      return `${index === 0 ? styleFirst(line) : line}\n`
    })
    .join('')
}
