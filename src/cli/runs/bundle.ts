// `nv report --bundle`: everything known about a run in one archive, for those who can't look at this machine.
import { strToU8, type Zippable, zipSync } from 'fflate'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { redactWithEnvironment } from '../../report/crash.ts'
import type { ReportFormat } from '../../report/formats.ts'
import { reports } from '../../report/reports.ts'
import type { Run } from '../../run/run.ts'
import { exportSchema } from '../../settings/imports.ts'
import { toInertJson } from '../../wire/escape.ts'
import { doctorText } from '../commands/doctor.ts'
import { settingsOf } from './settings.ts'

/** The reports of a bundle, and what they are called in it. */
const names: ReadonlyArray<readonly [name: string, format: ReportFormat]> = [
  ['report.md', 'md'],
  ['report.html', 'html'],
  ['run.json', 'json'],
  ['run.har', 'har'],
  ['requests.sh', 'curl'],
  ['run.postman_collection.json', 'postman'],
  ['run.postman_environment.json', 'postman-environment'],
  ['junit.xml', 'junit'],
]

/** The mode of a file in the archive: its owner's alone, as a file that nv writes itself. */
const attributes = { os: 3, attrs: (0o100600 << 16) >>> 0 }

/** Lists the texts of a bundle by name; the run is as it may be given to others. */
async function bundledTexts(context: Context, run: Run): Promise<Array<readonly [string, string]>> {
  const settings = { schema: exportSchema, name: run.profile.name, settings: settingsOf(run) }
  return [
    ...names.map(([name, format]) => [name, reports[format](run)] as const),
    ['settings.json', `${toInertJson(settings)}\n`],
    ['doctor.txt', redactWithEnvironment(await examine(context, run), context.env)],
  ]
}

/** Makes the archive, a zip with one folder. */
export async function bundle(context: Context, run: Run): Promise<Uint8Array> {
  const options = { ...attributes, mtime: new Date(run.startedAt) }
  const files: Zippable = {}
  for (const [name, text] of await bundledTexts(context, run)) files[name] = [strToU8(text), options]
  return zipSync({ [`nv-run-${run.id}`]: files })
}

/** Examines this machine with the profile of the run, if one of that name still exists. */
async function examine(context: Context, { profile: { name } }: Run): Promise<string> {
  try {
    return await doctorText(context, name)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    return doctorText(context, null)
  }
}
