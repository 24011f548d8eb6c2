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
import { checkNames } from '../../run/check.ts'
import { simulatorModes } from '../../wire/simulated.ts'
import { configuration, currentProfile, setting, profileChange, profileExport, profiles } from './profiles.ts'
import { exchange, exitCode, finding, outcome, problem, profile, run, tool } from './run.ts'

const difference = object({ area: text, what: text, a: nullable(text), b: nullable(text) })

const check = object({
  schema: oneOf('nv.check/1'),
  id: text,
  startedAt: time,
  durationMs: duration,
  tool,
  profile,
  simulated: yesOrNo,
  exitCode,
  requests: described('how many were sent', count),
  checks: list(
    object({
      name: oneOf(...checkNames),
      status: oneOf('passed', 'failed', 'warning', 'skipped', 'unknown'),
      detail: text,
      durationMs: duration,
      finding: nullable(finding),
      settings: described(
        'the settings to look at, the likeliest first',
        list(object({ setting: text, from: nullable(text) })),
      ),
    }),
  ),
  exchanges: list(exchange),
  findings: described('of all lines, the failed ones first', list(finding)),
})

const explanation = {
  code: text,
  theme: text,
  severity: oneOf('error', 'warning', 'info'),
  title: text,
  cause: text,
  fix: text,
  reference: nullable(text),
}

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
  check,
  checks: object({
    schema: oneOf('nv.checks/1'),
    startedAt: time,
    durationMs: duration,
    tool,
    exitCode,
    requests: count,
    reports: list(check),
    refused: described(
      'the profiles that could not be checked',
      list(object({ profile: text, error: problem })),
    ),
  }),
  inspection: object({
    schema: oneOf('nv.inspection/1'),
    kind: described('what it is, as in authorize-url; unknown: not recognised', text),
    summary: text,
    facts: list(object({ name: text, value: text, meaning: text, problem: nullable(text) })),
    findings: list(finding),
    corrected: described('the same thing, corrected', nullable(text)),
    exitCode,
  }),
  doctor: object({
    schema: oneOf('nv.doctor/1'),
    tool,
    exitCode,
    checks: list(
      object({
        name: text,
        status: oneOf('ok', 'note', 'problem'),
        detail: text,
        consequence: text,
        fix: nullable(text),
      }),
    ),
  }),
  simulator: object(
    {
      schema: oneOf('nv.simulator/1'),
      ...Object.fromEntries(
        [
          'baseUrl',
          'authorizeUrl',
          'tokenUrl',
          'backchannelUrl',
          'apiUrl',
          'operatorUrl',
          'clientId',
          'clientSecret',
        ].map((name) => [name, text]),
      ),
      enablementUrl: nullable(text),
      redirectUris: described('those that are registered; empty: any is accepted', list(text)),
      mode: oneOf(...simulatorModes),
      lines: list(
        object({
          phoneNumber: text,
          operator: text,
          address: nullable(text),
          operatorToken: nullable(text),
          hasConsented: yesOrNo,
          secondSim: nullable(text),
        }),
      ),
    },
    {
      caFile: described('the authority to trust, with TLS', text),
      otherUrls: described('where others reach it, with --host 0.0.0.0', list(text)),
    },
  ),
  'simulator-request': object({
    schema: oneOf('nv.simulator-request/1'),
    at: time,
    origin: oneOf('gateway', 'operator'),
    method: text,
    path: text,
    status: count,
    detail: nullable(text),
    overlooked: described('the rules that the request broke and that were overlooked', list(text)),
    parameters: described('without secrets and numbers', list(object({ name: text, value: text }))),
  }),
  behaviours: object({
    schema: oneOf('nv.behaviours/1'),
    behaviours: list(object({ name: text, does: text, shows: text, steps: list(text) })),
  }),
  version: object({ schema: oneOf('nv.version/1'), tool }),
  profiles,
  'profile-change': profileChange,
  profile: profileExport,
  configuration,
  'current-profile': currentProfile,
  setting,
  explanation: object({ schema: oneOf('nv.explanation/1'), ...explanation }),
  explanations: object({ schema: oneOf('nv.explanations/1'), explanations: list(object(explanation)) }),
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
