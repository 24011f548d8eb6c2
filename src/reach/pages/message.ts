// The pages that say one thing: the result of a run, or why there is nothing at an address. They hold nothing from the
// request.
import { type Html, renderFrame, show, showEntry } from '../../pages/frame.ts'

export interface Page {
  tone: 'good' | 'bad' | 'neutral'
  title: string
  text: string
  /** What the page is about, as terms with their descriptions. */
  facts?: ReadonlyArray<readonly [term: string, description: string]>
  /** What to do now. */
  next?: string
  isSimulated?: boolean
}

/** Renders the page. Its texts may quote the gateway. */
export function renderPage({ tone, title, text, facts = [], next, isSimulated = false }: Page) {
  const list: Html =
    facts.length === 0
      ? ''
      : `\n<dl>\n${facts.map(([term, description]) => showEntry(show(term), show(description))).join('\n')}\n</dl>`
  return renderFrame({
    title,
    brand: 'Number Verification',
    icon: { good: 'done', bad: 'warning', neutral: 'mobile' }[tone] as 'done' | 'warning' | 'mobile',
    look: `message ${tone}`,
    body: `<p class="lead">${show(text, 600)}</p>${list}${next === undefined ? '' : `\n<p class="small">${show(next)}</p>`}`,
    footer: isSimulated
      ? 'Simulated on a developer’s machine: no real network involved.'
      : 'Shown by nv, on a developer’s machine.',
  })
}
