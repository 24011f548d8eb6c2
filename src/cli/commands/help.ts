// `nv help`: the help of a command, or a page about another topic.
import { exitCodes } from '../../errors.ts'
import type { Configure } from '../command.ts'
import { addHelp } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import { printHelp } from '../print-help.ts'
import { createStyle } from '../style.ts'
import { findTopic, topicPage, topics } from '../topics.ts'
import { findCommand, unknownName } from '../walk.ts'

interface HelpOptions extends GlobalOptions {
  all?: boolean
}

/** Declares the command. */
export const configure: Configure = (command, context, finish, program) => {
  addHelp(command, {
    examples: ['nv help verify', 'nv help profile add', 'nv help environment', 'nv help exit-codes'],
    common: ['--all'],
  })
    .argument('[name...]', `a command, or one of ${Object.keys(topics).join(', ')}`)
    .option('--all', 'print everything')
    .action(async (names: readonly string[]) => {
      const { color, all: isWhole = false } = command.optsWithGlobals<HelpOptions>()
      const [first = '', ...more] = names
      const topic = more.length === 0 ? findTopic(first) : null
      if (topic !== null)
        context.out.write(topicPage(topic, context.out.columns, createStyle(context, context.out, color)))
      else {
        let named = program.command
        for (const name of names) {
          const next = findCommand(named, name)
          if (!next) throw await unknownName(program, named, name, Object.keys(topics))
          if (named === program.command) await program.load(next.name())
          named = next
        }
        printHelp(context, named, { color, isWhole })
      }
      finish(exitCodes.ok)
    })
}
