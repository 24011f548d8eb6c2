// Explains a finding by its code alone, in the words that its entry gives for general facts.
import type { Finding } from '../run/finding.ts'
import { type Code, themes } from './catalogue.ts'
import { startSentence } from './catalogue/words.ts'
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

/** Lists the codes, in the order of the catalogue. */
export function codeNames(): string[] {
  return Object.values(themes).flatMap((entries) => Object.keys(entries))
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
      (_all, before: string, words: string) => before + startSentence(words),
    )
}
