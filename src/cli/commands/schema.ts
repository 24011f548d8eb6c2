// `nv schema`: the JSON Schema of what nv prints as JSON.
import { exitCodes, UsageError } from '../../errors.ts'
import { schemaNames, schemaOf } from '../../report/schema/schemas.ts'
import { suggest } from '../../wire/similar.ts'
import { toInertJson } from '../../wire/escape.ts'
import type { Configure } from '../command.ts'
import { addHelp, type HelpPage } from '../help.ts'

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  addHelp(command, page)
    .argument('<name>', `one of ${schemaNames.join(', ')}`)
    .action((wanted: string) => {
      const name = schemaNames.find((known) => known === wanted)
      if (name === undefined) throw unknownSchema(wanted)
      context.out.write(`${toInertJson(schemaOf(name))}\n`)
      finish(exitCodes.ok)
    })
}

const page: HelpPage = {
  examples: ['nv schema run', 'nv schema error'],
  common: ['--quiet'],
  notes: ['The member "schema" of an output names its schema: nv.run/1 is run.'],
}

function unknownSchema(wanted: string): UsageError {
  return new UsageError({
    code: 'unknown_schema',
    title: `Unknown schema ${JSON.stringify(wanted)}`,
    cause: `The schemas are ${schemaNames.join(', ')}.`,
    fix: `${suggest(wanted, schemaNames) ?? 'Choose one of them'}, as in: nv schema run`,
  })
}
