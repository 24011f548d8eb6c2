// `nv verify`: from the arguments to the flow, and from its Run to the screen.
import { Option } from 'commander'
import { parsePhoneNumber } from '../../camara/phone-number.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, UsageError } from '../../errors.ts'
import { createRecorder } from '../../flow/recorder.ts'
import { verify } from '../../flow/verify.ts'
import { chooseWay, wayNames } from '../../reach/ways.ts'
import type { Run } from '../../run/run.ts'
import { loadProfile, readConfiguration } from '../configuration.ts'
import { parseDuration } from '../duration.ts'
import type { GlobalOptions } from '../options.ts'
import { createPresenter, type Presenter } from '../presenter.ts'
import type { Configure } from '../program.ts'
import { addSettingFlags, runSettings } from '../setting-flags.ts'

interface VerifyOptions extends GlobalOptions {
  via: (typeof wayNames)[number]
  hashed?: boolean
  state?: string
}

const defaultTimeout = '5m'

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  command
    .argument('[phone]', 'the phone number with its country code, as in +34600000001')
    .addOption(new Option('--via <way>', 'how the URL reaches the phone').choices(wayNames).default('auto'))
  addSettingFlags(command, runSettings)
  command
    .option('--hashed', 'send the SHA-256 of the number')
    .option('--state <state>', 'a state of your own, in place of a random one')
    .addHelpText('after', help)
    .action(async (phone: string | undefined) => {
      finish(await run(context, phone, command.optsWithGlobals<VerifyOptions>()))
    })
}

const help = `
Examples:
  nv verify +34600000001 --profile simulator
  nv verify "+34 600 000 001" --profile sandbox-mock --json

Exit codes: 0 verified, 1 mismatch, 2 usage, 3 could not tell, 4 this machine, 130 interrupted.`

/** Asks for a number and verifies it with a profile that was just saved. */
export async function tryProfile(
  context: Context,
  profile: string,
  options: GlobalOptions,
): Promise<ExitCode> {
  const isNumber = (text: string) => {
    const number = parsePhoneNumber(text)
    return typeof number === 'string' || number.rule
  }
  const phone = await context.prompt.text({
    message: 'Phone number:',
    validate: isNumber,
    signal: context.signal,
  })
  return run(context, phone, { ...options, profile, via: 'auto' })
}

async function run(context: Context, phone: string | undefined, options: VerifyOptions): Promise<ExitCode> {
  const presenter = createPresenter(context, options)
  const finished = await verifyOrExplain(context, phone, options, presenter)
  presenter.finish(finished)
  return finished.exitCode
}

/** Runs the flow; what prevents it ends up in a Run too, so that `--json` always has one to print. */
async function verifyOrExplain(
  context: Context,
  phone: string | undefined,
  options: VerifyOptions,
  presenter: Presenter,
): Promise<Run> {
  try {
    const phoneNumber = readPhoneNumber(phone, presenter)
    const timeoutMs = readTimeout(context, options)
    const configuration = await readConfiguration(context, options.profile, options, runSettings)
    configuration.notes.forEach(presenter.note)
    const { profile, close } = await loadProfile(context, configuration)
    const via = chooseWay(options.via, { needsPhone: profile.needsPhone, isTerminal: context.err.isTerminal })
    const input = {
      profile,
      phoneNumber,
      timeoutMs,
      via,
      isHashed: options.hashed ?? false,
      state: options.state ?? null,
      canPaste: options.input && (context.input.isTerminal || via === 'paste'),
    }
    try {
      return await verify(context, input, presenter.show)
    } finally {
      await close()
    }
  } catch (error) {
    return createRecorder(context, presenter.show).fail(
      { profile: null, redirectUri: null, phoneNumber: phone ?? null },
      error,
    )
  }
}

function readPhoneNumber(phone: string | undefined, presenter: Presenter): string {
  if (phone === undefined) {
    throw new UsageError({
      code: 'missing_phone_number',
      title: 'Which number is to be verified?',
      cause: '`nv verify` takes a phone number with its country code.',
      fix: 'nv verify +34600000001 --profile simulator',
    })
  }
  const number = parsePhoneNumber(phone)
  if (typeof number !== 'string') {
    throw new UsageError({
      code: 'invalid_phone_number',
      title: `${JSON.stringify(phone)} is not a phone number`,
      cause: number.rule,
      fix: 'Write it with its country code: nv verify +34600000001',
    })
  }
  if (number !== phone) presenter.note(`Read as ${number}`)
  return number
}

function readTimeout({ env }: Pick<Context, 'env'>, { timeout }: GlobalOptions): number {
  if (timeout !== undefined) return parseDuration(timeout, '--timeout')
  return parseDuration(env['NV_TIMEOUT'] || defaultTimeout, 'NV_TIMEOUT')
}
