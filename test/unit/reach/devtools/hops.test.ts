// What Chrome tells of its requests, as exchanges: in order, complete, and with nv's own names for what failed.
import type { Protocol } from 'devtools-protocol/types/protocol.js'
import { expect, test } from 'vitest'
import { readFailure } from '../../../../src/reach/devtools/failure.ts'
import { postedIn, watchHops } from '../../../../src/reach/devtools/hops.ts'
import type { Sent } from '../../../../src/wire/exchange.ts'

type Paused = Protocol.Fetch.RequestPausedEvent

function paused(
  networkId: string,
  changes: Partial<Paused> = {},
  url = 'https://gateway.example/authorize',
): Paused {
  const request = {
    url,
    method: 'GET',
    headers: { Accept: 'text/html' },
    initialPriority: 'VeryHigh',
    referrerPolicy: 'no-referrer',
  } as const
  return { requestId: 'f', networkId, request, frameId: 'x', resourceType: 'Document', ...changes }
}

const answer = (status: number, location?: string) => ({
  responseStatusCode: status,
  responseHeaders: location === undefined ? [] : [{ name: 'Location', value: location }],
})

const detail = (changes: Partial<Protocol.Network.Response> = {}) =>
  ({
    status: 302,
    headers: {},
    remoteIPAddress: '192.0.2.1',
    remotePort: 443,
    protocol: 'h2',
    timing: {
      dnsEnd: 10.4,
      connectEnd: 60,
      sslStart: 30,
      sslEnd: 60,
      receiveHeadersEnd: 90,
    },
    securityDetails: { subjectName: 'gateway.example', issuer: 'CA', validFrom: 0, validTo: 86_400 },
    ...changes,
  }) as Protocol.Network.Response

function watch() {
  const recorded: Array<Sent & { startedMs: number }> = []
  let now = 0
  const hops = watchHops(
    () => now,
    (sent, startedMs) => recorded.push({ ...sent, startedMs }),
  )
  return { hops, recorded, at: (time: number) => (now = time) }
}

test('a redirect is recorded with what went over the wire, and with when', () => {
  const { hops, recorded, at } = watch()
  at(100)
  hops.request(paused('n1'))
  hops.sentHeaders('n1', { ':authority': 'gateway.example', Cookie: 'a=1' })
  hops.receivedHeaders('n1', { location: '/next', 'set-cookie': 'a=1\nb=2' })
  hops.response(paused('n1', answer(302, '/next')), null)
  expect(recorded).toEqual([])
  at(250)
  hops.redirected('n1', detail())
  expect(recorded).toEqual([
    {
      startedMs: 100,
      request: {
        method: 'GET',
        url: 'https://gateway.example/authorize',
        headers: [['cookie', 'a=1']],
        body: null,
      },
      response: {
        status: 302,
        headers: [
          ['location', '/next'],
          ['set-cookie', 'a=1'],
          ['set-cookie', 'b=2'],
        ],
        body: null,
      },
      failure: null,
      timings: { resolvedMs: 10, connectedMs: 30, securedMs: 60, firstByteMs: 90, endedMs: 150 },
      connection: {
        localAddress: 'the phone',
        remoteAddress: '192.0.2.1:443',
        protocol: 'h2',
        proxy: null,
        certificate: {
          subject: 'gateway.example',
          issuer: 'CA',
          validFrom: '1970-01-01T00:00:00.000Z',
          validTo: '1970-01-02T00:00:00.000Z',
          root: null,
        },
      },
    },
  ])
})

test('hops of one request share its id, and are told apart', () => {
  const { hops, recorded } = watch()
  for (const step of ['one', 'two']) {
    hops.request(paused('n1', {}, `https://gateway.example/${step}`))
    hops.response(paused('n1', answer(302, '/next')), null)
    hops.redirected('n1', detail())
  }
  expect(recorded.map(({ request }) => request.url)).toEqual([
    'https://gateway.example/one',
    'https://gateway.example/two',
  ])
})

test('a page that is left before it is whole has not failed, and is in its place', () => {
  const { hops, recorded } = watch()
  hops.request(paused('n1', {}, 'https://gateway.example/page'))
  hops.response(paused('n1', answer(200)), '<h1>Wait</h1>')
  hops.request(paused('n2', {}, 'https://gateway.example/next'))
  hops.response(paused('n2', answer(302, '/end')), null)
  hops.redirected('n2', detail())
  expect(recorded).toEqual([])
  hops.failed('n1', 'net::ERR_ABORTED')
  expect(recorded.map(({ request, failure }) => [request.url, failure])).toEqual([
    ['https://gateway.example/page', null],
    ['https://gateway.example/next', null],
  ])
  expect(recorded[0]?.response?.body?.text).toBe('<h1>Wait</h1>')
})

test('what is not over at the end is recorded as far as it came', () => {
  const { hops, recorded } = watch()
  hops.request(paused('n1'))
  hops.flush('net::ERR_TIMED_OUT')
  hops.flush('net::ERR_TIMED_OUT')
  expect(recorded).toHaveLength(1)
  expect(recorded[0]).toMatchObject({ response: null, failure: { code: 'timeout', phase: 'headers' } })
})

test('events of requests that nobody watches change nothing', () => {
  const { hops, recorded } = watch()
  hops.response(paused('other', answer(200)), 'x')
  hops.redirected('other', detail())
  hops.finished('other')
  hops.failed('other', 'net::ERR_FAILED')
  hops.sentHeaders('other', {})
  hops.flush('net::ERR_TIMED_OUT')
  expect([recorded, hops.urlOf('other'), hops.statusOf('other')]).toEqual([[], null, null])
})

test('a form that is posted is read from its text or its bytes', () => {
  const { request } = paused('n')
  expect(postedIn(request)).toBeNull()
  expect(postedIn({ ...request, postData: 'code=1' })).toBe('code=1')
  expect(postedIn({ ...request, postDataEntries: [{ bytes: btoa('code=') }, { bytes: btoa('1') }] })).toBe(
    'code=1',
  )
})

test.each([
  ['net::ERR_NAME_NOT_RESOLVED', 'ENOTFOUND', 'resolve'],
  ['net::ERR_INTERNET_DISCONNECTED', 'ENETDOWN', 'connect'],
  ['net::ERR_CONNECTION_REFUSED', 'ECONNREFUSED', 'connect'],
  ['net::ERR_CERT_DATE_INVALID', 'CERT_HAS_EXPIRED', 'tls'],
  ['net::ERR_CERT_REVOKED', 'CERT_UNTRUSTED', 'tls'],
  ['net::ERR_SSL_PROTOCOL_ERROR', 'EPROTO', 'tls'],
  ['net::ERR_TUNNEL_CONNECTION_FAILED', 'PROXY_FAILED', 'proxy'],
  ['net::ERR_EMPTY_RESPONSE', 'UND_ERR_SOCKET', 'headers'],
  ['net::ERR_HTTP2_PROTOCOL_ERROR', 'UND_ERR_SOCKET', 'headers'],
  ['net::ERR_INCOMPLETE_CHUNKED_ENCODING', 'UND_ERR_SOCKET', 'body'],
  ['net::ERR_SOMETHING_NEW', 'unknown', 'headers'],
  ['', 'unknown', 'headers'],
])('%s is %s', (text, code, phase) => {
  expect(readFailure(text)).toMatchObject({ code, phase })
})
