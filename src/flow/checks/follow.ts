// Asks to authorize without a phone: up to where the gateway redirects the phone, and no further.
import { isRedirectTo } from '../../oauth/redirect-uri.ts'
import { maxHops } from '../../reach/ways/direct.ts'
import { describeResponse, nothing, refuseState } from '../../reach/arrival.ts'
import { headerOf, headersOf } from '../../wire/exchange.ts'
import type { Recorder } from '../recorder.ts'
import type { Reply, Send } from '../send.ts'

/** How the gateway answered. */
export interface Authorized {
  exchanges: readonly number[]
  last: Reply
  /** Where it sent the phone on to, outside of itself; null: nowhere. */
  sentOnTo: URL | null
  /** What it sent to the redirect_uri; null: nothing. */
  response: URLSearchParams | null
}

/**
 * Follows the redirects that stay with the gateway, with its cookies: those within its origin, and one that moves the
 * request as it is to another scheme or port. Neither the redirect_uri nor another host is asked.
 */
export async function followWithin(
  send: Send,
  { arrive }: Pick<Recorder, 'arrive'>,
  {
    url,
    redirectUri,
    state,
    kind = 'authorize',
  }: { url: string; redirectUri: string; state: string; kind?: 'authorize' | 'probe' },
): Promise<Authorized> {
  const { origin } = new URL(url)
  const cookies = new Map<string, string>()
  const exchanges: number[] = []
  for (let next = url; ;) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    const headers = { accept: 'text/html,*/*;q=0.8', ...(cookie === '' ? {} : { cookie }) }
    const request = { method: 'GET', url: next, headers, isFromPhone: true }
    const last = await send({ ...request, step: 'authorize', kind })
    exchanges.push(last.exchange)
    for (const [name, value] of cookiesOf(last)) cookies.set(name, value)
    const location = locationOf(last, next)
    if (location !== null && isRedirectTo(redirectUri, location)) {
      const response = location.searchParams
      const what = describeResponse(response, (sent) => sent === state, false)
      const { host, pathname: path } = location
      arrive({
        via: 'direct',
        from: null,
        what: { ...nothing, kind: 'address', host, path, ...what },
        // An error tells of the request, with or without a state.
        verdict: (response.has('code') ? refuseState(what.state) : null) ?? 'taken',
      })
      return { exchanges, last, sentOnTo: null, response }
    }
    const isWithin = location !== null && (location.origin === origin || isMoved(new URL(url), location))
    if (!isWithin || exchanges.length >= maxHops)
      return { exchanges, last, sentOnTo: location, response: null }
    next = location.href
  }
}

/** Tells whether a redirect only moves a request: it has our parameters still, so that nobody has looked at them. */
function isMoved(asked: URL, location: URL): boolean {
  const names = ['client_id', 'redirect_uri', 'state']
  return (
    asked.hostname === location.hostname &&
    location.protocol === 'https:' &&
    names.every((name) => location.searchParams.get(name) === asked.searchParams.get(name))
  )
}

function locationOf({ answer }: Reply, url: string): URL | null {
  const location =
    answer !== null && answer.status >= 300 && answer.status < 400 ? answer.headers.get('location') : null
  return location !== null && URL.canParse(location, url) ? new URL(location, url) : null
}

function cookiesOf({ sent }: Reply): Array<[string, string]> {
  if (sent.response === null || headerOf(sent.response, 'set-cookie') === null) return []
  return headersOf(sent.response, 'set-cookie').flatMap((header): Array<[string, string]> => {
    const [pair = ''] = header.split(';', 1)
    const equals = pair.indexOf('=')
    return equals > 0 ? [[pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()]] : []
  })
}
