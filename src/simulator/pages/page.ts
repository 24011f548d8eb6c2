// What the simulator's pages have in common: what they are answered with, and the line that says that they are simulated.
import { type Frame, renderFrame } from '../../pages/frame.ts'
import type { Reply } from '../response.ts'

export { type Html, show, showEntry, showNumber } from '../../pages/frame.ts'

export interface Page extends Pick<Frame, 'title' | 'brand' | 'body' | 'head'> {
  status?: number
  /** Classes of the body element. */
  look?: 'bad' | 'wide'
  /** For the log. */
  detail: string
}

/** Answers with a page. Its forms go to its own origin. */
export function replyPage({ status = 200, detail, ...page }: Page): Reply {
  const icon = page.look === 'bad' ? 'warning' : 'mobile'
  const footer = 'Simulated on this machine: no real network involved.'
  const { html, headers } = renderFrame({ ...page, icon, footer, forms: 'self' })
  return { status, headers, body: html, detail }
}
