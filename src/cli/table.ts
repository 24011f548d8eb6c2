// Rows of text in columns.
import { escapeText } from '../wire/escape.ts'

/** Aligns rows in columns; the first row names them. */
export function table(rows: readonly (readonly string[])[], styleFirst: (text: string) => string): string {
  const cells = rows.map((row) => row.map((cell) => escapeText(cell)))
  const widths = (cells[0] ?? []).map((_, column) =>
    Math.max(...cells.map((row) => row[column]?.length ?? 0)),
  )
  return cells
    .map((row, index) => {
      const line = row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()
      return `${index === 0 ? styleFirst(line) : line}\n`
    })
    .join('')
}
