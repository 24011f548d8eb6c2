// `nv report`: a saved run as a file that can be given to others.
import { Option } from 'commander'
import type { Context } from '../../context.ts'
import { exitCodes } from '../../errors.ts'
import { formatOf, type ReportFormat, reportFormats } from '../../report/formats.ts'
import { maskRun } from '../../run/masked.ts'
import type { Configure } from '../command.ts'
import type { GlobalOptions } from '../options.ts'
import { findRun } from '../runs/find.ts'
import { unknownEnding } from '../runs/keep.ts'

interface ReportOptions extends GlobalOptions {
  format?: ReportFormat
  output?: string
  showNumber?: boolean
}

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  command
    .argument('[run]', 'the id of a saved run, or last', 'last')
    .addOption(
      new Option('--format <format>', 'what to print (default: by the file, else md)').choices(reportFormats),
    )
    .option('-o, --output <file>', 'write to this file instead of stdout')
    .option('--show-number', 'show the whole phone number, if the run was saved with it')
    .addHelpText('after', help)
    .action(async (run: string) => {
      await report(context, run, command.optsWithGlobals<ReportOptions>())
      finish(exitCodes.ok)
    })
}

const help = `
Formats:
  html  one page that loads nothing: verdict, sequence, timings, every request
  md    for a ticket: fits a comment
  json  the run as nv verify --json prints it
  har   for the network panel of a browser
  curl  the requests as commands, with variables in place of secrets

Secrets are redacted in all of them, and the phone number is masked.

Examples:
  nv report
  nv report last --output run.html
  nv report 3f9c --format curl`

async function report(context: Context, wanted: string, options: ReportOptions): Promise<void> {
  const { output } = options
  const format = options.json ? 'json' : (options.format ?? (output === undefined ? 'md' : formatOf(output)))
  if (format === null) throw unknownEnding(output ?? '')
  if (output !== undefined) await context.files.checkWritable(output)
  const run = await findRun(context, wanted)
  const { reports } = await import('../../report/reports.ts')
  const text = reports[format](options.showNumber ? run : maskRun(run))
  if (output === undefined) context.out.write(text)
  else {
    await context.files.write(output, text)
    if (!options.quiet) context.err.write(`Wrote the report of run ${run.id}.\n`)
  }
}
