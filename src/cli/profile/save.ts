// `nv profile add`, and what it shares with the commands that save a profile too.
import type { Context } from '../../context.ts'
import { adviseOnSettings, notePreset } from '../../diagnosis/rules/settings.ts'
import { checkProfileName, requireProfileName } from '../../settings/names.ts'
import { findPreset, requirePreset } from '../../settings/presets.ts'
import { listProfiles } from '../../settings/record.ts'
import { parseSettings, type Settings } from '../../settings/settings.ts'
import type { SecretPlace, Secrets } from '../../settings/store.ts'
import { findingReport } from '../../report/human.ts'
import { escapeText } from '../../wire/escape.ts'
import { createStyle } from '../style.ts'
import { canAsk } from '../../wire/terminal-kind.ts'
import { announce, describePlace } from './announce.ts'
import { readCertificates } from '../../target/certificates.ts'
import { checkKey, readKeyFile } from '../../target/material.ts'
import { askMissing, askName, askPreset, askRedirectUri, showConsole } from './dialogue.ts'
import {
  type Given,
  missingFlags,
  type ProfileOptions,
  readGiven,
  refuseSecretFlag,
  withAbsolutePaths,
} from './given.ts'
import { addProfile, findTaken, refuseTaken } from './shelf.ts'
import { missingSettings, needsKey } from '../../settings/missing.ts'
import { withPreset } from '../../settings/preset-layer.ts'
import { flagOf } from '../../settings/flags.ts'

/** A profile that the user wants to try. */
export interface Tried {
  name: string
  /** Whether the line is recognised by its mobile data, so that a run needs a phone. */
  needsPhone: boolean
}

/** Adds a profile from flags, and on a terminal from answers. Gives null when it is not to be tried. */
export async function add(
  context: Context,
  name: string | undefined,
  options: ProfileOptions,
): Promise<Tried | null> {
  refuseSecretFlag(options)
  // Before anything is asked: what was typed would be lost.
  if (name !== undefined)
    refuseTaken(await (await context.openStore()).profiles.read(), requireProfileName(name))
  const given = await readGiven(context, options)
  // A key that is named is looked at before anything else is asked.
  await checkFiles(context, withAbsolutePaths(context, given.settings), () => {})
  const isAsking = options.input && canAsk(context)
  const presetName = given.settings.preset ?? (isAsking ? await askPreset(context) : inferPreset(given))
  requirePreset(presetName)
  const chosen = name ?? (await chooseName(context, presetName, isAsking))
  const complete = await completeGiven(
    context,
    { ...given, settings: { preset: presetName, ...given.settings } },
    isAsking,
    options,
  )
  await save(context, chosen, complete, options)
  if (!isAsking || options.json || !(await canBeTried(context, complete))) return null
  const isWanted = await context.prompt.confirm({
    message: 'Try it now?',
    initial: true,
    signal: context.signal,
  })
  return isWanted ? { name: chosen, needsPhone: findPreset(presetName)?.needsPhone ?? true } : null
}

/** Saves a new profile: checks it, warns of what is likely a mistake, and says where its secret is. */
export async function save(
  context: Context,
  name: string,
  given: Given,
  options: ProfileOptions,
): Promise<void> {
  const settings = withAbsolutePaths(context, parseSettings({ ...given.settings }, flagOf))
  await checkFiles(context, settings)
  warnAbout(context, settings, options)
  const { place, isDefault } = await addProfile(
    context,
    name,
    settings,
    given.secrets,
    missingIn(given).length === 0,
  )
  const headline = `Saved profile ${name}${isDefault ? ', the default from now on' : ''}.`
  announce(
    context,
    options,
    { action: 'added', profile: name, isDefault, secrets: place },
    `${headline}${describeSecret(settings, given.secrets, place)}`,
  )
}

/** Fills in what is missing by asking. Throws a UsageError that names all of it where nobody can be asked. */
async function completeGiven(
  context: Context,
  given: Given,
  isAsking: boolean,
  options: ProfileOptions,
): Promise<Given> {
  const missing = missingIn(given)
  if (!isAsking) {
    if (missing.length > 0) throw missingFlags(missing)
    return given
  }
  const { preset } = given.settings
  const style = createStyle(context, context.err, options.color)
  if (missing.length > 0) showConsole(context, preset, style)
  const answered = await askMissing(context, given, missing, style)
  if (answered.settings.redirectUri !== undefined) return answered
  const redirectUri = await askRedirectUri(context, preset, style)
  return redirectUri === undefined
    ? answered
    : { ...answered, settings: { ...answered.settings, redirectUri } }
}

/** Throws a UsageError for a key or certificates that can't be used; warns of a file that does not exist yet. */
export async function checkFiles(
  context: Context,
  settings: Settings,
  warn = (text: string) => context.err.write(text),
): Promise<void> {
  const { key, ca } = settings
  const isThere = async (path: string) => {
    if ((await context.files.readBytes(path)) !== null) return true
    warn(`${escapeText(path)} does not exist yet. nv reads it on each run.\n`)
    return false
  }
  if (
    key !== undefined &&
    (await isThere(key)) &&
    needsKey(withPreset(settings, findPreset(settings.preset)))
  )
    checkKey(withPreset(settings, findPreset(settings.preset)), await readKeyFile(context, key))
  if (ca !== undefined && (await isThere(ca))) await readCertificates(context, ca)
}

/** Lists what a flow would miss. */
export function missingIn({ settings, secrets }: Given): string[] {
  const preset = findPreset(settings.preset)
  const secret = secrets['clientSecret'] ?? settings.clientSecretEnv ?? preset?.publishedSecret ?? ''
  return missingSettings(withPreset(settings, preset), preset, {
    clientSecret: { value: secret, from: '' },
    key: settings.key ?? '',
  })
}

/** Without a preset, an issuer and no secret point to CAMARA, URLs to the generic one. */
function inferPreset({ settings, secrets }: Given): string {
  const { authorizeUrl, tokenUrl, apiUrl, issuer, clientSecretEnv } = settings
  const hasSecret = clientSecretEnv !== undefined || secrets['clientSecret'] !== undefined
  if (issuer !== undefined && authorizeUrl === undefined && tokenUrl === undefined && !hasSecret)
    return 'camara'
  if (authorizeUrl ?? tokenUrl ?? apiUrl ?? issuer) return 'generic'
  throw missingFlags(['preset'])
}

/** Tells whether the files that each run reads exist now. */
async function canBeTried(context: Context, { settings }: Given): Promise<boolean> {
  const { env, files } = context
  const { clientSecretEnv, key } = withAbsolutePaths(context, settings)
  if (clientSecretEnv !== undefined && !env[clientSecretEnv]) return false
  return key === undefined || (await files.readBytes(key)) !== null
}

/** Asks for the name, which is that of the preset where nobody says another. */
async function chooseName(context: Context, presetName: string, isAsking: boolean): Promise<string> {
  const free = await freeName(context, presetName)
  if (!isAsking) return free
  const taken = await (await context.openStore()).profiles.read()
  const chosen = await askName(context, free, (name) => {
    const rule = checkProfileName(name.trim())
    if (rule !== true) return rule
    const other = findTaken(taken, name.trim())
    return other === undefined || `You have a profile ${other} already.`
  })
  return chosen.trim()
}

/** Names a profile after its preset: `sandbox`, then `sandbox-2`. */
async function freeName(context: Context, presetName: string): Promise<string> {
  const taken = listProfiles(await (await context.openStore()).profiles.read())
  for (let count = 1; ; count++) {
    const name = count === 1 ? presetName : `${presetName}-${count}`
    if (checkProfileName(name) === true && !taken.has(name)) return name
  }
}

/** Warns on stderr about settings that are likely a mistake, and says what no document confirms. */
export function warnAbout(context: Context, settings: Settings, options: ProfileOptions): void {
  const { err } = context
  const style = createStyle(context, err, options.color)
  const preset = findPreset(settings.preset)
  if (settings.clientSecretEnv !== undefined && !context.env[settings.clientSecretEnv])
    err.write('The variable in --client-secret-env is not set now. nv reads it on each run.\n')
  const place = { step: 'prepare' } as const
  const unconfirmed = Object.values(preset?.unconfirmed ?? {})
  const findings = [
    ...adviseOnSettings({ ...withPreset(settings, preset), scope: settings.scope }, place),
    ...notePreset({ preset: settings.preset ?? null, unconfirmed }, place),
  ]
  for (const finding of findings)
    err.write(findingReport(finding.severity === 'info' ? 'note' : 'warning', finding, style, err.columns))
}

/** Says where a secret is now, as a sentence after what was saved. */
export function describeSecret(settings: Settings, secrets: Secrets, place: SecretPlace | null): string {
  if (place && Object.values(secrets).some((secret) => secret !== ''))
    return ` Its secret is in ${describePlace(place)}.`
  return settings.clientSecretEnv === undefined
    ? ''
    : ` Its secret is read from $${settings.clientSecretEnv} on each run.`
}
