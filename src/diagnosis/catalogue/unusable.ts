// What any endpoint may answer that can't be used: something other than expected, or a redirect of credentials.
import type { Page } from '../page.ts'
import { describePage, explainPageForProgram } from './pages.ts'
import { askOperator, quote, rfc6749, startSentence, withStatus, type Words } from './words.ts'

/** An answer that lacks what was expected. */
export interface Unreadable {
  host: string
  status: number
  /** What it was instead. */
  found: string
  page: Page | null
  says: string | null
  /** The flag of the URL, and what gave it its value. */
  source: string
  /** What stands there that looks like what was expected; null: nothing. */
  lookalike: string | null
}

/** An endpoint that redirected a request which carried credentials. */
export interface Redirected {
  host: string
  status: number
  location: string | null
}

/** Describes an answer that lacks what was expected. */
export function explainUnreadable(
  { host, status, found, page, says, lookalike }: Unreadable,
  setting: string,
): Pick<Words, 'cause' | 'fix'> {
  const explained = page === null ? null : explainPageForProgram(page, setting)
  const what =
    page !== null
      ? `${host} returned ${describePage(page)}, not JSON.`
      : `${quote(says)}${startSentence(host)} returned ${found}.`
  if (lookalike !== null)
    return {
      cause: `${what} ${lookalike}`,
      fix: `Report it to the provider: clients only read the member that the standard names. Also check ${setting}.`,
    }
  if (explained !== null) return { cause: `${what} ${explained.means}`, fix: explained.fix }
  if (status === 202)
    return {
      cause: `${what} HTTP 202 means that it is not done yet. The standard has authorization_pending for that, and nv only waits for that.`,
      fix: 'Ask the provider how its clients wait, with the time and the correlator of the request.',
    }
  if (status === 404 || status === 405)
    return { cause: `${what} That address is not the endpoint.`, fix: `Check ${setting}.` }
  return status >= 400
    ? {
        cause: `${what} Something in front of the endpoint may have refused, or the URL is wrong.`,
        fix: `Check ${setting}. If it is right, ask the provider, with the time and the correlator of the request.`,
      }
    : says !== null || found.startsWith('an access_token')
      ? {
          cause: what,
          fix: `Ask the provider what it means, with the time and the correlator of the request. Also check ${setting}.`,
        }
      : /^(data|JSON that|text in)/.test(found)
        ? {
            cause: `${what} The server or a proxy cut it, or encoded it differently than announced.`,
            fix: `Try another network, and check ${setting}. If that does not help, ${askOperator}.`,
          }
        : {
            cause: `${what} Likely the URL is wrong, or something on the way answered instead of the endpoint.`,
            fix: `Check ${setting}.`,
          }
}

/** Says that an endpoint redirected a request that carried credentials. */
export function redirected(name: string, { host, status, location }: Redirected): Words {
  return {
    title: `The ${name} at ${host} redirected${withStatus({ status })}`,
    cause: `It pointed ${location === null ? 'nowhere' : `to ${location}`}. Credentials are never sent after a redirect.`,
    fix: 'If you trust the target, configure it as the URL.',
    reference: `${rfc6749}#section-10.9`,
  }
}
