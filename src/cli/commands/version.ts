// `nv version`: what `nv --version` prints, and as JSON on which Node and platform it runs.
import { exitCodes } from '../../errors.ts'
import { toInertJson } from '../../wire/escape.ts'
import type { Configure } from '../command.ts'
import { addHelp } from '../help.ts'
import type { GlobalOptions } from '../options.ts'

/** Declares the command. */
export const configure: Configure = (command, { out, tool }, finish) => {
  addHelp(command, { examples: ['nv version', 'nv version --json'] }).action(() => {
    const { json } = command.optsWithGlobals<GlobalOptions>()
    out.write(json ? `${toInertJson({ schema: 'nv.version/1', tool })}\n` : `nv ${tool.version}\n`)
    finish(exitCodes.ok)
  })
}
