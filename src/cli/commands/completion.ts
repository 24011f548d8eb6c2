// `nv completion`: the script that lets a shell complete what nv takes.
import { Argument } from 'commander'
import { exitCodes } from '../../errors.ts'
import type { Configure } from '../command.ts'
import { scripts, type Shell, shells } from '../completion/scripts.ts'
import { addHelp } from '../help.ts'

/** Declares the command. */
export const configure: Configure = (command, { out }, finish) => {
  addHelp(command, {
    examples: [
      `echo 'eval "$(nv completion bash)"' >> ~/.bashrc`,
      "echo 'source <(nv completion zsh)' >> ~/.zshrc",
      'nv completion fish > ~/.config/fish/completions/nv.fish',
      'Remove-Item Alias:nv -Force; nv completion powershell | Add-Content $PROFILE',
    ],
    common: [],
    notes: [
      'It completes commands, options and their values: profiles, presets, behaviours, codes of findings, saved runs.',
      'In PowerShell nv is short for New-Variable; the script removes that alias. It is untested.',
    ],
  })
    .addArgument(new Argument('<shell>', `one of ${shells.join(', ')}`).choices(shells))
    .action((shell: Shell) => {
      out.write(scripts[shell])
      finish(exitCodes.ok)
    })
}
