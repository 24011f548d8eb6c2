// The options of a command that runs a journey.
import { type Command, Option } from 'commander'
import { type SimGrant, simGrants } from '../oauth/grants.ts'
import { type Via, wayNames } from '../reach/ways.ts'
import { knownEndings } from '../report/formats.ts'
import { flagSettings, runSettings } from '../settings/flags.ts'
import { addHandsetOptions, type HandsetFlags } from './handset-options.ts'
import { addListenOptions, type ListenOptions } from './listen-options.ts'
import type { GlobalOptions } from './options.ts'
import { addPageOptions, type PageOptions } from './page-options.ts'
import type { KeepOptions } from './runs/keep.ts'
import { addSettingFlags } from './setting-flags.ts'
import { addSourceOptions, type SourceOptions } from './source-options.ts'

/** As commander gives them. */
export interface JourneyOptions
  extends GlobalOptions, SourceOptions, HandsetFlags, ListenOptions, PageOptions, KeepOptions {
  via: Via | 'list'
  state?: string
  operatorToken?: string
  grant?: SimGrant
  probe?: boolean
  keep?: boolean
}

/** The options that the short help of a journey shows. */
export const commonFlags = [
  '--profile',
  '--via',
  '--tunnel',
  '--operator-token',
  '--report',
  '--timeout',
  '--verbose',
  '--json',
]

/** Declares the options of a journey; `addOwn` declares those of the command alone. */
export function addJourneyOptions(command: Command, addOwn: () => void): void {
  command
    .optionsGroup('The phone:')
    .addOption(
      new Option('--via <way>', 'how the URL reaches the phone; list shows the ways')
        .choices([...wayNames, 'list'])
        .default('auto'),
    )
    .option('--operator-token <file>', 'use a TS.43 token of the SIM, no phone; - is stdin')
    .addOption(
      new Option(
        '--grant <ciba|jwt-bearer>',
        'how to exchange the operator token (default: what the gateway offers)',
      ).choices(simGrants),
    )
  addHandsetOptions(command)
  addPageOptions(command)
  addSourceOptions(command)
  addListenOptions(command)
  command.optionsGroup('The run:')
  addSettingFlags(command, runSettings)
  addOwn()
  command
    .option('--state <state>', 'use this state instead of a random one')
    .option('--keep', 'wait for the next phone after each verdict; Ctrl-C sums up')
    .option('--probe', 'send a few more harmless requests if they can explain a failure')
    .option('--report <file>', `write a report: ${knownEndings}`)
    .option('--junit <file>', 'also write the result as JUnit XML')
    .option('--no-save', 'do not keep the run (nv runs, nv report)')
    .option('--show-number', 'do not mask the phone number in saved runs and reports')
    .optionsGroup('The gateway and the client, for a run without a profile:')
  addSettingFlags(
    command,
    flagSettings.filter((name) => !runSettings.includes(name)),
  )
}
