// Draws a QR code with characters, so that it scans on dark and on light terminals.
import { encode } from 'uqr'
import type { Output } from '../context.ts'

const border = 2

export type QrCode = { kind: 'drawn'; text: string; columns: number; rows: number } | { kind: 'too-long' }

/**
 * Draws two modules a character. With colour each line sets black on white itself; without it the drawing
 * assumes a dark terminal.
 */
export function drawQrCode(text: string, hasColor: boolean): QrCode {
  const modules = encodeModules(text)
  if (modules === null) return { kind: 'too-long' }
  const size = modules.length
  const lines: string[] = []
  for (let y = 0; y < size; y += 2) {
    let line = ''
    for (let x = 0; x < size; x++)
      line += halfBlocks[(isDark(modules, x, y) ? 2 : 0) + (isDark(modules, x, y + 1) ? 1 : 0)]
    lines.push(hasColor ? `\u001b[97;40m${line}\u001b[0m` : line)
  }
  return { kind: 'drawn', text: `${lines.join('\n')}\n`, columns: size, rows: lines.length }
}

/** By upper and lower module: light light, light dark, dark light, dark dark. Light is drawn, dark is background. */
const halfBlocks = ['█', '▀', '▄', ' ']

function isDark(modules: boolean[][], x: number, y: number): boolean {
  return modules[y]?.[x] ?? false
}

function encodeModules(text: string): boolean[][] | null {
  try {
    return encode(text, { border }).data
  } catch (error) {
    if (error instanceof RangeError || (error instanceof Error && /too long/i.test(error.message)))
      return null
    throw error
  }
}

/** Says what a terminal lacks to show the code whole; null when it fits. */
export function missingSpace(
  { columns, rows }: { columns: number; rows: number },
  output: Output,
): string | null {
  if (columns <= output.columns && rows < output.rows) return null
  return `The QR code needs ${columns} columns and ${rows + 1} rows, and the terminal has ${output.columns} and ${output.rows}: enlarge it or use a smaller font.`
}
