// Reads `<name>[@<step>]`, as it is typed or sent, against the map of the behaviours.
import { behaviours } from './behaviours.ts'
import type { Switched } from './switchboard.ts'

/** Why a text names no behaviour; `near` are the names or steps that were perhaps meant. */
export interface NotSwitched {
  rule: string
  near: readonly string[]
}

/** Reads a behaviour and its step; without a step it is at the first one it can be at. */
export function readSwitched(text: string): Switched | NotSwitched {
  const [name = '', at, ...more] = text.split('@')
  const behaviour = Object.hasOwn(behaviours, name) ? behaviours[name] : undefined
  if (!behaviour) return { rule: 'No behaviour has that name.', near: findNear(name) }
  const step = at === undefined ? behaviour.steps[0] : behaviour.steps.find((step) => step === at)
  if (step !== undefined && more.length === 0) return { name, step, behaviour }
  const near = behaviour.steps.map((step) => `${name}@${step}`)
  return { rule: `${name} can't be at that step.`, near }
}

/** Finds three names at most: those that begin with the text, then those that hold it, then those spelled nearly so. */
function findNear(typed: string): string[] {
  if (typed.length > 60) return []
  const text = typed.toLowerCase()
  const most = Math.max(2, Math.floor(text.length / 3))
  return Object.keys(behaviours)
    .map((name) => ({
      name,
      distance:
        text.length > 2 && name.includes(text) ? (name.startsWith(text) ? -2 : -1) : countEdits(text, name),
    }))
    .filter(({ distance }) => distance <= most)
    .sort((one, other) => one.distance - other.distance)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Counts the letters to insert, delete or replace between two words. @see https://doi.org/10.1145/321796.321811 */
function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...from].entries()) {
    let [diagonal = 0] = row
    row = row.reduce<number[]>((next, above, column) => {
      const edits =
        column === 0
          ? index + 1
          : Math.min((next[column - 1] ?? 0) + 1, above + 1, diagonal + (to[column - 1] === letter ? 0 : 1))
      diagonal = above
      return [...next, edits]
    }, [])
  }
  return row[to.length] ?? 0
}
