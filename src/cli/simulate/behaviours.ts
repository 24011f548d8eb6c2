// The behaviours of the simulator: as they are typed, and as a list.
import type { CertificateFlaw } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { escapeText, toInertJson } from '../../wire/escape.ts'
import { behaviours } from '../../simulator/behaviour/behaviours.ts'
import { behaviourSteps } from '../../simulator/behaviour/behaviour.ts'
import { readSwitched } from '../../simulator/behaviour/read-switched.ts'
import { textWidth } from '../style.ts'
import type { Switched } from '../../simulator/behaviour/switchboard.ts'

/** What the help says of switching while the simulator runs. */
export const describeControl = `A behaviour can be switched for one client while the simulator runs:
  curl -X PUT <base>/simulator/clients/<client_id>/behaviours \\
    -H 'Content-Type: application/json' \\
    -d '{"behaviours": ["wifi", "hang@api"]}'
GET shows what is on, DELETE switches it off.`

/** Reads `<name>[@<step>]`. Throws a UsageError that names those that were perhaps meant. */
export function readBehaviour(text: string): Switched {
  const read = readSwitched(text)
  if ('name' in read) return read
  throw new UsageError({
    code: 'behaviour_unknown',
    title: `Unknown behaviour "${escapeText(text, 60)}"`,
    cause: read.rule,
    fix:
      read.near.length > 0
        ? `Perhaps ${read.near.join(', ')}; all of them: nv simulate --list`
        : 'See them all with nv simulate --list',
  })
}

/** Finds what is wrong with the certificate by the behaviours; null when nothing is. Throws a UsageError without TLS. */
export function findCertificateFlaw(switched: readonly Switched[], hasTls: boolean): CertificateFlaw | null {
  const flawed = switched.find(({ behaviour }) => behaviour.certificate)
  if (flawed && !hasTls) throw needsTls(flawed.name)
  return flawed?.behaviour.certificate ?? null
}

function needsTls(name: string): UsageError {
  return new UsageError({
    code: 'behaviour_needs_tls',
    title: `${name} needs TLS`,
    cause: 'The simulator serves plain http, which shows no certificate.',
    fix: 'Add --tls, or leave it out.',
  })
}

/** Prints the behaviours: as one JSON object, or for a person by the steps at which they can be. */
export function listBehaviours(isJson: boolean, columns: number): string {
  const all = Object.entries(behaviours).map(([name, { does, shows, steps }]) => ({
    name,
    does,
    shows,
    steps,
  }))
  if (isJson) return `${toInertJson({ schema: 'nv.behaviours/1', behaviours: all })}\n`
  const places = new Set(all.map(describePlace))
  const width = textWidth(Math.max(columns, 60)) - nameWidth
  const parts = [...places].map((place) => {
    const group = all.filter((behaviour) => describePlace(behaviour) === place)
    const lines = group.map(({ name, does }) => `  ${name.padEnd(nameWidth - 3)} ${wrap(does, width)}`)
    return [`At ${place}:`, ...lines].join('\n')
  })
  return `nv simulate --behave <name>[@<step>]; without a step, the first one listed.\n\n${parts.join('\n\n')}\n`
}

function describePlace({ name, steps }: { name: string; steps: readonly string[] }): string {
  if (behaviours[name]?.certificate) return 'the TLS handshake of every step'
  const isAnywhere = steps.length === behaviourSteps.length
  return isAnywhere ? `every step; without @, at ${steps[0]}` : steps.join(', ')
}

/** The column at which the sentences begin. */
const nameWidth = 32

function wrap(text: string, width: number): string {
  const lines = text.split(' ').reduce<string[]>((lines, word) => {
    const last = lines.at(-1)
    if (last !== undefined && last.length + 1 + word.length <= width)
      return [...lines.slice(0, -1), `${last} ${word}`]
    return [...lines, word]
  }, [])
  return lines.join(`\n${' '.repeat(nameWidth)}`)
}
