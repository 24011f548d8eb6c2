// `nv profile import`.
import { dirname, resolve } from 'node:path'
import type { Context } from '../../context.ts'
import { type Imported, keyAlone, parseImport } from '../../settings/imports.ts'
import { checkProfileName, requireProfileName } from '../../settings/names.ts'
import { requirePreset } from '../../settings/presets.ts'
import { type SettingName } from '../../settings/settings.ts'
import { escapeText } from '../../wire/escape.ts'
import { decodeText } from '../../wire/text.ts'
import { createStyle } from '../style.ts'
import { canAsk } from '../../wire/terminal-kind.ts'
import { askMissing } from './dialogue.ts'
import { flagFor, type ProfileOptions, refuseSecretFlag, withAbsolutePaths } from './given.ts'
import { missingIn, save } from './save.ts'
import { refuseTaken } from './shelf.ts'
import { missingFile } from '../../target/material.ts'
import { referencesIn } from '../../settings/secret.ts'

export interface ImportOptions extends ProfileOptions {
  name?: string
  preset?: string
  prefix?: string
}

/** Imports a profile: says what it takes from which key, asks only what the file can't tell, and saves it. */
export async function importProfile(context: Context, path: string, options: ImportOptions): Promise<void> {
  refuseSecretFlag(options)
  if (options.preset !== undefined) requirePreset(options.preset)
  const { preset, prefix } = options
  const imported = fromItsFolder(
    context,
    path,
    parseImport(path, await readText(context, path), { preset, prefix }),
  )
  const name = requireProfileName(options.name ?? imported.name ?? nameOfFile(path))
  refuseTaken(await (await context.openStore()).profiles.read(), name)
  if (!options.quiet) showTaken(context, imported)
  warnOfReach(context, path, imported)
  const missing = missingIn(imported)
  const complete =
    options.input && canAsk(context)
      ? await askMissing(context, imported, missing, createStyle(context, context.err, options.color))
      : imported
  await save(context, name, complete, options)
  const still = missingIn(complete)
  if (still.length > 0) {
    const flags = still.map(flagFor).join(', ')
    const give = still.includes('tokenUrl')
      ? 'Name the gateway with --preset, or give what is missing as flags of'
      : 'Give what is missing as flags of'
    context.err.write(`Still missing: ${flags}. ${give}:\nnv profile edit ${name}\n`)
  }
}

async function readText({ files, input, signal }: Context, path: string): Promise<string> {
  if (path === '-') return input.text(signal)
  const bytes = await files.readBytes(path)
  if (bytes !== null) {
    const text = decodeText(bytes)
    if (text !== null) return text
    if (!isWritten(bytes)) throw keyAlone(path, Buffer.from(bytes).toString('base64'))
    // Characters of another encoding are lost, and with them the values that have any.
    return Buffer.from(bytes).toString('utf8')
  }
  throw missingFile(path, 'nv profile import reads it.', ' - reads standard input.')
}

/** Tells whether bytes are those of a text, in whatever encoding that knows ASCII. */
function isWritten(bytes: Uint8Array): boolean {
  return bytes.length > 0 && bytes.every((byte) => byte >= 0x20 || [0x09, 0x0a, 0x0c, 0x0d].includes(byte))
}

/** Reads the paths in a file as relative to the file. */
function fromItsFolder(context: Context, path: string, imported: Imported): Imported {
  const folder = resolve(context.files.workingFolder, path === '-' ? '' : dirname(path))
  return { ...imported, settings: withAbsolutePaths(context, imported.settings, folder) }
}

/** How many keys that mean nothing to nv are named. */
const shownUseless = 12

/** Says what was taken from which key; the value too, unless it is a secret or that of the preset. */
function showTaken({ err }: Context, { settings, taken, ignored }: Imported): void {
  for (const { setting, key } of taken) {
    const value = settings[setting as SettingName]
    const text = typeof value === 'string' || value === undefined ? value : JSON.stringify(value)
    const shown = text === undefined ? '' : `: ${escapeText(text)}`
    err.write(`  ${setting.padEnd(14)} from ${escapeText(key)}${shown}\n`)
  }
  const isUseless = ({ reason }: Imported['ignored'][number]) => reason === 'nv does not need it'
  const useless = ignored.filter(isUseless)
  const hidden = useless.length > shownUseless ? useless.slice(shownUseless) : []
  for (const entry of ignored.filter((other) => !hidden.includes(other))) {
    err.write(`  ${'not taken'.padEnd(14)} ${escapeText(entry.key)}: ${escapeText(entry.reason)}\n`)
    if (entry.command !== undefined) err.write(`${' '.repeat(17)}${escapeText(entry.command, 1000)}\n`)
  }
  if (hidden.length > 0)
    err.write(`  ${'not taken'.padEnd(14)} ${hidden.length} more that nv does not need\n`)
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
    .replace(
      /\.(env|json5?|ya?ml|toml|ini|conf|config|txt|properties|tfvars|bru|http|rest|sh|ps1|fish|js|mjs|cjs|ts|py|md|postman_(?:environment|collection))(\.json)?$/i,
      '',
    )
    .replace(/^\.+/, '')
  return checkProfileName(base) === true ? base : 'imported'
}
