// Behaviours that answer with a status of HTTP that something before the endpoint gives, with a page or nothing.
import type { Reply } from '../response.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { page } from './changes.ts'
import { everyStep } from './transport.ts'

const titles = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  407: 'Proxy Authentication Required',
  421: 'Misdirected Request',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
} as const

/** What a status brings along. */
const headersOf: Readonly<Record<number, Record<string, string>>> = {
  401: { 'www-authenticate': 'Basic realm="simulator"' },
  405: { allow: 'OPTIONS' },
  407: { 'proxy-authenticate': 'Basic realm="simulator"' },
}

const statuses = Object.entries(titles).map(([status, title]) => ({ status: Number(status), title }))

export const status: Behaviours = {
  ...Object.fromEntries(
    statuses.flatMap(({ status, title }) => [
      [
        `status-${status}`,
        answer(`answers HTTP ${status} with a page`, `HTTP ${status}`, () => page(status, title, title)),
      ],
      [
        `status-${status}-empty`,
        answer(`answers HTTP ${status} without a body`, `HTTP ${status}`, () => ({ status, headers: {} })),
      ],
    ]),
  ),
  ...Object.fromEntries(
    [301, 307].map((status) => [
      `status-${status}`,
      answer(`redirects with ${status} to another origin`, `${status} to another origin`, () => ({
        status,
        headers: { location: 'https://elsewhere.invalid/' },
      })),
    ]),
  ),
  'retry-after-seconds': retryAfter('in 120 s', '120'),
  'retry-after-date': retryAfter('at a date', 'Fri, 01 Jan 2100 00:00:00 GMT'),
  'retry-after-nonsense': retryAfter('"soon", which is not a time', 'soon'),
  'retry-after-429': {
    ...retryAfter('in 120 s', '120', 429),
    does: 'answers HTTP 429 and wants a retry in 120 s',
  },
}

function answer(does: string, shows: string, reply: () => Reply): Behaviour {
  return {
    does,
    shows,
    steps: everyStep,
    changeReply: () => {
      const { headers, ...rest } = reply()
      return { ...rest, headers: { ...headers, ...headersOf[rest.status] } }
    },
  }
}

function retryAfter(when: string, value: string, status: 429 | 503 = 503): Behaviour {
  return answer(`answers HTTP ${status} and wants a retry ${when}`, `${status} with Retry-After`, () => {
    const reply = page(status, titles[status], titles[status])
    return { ...reply, headers: { ...reply.headers, 'retry-after': value } }
  })
}
