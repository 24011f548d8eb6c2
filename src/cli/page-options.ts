// The options that say how a link is shown: as a QR code in a file, on a page of this machine, with a start page or not.
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import type { JourneyInput } from '../flow/journey.ts'
import { type WayName, ways } from '../reach/ways.ts'

/** As commander gives them: `page` is true with --page, false with --no-page, else absent. */
export interface PageOptions {
  page?: boolean
  qrFile?: string
  go?: boolean
}

/** Declares them. */
export function addPageOptions(command: Command): Command {
  return command
    .option('--qr-file <file>', 'also write the QR code as a picture: .png or .svg')
    .option('--page', 'show the run on a page on this machine, even without a terminal')
    .option('--no-page', 'do not open the page on this machine')
    .option('--go', 'make the short link go straight to the gateway, without the start page')
}

/**
 * Reads them. Throws a UsageError when the way has no link to show or the file has another ending, and a SetupError
 * when the file can't be written.
 */
export async function readPageOptions(
  { files, err, input }: Pick<Context, 'files' | 'err' | 'input'>,
  { page, qrFile, go = false, input: mayAsk }: PageOptions & { input: boolean },
  via: WayName,
): Promise<Pick<JourneyInput, 'page' | 'qrFile' | 'skipsStartPage'>> {
  const hasLink = ways[via].opener === 'person'
  const unused = [page === true && '--page', qrFile !== undefined && '--qr-file', go && '--go'].find(
    (flag) => flag,
  )
  if (!hasLink && unused) throw optionUnused(unused, via)
  const isAttended = input.isTerminal && err.isTerminal && mayAsk
  const shown = { page: hasLink && (page ?? isAttended), skipsStartPage: go }
  if (qrFile === undefined) return shown
  if (!/\.(?:png|svg)$/i.test(qrFile)) throw endingUnknown(qrFile)
  await files.checkWritable(qrFile)
  return { ...shown, qrFile }
}

function optionUnused(flag: string, via: string): UsageError {
  return new UsageError({
    code: 'link_option_unused',
    title: `${flag} does not work with --via ${via}`,
    cause: `With ${via} there is no link to bring to a phone.`,
    fix: `Use --via qr or --via paste, or leave ${flag} out.`,
  })
}

function endingUnknown(path: string): UsageError {
  return new UsageError({
    code: 'qr_file_format_unknown',
    title: `${JSON.stringify(path)} does not name a picture format`,
    cause: 'The extension sets the format: .png or .svg.',
    fix: 'Name it like qr.png.',
  })
}
