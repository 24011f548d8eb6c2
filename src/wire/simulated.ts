// What tells an answer of the simulator from one of a real gateway, and which verdicts of a mock are left to chance.

/** The header that every answer of the simulator carries, and that no other server sends; its value is the mode. */
export const simulatorHeader = 'x-nv-simulator'

/** How the simulator knows a line: `mock` takes the number at its word, `network` knows phones by their addresses. */
export const simulatorModes = ['mock', 'network'] as const
export type SimulatorMode = (typeof simulatorModes)[number]

/** The line that a mock takes every unnamed phone for. */
export const mockLine = '+34600000001'

/**
 * Tells whether a mock answers at random about a number: the simulator as well as Telefónica's Sandbox answers true
 * about one that ends in 1, false about one that ends in 2. Of a hash it knows the number only when that is the number
 * of the line that it takes the phone for.
 */
export function isRandomVerdict(
  phoneNumber: string,
  { isHashed = false, line = mockLine }: { isHashed?: boolean; line?: string } = {},
): boolean {
  return (isHashed && phoneNumber !== line) || !/[12]$/.test(phoneNumber)
}
