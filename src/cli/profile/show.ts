// `nv profile list`, `nv profile show` and `nv profile export`.
import type { Context, Output } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import { exportSchema } from '../../settings/imports.ts'
import { builtInProfiles, presets } from '../../settings/presets.ts'
import { listProfiles, parseStored } from '../../settings/record.ts'
import { type SettingName, settingNames, type Settings } from '../../settings/settings.ts'
import type { SecretPlace, Store } from '../../settings/store.ts'
import { hang, type Style } from '../../report/human.ts'
import { stringIn } from '../../wire/body.ts'
import { escapeText, toInertJson } from '../../wire/escape.ts'
import { findProjectFile } from '../../target/choose-profile.ts'
import { describeIgnored, type Resolution, resolveTarget } from '../../target/resolve.ts'
import type { GlobalOptions } from '../options.ts'
import { createStyle } from '../style.ts'
import { table } from '../table.ts'
import { describePlace } from './announce.ts'
import { requireStored } from './shelf.ts'
import { headerSetting } from '../../settings/layers.ts'
import { flagLayer, runSettings } from '../../settings/flags.ts'
import { isSecretHeaderName, variableIn } from '../../settings/secret.ts'

/** Lists the profiles, the default one marked, and says where secrets are kept. */
export async function list(context: Context, options: GlobalOptions): Promise<void> {
  const { out, err } = context
  const store = await context.openStore()
  const stored = await store.profiles.read()
  const place = await describeStore(store, err)
  const own = [...listProfiles(stored)].map(([name, { settings }]) => ({
    name,
    preset: stringIn(settings, 'preset'),
    clientId: stringIn(settings, 'clientId'),
    redirectUri: stringIn(settings, 'redirectUri'),
    isBuiltIn: false,
    source: null as string | null,
  }))
  const project = await findProjectFile(context)
  const shared = Object.entries(project?.profiles ?? {})
    .filter(([name]) => !own.some((profile) => profile.name === name))
    .map(([name, { preset = null, clientId = null, redirectUri = null }]) => ({
      name,
      preset,
      clientId,
      redirectUri,
      isBuiltIn: false,
      source: project?.path ?? null,
    }))
  const builtIn = builtInProfiles.map((name) => ({
    name,
    preset: name,
    clientId: presets[name]?.settings.clientId ?? null,
    redirectUri: null,
    isBuiltIn: true,
    source: null,
  }))
  const defaultName = project?.profile ?? stored.default
  const all = [...own, ...shared, ...builtIn].map((profile) => ({
    ...profile,
    isDefault: profile.name === defaultName,
  }))
  if (options.json) {
    const described = { schema: 'nv.profiles/1', profiles: all, file: store.profiles.path, secrets: place }
    out.write(`${toInertJson(described)}\n`)
  } else {
    const style = createStyle(context, out, options.color)
    const rows = all.map(({ name, preset, clientId, redirectUri, isDefault, isBuiltIn, source }) => [
      `${isDefault ? '*' : ' '} ${name}`,
      isBuiltIn ? 'built in' : `${preset ?? ''}${source === null ? '' : ` (${source})`}`,
      clientId ?? '',
      redirectUri ?? '',
    ])
    out.write(table([['  PROFILE', 'PRESET', 'CLIENT ID', 'REDIRECT URI'], ...rows], style.dim))
    if (place)
      out.write(`\n${hang('', `Secrets are kept in ${escapeText(describePlace(place), 1000)}.`, out)}\n`)
  }
}

/** Tells where secrets would be kept; if the wanted place is missing, says why. */
async function describeStore(store: Store, err: Output): Promise<SecretPlace | null> {
  try {
    return await store.secrets.describe()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    err.write(`${escapeText(`${error.problem.title}: ${error.problem.cause}`, 1000)}\n`)
    return null
  }
}

/** Shows what would be sent with a profile, and from where each value comes; secrets only as set or not. */
export async function show(
  context: Context,
  name: string | undefined,
  options: GlobalOptions,
): Promise<void> {
  const { out, err } = context
  const resolution = await resolveTarget(context, {
    profile: name ?? options.profile ?? null,
    given: flagLayer(options, runSettings),
    operation: 'verify',
    grants: ['authorization-code'],
  })
  for (const note of [...resolution.notes, ...describeIgnored(resolution), ...resolution.warnings])
    err.write(`${hang('', escapeText(note), err)}\n`)
  const described = describeConfiguration(resolution)
  if (options.json) {
    out.write(`${toInertJson(described)}\n`)
    return
  }
  const style = createStyle(context, out, options.color)
  const { settings, secrets } = described
  const unset = described.missing.filter((setting) => !secrets.some((secret) => secret.name === setting))
  const rows = [
    ...Object.entries(settings).map(([setting, { value, from }]) => [
      setting,
      typeof value === 'string' ? value : JSON.stringify(value),
      from,
    ]),
    ...secrets.map((secret) => [secret.name, secret.isSet ? '(hidden)' : '(not set)', secret.from]),
    ...unset.map((setting) => [setting, '(not set)', '']),
  ]
  out.write(
    `${style.bold(escapeText(resolution.name ?? 'No profile'))}${resolution.preset ? `: ${resolution.preset.title}` : ''}\n`,
  )
  out.write(sourcedTable(rows, out, style))
}

/** Describes what would be sent, by setting, and of secrets whether they are set. */
export function describeConfiguration(resolution: Resolution) {
  const { name, settings, origins, clientSecret, headers, missing, ignored } = resolution
  const shown = settingNames.flatMap((setting) =>
    settings[setting] === undefined || setting === 'secretHeaders'
      ? []
      : [[setting, { value: shownValue(settings, setting), from: origins[setting] ?? '' }]],
  )
  const secretHeaders = (settings.secretHeaders ?? []).map((header) => ({
    name: headerSetting(header),
    isSet: !headers.unset.some((unset) => unset.name === header),
    from: 'stored with the secrets',
  }))
  const unsetHeaders = headers.unset.flatMap(({ name: header, variable }) =>
    variable === null
      ? []
      : [{ name: headerSetting(header), isSet: false, from: `environment variable ${variable}` }],
  )
  const secrets = [
    ...(clientSecret
      ? [
          {
            name: 'clientSecret',
            isSet: clientSecret.value !== '',
            from: clientSecret.from,
          },
        ]
      : []),
    ...secretHeaders,
    ...unsetHeaders,
  ]
  const values = Object.fromEntries(shown) as Record<string, { value: unknown; from: string }>
  return { schema: 'nv.configuration/1', name, settings: values, secrets, missing, ignored }
}

/** Gives the value to show: that of a header whose name says that it is a secret is hidden. */
function shownValue({ headers = {}, ...settings }: Settings, setting: SettingName): unknown {
  if (setting !== 'headers') return settings[setting]
  return Object.fromEntries(
    Object.entries(headers).map((header) => [header[0], isSecret(header) ? '(hidden)' : header[1]]),
  )
}

/** Prints a profile for a colleague: everything but secrets. */
export async function exportProfile(context: Context, name: string): Promise<void> {
  const store = await context.openStore()
  const settings = builtInProfiles.includes(name)
    ? { preset: name }
    : withoutSecrets(parseStored(name, requireStored(await store.profiles.read(), name).settings).settings)
  context.out.write(`${toInertJson({ schema: exportSchema, name, settings })}\n`)
}

/** Takes out what someone may have written into the file by hand: the value of a header that is a secret. */
function withoutSecrets({ headers = {}, ...settings }: Settings): Settings {
  const harmless = Object.entries(headers).filter((header) => !isSecret(header))
  return harmless.length > 0 ? { ...settings, headers: Object.fromEntries(harmless) } : settings
}

/** Tells whether a header's value is a secret that stands for itself. */
function isSecret([name, value]: [string, string]): boolean {
  return isSecretHeaderName(name) && variableIn(value) === null
}

/** Aligns name, value and source; on a narrow terminal the source gets a line of its own. */
function sourcedTable(rows: readonly (readonly string[])[], out: Output, style: Style): string {
  const text = table(rows, (line) => line)
  const isTooWide = text.split('\n').some((line) => line.length > out.columns)
  if (!out.isTerminal || !isTooWide) return text
  const names = table(
    rows.map(([name = '']) => [name, '']),
    (line) => line,
  ).split('\n')
  const indent = Math.max(...names.map((name) => name.length)) + 2
  return rows
    .map(([, value = '', source = ''], index) => {
      const name = (names[index] ?? '').padEnd(indent)
      const beneath = source === '' ? '' : `${' '.repeat(indent)}${style.dim(`from ${escapeText(source)}`)}\n`
      return `${name}${escapeText(value)}\n${beneath}`
    })
    .join('')
}
