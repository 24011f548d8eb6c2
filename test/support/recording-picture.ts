// Draws what a terminal showed as an SVG whose rows appear one after the other. It loads nothing and runs no script.
import type { Cell, Row } from './screen.ts'

const cell = { width: 8.4, height: 19 }
const margin = 16
const bar = 30
const colours = [
  ['#3b4252', '#ff7b72', '#56d364', '#e3b341', '#79c0ff', '#d2a8ff', '#56d4dd', '#d0d7de'],
  ['#8b949e', '#ffa198', '#7ee787', '#f2cc60', '#a5d6ff', '#e2c5ff', '#7ce3ea', '#ffffff'],
].flat()

export interface Timed {
  row: Row
  /** When the row appears, in seconds. */
  appears: number
}

/** Draws rows as an SVG of a width in columns. */
export function drawRecording(rows: readonly Timed[], columns: number, title: string): string {
  const width = Math.round(columns * cell.width + 2 * margin)
  // A first look must not find it empty.
  const start = Math.min(...rows.map(({ appears }) => appears)) - 0.1
  let y = bar - 5
  const lines = rows.map(({ row, appears }, index) => {
    const isCommand = row.cells[0]?.character === '$'
    y += isCommand && index > 0 ? 1.5 * cell.height : cell.height
    const runs = runsOf(row.cells).map(({ column, cells }) => drawRun(column, cells))
    return `<text y="${y}" style="animation-delay:${(appears - start).toFixed(2)}s">${runs.join('')}</text>`
  })
  const height = Math.ceil(y + margin)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeXml(title)}">
<title>${escapeXml(title)}</title>
<style>
text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#d0d7de;white-space:pre;animation:appear .01s both}
@keyframes appear{from{opacity:0}}
@media (prefers-reduced-motion:reduce){text{animation:none}}
</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="#0d1117" stroke="#444c56"/>
<g fill="#444c56"><circle cx="18" cy="16" r="5"/><circle cx="36" cy="16" r="5"/><circle cx="54" cy="16" r="5"/></g>
${lines.join('\n')}
</svg>
`
}

interface Run {
  column: number
  cells: Cell[]
}

/** Joins neighbours of one style; blanks at the end are left out. */
function runsOf(cells: readonly Cell[]): Run[] {
  const runs: Run[] = []
  for (const [column, next] of cells.entries()) {
    const last = runs.at(-1)
    if (last && styleOf(last.cells[0] ?? next) === styleOf(next)) last.cells.push(next)
    else runs.push({ column, cells: [next] })
  }
  const last = runs.at(-1)
  while (last?.cells.at(-1)?.character === ' ') last.cells.pop()
  return runs.filter((run) => run.cells.length > 0)
}

function styleOf({ bold, dim, colour }: Cell): string {
  const fill = colour === null ? '' : ` fill="${colours[colour]}" style="fill:${colours[colour]}"`
  return `${fill}${bold ? ' font-weight="bold"' : ''}${dim ? ' fill-opacity=".65"' : ''}`
}

/** Each run has its place and its length, so that columns stand one below the other in any font. */
function drawRun(column: number, cells: readonly Cell[]): string {
  const [first] = cells
  if (!first) return ''
  const text = escapeXml(cells.map(({ character }) => character).join(''))
  const x = (margin + column * cell.width).toFixed(1)
  return `<tspan x="${x}" textLength="${(cells.length * cell.width).toFixed(1)}"${styleOf(first)}>${text}</tspan>`
}

/** Reads the rows of a picture back as text. */
export function readRecording(picture: string): string {
  return [...picture.matchAll(/<text [^>]*>(.*)<\/text>/g)]
    .map(([, row = '']) =>
      row
        .replaceAll(/<tspan x="([\d.]+)"[^>]*>([^<]*)<\/tspan>/g, '$2')
        .replaceAll('&lt;', '<')
        .replaceAll('&gt;', '>')
        .replaceAll('&quot;', '"')
        .replaceAll('&amp;', '&'),
    )
    .join('\n')
}

function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
