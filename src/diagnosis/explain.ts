// Explains a finding by its code alone, in the words that its entry gives for general facts.
import type { Finding } from '../run/finding.ts'
import { type Code, themes } from './catalogue.ts'
import { capitalize } from './catalogue/words.ts'
import { finding } from './finding.ts'
import { samples } from './samples.ts'

export interface Explanation extends Pick<
  Finding,
  'code' | 'severity' | 'title' | 'cause' | 'fix' | 'reference'
> {
  theme: string
}

/** Explains every code, in the order of the catalogue. */
export function explainAll(): Explanation[] {
  return Object.entries(themes).flatMap(([theme, entries]) =>
    Object.keys(entries).map((code) => explainOne(theme, code as Code)),
  )
}

/** Explains a code, in whatever case; null when no code has that name. */
export function explainCode(name: string): Explanation | null {
  const code = name
    .trim()
    .toLowerCase()
    .replace(/^number_verification\./, '')
    .replaceAll('-', '_')
  return explainAll().find((explanation) => explanation.code === code) ?? null
}

/** Finds the codes that come near a name, the nearest first. */
export function findSimilar(name: string): string[] {
  const wanted = name.slice(0, 80).toLowerCase().replaceAll('-', '_')
  const words = wanted.split('_').filter((word) => word.length > 3)
  const ranked = explainAll().flatMap(({ code }) => {
    const distance = distanceOf(wanted, code)
    const shared = words.filter((word) => code.includes(word)).length
    const isNear = distance <= Math.max(2, Math.floor(code.length / 4))
    return isNear || shared > 0 ? [{ code, rank: distance - 6 * shared }] : []
  })
  return ranked
    .toSorted((one, other) => one.rank - other.rank)
    .slice(0, 3)
    .map(({ code }) => code)
}

function explainOne(theme: string, code: Code): Explanation {
  const make = finding as (code: Code, place: { step: 'prepare' }, ...facts: readonly unknown[]) => Finding
  const { severity, title, cause, fix, reference } = make(code, { step: 'prepare' }, ...samples[code])
  return {
    code,
    theme,
    severity,
    title: general(title),
    cause: general(cause),
    fix: general(fix),
    reference,
  }
}

/** Takes out the status of the sample, and begins each sentence with a capital. */
function general(text: string): string {
  return text
    .replace(/ \(HTTP \d+\)/g, '')
    .replace(
      /(^|[.?!] )(the gateway|its|it)\b/g,
      (_all, before: string, words: string) => before + capitalize(words),
    )
}

/** Counts the letters to insert, delete or replace between two words (Levenshtein). */
function distanceOf(one: string, other: string): number {
  let previous = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let i = 1; i <= one.length; i++) {
    const row = [i]
    for (let j = 1; j <= other.length; j++) {
      const replaced = (previous[j - 1] ?? 0) + (one[i - 1] === other[j - 1] ? 0 : 1)
      row.push(Math.min(replaced, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[other.length] ?? 0
}
