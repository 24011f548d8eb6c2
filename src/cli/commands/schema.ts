// `nv schema`: the JSON Schema of what nv prints as JSON.
import { exitCodes, UsageError } from '../../errors.ts'
import { schemaNames, schemaOf } from '../../report/schema/schemas.ts'
import { toInertJson } from '../../wire/escape.ts'
import type { Configure } from '../command.ts'

/** Declares the command. */
export const configure: Configure = (command, context, finish) => {
  command
    .argument('<name>', `one of ${schemaNames.join(', ')}`)
    .addHelpText('after', '\nThe member "schema" of an output names its schema: nv.run/1 is run.')
    .action((wanted: string) => {
      const name = schemaNames.find((known) => known === wanted)
      if (name === undefined) throw unknownSchema(wanted)
      context.out.write(`${toInertJson(schemaOf(name))}\n`)
      finish(exitCodes.ok)
    })
}

function unknownSchema(wanted: string): UsageError {
  return new UsageError({
    code: 'unknown_schema',
    title: `Unknown schema ${JSON.stringify(wanted)}`,
    cause: `The schemas are ${schemaNames.join(', ')}.`,
    fix: 'nv schema run',
  })
}
