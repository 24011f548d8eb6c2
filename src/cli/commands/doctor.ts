// `nv doctor`: from the arguments to what was found on this machine, on the screen or as JSON.
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes, type Problem, SetupError, UsageError } from '../../errors.ts'
import { runDoctor } from '../../flow/doctor.ts'
import type { Check, CheckGroup, CheckStatus } from '../../flow/doctor/check.ts'
import type { Chooser, ProfileState, ProjectState } from '../../flow/doctor/profile.ts'
import { environmentNameOf } from '../../settings/flags.ts'
import { isSimulated } from '../../settings/missing.ts'
import { type Style, wrap } from '../../report/human.ts'
import { findProjectFile } from '../../target/choose-profile.ts'
import { nothingGiven, type Resolution, resolveTarget } from '../../target/resolve.ts'
import { escapeText, toInertJson } from '../../wire/escape.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import { linkText } from '../presenter.ts'
import type { Configure } from '../command.ts'
import { drawQrCode, measureRoom } from '../qr-code.ts'
import { createStyle, decideColor, textWidth, widest } from '../style.ts'

interface DoctorOptions extends GlobalOptions {
  online?: boolean
}

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  addHelp(command, page)
    .option('--online', 'compare the clock with the gateway, with one HEAD request')
    .action(async () => finish(await doctor(context, command.optsWithGlobals<DoctorOptions>())))
}

const page: HelpPage = {
  examples: ['nv doctor', 'nv doctor --profile acme --online', 'nv doctor --json'],
  common: ['--online', '--profile', '--quiet', '--json'],
  notes: [
    'Nothing is sent without --online. Each line is ok, a note, or a problem that gets in the way of a run.',
  ],
  exits: { ok: 'no problem', negative: 'a problem was found' },
}

async function doctor(context: Context, options: DoctorOptions): Promise<ExitCode> {
  const { out } = context
  const groups = await examine(context, options)
  const { exitCode, checks } = conclusionOf(groups)
  if (options.json)
    out.write(`${toInertJson({ schema: 'nv.doctor/1', tool: context.tool, exitCode, checks })}\n`)
  else out.write(describe(groups, createStyle(context, out, options.color), options, out.columns))
  return exitCode
}

/** Gives what the doctor finds, as a text for others; nothing is sent. */
export async function doctorText(context: Context, profile: string | null): Promise<string> {
  const options = { color: true, input: false, ...(profile === null ? {} : { profile }) }
  const groups = await examine(context, options)
  return describe(groups, createStyle(context, context.out, false), options, widest)
}

function conclusionOf(groups: readonly CheckGroup[]): { exitCode: ExitCode; checks: Check[] } {
  const checks = groups.flatMap((group) => group.checks)
  const isWell = checks.every(({ status }) => status !== 'problem')
  return { exitCode: isWell ? exitCodes.ok : exitCodes.negative, checks }
}

function examine(context: Context, options: DoctorOptions): Promise<CheckGroup[]> {
  const { err, env } = context
  return runDoctor(context, {
    color: decideColor(env, err, options.color),
    measureQr: (url) => {
      const qrCode = drawQrCode(url, false)
      return qrCode && measureRoom(qrCode, linkText(url, true, createStyle(context, err, false)), err)
    },
    findProfile: (project) => findProfile(context, options.profile ?? null, project),
    findProject: () => findProject(context),
    isOnline: options.online === true,
  })
}

async function findProfile(
  context: Context,
  named: string | null,
  project: ProjectState,
): Promise<ProfileState> {
  try {
    const resolution = await resolveTarget(context, {
      profile: named,
      given: nothingGiven,
      operation: 'verify',
      grants: ['authorization-code'],
    })
    return describeProfile(resolution, chooserOf(context, resolution.name, named, project))
  } catch (error) {
    const reason = problemOf(error)
    if (reason.code === 'no_profile') return { kind: 'none' }
    // What was typed is wrong, not the machine.
    if (reason.code === 'unknown_profile' && named !== null) throw error
    return { kind: 'broken', problem: reason }
  }
}

/** Tells who chose the profile. */
function chooserOf(
  { env }: Pick<Context, 'env'>,
  name: string | null,
  named: string | null,
  project: ProjectState,
): Chooser {
  if (named !== null) return 'command line'
  if (env['NV_PROFILE']) return 'NV_PROFILE'
  return project.kind === 'found' && project.profile === name ? 'project' : 'default'
}

function describeProfile(
  { name, settings, origins, preset, missing, ignored }: Resolution,
  chosenBy: Chooser,
): ProfileState {
  const { authorizeUrl, tokenUrl, apiUrl, issuer } = settings
  const urls = isSimulated(settings) ? [] : [authorizeUrl, tokenUrl, apiUrl, issuer]
  return {
    kind: 'found',
    name,
    chosenBy,
    settings,
    origins,
    missing: missing.map((setting) => {
      const variable = environmentNameOf(setting)
      return variable === setting ? setting : `${setting} (${variable})`
    }),
    needsPhone: preset?.needsPhone ?? true,
    hosts: [...new Set(urls.flatMap((url) => (url === undefined ? [] : [new URL(url).host])))],
    ignored: Object.values(ignored),
  }
}

async function findProject(context: Context): Promise<ProjectState> {
  try {
    const project = await findProjectFile(context)
    return project === null
      ? { kind: 'none' }
      : { kind: 'found', path: project.path, profile: project.profile }
  } catch (error) {
    return { kind: 'broken', problem: problemOf(error) }
  }
}

/** Gives what a run would be refused with; anything else is thrown on. */
function problemOf(error: unknown): Problem {
  if (error instanceof UsageError || error instanceof SetupError) return error.problem
  throw error
}

const marks: Readonly<Record<CheckStatus, string>> = { ok: '✔', note: '!', problem: '✖' }

function describe(
  groups: readonly CheckGroup[],
  style: Style,
  { quiet = false }: GlobalOptions,
  columns: number,
): string {
  const shown = groups
    .map(({ title, checks }) => ({
      title,
      checks: checks.filter(({ status }) => !quiet || status === 'problem'),
    }))
    .filter(({ checks }) => checks.length > 0)
  const nameWidth = Math.max(0, ...shown.flatMap(({ checks }) => checks.map(({ name }) => name.length)))
  const width = textWidth(columns)
  const texts = shown.map(
    ({ title, checks }) =>
      `${style.bold(title)}\n${checks.map((check) => describeCheck(check, style, nameWidth, width)).join('')}\n`,
  )
  return `${texts.join('')}${summarize(groups, style)}\n`
}

function describeCheck(check: Check, style: Style, nameWidth: number, width: number): string {
  const { name, status, detail, consequence, fix } = check
  const indent = nameWidth + 5
  const colour = { ok: style.good, note: style.warn, problem: style.bad }[status]
  const sentences = [detail, consequence].map((text) => text.replace(/[^.!?]$/, '$&.')).join(' ')
  const lines = [
    ...wrap(escapeText(sentences, 1000), width - indent),
    ...(fix === null ? [] : fix.split('\n'))
      .map((line, index) => (index === 0 ? `Fix: ${line}` : line))
      .flatMap((line) => wrap(escapeText(line, 1000), width - indent)),
  ]
  const heading = `  ${colour(marks[status])} ${name.padEnd(nameWidth)} `
  return lines.map((line, index) => `${index === 0 ? heading : ' '.repeat(indent)}${line}\n`).join('')
}

function summarize(groups: readonly CheckGroup[], style: Style): string {
  const checks = groups.flatMap((group) => group.checks)
  const problems = checks.filter(({ status }) => status === 'problem').map(({ name }) => name)
  if (problems.length === 0) return style.good('No problem found.')
  const count = problems.length === 1 ? 'One problem' : `${problems.length} problems`
  return `${style.bad(style.bold(`${count} found:`))} ${problems.join(', ')}`
}
