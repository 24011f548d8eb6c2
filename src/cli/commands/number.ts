// `nv number`: from the arguments to the flow that finds out the number of a line.
import { number } from '../../flow/number.ts'
import { type JourneyCommand, refuseArguments, runJourneyCommand } from '../journey-command.ts'
import { addHelp, type HelpPage } from '../help.ts'
import { addJourneyOptions, commonFlags, type JourneyOptions } from '../journey-options.ts'
import type { Configure, Refuse } from '../command.ts'
import { keepHelp } from '../rounds.ts'
import { sourceHelp } from '../source-options.ts'

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  addJourneyOptions(command, () => {})
  addHelp(command, page).action(async () => {
    finish(await runJourneyCommand(context, numberCommand, command.optsWithGlobals<JourneyOptions>()))
  })
}

/** The command, which takes no number. */
export const numberCommand: JourneyCommand<null> = {
  journey: number,
  typedNumber: null,
  isHashed: false,
  readPhoneNumber: () => null,
}

/** Prints the run that its arguments prevented. */
export const refuse: Refuse = (context, error) => refuseArguments(context, number, error)

const page: HelpPage = {
  examples: [
    'nv number --profile simulator',
    'nv number --profile acme --json',
    'nv number --profile acme --operator-token token.txt',
  ],
  common: commonFlags,
  notes: [
    'It needs a scope of its own, so it ignores the scope of the profile, which is for nv verify. --scope or NV_SCOPE sets another one.',
    keepHelp,
    sourceHelp,
  ],
  exits: { ok: 'identified', undetermined: 'could not tell' },
}
