// Draws a QR code with characters, so that it scans on dark and on light terminals.
import type { Output } from '../context.ts'
import { encodeQrCode } from '../pages/qr-code.ts'

const border = 2

export interface QrCode {
  text: string
  columns: number
  rows: number
}

/**
 * Draws two modules a character; null when the text is too long for any QR code. With colour each line sets black on white itself; without it the drawing
 * assumes a dark terminal.
 */
export function drawQrCode(text: string, hasColor: boolean): QrCode | null {
  const modules = encodeQrCode(text, border)
  if (modules === null) return null
  const size = modules.length
  const lines: string[] = []
  for (let y = 0; y < size; y += 2) {
    let line = ''
    for (let x = 0; x < size; x++)
      line += halfBlocks[(isDark(modules, x, y) ? 2 : 0) + (isDark(modules, x, y + 1) ? 1 : 0)]
    lines.push(hasColor ? `\u001b[97;40m${line}\u001b[0m` : line)
  }
  return { text: `${lines.join('\n')}\n`, columns: size, rows: lines.length }
}

/** By upper and lower module: light light, light dark, dark light, dark dark. Light is drawn, dark is background. */
const halfBlocks = ['█', '▀', '▄', ' ']

function isDark(modules: boolean[][], x: number, y: number): boolean {
  return modules[y]?.[x] ?? false
}

/** The lines below everything else: where the page is, and what is waited for. */
const waitingLines = 4

/** Measures the code with a text below it, and tells whether a terminal shows both whole. */
export function measureRoom(
  { columns, rows }: QrCode,
  below: string,
  output: Output,
): { columns: number; rows: number; fits: boolean } {
  const textLines = below.split('\n').reduce((sum, line) => sum + Math.ceil(line.length / output.columns), 0)
  const needed = rows + textLines + waitingLines
  return { columns, rows: needed, fits: columns <= output.columns && needed <= output.rows }
}

/** Says what a terminal lacks to show the whole code with a text below it; empty when it fits. */
export function describeMissingSpace(qrCode: QrCode, below: string, output: Output): string {
  const { columns, rows, fits } = measureRoom(qrCode, below, output)
  if (fits) return ''
  return `The QR code needs ${columns} columns and ${rows} rows; the terminal has ${output.columns} and ${output.rows}.\n`
}
