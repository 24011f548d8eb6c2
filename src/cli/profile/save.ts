// `nv profile add` and `nv profile edit`.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { explain } from '../../diagnosis/diagnose.ts'
import { adviseOn } from '../../profile/advice.ts'
import { checkProfileName, requireProfileName } from '../../profile/names.ts'
import { findPreset, presets } from '../../profile/presets.ts'
import { mergeLayers, missingSettings, presetLayer } from '../../profile/resolve.ts'
import { parseSettings, type SettingName, settingNames, type Settings } from '../../profile/settings.ts'
import type { SecretPlace } from '../../profile/store.ts'
import { findingReport } from '../../report/human.ts'
import { createStyle } from '../style.ts'
import { askChanges, askMissing, askPreset, askRedirectUri, canAsk } from './dialogue.ts'
import { type Given, missingFlags, type ProfileOptions, readGiven } from './given.ts'
import { addProfile, changeProfile, requireStored } from './shelf.ts'
import { describePlace } from './show.ts'

/** Adds a profile from flags, and on a terminal from answers. Gives its name, or null when it is not to be tried. */
export async function add(
  context: Context,
  name: string | undefined,
  options: ProfileOptions,
): Promise<string | null> {
  if (name !== undefined) requireProfileName(name)
  const given = await readGiven(context, options)
  const isAsking = canAsk(context, options)
  const presetName =
    given.settings.preset ?? (isAsking ? await askPreset(context) : inferPreset(given.settings))
  requirePreset(presetName)
  const complete = await completeGiven(
    context,
    { ...given, settings: { ...given.settings, preset: presetName } },
    isAsking,
  )
  const chosen = name ?? (await freeName(context, presetName))
  warnAbout(context, complete.settings, options)
  const { place, isDefault } = await addProfile(context, chosen, complete.settings, complete.secrets)
  await report(
    context,
    `Saved profile ${chosen}${isDefault ? ', the default from now on' : ''}.`,
    complete,
    place,
  )
  if (!isAsking || options.json) return null
  return (await context.prompt.confirm({ message: 'Try it now?', initial: true, signal: context.signal }))
    ? chosen
    : null
}

/** Fills in what is missing by asking. Throws a UsageError that names all of it where nobody can be asked. */
async function completeGiven(context: Context, given: Given, isAsking: boolean): Promise<Given> {
  const missing = missingIn(given)
  if (!isAsking) {
    if (missing.length > 0) throw missingFlags(missing)
    return given
  }
  const answered = await askMissing(context, given, missing)
  if (answered.settings.redirectUri !== undefined) return answered
  const redirectUri = await askRedirectUri(context)
  return redirectUri === undefined
    ? answered
    : { ...answered, settings: { ...answered.settings, redirectUri } }
}

/** Lists what a flow would miss. */
export function missingIn({ settings, secrets }: Given): string[] {
  const preset = findPreset(settings.preset)
  const merged = mergeLayers([{ settings, nameOf: () => '' }, presetLayer(settings.preset, preset, settings)])
  const secret = secrets['clientSecret'] ?? settings.clientSecretEnv ?? preset?.publishedSecret ?? ''
  return missingSettings(merged.settings, preset, {
    clientSecret: { value: secret, from: '' },
    key: settings.key ?? '',
  })
}

/** Without a preset, URLs of one's own make it the generic one. */
function inferPreset({ authorizeUrl, tokenUrl, apiUrl, issuer }: Settings): string {
  if (authorizeUrl ?? tokenUrl ?? apiUrl) return 'generic'
  if (issuer) return 'camara'
  throw missingFlags(['preset'])
}

function requirePreset(name: string): void {
  if (findPreset(name)) return
  throw new UsageError({
    code: 'unknown_preset',
    title: `There is no preset ${JSON.stringify(name)}`,
    cause: `The presets are ${Object.keys(presets).join(', ')}.`,
    fix: 'Choose one of them, or generic with URLs of your own.',
  })
}

/** Names a profile after its preset: `sandbox`, then `sandbox-2`. */
async function freeName(context: Context, presetName: string): Promise<string> {
  const { profiles } = await (await context.openStore()).profiles.read()
  for (let count = 1; ; count++) {
    const name = count === 1 ? presetName : `${presetName}-${count}`
    if (checkProfileName(name) === true && !Object.hasOwn(profiles, name)) return name
  }
}

export interface EditOptions extends ProfileOptions {
  unset?: string[]
}

/** Changes a profile by flags, or on a terminal by answers. */
export async function edit(context: Context, name: string, options: EditOptions): Promise<void> {
  const store = await context.openStore()
  const stored = requireStored(await store.profiles.read(), name)
  const given = await readGiven(context, options)
  const unset = (options.unset ?? []).map(requireSettingName)
  const hasFlags = Object.keys(given.settings).length + Object.keys(given.secrets).length + unset.length > 0
  if (!hasFlags && !canAsk(context, options)) throw nothingToChange(name)
  const answers = hasFlags
    ? { change: { ...given.settings }, secrets: given.secrets }
    : await askChanges(context, stored)
  const change = withoutContradictions(stored, answers, unset)
  const settings = parseSettings(
    defined({ ...stored, ...change.settings }),
    (setting) => `${setting} of profile ${name}`,
  )
  if (settings.preset !== undefined) requirePreset(settings.preset)
  warnAbout(context, settings, options)
  const place = await changeProfile(context, name, change.settings, change.secrets)
  await report(context, `Changed profile ${name}.`, { settings, secrets: answers.secrets }, place)
}

/** A secret is stored or read from a variable, not both: the newer choice ends the older one. Headers are merged. */
function withoutContradictions(
  stored: Record<string, unknown>,
  { change, secrets }: { change: Record<string, unknown>; secrets: Record<string, string> },
  unset: readonly (SettingName | 'clientSecret')[],
): { settings: Record<string, unknown>; secrets: Record<string, string> } {
  const settings = { ...change }
  const changedSecrets = { ...secrets }
  if (settings['headers'])
    settings['headers'] = { ...(stored['headers'] as object | undefined), ...settings['headers'] }
  if (changedSecrets['clientSecret']) settings['clientSecretEnv'] = undefined
  if (settings['clientSecretEnv']) changedSecrets['clientSecret'] = ''
  for (const name of unset) {
    if (name === 'clientSecret') changedSecrets[name] = ''
    else settings[name] = undefined
  }
  return { settings, secrets: changedSecrets }
}

function defined(values: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}

function requireSettingName(name: string): SettingName | 'clientSecret' {
  const camelCase = name.replace(/^--/, '').replace(/-(.)/g, (_, letter: string) => letter.toUpperCase())
  const known = ['clientSecret' as const, ...settingNames].find((setting) => setting === camelCase)
  if (known) return known
  throw new UsageError({
    code: 'unknown_setting',
    title: `There is no setting ${JSON.stringify(name)}`,
    cause: `The settings are ${settingNames.join(', ')} and clientSecret.`,
    fix: 'Name one of them with --unset.',
  })
}

function nothingToChange(name: string): UsageError {
  return new UsageError({
    code: 'nothing_to_change',
    title: 'Nothing was said about what to change',
    cause: '`nv profile edit` takes the flags of `nv profile add`, and --unset <setting>.',
    fix: `For example: nv profile edit ${name} --redirect-uri https://example.com/callback`,
  })
}

/** Warns on stderr about settings that are likely a mistake, and says what no document confirms. */
export function warnAbout(context: Context, settings: Settings, options: ProfileOptions): void {
  const { err } = context
  const style = createStyle(context, err, options.color)
  const preset = findPreset(settings.preset)
  const effective = mergeLayers([
    { settings, nameOf: () => '' },
    presetLayer(settings.preset, preset, settings),
  ]).settings
  const observations = adviseOn(effective)
  if (preset && preset.unconfirmed.length > 0) {
    observations.push({
      code: 'preset_unconfirmed',
      args: { preset: settings.preset ?? '', points: preset.unconfirmed },
    })
  }
  for (const { code, args } of observations) {
    const finding = explain('prepare', code, args)
    err.write(findingReport(finding.severity === 'info' ? 'note' : 'warning', finding, style, err.columns))
  }
}

/** Says what was saved and where its secrets are, and whatever the stores had to mend. */
export async function report(
  context: Context,
  headline: string,
  { settings, secrets }: Given,
  place: SecretPlace | null,
): Promise<void> {
  const { out, err } = context
  const hasSecrets = Object.values(secrets).some((secret) => secret !== '')
  const where = place && hasSecrets ? ` Its secret is in ${describePlace(place)}.` : ''
  const reference =
    settings.clientSecretEnv === undefined
      ? ''
      : ` Its secret is read from $${settings.clientSecretEnv} when it is used.`
  out.write(`${headline}${where || reference}\n`)
  for (const warning of (await context.openStore()).warnings()) err.write(`${warning}\n`)
}
