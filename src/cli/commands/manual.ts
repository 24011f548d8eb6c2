// `nv manual`: the man page, which the build keeps: nv manual | man -l -
import { exitCodes } from '../../errors.ts'
import type { Configure } from '../command.ts'
import { addHelp } from '../help.ts'
import { manPage } from '../man-page.ts'

/** Declares the command. */
export const configure: Configure = (command, { out, tool }, finish, program) => {
  addHelp(command, { examples: ['nv manual | man -l -'] }).action(async () => {
    await program.loadAll()
    out.write(manPage(program.command, tool.version))
    finish(exitCodes.ok)
  })
}
