// `nv runs replay`: a saved run once more, and what differs.
import { maskPhoneNumber, parsePhoneNumber } from '../../camara/phone-number.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, UsageError } from '../../errors.ts'
import { wayNames } from '../../reach/ways.ts'
import { comparisonReport } from '../../report/comparison.ts'
import { compareRuns } from '../../run/compare.ts'
import { isMasked } from '../../run/masked.ts'
import type { Run } from '../../run/run.ts'
import { numberCommand } from '../commands/number.ts'
import { verifyCommand } from '../commands/verify.ts'
import { performJourney } from '../journey-command.ts'
import type { GlobalOptions } from '../options.ts'
import { createStyle } from '../style.ts'
import { findRun } from './find.ts'
import { settingsOf } from './settings.ts'

export interface ReplayOptions extends GlobalOptions {
  operatorToken?: string
  save?: boolean
}

/**
 * Runs a saved run again with its settings and this machine's credentials of its profile, and prints what differs; gives
 * the exit code of the new run. Throws a UsageError where something is needed that was not saved.
 */
export async function replay(
  context: Context,
  wanted: string,
  phone: string | undefined,
  options: ReplayOptions,
): Promise<ExitCode> {
  const before = await findRun(context, wanted)
  const asked = { ...settingsOf(before), ...wayOf(before, options), ...options }
  const profile = options.profile ?? before.profile.name
  const complete = {
    ...asked,
    ...(profile === null ? {} : { profile }),
    timeout: options.timeout ?? `${before.request.timeoutMs}ms`,
  }
  const run =
    before.command === 'number'
      ? await performJourney(context, numberCommand, complete)
      : await performJourney(
          context,
          verifyCommand(requireNumber(before, phone), before.request.isHashed),
          complete,
        )
  printDifferences(context, before, run, options)
  return run.exitCode
}

/** Prints what differs on stdout; with --json on stderr, since stdout holds one object. */
function printDifferences(context: Context, before: Run, run: Run, options: ReplayOptions): void {
  const output = options.json ? context.err : context.out
  const { phoneNumber } = before
  const alike = phoneNumber !== null && isMasked(phoneNumber) && run.phoneNumber !== null
  const after = alike ? { ...run, phoneNumber: maskPhoneNumber(run.phoneNumber ?? '') } : run
  const style = createStyle(context, output, options.color)
  output.write(`\n${comparisonReport(before, after, compareRuns(before, after), style)}`)
}

/** The number was masked when the run was saved: it is given again, and has to be the same one. */
function requireNumber({ phoneNumber }: Run, phone: string | undefined): string {
  if (phone === undefined) {
    if (phoneNumber !== null && !isMasked(phoneNumber)) return phoneNumber
    throw new UsageError({
      code: 'replay_needs_number',
      title: 'Missing phone number',
      cause: `The run was saved with the number masked: ${phoneNumber ?? 'none'}.`,
      fix: 'Give it again: nv runs replay last +34600000001',
    })
  }
  const number = parsePhoneNumber(phone)
  if (typeof number !== 'string' || phoneNumber === null) return phone
  const saved = isMasked(phoneNumber) ? phoneNumber : maskPhoneNumber(phoneNumber)
  if (maskPhoneNumber(number) === saved) return number
  throw new UsageError({
    code: 'replay_other_number',
    title: 'The saved run has another phone number',
    cause: `The run was about ${saved}.`,
    fix: 'Give that number, or start a new run with nv verify.',
  })
}

/** Gives the way of a run with what belongs to it, and where the requests of the phone left from. */
function wayOf({ request }: Run, { operatorToken }: ReplayOptions) {
  const { via, source, isAsApp, devtools, isWifiOff, tunnel, isTls } = request
  if (via === null && operatorToken === undefined) {
    throw new UsageError({
      code: 'replay_needs_operator_token',
      title: 'Missing operator token',
      cause: 'The run used a SIM token, which is secret and was not saved.',
      fix: 'Give a new one: nv runs replay last --operator-token token.txt',
    })
  }
  const way = wayNames.find((name) => name === via) ?? ('auto' as const)
  const asked = {
    via: way,
    asApp: isAsApp,
    wifiOff: isWifiOff,
    tls: isTls,
    ...(devtools && { devtools }),
    ...(tunnel && { tunnel }),
  }
  if (source === null) return asked
  return /^[\d.]+$|:/.test(source) ? { ...asked, localAddress: source } : { ...asked, interface: source }
}
