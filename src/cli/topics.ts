// The pages of nv help that don't belong to a command.
import { flagOf, environmentNameOf } from '../settings/flags.ts'
import { settingNames } from '../settings/settings.ts'
import { settings } from '../settings/table.ts'
import { otherVariables } from '../settings/variables.ts'
import { type Style, wrap } from '../report/human.ts'
import { formatRow } from './help.ts'
import { textWidth } from './style.ts'

const exitMeanings: ReadonlyArray<readonly [code: string, meaning: string]> = [
  ['0', 'verified or identified; all checks passed; done'],
  ['1', 'mismatch, or a check failed: the question was answered, and the answer is no'],
  ['2', 'usage or configuration; nothing was sent'],
  ['3', 'could not tell: the operator, the protocol, the network or the phone stopped the flow'],
  ['4', 'this machine: a port is taken, adb is missing, a file is not writable'],
  ['70', 'a bug in nv; the message says where to report it'],
  ['129', 'the terminal was closed (SIGHUP)'],
  ['130', 'interrupted (Ctrl-C)'],
  ['143', 'ended by SIGTERM'],
]

type Part = readonly [heading: string, rows: ReadonlyArray<readonly [term: string, meaning: string]>]

/** The topics of `nv help`, each with what it lists. */
export const topics = {
  environment: (): Part[] => {
    const ofSettings = settingNames.flatMap((name) => {
      const variable = environmentNameOf(name)
      if (variable === name) return []
      const flag = flagOf(name)
      return [[variable, `${settings[name].description}${flag === name ? '' : `, as ${flag}`}`] as const]
    })
    const order =
      'A flag wins over a variable, a variable over a profile. With --profile, variables of the gateway and the client are ignored.'
    return [
      [order, []],
      ['Settings:', ofSettings],
      ['Others:', Object.entries(otherVariables)],
    ]
  },
  'exit-codes': (): Part[] => [['Exit codes of every command:', exitMeanings]],
} as const

export type Topic = keyof typeof topics

/** Finds a topic by its name; null when there is none. */
export function findTopic(name: string): Topic | null {
  return Object.hasOwn(topics, name) ? (name as Topic) : null
}

/** Lists what a topic says. */
export function topicParts(topic: Topic): Part[] {
  return topics[topic]()
}

/** Prints a topic. */
export function topicPage(topic: Topic, columns: number, style: Style): string {
  return page(columns, style, topicParts(topic))
}

function page(columns: number, style: Style, parts: readonly Part[]): string {
  const width = textWidth(columns)
  const termWidth = Math.max(...parts.flatMap(([, rows]) => rows.map(([term]) => term.length)))
  return parts
    .map(([heading, rows]) =>
      [
        ...(rows.length === 0 ? wrap(heading, width) : [style.bold(heading)]),
        ...rows.flatMap(([term, meaning]) => formatRow(term, meaning, termWidth, width)),
      ]
        .map((line) => `${line}\n`)
        .join(''),
    )
    .join('\n')
}
