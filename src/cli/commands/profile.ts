// `nv profile`: the commands on stored profiles.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { exitCodes, UsageError } from '../../errors.ts'
import { requireProfileName } from '../../profile/names.ts'
import type { GlobalOptions } from '../options.ts'
import { announce } from '../profile/announce.ts'
import { canAsk } from '../profile/dialogue.ts'
import { addProfileFlags, type ProfileOptions } from '../profile/given.ts'
import { importProfile, type ImportOptions } from '../profile/import.ts'
import { edit, type EditOptions } from '../profile/edit.ts'
import { add } from '../profile/save.ts'
import { removeProfile, renameProfile, requireStored, useProfile } from '../profile/shelf.ts'
import { describePresets, exportProfile, list, show } from '../profile/show.ts'
import type { Configure } from '../program.ts'
import { addSettingFlags, runSettings } from '../setting-flags.ts'
import { tryProfile } from './verify.ts'

/** Declares the commands. */
export const configure: Configure = (command, context, finish) => {
  const subcommand = (usage: string, description: string) => command.command(usage).description(description)
  /** Runs an action that ends well unless it throws. */
  const then = (work: Promise<unknown>) => work.then(() => finish(exitCodes.ok))

  addProfileFlags(subcommand('add [name]', 'save a profile; on a terminal it asks for what is missing'))
    .addHelpText('after', `\nPresets:\n${describePresets()}\n`)
    .action(async (name: string | undefined, _options, self: Command) => {
      const options = self.optsWithGlobals<ProfileOptions>()
      const tried = await add(context, name ?? options.profile, options)
      finish(tried === null ? exitCodes.ok : await tryProfile(context, tried, options))
    })
  subcommand('list', 'list the profiles').action((_options, self: Command) =>
    then(list(context, self.optsWithGlobals<GlobalOptions>())),
  )
  addSettingFlags(
    subcommand('show [name]', 'show what will be sent, and from where each value comes'),
    runSettings,
  ).action((name: string | undefined, _options, self: Command) =>
    then(show(context, name, self.optsWithGlobals<GlobalOptions>())),
  )
  addProfileFlags(subcommand('edit <name>', 'change a profile'))
    .option('--unset <setting...>', 'take settings out of the profile')
    .action((name: string, _options, self: Command) =>
      then(edit(context, name, self.optsWithGlobals<EditOptions>())),
    )
  subcommand('remove <name>', 'remove a profile and its secrets')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, _options, self: Command) => {
      const options = self.optsWithGlobals<GlobalOptions & { yes?: boolean }>()
      await confirmRemoval(context, name, options)
      await removeProfile(context, name)
      const change = { action: 'removed', profile: name } as const
      await then(announce(context, options, change, `Removed profile ${name} and its secrets.`))
    })
  subcommand('use <name>', 'make a profile the default').action(
    async (name: string, _options, self: Command) => {
      await useProfile(context, name)
      const change = { action: 'made the default', profile: name, isDefault: true } as const
      await then(announce(context, self.optsWithGlobals(), change, `The default is now ${name}.`))
    },
  )
  subcommand('rename <name> <new-name>', 'rename a profile').action(
    async (from: string, to: string, _options, self: Command) => {
      await renameProfile(context, from, requireProfileName(to))
      const change = { action: 'renamed', profile: to } as const
      await then(announce(context, self.optsWithGlobals(), change, `Renamed profile ${from} to ${to}.`))
    },
  )
  subcommand(
    'import <file>',
    'save a profile from a Postman environment, a .env or an export; - is standard input',
  )
    .option('--name <name>', 'the name of the profile')
    .action((path: string, _options, self: Command) =>
      then(importProfile(context, path, self.optsWithGlobals<ImportOptions>())),
    )
  subcommand('export <name>', 'print a profile without its secrets').action((name: string) =>
    then(exportProfile(context, name)),
  )
}

/** Asks before a secret is lost. Throws a UsageError when nobody can be asked and --yes was not given. */
async function confirmRemoval(
  context: Context,
  name: string,
  options: GlobalOptions & { yes?: boolean },
): Promise<void> {
  requireStored(await (await context.openStore()).profiles.read(), name)
  if (options.yes) return
  const isSure =
    canAsk(context, options) &&
    (await context.prompt.confirm({
      message: `Remove profile ${name} and its secrets?`,
      initial: false,
      signal: context.signal,
    }))
  if (isSure) return
  throw new UsageError({
    code: 'not_confirmed',
    title: `Profile ${name} was not removed`,
    cause: 'Its secrets would be lost, and nobody confirmed it.',
    fix: `nv profile remove ${name} --yes`,
  })
}
