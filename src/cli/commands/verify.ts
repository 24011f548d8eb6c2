// `nv verify`: from the arguments to the flow, and from its Run to the screen.
import { Option } from 'commander'
import { parsePhoneNumber } from '../../camara/phone-number.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, UsageError } from '../../errors.ts'
import { createRecorder } from '../../flow/recorder.ts'
import { verify } from '../../flow/verify.ts'
import { chooseWay, wayNames } from '../../reach/ways.ts'
import { jsonReport } from '../../report/json.ts'
import type { Run } from '../../run/run.ts'
import { loadProfile, readConfiguration } from '../configuration.ts'
import { parseDuration } from '../duration.ts'
import type { GlobalOptions } from '../options.ts'
import { createPresenter, type Presenter } from '../presenter.ts'
import type { Configure, Refuse } from '../program.ts'
import { addSettingFlags, flagSettings, runSettings } from '../setting-flags.ts'
import { addSourceOptions, readSource, sourceHelp, type SourceOptions } from '../source-options.ts'

interface VerifyOptions extends GlobalOptions, SourceOptions {
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
  addSourceOptions(command)
  addSettingFlags(command, runSettings)
  command
    .option('--hashed', 'send the SHA-256 of the number')
    .option('--state <state>', 'a state of your own, in place of a random one')
    .optionsGroup('Options of the gateway and the client, for a run without a profile:')
  addSettingFlags(
    command,
    flagSettings.filter((name) => !runSettings.includes(name)),
  )
  command.addHelpText('after', help).action(async (phone: string | undefined) => {
    finish(await run(context, phone, command.optsWithGlobals<VerifyOptions>()))
  })
}

/** Prints the run that did not happen because of its arguments, for one who asked for JSON. */
export const refuse: Refuse = (context, message) => {
  const error = new UsageError({
    code: 'invalid_arguments',
    title: message,
    cause: 'The arguments are not those of `nv verify`.',
    fix: 'See what it takes with: nv verify --help',
  })
  const nobody = { profile: null, redirectUri: null, phoneNumber: null }
  context.out.write(jsonReport(createRecorder(context, 'verify', () => {}).fail(nobody, error)))
}

const help = `
Examples:
  nv verify +34600000001 --profile simulator
  nv verify "+34 600 000 001" --profile sandbox-mock --json

The client secret comes from a profile or from NV_CLIENT_SECRET. Every other
value can be a flag, a variable (NV_CLIENT_ID for --client-id) or a setting of a
profile. Without --timeout a run takes 5 minutes at most.

${sourceHelp}

Exit codes: 0 verified, 1 mismatch, 2 usage, 3 could not tell, 4 this machine,
70 a bug in nv, 130 interrupted.`

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
  const { color, input, verbose = false } = options
  return run(context, phone, { color, input, verbose, profile, via: 'auto' })
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
    const source = await readSource(context, options, options.via)
    const configuration = await readConfiguration(context, options.profile, options, flagSettings)
    configuration.notes.forEach(presenter.note)
    configuration.warnings.forEach(presenter.warn)
    const { profile, close } = await loadProfile(context, configuration)
    const via = chooseWay(options.via, {
      needsPhone: profile.needsPhone,
      isTerminal: context.err.isTerminal,
      hasSource: source !== null,
    })
    const input = {
      profile,
      phoneNumber,
      timeoutMs,
      via,
      source,
      isHashed: options.hashed ?? false,
      state: readState(options),
      canPaste: options.input && (via === 'paste' || (context.input.isTerminal && context.err.isTerminal)),
    }
    try {
      return await verify(context, input, presenter.show)
    } finally {
      await close()
    }
  } catch (error) {
    return createRecorder(context, 'verify', presenter.show).fail(
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

function readState({ state }: VerifyOptions): string | null {
  if (state?.trim() !== '') return state ?? null
  throw new UsageError({
    code: 'empty_state',
    title: '--state is empty',
    cause: 'Without a state anybody could bring a callback.',
    fix: 'Leave --state out for a random one.',
  })
}

function readTimeout({ env }: Pick<Context, 'env'>, { timeout }: GlobalOptions): number {
  if (timeout !== undefined) return parseDuration(timeout, '--timeout')
  return parseDuration(env['NV_TIMEOUT'] || defaultTimeout, 'NV_TIMEOUT')
}
