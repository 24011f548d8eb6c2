// `nv complete`: what the script of a shell asks for, a candidate a line.
import { exitCodes } from '../../errors.ts'
import { escapeText } from '../../wire/escape.ts'
import type { Configure } from '../command.ts'
import { complete } from '../completion/complete.ts'
import { addHelp } from '../help.ts'

/** Declares the command. */
export const configure: Configure = (command, context, finish, program) => {
  addHelp(command, { examples: ["nv complete -- verify --via ''"] })
    .argument('[words...]')
    .action(async () => {
      // PowerShell can't pass an empty word in every version; it sends two quotes.
      const words = program.behind.map((word) => (word === '""' ? '' : word))
      const { candidates, takesFiles } = await complete(context, program, words)
      const lines = candidates.map(({ value, description = '' }) =>
        description === '' ? value : `${value}  ${escapeText(description, 100)}`,
      )
      context.out.write([...lines, ...(takesFiles ? [':files'] : [])].map((line) => `${line}\n`).join(''))
      finish(exitCodes.ok)
    })
}
