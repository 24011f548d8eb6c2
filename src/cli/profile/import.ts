// `nv profile import`.
import { dirname, resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { type Imported, parseImport } from '../../settings/imports.ts'
import { checkProfileName, requireProfileName } from '../../settings/names.ts'
import { type SettingName } from '../../settings/settings.ts'
import { escapeText } from '../../wire/escape.ts'
import { askMissing, canAsk } from './dialogue.ts'
import { flagFor, type ProfileOptions, refuseSecretFlag, withAbsolutePaths } from './given.ts'
import { missingIn, save } from './save.ts'
import { refuseTaken } from './shelf.ts'
import { missingFile } from '../../target/material.ts'
import { referencesIn } from '../../settings/secret.ts'

export interface ImportOptions extends ProfileOptions {
  name?: string
}

/** Imports a profile: says what it takes from which key, asks only what the file can't tell, and saves it. */
export async function importProfile(context: Context, path: string, options: ImportOptions): Promise<void> {
  refuseSecretFlag(options)
  const imported = fromItsFolder(context, path, parseImport(path, await readText(context, path)))
  const name = requireProfileName(options.name ?? imported.name ?? nameOfFile(path))
  refuseTaken(await (await context.openStore()).profiles.read(), name)
  if (!options.quiet) showTaken(context, imported)
  warnOfReach(context, path, imported)
  const missing = missingIn(imported)
  const complete = canAsk(context, options) ? await askMissing(context, imported, missing) : imported
  await save(context, name, complete, options)
  const still = missingIn(complete)
  if (still.length > 0) {
    const flags = still.map(flagFor).join(', ')
    context.err.write(`Still missing: ${flags}. Give what is missing as flags of:\nnv profile edit ${name}\n`)
  }
}

async function readText({ files, input, signal }: Context, path: string): Promise<string> {
  if (path === '-') return input.text(signal)
  const text = await files.read(path)
  if (text !== null) return text
  throw missingFile(path, 'nv profile import reads it.', ' - reads standard input.')
}

/** Reads the paths in a file as relative to the file. */
function fromItsFolder(context: Context, path: string, imported: Imported): Imported {
  const folder = resolve(context.files.workingFolder, path === '-' ? '' : dirname(path))
  return { ...imported, settings: withAbsolutePaths(context, imported.settings, folder) }
}

/** Says what was taken from which key; the value too, unless it is a secret or that of the preset. */
function showTaken({ err }: Context, { settings, taken, ignored }: Imported): void {
  for (const { setting, key } of taken) {
    const value = settings[setting as SettingName]
    const text = typeof value === 'string' || value === undefined ? value : JSON.stringify(value)
    const shown = text === undefined ? '' : `: ${escapeText(text)}`
    err.write(`  ${setting.padEnd(14)} from ${escapeText(key)}${shown}\n`)
  }
  for (const { key, reason } of ignored)
    err.write(`  ${'not taken'.padEnd(14)} ${escapeText(key)}: ${reason}\n`)
}

/** Warns of what a file of someone else could use to get at secrets or at the traffic. */
function warnOfReach({ err }: Context, path: string, { settings }: Imported): void {
  const { proxy, ca } = settings
  const sent = referencesIn(settings).flatMap(({ header, variable }) => {
    const place = header === null ? 'the client secret' : `the header ${header}`
    return variable === null ? [] : [`sends your variable ${variable} as ${place}`]
  })
  const found = [
    ...sent,
    ...(proxy === undefined ? [] : [`sends everything through the proxy ${proxy}`]),
    ...(ca === undefined ? [] : [`trusts the certificates in ${ca}`]),
  ]
  for (const what of found) err.write(`Warning: the profile of ${escapeText(path)} ${escapeText(what)}\n`)
}

/** Names a profile after its file: `./acme.env` becomes `acme`, and `.env` becomes `imported`. */
function nameOfFile(path: string): string {
  const base = path
    .replace(/^.*[\\/]/, '')
    .replace(/\.(env|json|postman_environment)(\.json)?$/i, '')
    .replace(/^\.+/, '')
  return checkProfileName(base) === true ? base : 'imported'
}
