// What Markdown is written with: tables, and other people's text, which must not become markup.
import { escapeText } from '../wire/escape.ts'

/** Draws a table; its cells are Markdown. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** Shows text in words: nothing in it is markup, and no name in it is called. */
export function prose(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeText(line, 600))
    .join(' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replace(/[\\`*_[\]#|~!]/g, '\\$&')
    .replaceAll('@', '@&#8203;')
}

/** Shows text as code: in a table a | would end the cell, and a ` the code. */
export function code(text: string): string {
  const shown = escapeText(text, 600).replaceAll('`', "'").replaceAll('|', '\\|')
  return shown.trim() === '' ? '' : `\`${shown}\``
}
