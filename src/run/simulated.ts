// Tells whether a simulator or a mock answered a run, and no real network.
import { headerOf } from '../wire/exchange.ts'
import { simulatorHeader } from '../wire/simulated.ts'
import type { Recording } from './recording.ts'

/** Presets whose gateway never asks a network. */
const mockPresets: ReadonlySet<string | null> = new Set(['simulator', 'sandbox-mock'])

/** Tells whether a mock gave the answer, whose verdict follows from the number alone. */
export function isMocked({ target, exchanges }: Pick<Recording, 'target' | 'exchanges'>): boolean {
  const modes = exchanges.flatMap(({ response }) => (response ? [headerOf(response, simulatorHeader)] : []))
  return modes.includes('mock') || (mockPresets.has(target.preset) && !modes.includes('network'))
}

/** Decides by the preset, or by the header that only the simulator sends. */
export function isSimulated({ target, exchanges }: Pick<Recording, 'target' | 'exchanges'>): boolean {
  return (
    mockPresets.has(target.preset) ||
    exchanges.some(({ response }) => response !== null && headerOf(response, simulatorHeader) !== null)
  )
}
