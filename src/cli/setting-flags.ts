// Declares the flags of settings on commands.
import { type Command, Option } from 'commander'
import { flags } from '../settings/flags.ts'
import type { SettingName } from '../settings/settings.ts'

/** Declares the flags of settings on a command. */
export function addSettingFlags(command: Command, names: readonly SettingName[]): Command {
  for (const name of names) {
    const entry = flags[name]
    if (!entry) continue
    const option = new Option(`${entry.flag} ${entry.argument}`, entry.description)
    command.addOption(entry.choices ? option.choices(entry.choices) : option)
  }
  return command
}
