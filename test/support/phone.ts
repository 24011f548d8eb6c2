// A phone that follows redirects from an address of its own, or a browser in which a person fills in forms.
import { request } from 'node:http'
import { CookieJar } from 'tough-cookie'
import { listen } from '../../src/io/listener.ts'
import { redirectUri } from './simulator.ts'

/** What the phone ends on: a page or an error of a server, or an address of the app, which is not requested. */
export interface Arrival {
  /** The address of the app; null: the phone is still at a server. */
  app: URL | null
  url: string
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
}

export interface Phone {
  jar: CookieJar
  open(url: string): Promise<Arrival>
  /** Sends the form of a page, with its hidden fields and what is picked already, and goes on from there. */
  submit(page: Arrival, values?: Record<string, string>): Promise<Arrival>
}

const browserHeaders = {
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
  'user-agent': 'Mozilla/5.0 (Linux; Android 14)',
}

export interface PhoneOptions {
  /** The address that its requests come from. */
  localAddress?: string
  isBrowser?: boolean
  /** Addresses that start so are the app's. */
  app?: string
  /** Sends these on every request. */
  headers?: Record<string, string>
  keepsCookies?: boolean
}

/** Makes a phone with no cookies yet. */
export function createPhone(options: PhoneOptions = {}): Phone {
  const { localAddress = '127.0.0.1', isBrowser = false, app = redirectUri, keepsCookies = true } = options
  const jar = new CookieJar()
  const headers = { ...(isBrowser ? browserHeaders : {}), ...options.headers }

  const send = async (url: string, form?: URLSearchParams): Promise<Arrival> => {
    const cookie = keepsCookies ? await jar.getCookieString(url) : ''
    const arrival = await sendRequest(url, {
      localAddress,
      ...(form && { body: form.toString() }),
      headers: { ...headers, ...(cookie && { cookie }) },
    })
    for (const line of [arrival.headers['set-cookie'] ?? []].flat()) await jar.setCookie(line, url)
    return arrival
  }

  const goOn = async (first: Arrival): Promise<Arrival> => {
    let arrival = first
    for (let hops = 0; hops < 10; hops++) {
      const target = nextOf(arrival)
      if (target === null) return arrival
      const next = new URL(target, arrival.url)
      if (next.href.startsWith(app)) return { ...arrival, app: next }
      arrival = await send(next.href)
    }
    throw new Error('Too many redirects')
  }

  return {
    jar,
    open: async (url) => goOn(await send(url)),
    submit: async (page, values = {}) => {
      const form = readForm(page)
      for (const [name, value] of Object.entries(values)) form.values.set(name, value)
      return goOn(await send(form.action, form.values))
    },
  }
}

/** The form of a page, as a browser would send it when nothing is changed. */
export function readForm({ body, url }: Arrival): { action: string; values: URLSearchParams } {
  const action = /<form method="post" action="([^"]*)"/.exec(body)?.[1]
  if (action === undefined) throw new Error(`There is no form: ${body.slice(0, 300)}`)
  const inputs = [...body.matchAll(/<input [^>]*>/g)].map(([input]) => input)
  const sent = inputs.filter((input) => / type="hidden"| checked/.test(input))
  const attribute = (input: string, name: string) => new RegExp(` ${name}="([^"]*)"`).exec(input)?.[1] ?? ''
  return {
    action: new URL(action, url).href,
    values: new URLSearchParams(
      sent.map((input): [string, string] => [attribute(input, 'name'), attribute(input, 'value')]),
    ),
  }
}

/** Where an answer sends the browser on its own: by a redirect, or by a page that refreshes at once. */
function nextOf({ headers, body }: Arrival): string | null {
  if (typeof headers['location'] === 'string') return headers['location']
  return (
    /<meta http-equiv="refresh" content="0; url=([^"]*)"/.exec(body)?.[1]?.replaceAll('&amp;', '&') ?? null
  )
}

function sendRequest(
  url: string,
  { body, headers, localAddress }: { body?: string; headers: Record<string, string>; localAddress: string },
): Promise<Arrival> {
  return new Promise((resolve, reject) => {
    const method = body === undefined ? 'GET' : 'POST'
    const type = body === undefined ? {} : { 'content-type': 'application/x-www-form-urlencoded' }
    const sent = request(url, { method, localAddress, headers: { ...type, ...headers } }, (response) => {
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk: string) => (text += chunk))
      response.on('error', reject)
      response.on('end', () =>
        resolve({
          app: null,
          url,
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: text,
        }),
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Tells whether this machine has more loopback addresses than one; not every system does. */
export async function hasLoopback(address: string): Promise<boolean> {
  return listen(address, 0, () => ({ status: 204 })).then(
    (listener) => listener.close().then(() => true),
    () => false,
  )
}
