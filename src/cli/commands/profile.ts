// `nv profile`: the commands on stored profiles.
import type { Command } from 'commander'
import type { Context } from '../../context.ts'
import { exitCodes, UsageError } from '../../errors.ts'
import { requireProfileName } from '../../settings/names.ts'
import { escapeText } from '../../wire/escape.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import { announce, describePlace } from '../profile/announce.ts'
import { isRemovalWanted, type RemoveOptions } from '../confirm-removal.ts'
import { addProfileFlags, collect, hiddenSecretFlag, type ProfileOptions } from '../profile/given.ts'
import { importProfile, type ImportOptions } from '../profile/import.ts'
import { edit, type EditOptions } from '../profile/edit.ts'
import { changeSetting, printCurrent, printSetting } from '../profile/one-setting.ts'
import { add } from '../profile/save.ts'
import { removeProfile, renameProfile, requireStored, useProfile } from '../profile/shelf.ts'
import { exportProfile, list, show } from '../profile/show.ts'
import type { Configure } from '../command.ts'
import { addSettingFlags } from '../setting-flags.ts'
import { tryCheck } from './check.ts'
import { tryProfile } from './verify.ts'
import { runSettings } from '../../settings/flags.ts'
import { presets } from '../../settings/presets.ts'

/** Declares the commands. */
export const configure: Configure = (command, context, finish) => {
  command.helpCommand(false)
  addHelp(command, page)
  const subcommand = (name: string, description: string) =>
    addHelp(command.command(name).description(description), pages[name] ?? { examples: [] })
  /** Says on stderr what the stores had to repair, whether or not the action went well. */
  const warned = async <T>(work: Promise<T>): Promise<T> => {
    try {
      return await work
    } finally {
      const warnings = (await context.openStore()).warnings()
      for (const warning of warnings) context.err.write(`${escapeText(warning)}\n`)
    }
  }
  /** Runs an action that ends well unless it throws. */
  const then = (work: Promise<unknown>) => warned(work).then(() => finish(exitCodes.ok))

  addProfileFlags(subcommand('add', 'save a profile, asking for what is missing'))
    .argument('[name]', 'its name; without one, that of the preset')
    .action(async (name: string | undefined, _options, self: Command) => {
      const options = self.optsWithGlobals<ProfileOptions>()
      const tried = await warned(add(context, name ?? options.profile, options))
      if (tried === null) finish(exitCodes.ok)
      else finish(await (tried.needsPhone ? tryCheck : tryProfile)(context, tried.name, options))
    })
  subcommand('list', 'list the profiles')
    .alias('ls')
    .action((_options, self: Command) => then(list(context, self.optsWithGlobals<GlobalOptions>())))
  addSettingFlags(subcommand('show', 'show what is sent, and where each value comes from'), runSettings)
    .argument('[name]', 'the profile to show; without one, the default')
    .action((name: string | undefined, _options, self: Command) =>
      then(show(context, name, self.optsWithGlobals<GlobalOptions>())),
    )
  addProfileFlags(subcommand('edit', 'change a profile, by flags or by questions'))
    .argument('[name]', 'the profile to change')
    .option('--unset <setting>', "remove a setting, or a header: 'header X-Customer' (repeatable)", collect)
    .action((name: string | undefined, _options, self: Command) =>
      then(edit(context, requireName(name, self), self.optsWithGlobals<EditOptions>())),
    )
  subcommand('remove', 'remove a profile and its secrets')
    .alias('rm')
    .argument('[name]', 'the profile to remove')
    .option('-y, --yes', 'do not ask')
    .action((name: string | undefined, _options, self: Command) =>
      then(remove(context, requireName(name, self), self.optsWithGlobals<RemoveOptions>())),
    )
  subcommand('current', 'print the profile that is used when none is named').action(
    (_options, self: Command) => then(printCurrent(context, self.optsWithGlobals<GlobalOptions>())),
  )
  subcommand('get', 'print one setting, as a run would use it')
    .argument('<setting>', "its name, as in nv profile show, or a header: 'header X-Customer'")
    .action((setting: string, _options, self: Command) =>
      then(printSetting(context, setting, self.optsWithGlobals<GlobalOptions>())),
    )
  subcommand('set', 'change one setting; a secret is asked for')
    .argument('<setting>', "its name, as in nv profile show, or a header: 'header X-Customer'")
    .argument('[value]', 'its new value; none for a secret')
    .action((setting: string, value: string | undefined, _options, self: Command) =>
      then(changeSetting(context, setting, value, self.optsWithGlobals<GlobalOptions>())),
    )
  subcommand('use', 'make a profile the default')
    .argument('[name]', 'the profile that is used when none is named')
    .action((name: string | undefined, _options, self: Command) =>
      then(use(context, requireName(name, self), self.optsWithGlobals<GlobalOptions>())),
    )
  subcommand('rename', 'rename a profile')
    .argument('<name>', 'its current name')
    .argument('<new-name>', 'its new name')
    .action((from: string, to: string, _options, self: Command) =>
      then(rename(context, from, to, self.optsWithGlobals<GlobalOptions>())),
    )
  subcommand('import', 'save a profile from Postman, .env, YAML or JSON')
    .argument('<file>', 'the file to read; - is standard input')
    .option('--name <name>', 'the name of the profile')
    .option('--preset <name>', 'the gateway, if the file does not name it')
    .option('--prefix <prefix>', 'the prefix of the client to take, if the file has several')
    .addOption(hiddenSecretFlag())
    .action((path: string, _options, self: Command) =>
      then(importProfile(context, path, self.optsWithGlobals<ImportOptions>())),
    )
  subcommand('export', 'print a profile without its secrets')
    .argument('[name]', 'the profile to print')
    .action((name: string | undefined, _options, self: Command) =>
      then(exportProfile(context, requireName(name, self))),
    )
}

const page: HelpPage = {
  examples: ['nv profile add', 'nv profile show acme', 'nv profile use acme'],
}

const pages: Readonly<Record<string, HelpPage>> = {
  add: {
    examples: [
      'nv profile add',
      'printf %s "$SECRET" | nv profile add acme --preset sandbox \\',
      '  --client-id my-app --client-secret-stdin --redirect-uri https://a.example/cb',
    ],
    lead: `Presets: ${Object.keys(presets).join(', ')}`,
    common: ['--preset', '--client-id', '--client-secret-stdin', '--key', '--redirect-uri'],
    lists: [
      {
        heading: 'Presets:',
        rows: Object.entries(presets).map(([name, { title }]) => [name, title] as const),
      },
    ],
  },
  list: { examples: ['nv profile list', 'nv profile list --json'] },
  show: { examples: ['nv profile show', 'nv profile show acme --json'], common: ['--json'] },
  edit: {
    examples: [
      'nv profile edit acme',
      'nv profile edit acme --scope openid',
      'nv profile edit acme --unset scope',
    ],
    common: [
      '--unset',
      '--client-id',
      '--client-secret-stdin',
      '--key',
      '--redirect-uri',
      '--scope',
      '--json',
    ],
  },
  remove: { examples: ['nv profile remove acme', 'nv profile remove acme --yes'] },
  current: { examples: ['nv profile current', 'nv profile current --json'] },
  get: { examples: ['nv profile get scope', 'nv profile get tokenUrl --profile acme'] },
  set: {
    examples: [
      'nv profile set scope openid',
      'nv profile set redirectUri https://a.example/cb --profile acme',
      'nv profile set clientSecret',
    ],
  },
  use: { examples: ['nv profile use acme'] },
  rename: { examples: ['nv profile rename acme acme-production'] },
  import: {
    examples: [
      'nv profile import environment.postman_environment.json',
      'nv profile import .env --name acme',
    ],
    common: ['--name', '--preset', '--prefix', '--json'],
  },
  export: { examples: ['nv profile export acme > acme.json'] },
}

/** Gives the name that stands after the command or in --profile. */
function requireName(name: string | undefined, self: Command): string {
  const given = name ?? self.optsWithGlobals<GlobalOptions>().profile
  if (given !== undefined) return given
  throw new UsageError({
    code: 'missing_profile_name',
    title: 'Missing profile name',
    cause: `\`nv profile ${self.name()}\` takes the name of one.`,
    fix: 'See them with: nv profile list',
  })
}

/** Removes a profile, and says truthfully what became of its secrets. */
async function remove(context: Context, name: string, options: RemoveOptions): Promise<void> {
  const stored = await (await context.openStore()).profiles.read()
  requireStored(stored, name)
  const isWanted = await isRemovalWanted(context, options, `profile ${name} and its secrets`, {
    title: `Profile ${name} was not removed`,
    cause: 'Removing it deletes its secrets, and that was not confirmed.',
    fix: `nv profile remove ${name} --yes`,
  })
  if (!isWanted) return
  const left = await removeProfile(context, name)
  const sentence = left
    ? `Removed profile ${name}; its secrets could not be removed from ${describePlace(left)}.`
    : `Removed profile ${name} and its secrets.`
  const isDefaultGone = stored.default === name
  const ending = isDefaultGone
    ? ' It was the default; there is none now. Choose one with: nv profile use <name>'
    : ''
  const change = { action: 'removed', profile: name, secrets: left } as const
  announce(context, options, isDefaultGone ? { ...change, isDefault: false } : change, sentence + ending)
}

async function use(context: Context, name: string, options: GlobalOptions): Promise<void> {
  await useProfile(context, name)
  const change = { action: 'made the default', profile: name, isDefault: true } as const
  announce(context, options, change, `The default is now ${name}.`)
}

async function rename(context: Context, from: string, to: string, options: GlobalOptions): Promise<void> {
  await renameProfile(context, from, requireProfileName(to))
  announce(context, options, { action: 'renamed', profile: to }, `Renamed profile ${from} to ${to}.`)
}
