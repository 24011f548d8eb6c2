// `nv profile edit`.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { findPreset, requirePreset } from '../../settings/presets.ts'
import { parseStored, type ProfileRecord } from '../../settings/record.ts'
import { settingNames, type Settings } from '../../settings/settings.ts'
import type { Secrets } from '../../settings/store.ts'
import { stringIn } from '../../wire/body.ts'
import { createStyle } from '../style.ts'
import { escapeText } from '../../wire/escape.ts'
import { canAsk } from '../../wire/terminal-kind.ts'
import { announce } from './announce.ts'
import { askChanges } from './dialogue.ts'
import { type Given, type ProfileOptions, readGiven, refuseSecretFlag, withAbsolutePaths } from './given.ts'
import { checkFiles, describeSecret, warnAbout } from './save.ts'
import { changeProfile, requireStored } from './shelf.ts'
import { hasHeader, headerOf, headerSetting, mergeHeaders } from '../../settings/layers.ts'
import { secretHeaderKey } from '../../settings/secret.ts'

export interface EditOptions extends ProfileOptions {
  unset?: string[]
}

/** Changes a profile by flags, or on a terminal by answers. */
export async function edit(context: Context, name: string, options: EditOptions): Promise<void> {
  refuseSecretFlag(options)
  const store = await context.openStore()
  const stored = requireStored(await store.profiles.read(), name)
  const given = await readGiven(context, options)
  const unset = (options.unset ?? []).map((setting) => requireSettingName(setting, stored))
  const hasFlags = !isEmpty(given) || unset.length > 0
  if (!hasFlags && !(options.input && canAsk(context))) throw nothingToChange(name)
  const style = createStyle(context, context.err, options.color)
  const answers = hasFlags ? given : await askChanges(context, stored, style)
  return saveChange(context, name, answers, unset, options)
}

/** Saves a change to a profile; `unset` names the settings, headers and secrets to remove. */
export async function saveChange(
  context: Context,
  name: string,
  answers: Given,
  unset: readonly string[],
  options: EditOptions,
): Promise<void> {
  const stored = requireStored(await (await context.openStore()).profiles.read(), name)
  const absent = unset.filter((setting) => !isSet(stored, setting))
  for (const setting of absent)
    context.err.write(`Profile ${name} doesn't set ${escapeText(setting)}, so there is nothing to remove.\n`)
  if (isEmpty(answers) && absent.length === unset.length) {
    context.err.write('Nothing changed.\n')
    return
  }
  const change = (current: ProfileRecord['settings']) => {
    const { settings, unknown } = parseStored(name, changeSettings(current, answers, unset))
    return { settings: withAbsolutePaths(context, settings), unknown }
  }
  const { settings } = change(stored.settings)
  if (settings.preset !== undefined) requirePreset(settings.preset)
  if (['key', 'ca', 'authMethod', 'preset'].some((setting) => setting in answers.settings))
    await checkFiles(context, settings)
  warnAbout(context, settings, options)
  if (!unset.includes('clientSecret')) warnOfOldSecret(context, stored, answers, settings)
  const secrets = changeSecrets(stored.settings, answers, unset)
  const changeRecord = (current: ProfileRecord['settings']) => {
    const changed = change(current)
    return { ...changed.unknown, ...changed.settings }
  }
  const place = await changeProfile(context, name, changeRecord, secrets)
  announce(
    context,
    options,
    { action: 'changed', profile: name, secrets: place },
    `Changed profile ${name}.${describeSecret(settings, secrets, place)}`,
  )
}

/** Tells whether a profile has a setting, a header, or a secret. */
function isSet({ settings, secretEntry }: ProfileRecord, name: string): boolean {
  const header = headerOf(name)
  const { headers, secretHeaders } = readHeaders(settings)
  if (header !== null) return hasHeader([...Object.keys(headers), ...secretHeaders], header)
  return name === 'clientSecret' ? secretEntry !== null || 'clientSecretEnv' in settings : name in settings
}

function isEmpty({ settings, secrets }: Given): boolean {
  return Object.keys(settings).length + Object.keys(secrets).length === 0
}

/**
 * Applies a change. Headers are merged; a secret is stored or read from a
 * variable, and the newer choice replaces the older.
 */
function changeSettings(
  current: ProfileRecord['settings'],
  { settings, secrets }: Given,
  unset: readonly string[],
): Record<string, unknown> {
  const before = readHeaders(current)
  const isStoredNow = (header: string) => secrets[secretHeaderKey(header)] !== undefined
  const isGivenNow = (header: string) => hasHeader(Object.keys(settings.headers ?? {}), header)
  const headers = Object.entries(mergeHeaders(before.headers, settings.headers ?? {})).filter(
    ([header]) => !isStoredNow(header) && !isUnset(header, unset),
  )
  const secretHeaders = [...before.secretHeaders, ...(settings.secretHeaders ?? [])].filter(
    (header) => !isGivenNow(header) && !isUnset(header, unset),
  )
  const changed: Record<string, unknown> = {
    ...current,
    ...settings,
    headers: headers.length > 0 ? Object.fromEntries(headers) : undefined,
    secretHeaders: secretHeaders.length > 0 ? [...new Set(secretHeaders)] : undefined,
    ...(secrets['clientSecret'] ? { clientSecretEnv: undefined } : {}),
  }
  const kept = ([setting, value]: [string, unknown]) => value !== undefined && !unset.includes(setting)
  return Object.fromEntries(Object.entries(changed).filter(kept))
}

/** Lists the secrets that a change stores; those that it removes are empty. */
function changeSecrets(
  current: ProfileRecord['settings'],
  { settings, secrets }: Given,
  unset: readonly string[],
): Secrets {
  const { secretHeaders } = readHeaders(current)
  const isClientSecretOver = settings.clientSecretEnv !== undefined || unset.includes('clientSecret')
  const endedHeaders = [
    ...Object.keys(settings.headers ?? {}),
    ...secretHeaders.filter((header) => unset.includes('secretHeaders') || isUnset(header, unset)),
  ].filter((header) => hasHeader(secretHeaders, header))
  return {
    ...secrets,
    ...(isClientSecretOver ? { clientSecret: '' } : {}),
    ...Object.fromEntries(endedHeaders.map((header) => [secretHeaderKey(header), ''])),
  }
}

function isUnset(header: string, unset: readonly string[]): boolean {
  return hasHeader(
    unset.flatMap((name) => headerOf(name) ?? []),
    header,
  )
}

/** Reads the headers of a stored profile, whatever someone wrote there; the rules are checked after the change. */
function readHeaders({ headers, secretHeaders }: ProfileRecord['settings']): {
  headers: Record<string, string>
  secretHeaders: string[]
} {
  return {
    headers:
      typeof headers === 'object' && headers !== null ? { ...(headers as Record<string, string>) } : {},
    secretHeaders: Array.isArray(secretHeaders)
      ? secretHeaders.filter((name) => typeof name === 'string')
      : [],
  }
}

/** Warns when a new client id, or another gateway, keeps the secret of the previous one. */
function warnOfOldSecret(
  { err }: Context,
  { settings, secretEntry }: ProfileRecord,
  { settings: { clientId, clientSecretEnv }, secrets }: Given,
  after: Settings,
): void {
  const hasOldSecret = secretEntry !== null || settings['clientSecretEnv'] !== undefined
  if (!hasOldSecret || clientSecretEnv !== undefined || secrets['clientSecret']) return
  const before = settings['clientId']
  const isNew = clientId !== undefined && typeof before === 'string' && before !== clientId
  const anew = 'To set a new one: --client-secret-stdin\n'
  if (isNew)
    err.write(`The client id is new, but the secret is still the one for ${escapeText(before)}. ${anew}`)
  const [hostBefore, host] = [hostOfSecret(settings), hostOfSecret(after)]
  if (hostBefore !== null && host !== null && host !== hostBefore)
    err.write(`The gateway is new: the secret for ${hostBefore} goes to ${host} from now on. ${anew}`)
}

/** Gives the host that gets the secret; null where it is not known before a run. */
function hostOfSecret(settings: ProfileRecord['settings']): string | null {
  const preset = findPreset(stringIn(settings, 'preset') ?? undefined)?.settings
  const tokenUrl = stringIn(settings, 'tokenUrl') ?? preset?.tokenUrl
  const url = tokenUrl ?? stringIn(settings, 'issuer') ?? preset?.issuer ?? ''
  return URL.canParse(url) ? new URL(url).host : null
}

function requireSettingName(name: string, { settings }: ProfileRecord): string {
  const header = headerOf(name)
  const { headers, secretHeaders } = readHeaders(settings)
  if (header !== null && hasHeader([...Object.keys(headers), ...secretHeaders], header))
    return headerSetting(header)
  const camelCase = name.replace(/^--/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  if (camelCase === 'preset') throw presetUnset()
  const known = ['clientSecret', ...settingNames, ...Object.keys(settings)].find(
    (setting) => setting === camelCase,
  )
  if (known !== undefined) return known
  throw new UsageError({
    code: 'unknown_setting',
    title: `Unknown setting ${JSON.stringify(name)}`,
    cause: `The settings are ${settingNames.join(', ')}, clientSecret, and the profile's headers, as 'header X-Customer'.`,
    fix: 'Name one of them with --unset.',
  })
}

function presetUnset(): UsageError {
  return new UsageError({
    code: 'preset_unset',
    title: "The preset can't be removed",
    cause: 'It says which gateway the profile is for.',
    fix: 'Name another one: --preset generic, with URLs of your own.',
  })
}

function nothingToChange(name: string): UsageError {
  return new UsageError({
    code: 'nothing_to_change',
    title: 'Nothing to change',
    cause: '`nv profile edit` takes the flags of `nv profile add`, and --unset <setting>.',
    fix: `For example:\nnv profile edit ${name} --redirect-uri https://example.com/callback`,
  })
}
