// Says the result of a run to whoever looks at a page of it: the phone that took part, or the one at the terminal.
import { maskPhoneNumber } from '../../camara/phone-number.ts'
import type { Page } from '../../reach/pages/message.ts'
import type { Run } from '../../run/run.ts'

/** Chooses the page for a finished run. It names no whole number, and quotes nothing that came over the network. */
export function resultPage(run: Run): Page {
  const page = pageOf(run)
  return {
    ...page,
    title: run.simulated ? `${page.title} (simulated)` : page.title,
    isSimulated: run.simulated,
  }
}

function pageOf(run: Run): Pick<Page, 'tone' | 'title' | 'text'> {
  const { outcome, failedStep, end } = run
  if (outcome === 'verified') return { tone: 'good', title: 'Verified', text: 'This phone has that number.' }
  if (outcome === 'mismatch')
    return { tone: 'bad', title: 'Mismatch', text: 'This phone does not have that number.' }
  if (outcome === 'identified') {
    return {
      tone: 'good',
      title: 'Number identified',
      text: 'The operator knows the number of this phone. The terminal shows it.',
    }
  }
  if (end.kind === 'interrupted')
    return { tone: 'neutral', title: 'Stopped', text: 'The check was stopped before it had a result.' }
  return {
    tone: 'bad',
    title: 'Could not tell',
    text: `The step “${failedStep ?? 'prepare'}” failed. The terminal says why, and what to do.`,
  }
}

/** Adds for the phone what was asked, of whom, and that it is over. */
export function phoneResultPage(run: Run): Page {
  const { phoneNumber, profile, outcome } = run
  const isKnown = phoneNumber !== null && outcome !== 'identified'
  const host = hostOf(profile.apiUrl)
  return {
    ...resultPage(run),
    facts: [
      ...(isKnown ? [['Number', maskPhoneNumber(phoneNumber)] as const] : []),
      ...(host === null ? [] : [['Asked', host] as const]),
    ],
    next: 'You can close this page, and turn Wi-Fi on again.',
  }
}

function hostOf(url: string | null): string | null {
  return url !== null && URL.canParse(url) ? new URL(url).host : null
}
