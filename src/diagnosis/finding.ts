// Puts facts into the words of the catalogue. A code that does not exist, or a fact that is missing, does not compile.
import type { Finding } from '../run/finding.ts'
import type { StepName } from '../run/recording.ts'
import { catalogue, type Code, type FactsByCode } from './catalogue.ts'
import type { Words } from './catalogue/words.ts'

/** Where a finding belongs, and the exchanges that it rests on. */
export interface Place {
  step: 'prepare' | StepName
  evidence?: readonly number[]
}

const entries: { [C in Code]: (...facts: FactsByCode[C]) => Words } = catalogue

/** Makes the finding of a code from the facts that its entry needs. */
export function finding<C extends Code>(
  code: C,
  { step, evidence = [] }: Place,
  ...facts: FactsByCode[C]
): Finding {
  const words = entries[code](...facts)
  return {
    code,
    severity: words.severity ?? 'error',
    step,
    title: clip(words.title, 300),
    cause: clip(words.cause.trim(), 1000),
    fix: clip(words.fix, 1000),
    reference: words.reference === undefined || words.reference === null ? null : clip(words.reference, 500),
    evidence,
  }
}

/** Cuts what a server or a document made too long to be read. */
function clip(text: string, maxLength: number): string {
  return text.length > maxLength ? `${text.slice(0, maxLength).replace(/[\ud800-\udbff]$/, '')}…` : text
}
