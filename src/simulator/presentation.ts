// How an answer is given to a browser: an error as a page, and a hop of the chain to scripts of other origins too.
import type { BehaviourStep } from './behaviour/behaviour.ts'
import { renderErrorPage } from './pages/error-page.ts'
import { headerValues, type Call } from './request.ts'
import type { Reply } from './response.ts'
import { isBrowser } from './user-agent.ts'

/**
 * Turns an error into a page for a person who looks at it, and lets a script's fetch follow the chain from the page of
 * another origin. Such a script sees no pages: in network mode it is recognised by its address, or not at all.
 * @see https://fetch.spec.whatwg.org/#http-access-control-allow-origin
 */
export function present(reply: Reply, call: Call, step: BehaviourStep | undefined): Reply {
  const isHop = step === 'authorize' || step === 'operator'
  const shown =
    isHop && isBrowser(call) ? showProblem(reply, step === 'authorize' ? 'gateway' : 'operator') : reply
  if (isHop && headerValues(call.headers, 'origin').length > 0) {
    shown.headers['access-control-allow-origin'] = '*'
  }
  return shown
}

function showProblem(reply: Reply, place: 'gateway' | 'operator'): Reply {
  const { problem, status, detail } = reply
  if (!problem) return reply
  const page = renderErrorPage(problem, { status, place, detail: detail ?? problem.error })
  return { ...reply, ...page, headers: { ...reply.headers, ...page.headers } }
}
