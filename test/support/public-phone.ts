// A phone out on the Internet: it knows the public names of fake tunnels, and follows redirects as a browser does.
import { CookieJar } from 'tough-cookie'
import { createSend } from '../../src/io/send.ts'
import { headerOf, headersOf, textOf } from '../../src/wire/exchange.ts'
import type { FakeTunnels } from './fake-tunnels.ts'

export interface Ended {
  url: string
  status: number
  text: string
}

export interface PublicPhone {
  /** Opens a URL, and gives the page that it ends on. */
  open(url: string): Promise<Ended>
  /** Sends a form to a URL, and gives the page that it ends on. */
  submit(url: string, form: Record<string, string>): Promise<Ended>
}

/** Makes one that reaches the tunnels through their proxy, and this machine's gateways directly. */
export function createPublicPhone({ env, ca }: Pick<FakeTunnels, 'env' | 'ca'>): PublicPhone {
  const send = createSend(env)
  const jar = new CookieJar()
  const browser = {
    'user-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile Safari/604.1',
    accept: 'text/html,*/*;q=0.8',
  }
  const go = async (first: string, form?: Record<string, string>): Promise<Ended> => {
    let body = form === undefined ? undefined : new URLSearchParams(form).toString()
    for (let url = first, hops = 0; hops < 20; hops++) {
      const cookie = await jar.getCookieString(url)
      const posted =
        body === undefined
          ? {}
          : { 'content-type': 'application/x-www-form-urlencoded', origin: new URL(url).origin }
      const { response, failure } = await send(
        {
          method: body === undefined ? 'GET' : 'POST',
          url,
          headers: { ...browser, ...posted, ...(cookie && { cookie }) },
          ...(body !== undefined && { body }),
        },
        { signal: AbortSignal.timeout(30_000), ca },
      )
      if (response === null) throw new Error(`The phone can't open ${url}: ${failure?.code}`)
      body = undefined
      for (const line of headersOf(response, 'set-cookie')) await jar.setCookie(line, url)
      const location = headerOf(response, 'location')
      if (location === null) return { url, status: response.status, text: textOf(response) }
      url = new URL(location, url).href
    }
    throw new Error('Too many redirects')
  }
  return { open: (url) => go(url), submit: go }
}
