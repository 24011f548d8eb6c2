// `nv report`: a saved run as a file that can be given to others.
import { Option } from 'commander'
import { escapeText } from '../../wire/escape.ts'
import type { Context } from '../../context.ts'
import { exitCodes, UsageError } from '../../errors.ts'
import { filesOf, formatOf, type ReportFormat, reportFormats } from '../../report/formats.ts'
import { maskRun } from '../../run/masked.ts'
import type { Configure } from '../command.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import { findRun } from '../runs/find.ts'
import { unknownEnding } from '../runs/keep.ts'

interface ReportOptions extends GlobalOptions {
  format?: ReportFormat
  output?: string
  bundle?: string
  showNumber?: boolean
}

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  addHelp(command, page)
    .argument('[run]', 'the id of a saved run, or last', 'last')
    .addOption(
      new Option('--format <format>', 'what to print (default: by the file, else md)').choices(reportFormats),
    )
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .option('--bundle <file>', 'write a .zip with all of them, nv doctor and the settings')
    .option('--show-number', 'show the whole phone number, if the run was saved with it')
    .action(async (run: string) => {
      await report(context, run, command.optsWithGlobals<ReportOptions>())
      finish(exitCodes.ok)
    })
}

const page: HelpPage = {
  examples: [
    'nv report',
    'nv report last --output run.html',
    'nv report 3f9c --format curl',
    'nv report last --output nv.postman_collection.json',
    'nv report last --bundle ticket.zip',
  ],
  common: ['--format', '--output', '--bundle', '--show-number', '--quiet', '--json'],
  notes: [
    `Formats:
  html     one page that loads nothing: verdict, sequence, timings, every request
  md       for a ticket: fits a comment
  json     the run as nv verify --json prints it
  har      for the network panel of a browser
  curl     the requests as commands, with variables in place of secrets
  postman  a collection; its environment is postman-environment, and with
           --output it is written beside the collection
  junit    the steps and the verdict, for a CI test reporter`,
    'Secrets are redacted in all of them, and the phone number is masked.',
  ],
}

async function report(context: Context, wanted: string, options: ReportOptions): Promise<void> {
  const { output, bundle, quiet } = options
  if (bundle !== undefined) return writeBundle(context, wanted, { ...options, bundle })
  const format = options.json ? 'json' : (options.format ?? (output === undefined ? 'md' : formatOf(output)))
  if (format === null) throw unknownEnding(output ?? '')
  const files = output === undefined ? [] : filesOf(output, format)
  for (const { path } of files) await context.files.checkWritable(path)
  const run = await findRun(context, wanted)
  const { reports } = await import('../../report/reports.ts')
  const shown = options.showNumber ? run : maskRun(run)
  if (output === undefined) context.out.write(reports[format](shown))
  const written: string[] = []
  for (const file of files) written.push(await write(context, file.path, reports[file.format](shown)))
  if (written.length > 0 && !quiet)
    context.err.write(`Wrote ${written.join(' and ')}, the report of run ${run.id}.\n`)
}

/** Writes a file; gives its name, and whether it took the place of another, for the line that tells of it. */
async function write({ files }: Context, path: string, content: string | Uint8Array): Promise<string> {
  const isReplaced = (await files.look(path)) !== null
  await files.write(path, content)
  return `${escapeText(path)}${isReplaced ? ' (replaced)' : ''}`
}

async function writeBundle(
  context: Context,
  wanted: string,
  { bundle: path, showNumber, quiet, format, output, json }: ReportOptions & { bundle: string },
): Promise<void> {
  if (format !== undefined || output !== undefined || json === true) throw bundleAlone()
  await context.files.checkWritable(path)
  const run = await findRun(context, wanted)
  const { bundle } = await import('../runs/bundle.ts')
  const written = await write(context, path, await bundle(context, showNumber ? run : maskRun(run)))
  if (!quiet) context.err.write(`Wrote ${written}, the bundle of run ${run.id}.\n`)
}

function bundleAlone(): UsageError {
  return new UsageError({
    code: 'bundle_alone',
    title: '--bundle excludes --format, --output and --json',
    cause: 'A bundle holds every format.',
    fix: 'nv report last --bundle ticket.zip',
  })
}
