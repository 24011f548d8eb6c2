// Reads the pages that a tunnel's own service answers with in place of what is behind it.
import { headerOf, type ResponseMessage, textOf } from '../wire/exchange.ts'

export interface TunnelPage {
  /** The service, as people call it. */
  service: string
  /**
   * `warning`: a page that a browser has to be clicked through. `offline`: no tunnel is up under that name.
   * `refused`: one is, and can't connect to what it leads to. `login`: it lets nobody in without signing in.
   */
  kind: 'warning' | 'offline' | 'refused' | 'login'
  /** The button that leads past a warning; null if its name is not known. */
  button: string | null
}

interface Seen {
  status: number
  host: string
  text: string
  response: ResponseMessage
}

type Sign = readonly [
  service: string,
  kind: TunnelPage['kind'],
  fits: (seen: Seen) => boolean,
  button?: string,
]

const isAt = (host: string, ...domains: string[]) =>
  domains.some((domain) => host === domain || host.endsWith(`.${domain}`))
const ngrokCode = ({ response, text }: Seen) =>
  headerOf(response, 'ngrok-error-code') ?? /ERR_NGROK_\d+/.exec(text)?.[0] ?? null

/** The first that fits is taken. */
const signs: readonly Sign[] = [
  // @see https://ngrok.com/docs/errors
  ['ngrok', 'warning', (seen) => ngrokCode(seen) === 'ERR_NGROK_6024', 'Visit Site'],
  ['ngrok', 'refused', (seen) => /^ERR_NGROK_(8012|3004)$/.test(ngrokCode(seen) ?? '')],
  ['ngrok', 'offline', (seen) => ngrokCode(seen) !== null],
  [
    'Dev tunnels',
    'warning',
    ({ text }) => /about to connect to (a|this) developer tunnel/i.test(text),
    'Continue',
  ],
  [
    'Dev tunnels',
    'login',
    ({ host, status, response }) =>
      isAt(host, 'devtunnels.ms') &&
      (status === 401 || (status === 302 && /login|\/auth/i.test(headerOf(response, 'location') ?? ''))),
  ],
  // @see https://developers.cloudflare.com/support/troubleshooting/http-status-codes/cloudflare-1xxx-errors/
  ['Cloudflare', 'offline', ({ status, text }) => status === 530 || /error( code)?:? ?1033/i.test(text)],
  [
    'Cloudflare',
    'refused',
    ({ host, status, response }) =>
      status === 502 && (isAt(host, 'trycloudflare.com') || headerOf(response, 'server') === 'cloudflare'),
  ],
  [
    'localtunnel',
    'warning',
    ({ host, status, text }) =>
      isAt(host, 'loca.lt', 'localtunnel.me') && (status === 511 || /tunnel password|reminder/i.test(text)),
  ],
  ['localtunnel', 'offline', ({ host, status }) => isAt(host, 'loca.lt', 'localtunnel.me') && status >= 500],
  [
    'Serveo',
    'warning',
    ({ host, text }) => isAt(host, 'serveo.net', 'serveousercontent.com') && /warning|phishing/i.test(text),
  ],
  [
    'Pinggy',
    'warning',
    ({ host, text }) =>
      isAt(host, 'pinggy.link', 'pinggy.online', 'pinggy.io') &&
      /caution|phishing|enter site|proceed/i.test(text),
  ],
  ['localhost.run', 'offline', ({ text }) => /no tunnel here/i.test(text)],
]

/** Names what answered in place of a tunnel's end, by the host that was asked; null: nothing that is known. */
export function readTunnelPage(response: ResponseMessage | null, host: string): TunnelPage | null {
  if (response === null) return null
  const seen = {
    status: response.status,
    host: host.toLowerCase(),
    text: textOf(response).slice(0, 32_768),
    response,
  }
  const [service, kind, , button = null] = signs.find(([, , fits]) => fits(seen)) ?? []
  return service === undefined || kind === undefined ? null : { service, kind, button: button ?? null }
}
