// Reads what a program writes to a terminal: which characters stand where in the end, in which style, and since when.

export interface Style {
  bold: boolean
  dim: boolean
  /** One of the 16 colours of a terminal; null: the usual one. */
  colour: number | null
}

export interface Cell extends Style {
  character: string
}

export interface Row {
  cells: Cell[]
  /** When it last changed, in ms. */
  at: number
}

const plain: Style = { bold: false, dim: false, colour: null }
const escape = '\u001B'
const bell = '\u0007'
const piece = new RegExp(
  `${escape}\\[([?0-9;]*)([A-Za-z])|${escape}\\][^${bell}${escape}]*(?:${bell}|${escape}\\\\)|${escape}.|[^${escape}]`,
  'gsu',
)

/** Makes a screen of a width without an end below, and without a past above: nothing scrolls away. */
export function createScreen(columns: number) {
  const rows: Row[] = [{ cells: [], at: 0 }]
  let line = 0
  let column = 0
  let style = plain

  const row = (at: number): Row => {
    while (rows.length <= line) rows.push({ cells: [], at })
    return rows[line] as Row
  }
  const put = (character: string, at: number): void => {
    if (column >= columns) {
      line += 1
      column = 0
    }
    const { cells } = row(at)
    while (cells.length < column) cells.push({ ...plain, character: ' ' })
    cells[column] = { ...style, character }
    row(at).at = at
    column += 1
  }
  const control = (name: string, numbers: readonly number[], at: number): void => {
    const [first = 0] = numbers
    const count = Math.max(first, 1)
    if (name === 'm') style = numbers.reduce(restyle, style)
    else if (name === 'A') line = Math.max(0, line - count)
    else if (name === 'B') line += count
    else if (name === 'C') column += count
    else if (name === 'D') column = Math.max(0, column - count)
    else if (name === 'G') column = count - 1
    else if (name === 'K') {
      const { cells } = row(at)
      cells.splice(first === 2 ? 0 : column)
    } else if (name === 'J' && first === 0) {
      row(at).cells.splice(column)
      rows.splice(line + 1)
    } else if (name !== 'h' && name !== 'l') throw new Error(`The screen knows no control sequence ${name}`)
  }

  return {
    rows,
    /** Takes what was written at a time. */
    write(text: string, at: number): void {
      for (const [whole, numbers = '', name] of text.matchAll(piece)) {
        if (name !== undefined) control(name, numbers.replace('?', '').split(';').map(Number), at)
        else if (whole === '\r') column = 0
        else if (whole === '\n') line += 1
        else if (whole === '\b') column = Math.max(0, column - 1)
        else if (whole >= ' ') put(whole, at)
      }
    },
  }
}

function restyle(style: Style, number: number): Style {
  if (number === 0) return plain
  if (number === 1) return { ...style, bold: true }
  if (number === 2) return { ...style, dim: true }
  if (number === 22) return { ...style, bold: false, dim: false }
  if (number >= 30 && number <= 37) return { ...style, colour: number - 30 }
  if (number >= 90 && number <= 97) return { ...style, colour: number - 90 + 8 }
  if (number === 39) return { ...style, colour: null }
  throw new Error(`The screen knows no style ${number}`)
}
