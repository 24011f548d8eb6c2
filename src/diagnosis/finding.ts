// Puts facts into the words of the catalogue. A code that does not exist, or a fact that is missing, does not compile.
import type { Finding } from '../run/finding.ts'
import type { StepName } from '../run/recording.ts'
import { cutText } from '../wire/text.ts'
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
  // A server or a document may have made it too long to be read.
  return {
    code,
    severity: words.severity ?? 'error',
    step,
    title: cutText(words.title, 300),
    cause: cutText(words.cause.trim(), 1000),
    fix: cutText(words.fix, 1000),
    reference:
      words.reference === undefined || words.reference === null ? null : cutText(words.reference, 500),
    evidence,
  }
}
