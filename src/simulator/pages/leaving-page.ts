// The operator's page after a form: it goes on by itself, where a redirect would be held to the form's policy.
import { escapeHtml } from '../../wire/escape.ts'
import type { Reply } from '../response.ts'
import { replyPage } from './page.ts'

/** Renders the page that leads back to the aggregator. */
export function renderLeavingPage(location: string, detail: string): Reply {
  const href = escapeHtml(location)
  return replyPage({
    title: 'Back to the app',
    brand: 'Mobile operator',
    head: `<meta http-equiv="refresh" content="0; url=${href}">\n`,
    body: `<p class="lead">You will be redirected automatically.</p>
<div class="actions"><a class="button" href="${href}">Continue</a></div>`,
    detail,
  })
}
