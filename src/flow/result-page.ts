// Says the result of a run on the phone that took part in it.
import type { Page } from '../reach/pages.ts'
import type { Run } from '../run/run.ts'

/** Chooses the page for a finished run. It names no number, and quotes nothing that came over the network. */
export function resultPage({ outcome, failedStep }: Run): Page {
  if (outcome === 'verified') {
    return { tone: 'good', title: 'Verified', text: "The phone number is the one of this phone's line." }
  }
  if (outcome === 'mismatch') {
    return { tone: 'bad', title: 'Mismatch', text: "The phone number is not the one of this phone's line." }
  }
  if (outcome === 'identified') {
    return {
      tone: 'good',
      title: 'Line identified',
      text: "The operator named the phone number of this phone's line. The terminal shows it.",
    }
  }
  return {
    tone: 'bad',
    title: 'Could not tell',
    text: `The step “${failedStep ?? 'prepare'}” failed. The terminal says why, and what to do.`,
  }
}
