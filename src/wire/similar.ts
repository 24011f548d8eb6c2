// Finds the known names that an unknown one may stand for.

/**
 * Finds three names at most: those that begin with the text, then those that hold it, begin it or share a whole word
 * with it, then those spelled nearly so.
 */
export function findSimilar(typed: string, names: readonly string[]): string[] {
  const text = squeeze(typed)
  if (text === '' || text.length > 60) return []
  const words = wordsOf(text)
  const most = Math.max(2, Math.floor(text.length / 3))
  return names
    .map((name) => ({ name, rank: rankOf(text, words, squeeze(name)) }))
    .filter(({ rank }) => rank <= most)
    .sort((one, other) => one.rank - other.rank)
    .slice(0, 3)
    .map(({ name }) => name)
}

/** Says which names were perhaps meant, as an open sentence; null when none comes near. */
export function suggest(typed: string, names: readonly string[]): string | null {
  const near = findSimilar(typed, names)
  return near.length === 0 ? null : `Perhaps ${near.join(', ')}`
}

function squeeze(name: string): string {
  return name.trim().toLowerCase().replaceAll('_', '-')
}

/** Short words such as "no" and "in" occur in too many names. */
function wordsOf(text: string): string[] {
  return text.split('-').filter((word) => word.length > 3)
}

function rankOf(text: string, words: readonly string[], name: string): number {
  const edits = countEdits(text, name)
  // One letter that is wrong in a long name is surer than a word that the names share.
  if (edits <= Math.floor(text.length / 6)) return edits - 100
  if (text.length > 2 && name.includes(text)) return name.startsWith(text) ? -60 : -50
  if (name.length > 1 && text.startsWith(name)) return -40
  const shared = words.filter((word) => wordsOf(name).includes(word)).length
  if (shared > 0) return -10 * shared
  // A name of three letters is as near to any other as two wrong letters.
  return edits < Math.max(text.length, name.length) - 1 ? edits : Infinity
}

/** Counts the letters to insert, delete or replace between two words. @see https://doi.org/10.1145/321796.321811 */
export function countEdits(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [index, letter] of [...from].entries()) {
    let [diagonal = 0] = row
    row = row.reduce<number[]>((next, above, column) => {
      const edits =
        column === 0
          ? index + 1
          : Math.min((next[column - 1] ?? 0) + 1, above + 1, diagonal + (to[column - 1] === letter ? 0 : 1))
      diagonal = above
      return [...next, edits]
    }, [])
  }
  return row[to.length] ?? 0
}
