// `nv check`: smoke-tests a profile without a phone.
import { SetupError, UsageError, type ExitCode, exitCodes } from '../../errors.ts'
import type { Context } from '../../context.ts'
import { runCheck } from '../../flow/check.ts'
import { simGrants } from '../../oauth/grants.ts'
import { checkVerdict } from '../../report/check.ts'
import type { CheckReport } from '../../run/check.ts'
import { flagLayer, flagSettings, runSettings } from '../../settings/flags.ts'
import { listProfiles } from '../../settings/record.ts'
import { openAsFarAsPossible } from '../../target/open.ts'
import { type Purpose, type Resolution, resolveTarget } from '../../target/resolve.ts'
import { toInertJson } from '../../wire/escape.ts'
import { type CheckPresenter, createCheckPresenter } from '../check-presenter.ts'
import { readTimeout } from '../duration.ts'
import { addHelp, type HelpPage } from '../help.ts'
import {
  addListenOptions,
  type ListenOptions,
  readTls,
  readTunnelOption,
  refuseUnusedTls,
} from '../listen-options.ts'
import type { GlobalOptions } from '../options.ts'
import type { Configure } from '../command.ts'
import { tellGithubOfChecks } from '../runs/keep.ts'
import { addSettingFlags } from '../setting-flags.ts'
import { createStyle } from '../style.ts'
import { table } from '../table.ts'

interface CheckOptions extends GlobalOptions, ListenOptions {
  all?: boolean
  junit?: string
}

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  command
    .argument('[profile]', 'the profile to check (default: your default profile)')
    .option('--all', 'check all your profiles, as a table')
    .option('--junit <file>', 'also write the result as JUnit XML')
  command.optionsGroup('The run:')
  addListenOptions(addSettingFlags(command, runSettings))
  command.optionsGroup('The gateway and the client, for a check without a profile:')
  addSettingFlags(
    command,
    flagSettings.filter((name) => !runSettings.includes(name)),
  )
  addHelp(command, page).action(async (name: string | undefined) => {
    finish(await check(context, name, command.optsWithGlobals<CheckOptions>()))
  })
}

const page: HelpPage = {
  examples: ['nv check simulator', 'nv check acme --json', 'nv check --all --junit nv.xml'],
  common: ['--all', '--junit', '--listen', '--timeout', '--verbose', '--json'],
  notes: [
    'It sends the gateway a made-up code and a made-up token, so no real code is used up and nothing changes there. \
It skips what only a phone can show, and warnings do not fail the check. With --listen or --tunnel it requests the redirect_uri once, to see whether it leads here. \
Without --timeout it takes a minute at most.',
  ],
  exits: { ok: 'passed', negative: 'a check failed', undetermined: 'could not tell' },
}

/** Checks a profile that was just saved, and says how to go on with a phone. */
export async function tryCheck(context: Context, profile: string, options: GlobalOptions): Promise<ExitCode> {
  const { color, input, verbose = false } = options
  const exitCode = await check(context, profile, { color, input, verbose })
  const next =
    exitCode === exitCodes.ok
      ? `With a phone: nv verify <its number> --profile ${profile}`
      : `Change the profile: nv profile edit ${profile}; then: nv check ${profile}`
  context.err.write(`${next}\n`)
  return exitCode
}

async function check(context: Context, name: string | undefined, options: CheckOptions): Promise<ExitCode> {
  const profile = chooseName(name, options)
  const timeoutMs = readTimeout(context, options, '1m')
  if (options.junit !== undefined) await context.files.checkWritable(options.junit)
  if (options.all) return checkAll(context, options, timeoutMs)
  const presenter = createCheckPresenter(context, options, false)
  const report = await checkOne(context, profile, { options, timeoutMs, presenter })
  presenter.finish(report)
  await writeJunit(context, options, [report], [])
  await tellGithubOfChecks(context, [report], presenter)
  return report.exitCode
}

interface Checked {
  options: CheckOptions
  timeoutMs: number
  presenter: CheckPresenter
}

async function checkOne(
  context: Context,
  profile: string | null,
  { options, timeoutMs, presenter }: Checked,
): Promise<CheckReport> {
  const resolution = await resolve(context, profile, options)
  resolution.notes.forEach(presenter.note)
  resolution.warnings.forEach(presenter.warn)
  const { missing, grants } = resolution
  const tunnel = readTunnelOption(options)
  const tls = await readTls(context, options)
  refuseUnusedTls(options, { redirectUri: resolution.settings.redirectUri ?? null }, 'qr')
  const { target, obstacles, close } = await openAsFarAsPossible(context, resolution, {
    canAsk: options.input,
  })
  try {
    return await runCheck(
      context,
      { target, grants, missing, obstacles, timeoutMs, tunnel, tls },
      presenter.show,
    )
  } finally {
    await close()
  }
}

/** Resolves a profile for a phone, or for the token of a SIM where that alone is possible with it. */
async function resolve(context: Context, profile: string | null, options: CheckOptions): Promise<Resolution> {
  const resolveFor = (grants: Purpose['grants']) =>
    resolveTarget(context, {
      profile,
      given: flagLayer(options, flagSettings),
      operation: 'verify',
      grants,
    })
  const byPhone = await resolveFor(['authorization-code'])
  if (!byPhone.missing.includes('authorizeUrl')) return byPhone
  const bySim = await resolveFor(simGrants)
  return bySim.missing.length === 0 ? bySim : byPhone
}

/** A profile that could not be checked. */
interface Refused {
  profile: string
  error: UsageError | SetupError
}

/** Checks each profile of the user's own, one after the other. */
async function checkAll(context: Context, options: CheckOptions, timeoutMs: number): Promise<ExitCode> {
  const { out, clock, tool } = context
  const names = [...listProfiles(await (await context.openStore()).profiles.read()).keys()]
  if (names.length === 0) throw noProfiles()
  const presenter = createCheckPresenter(context, options, true)
  const startedAt = new Date(clock.now()).toISOString()
  const started = clock.elapsed()
  const reports: CheckReport[] = []
  const refused: Refused[] = []
  for (const name of names) {
    presenter.tell(`Checking ${name}`)
    try {
      const report = await checkOne(context, name, { options, timeoutMs, presenter })
      reports.push(report)
      if (report.exitCode >= exitCodes.hungUp) break
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof SetupError)) throw error
      refused.push({ profile: name, error })
    }
  }
  presenter.clear()
  const exitCode = worstOf(reports, refused.length > 0)
  const requests = reports.reduce((sum, report) => sum + report.requests, 0)
  if (options.json) {
    const problems = refused.map(({ profile, error }) => ({ profile, error: error.problem }))
    const durationMs = Math.round(clock.elapsed() - started)
    const all = {
      schema: 'nv.checks/1',
      startedAt,
      durationMs,
      tool,
      exitCode,
      requests,
      reports,
      refused: problems,
    }
    out.write(`${toInertJson(all)}\n`)
  } else {
    const rows = [
      ...reports.map((report) => {
        const { verdict, reason } = checkVerdict(report)
        return [report.profile.name ?? '', verdict, `${report.requests}`, `${report.durationMs} ms`, reason]
      }),
      ...refused.map(({ profile, error }) => [profile, 'not checked', '0', '', error.problem.title]),
    ]
    const style = createStyle(context, out, options.color)
    out.write(table([['PROFILE', 'RESULT', 'REQUESTS', 'TIME', 'LOOK AT'], ...rows], style.dim))
  }
  await writeJunit(context, options, reports, refused)
  await tellGithubOfChecks(context, reports, presenter)
  return exitCode
}

/** A check that failed outweighs one that could not tell. */
function worstOf(reports: readonly CheckReport[], isRefused: boolean): ExitCode {
  const codes = reports.map(({ exitCode }) => exitCode)
  const interrupted = codes.find((code) => code >= exitCodes.hungUp)
  if (interrupted !== undefined) return interrupted
  if (codes.includes(exitCodes.negative)) return exitCodes.negative
  if (isRefused) return exitCodes.usage
  return codes.find((code) => code !== exitCodes.ok) ?? exitCodes.ok
}

async function writeJunit(
  { files, clock }: Context,
  { junit }: CheckOptions,
  reports: readonly CheckReport[],
  refused: readonly Refused[],
): Promise<void> {
  if (junit === undefined) return
  const { junitReport, suiteOfCheck, suiteOfRefusal } = await import('../../report/junit.ts')
  const now = new Date(clock.now()).toISOString()
  const suites = [
    ...reports.map(suiteOfCheck),
    ...refused.map(({ profile, error }) => suiteOfRefusal(profile, now, error.problem)),
  ]
  await files.write(junit, junitReport('nv check', suites))
}

function chooseName(name: string | undefined, { profile, all }: CheckOptions): string | null {
  const named = [name, profile].filter((one) => one !== undefined)
  const [first] = named
  const isTwofold = new Set(named).size > 1
  if (!isTwofold && !(all && first !== undefined)) return first ?? null
  throw new UsageError({
    code: 'profile_twice',
    title: all
      ? "--all and a profile name can't be used together"
      : `Two profiles are named: ${named.join(' and ')}`,
    cause: all
      ? '--all checks every profile.'
      : 'nv check takes one profile: as the argument, or with --profile.',
    fix: all ? 'Leave one of them out.' : 'Name one of them.',
  })
}

function noProfiles(): UsageError {
  return new UsageError({
    code: 'no_profiles',
    title: 'You have no profile to check',
    cause: '--all checks the profiles that you have saved.',
    fix: 'Save one with nv profile add, or check a built-in one: nv check simulator',
  })
}
