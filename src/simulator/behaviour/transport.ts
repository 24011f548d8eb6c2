// Behaviours of the connection and of the body, which can be at every step: what no endpoint would say of itself.
import { gzipSync } from 'node:zlib'
import type { Gateway } from '../gateway.ts'
import type { Reply } from '../response.ts'
import { type Behaviour, behaviourSteps, type Behaviours, type BehaviourStep } from './behaviour.ts'
import { page } from './changes.ts'

/** Every step; `token` is the usual one. */
export const everyStep: readonly [BehaviourStep, ...BehaviourStep[]] = [
  'token',
  ...behaviourSteps.filter((step) => step !== 'token'),
]

const mebibyte = 1024 * 1024

export const transport: Behaviours = {
  hang: fault('never answers', 'black hole', () => ({ ending: 'silence' })),
  reset: fault('resets the connection instead of answering', 'reset before headers', () => ({
    ending: 'reset',
  })),
  'reset-in-body': fault('resets the connection in the middle of the body', 'reset inside the body', () => ({
    headers: { ...json, 'content-length': '500' },
    body: '{"simulated":',
    ending: 'reset-in-body',
  })),
  'body-cut': fault('ends the connection before the body is complete', 'truncated content-length', () => ({
    headers: { ...json, 'content-length': '500' },
    body: '{"simulated":true}',
    ending: 'cut',
  })),
  'body-slow': fault('sends a byte of the body each second', 'one byte a second', ({ ports }) => ({
    headers: { ...json, 'content-length': '500' },
    body: async function* (gone) {
      for (let sent = 0; sent < 500; sent++) {
        yield Buffer.from(' ')
        await ports.clock.sleep(1000, gone)
      }
    },
  })),
  'body-endless': fault('sends a body that never ends', 'endless body', () => ({
    headers: json,
    body: async function* (gone) {
      const part = Buffer.alloc(64 * 1024, ' ')
      while (!gone.aborted) yield await Promise.resolve(part)
    },
  })),
  'gzip-bomb': fault('sends a mebibyte of gzip that becomes a gibibyte', 'gzip bomb', () => ({
    headers: { ...json, 'content-encoding': 'gzip' },
    body: async function* () {
      const member = gzipSync(Buffer.alloc(mebibyte))
      for (let sent = 0; sent < 1024; sent++) yield await Promise.resolve(member)
    },
  })),
  'gzip-broken': fault('says that its body is gzip, but it is not', 'a damaged body', () => ({
    headers: { ...json, 'content-encoding': 'gzip' },
    body: '{"simulated":true}',
  })),
  'html-page': fault(
    'answers with a page and HTTP 200, as a captive portal does',
    'HTML instead of JSON',
    () => page(200, 'Welcome to the Wi-Fi', 'Accept the terms to continue.'),
  ),
  'not-json': fault('answers with text and says that it is JSON', 'not JSON', () => ({
    headers: json,
    body: 'OK, see you later',
  })),
  'json-of-another-shape': fault('answers with JSON of another shape', 'JSON of the wrong shape', () => ({
    headers: json,
    body: '[{"result":"ok"}]',
  })),
  'body-empty': fault('answers with 200 and no body', 'empty body', () => ({ headers: json })),
  'byte-order-mark': rewrite('sends a byte order mark before its body', 'BOM', (body) => `\uFEFF${body}`),
  'charset-wrong': rewrite('sends its body in UTF-16', 'wrong charset', (body) =>
    Buffer.from(body, 'utf16le'),
  ),
  'content-type-wrong': {
    ...rewrite('says that its body is plain text', 'wrong content type', (body) => body),
    changeReply: (reply) => ({ ...reply, headers: { ...reply.headers, 'content-type': 'text/plain' } }),
  },
}

const json = { 'content-type': 'application/json' }

/** Replaces an answer. The endpoint has done its part by then. */
function fault(does: string, shows: string, answer: (gateway: Gateway) => Partial<Reply>): Behaviour {
  return {
    does,
    shows,
    steps: everyStep,
    changeReply: ({ detail }, _call, gateway) => {
      const { headers, ...rest } = answer(gateway)
      return { status: 200, ...(detail === undefined ? {} : { detail }), ...rest, headers: { ...headers } }
    },
  }
}

/** Encodes the body of an answer differently; a redirect has none. */
function rewrite(does: string, shows: string, write: (body: string) => string | Uint8Array): Behaviour {
  return {
    does,
    shows,
    steps: ['token', 'api', 'bc-authorize', 'discovery', 'jwks'],
    changeReply: (reply) => (typeof reply.body === 'string' ? { ...reply, body: write(reply.body) } : reply),
  }
}
