// Where the names that can be completed come from.
import type { Context } from '../../context.ts'
import { escapeText } from '../../wire/escape.ts'

export interface Candidate {
  value: string
  description?: string
}

/** Lists names; those that depend on what was typed get that. */
export type Source = (context: Context, current: string) => Promise<Candidate[]>

/** The names of one kind each; what lists them is loaded when first asked. */
export const sources = {
  profiles: async (context) => {
    const [{ builtInProfiles, findPreset }, { listProfiles }] = await Promise.all([
      import('../../settings/presets.ts'),
      import('../../settings/record.ts'),
    ])
    const builtIn = builtInProfiles.map((value) => ({ value, description: findPreset(value)?.title ?? '' }))
    try {
      const stored = await (await context.openStore()).profiles.read()
      const own = [...listProfiles(stored).keys()].map((value) => ({
        value,
        description: value === stored.default ? 'your default profile' : 'your profile',
      }))
      return [...own, ...builtIn]
    } catch {
      return builtIn
    }
  },
  presets: async () => {
    const { presets } = await import('../../settings/presets.ts')
    return Object.entries(presets).map(([value, { title }]) => ({ value, description: title }))
  },
  behaviours: async (_context, current) => {
    const { behaviours } = await import('../../simulator/behaviour/behaviours.ts')
    const [typed = ''] = current.split('@')
    return Object.entries(behaviours).flatMap(([value, { does, steps }]) =>
      current.includes('@') && value === typed
        ? steps.map((step) => ({ value: `${value}@${step}`, description: does }))
        : [{ value, description: does }],
    )
  },
  codes: async () => {
    const { explainAll } = await import('../../diagnosis/explain.ts')
    return explainAll().map(({ code, title }) => ({ value: code, description: title }))
  },
  settings: async () => {
    const { settings } = await import('../../settings/table.ts')
    return Object.entries(settings).map(([value, { description }]) => ({ value, description }))
  },
  schemas: async () => {
    const { schemaNames } = await import('../../report/schema/schemas.ts')
    return schemaNames.map((value) => ({ value }))
  },
  runs: async (context) => {
    const names = await (await context.openRuns()).names()
    return [
      { value: 'last', description: 'the newest run' },
      ...names.map(({ id, startedAt }) => ({ value: id, description: escapeText(startedAt) })),
    ]
  },
  interfaces: ({ network }) =>
    Promise.resolve(
      network.interfaces().map(({ name, addresses }) => ({ value: name, description: addresses.join(' ') })),
    ),
  addresses: ({ network }) =>
    Promise.resolve(
      network
        .interfaces()
        .flatMap(({ name, addresses }) => addresses.map((value) => ({ value, description: name }))),
    ),
} satisfies Record<string, Source>
