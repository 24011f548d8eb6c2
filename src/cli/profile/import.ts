// `nv profile import`.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { type Imported, parseImport } from '../../profile/imports.ts'
import { checkProfileName, requireProfileName } from '../../profile/names.ts'
import { escapeText } from '../../run/escape.ts'
import { askMissing, canAsk } from './dialogue.ts'
import { flagFor, type ProfileOptions } from './given.ts'
import { missingIn, save } from './save.ts'
import { refuseTaken } from './shelf.ts'

export interface ImportOptions extends ProfileOptions {
  name?: string
}

/** Imports a profile: says what it takes from which key, asks only what the file can't tell, and saves it. */
export async function importProfile(context: Context, path: string, options: ImportOptions): Promise<void> {
  const imported = parseImport(path, await readText(context, path))
  const name = requireProfileName(options.name ?? imported.name ?? nameOfFile(path))
  refuseTaken(await (await context.openStore()).profiles.read(), name)
  if (!options.quiet) showTaken(context, imported)
  const missing = missingIn(imported)
  const complete = canAsk(context, options) ? await askMissing(context, imported, missing) : imported
  await save(context, name, complete, options)
  const still = missingIn(complete)
  if (still.length > 0) {
    const flags = still.map(flagFor).join(', ')
    context.err.write(`Still missing: ${flags}. Give it with: nv profile edit ${name}\n`)
  }
}

async function readText({ files, input }: Context, path: string): Promise<string> {
  if (path === '-') return input.text()
  const text = await files.read(path)
  if (text !== null) return text
  throw new UsageError({
    code: 'file_missing',
    title: `There is no file ${path}`,
    cause: 'A path is relative to the working folder.',
    fix: 'Check the path; - reads standard input.',
  })
}

function showTaken({ err }: Context, { taken, ignored }: Imported): void {
  for (const { setting, key } of taken) err.write(`  ${setting.padEnd(14)} from ${escapeText(key)}\n`)
  for (const { key, reason } of ignored)
    err.write(`  ${'not taken'.padEnd(14)} ${escapeText(key)}: ${reason}\n`)
}

/** Names a profile after its file: `./acme.env` becomes `acme`, and `.env` becomes `imported`. */
function nameOfFile(path: string): string {
  const base = path
    .replace(/^.*[\\/]/, '')
    .replace(/\.(env|json|postman_environment)(\.json)?$/i, '')
    .replace(/^\.+/, '')
  return checkProfileName(base) === true ? base : 'imported'
}
