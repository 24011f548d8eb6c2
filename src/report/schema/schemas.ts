// The JSON Schemas of what nv prints as JSON, by name.
import {
  count,
  described,
  duration,
  list,
  nullable,
  object,
  oneOf,
  type Schema,
  text,
  time,
  yesOrNo,
} from './build.ts'
import { exitCode, outcome, problem, run } from './run.ts'

const difference = object({ area: text, what: text, a: nullable(text), b: nullable(text) })

const bodies = {
  run,
  error: object({ schema: oneOf('nv.error/1'), exitCode, error: problem }),
  runs: object({
    schema: oneOf('nv.runs/1'),
    folder: text,
    runs: list(
      object({
        id: text,
        startedAt: time,
        durationMs: duration,
        command: text,
        profile: nullable(text),
        phoneNumber: nullable(text),
        simulated: yesOrNo,
        outcome,
        failedStep: nullable(text),
        exitCode: count,
        finding: described('the code of the most likely cause', nullable(text)),
      }),
    ),
  }),
  'run-diff': object({
    schema: oneOf('nv.run-diff/1'),
    a: text,
    b: text,
    decisive: nullable(difference),
    differences: list(difference),
  }),
  'removed-runs': object({ schema: oneOf('nv.removed-runs/1'), removed: list(text) }),
  ways: object({
    schema: oneOf('nv.ways/1'),
    ways: list(object({ name: text, summary: text, ready: yesOrNo, missing: nullable(text) })),
  }),
} satisfies Record<string, Schema>

export type SchemaName = keyof typeof bodies

/** The names that `nv schema` takes. */
export const schemaNames = Object.keys(bodies) as SchemaName[]

/**
 * Gives the schema of an output. Later versions may add members.
 * @see https://json-schema.org/draft/2020-12/json-schema-core
 */
export function schemaOf(name: SchemaName): Schema {
  return { $schema: 'https://json-schema.org/draft/2020-12/schema', title: `nv.${name}/1`, ...bodies[name] }
}
