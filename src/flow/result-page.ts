// Says the result of a run on the phone that took part in it.
import type { Page } from '../reach/pages/message.ts'
import type { Run } from '../run/run.ts'

/** Chooses the page for a finished run. It names no number, and quotes nothing that came over the network. */
export function resultPage(run: Run): Page {
  const page = pageOf(run)
  return run.simulated ? { ...page, title: `${page.title} (simulated)` } : page
}

function pageOf({ outcome, failedStep }: Run): Page {
  if (outcome === 'verified')
    return { tone: 'good', title: 'Verified', text: 'This phone has that number. You can close this page.' }
  if (outcome === 'mismatch') {
    return {
      tone: 'bad',
      title: 'Mismatch',
      text: 'This phone does not have that number. You can close this page.',
    }
  }
  if (outcome === 'identified') {
    return {
      tone: 'good',
      title: 'Number identified',
      text: 'The operator knows the number of this phone. The terminal shows it.',
    }
  }
  return {
    tone: 'bad',
    title: 'Could not tell',
    text: `The step “${failedStep ?? 'prepare'}” failed. The terminal says why, and what to do.`,
  }
}
