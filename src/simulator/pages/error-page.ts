// The page that a person sees when an authorization stops before it can go back to the app.
import type { OAuthProblem, Reply } from '../response.ts'
import { replyPage, show } from './page.ts'

/** Renders an error for a person; `place` is the server at which it stopped. */
export function renderErrorPage(
  { error, description }: OAuthProblem,
  { status, place, detail }: { status: number; place: 'gateway' | 'operator'; detail: string },
): Reply {
  const isRequest = place === 'gateway'
  const advice = isRequest
    ? 'The app gets no answer, since the gateway can’t be sure where to send it. Fix the request in the app and start again.'
    : 'If the app already has its answer, you can ignore this page. Otherwise start again in the app, and stay in one window.'
  const body = `<p class="lead">${isRequest ? 'The gateway can’t process the app’s request.' : 'This session can’t continue.'}</p>
<p class="cause">${show(description)}</p>
<h2>What to do</h2>
<p>${advice}</p>
<p class="small">Error <code>${show(error)}</code>, HTTP ${status}</p>`
  return replyPage({
    status,
    title: 'That didn’t work',
    brand: 'Open Gateway',
    look: 'bad',
    body,
    detail,
  })
}
