// `nv verify`: from the arguments to the flow that compares a number with that of the phone's line.
import { parsePhoneNumber } from '../../camara/phone-number.ts'
import type { Context } from '../../context.ts'
import { type ExitCode, UsageError } from '../../errors.ts'
import { verify } from '../../flow/verify.ts'
import { type JourneyCommand, refuseArguments, runJourneyCommand } from '../journey-command.ts'
import { addJourneyOptions, commonFlags, type JourneyOptions } from '../journey-options.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import type { Presenter } from '../presenter.ts'
import type { Configure, Refuse } from '../command.ts'
import { keepHelp } from '../rounds.ts'
import { sourceHelp } from '../source-options.ts'

interface VerifyOptions extends JourneyOptions {
  hashed?: boolean
}

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  command.argument('[phone]', 'its number with the country code, as in +34600000001')
  addJourneyOptions(command, () => command.option('--hashed', 'send the SHA-256 of the number'))
  addHelp(command, page).action(async (phone: string | undefined) => {
    finish(await run(context, phone, command.optsWithGlobals<VerifyOptions>()))
  })
}

/** Prints the run that its arguments prevented. */
export const refuse: Refuse = (context, error) => refuseArguments(context, verify, error)

const page: HelpPage = {
  examples: [
    'nv verify +34600000001 --profile simulator',
    'nv verify "+34 600 000 001" --profile sandbox-mock --json',
    'nv verify +34600000001 --profile acme --operator-token token.txt',
  ],
  common: commonFlags,
  notes: [
    `The client secret comes from a profile or from NV_CLIENT_SECRET. Every other value can be a flag, a variable \
(NV_CLIENT_ID for --client-id) or a setting of a profile. Without --timeout a run takes 5 minutes at most; with --tunnel they begin once it is up.`,
    `With --operator-token the line is identified by its SIM, over any network and without a phone: by CIBA where \
a backchannel endpoint is known, otherwise by a JWT bearer assertion that the key of the profile signs.`,
    keepHelp,
    sourceHelp,
  ],
  exits: { ok: 'verified', negative: 'mismatch', undetermined: 'could not tell' },
}

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

function run(context: Context, phone: string | undefined, options: VerifyOptions): Promise<ExitCode> {
  return runJourneyCommand(context, verifyCommand(phone, options.hashed ?? false), options)
}

/** Makes the command for a number as it was typed. */
export function verifyCommand(phone: string | undefined, isHashed: boolean): JourneyCommand<string> {
  return {
    journey: verify,
    typedNumber: phone ?? null,
    isHashed,
    readPhoneNumber: (presenter) => readPhoneNumber(phone, presenter),
  }
}

function readPhoneNumber(phone: string | undefined, presenter: Presenter): string {
  if (phone === undefined) {
    throw new UsageError({
      code: 'missing_phone_number',
      title: 'Missing phone number',
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
