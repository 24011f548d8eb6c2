// Declares the flags of settings on commands.
import { type Command, Option } from 'commander'
import type { SettingName } from '../settings/settings.ts'
import { type Setting, settings } from '../settings/table.ts'

/** Declares the flags of settings on a command. */
export function addSettingFlags(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const { flag, description, choices }: Setting = settings[name]
    if (typeof flag !== 'string') continue
    const option = new Option(flag, description)
    command.addOption(choices ? option.choices(choices) : option)
  }
  return command
}
