// The HTTP archive: what the format asks for, and nothing that a reader stumbles over.
import { expect, test } from 'vitest'
import { harReport } from '../../../src/report/har.ts'
import type { Exchange } from '../../../src/run/recording.ts'
import { exchangeOf } from '../../support/recording.ts'
import { createRun } from '../../support/run.ts'

interface Entry {
  pageref: string
  startedDateTime: string
  time: number
  request: { method: string; url: string; queryString: unknown[]; postData?: { params: unknown[] } }
  response: { status: number; redirectURL: string; cookies: unknown[]; content: { text?: string } }
  timings: Record<string, number>
  serverIPAddress?: string
  _error?: string
}
interface Har {
  log: { version: string; pages: Array<{ id: string }>; entries: Entry[] }
}

const harOf = (exchanges?: readonly Exchange[]) =>
  JSON.parse(harReport(createRun({}, exchanges ? { exchanges } : {}))) as Har

test('has a page for each step that sent something, and an entry for each exchange', () => {
  const { log } = harOf()
  expect(log.version).toBe('1.2')
  expect(log.pages.map(({ id }) => id)).toEqual(['authorize', 'token', 'api'])
  expect(log.entries.map(({ pageref }) => pageref)).toEqual([
    'authorize',
    'authorize',
    'authorize',
    'token',
    'api',
  ])
  expect(log.entries[0]?.response.redirectURL).toBe('https://operator.example/identify?journey=7')
  expect(log.entries[4]?.response.cookies).toEqual([{ name: 'session', value: '[redacted]' }])
  expect(log.entries[0]?.request.queryString).toContainEqual({ name: 'state', value: '[redacted]' })
})

test('the time of an entry is that of its phases, of which TLS is within connect', () => {
  const timings = {
    startedMs: 5,
    resolvedMs: 10,
    connectedMs: 30,
    securedMs: 70,
    firstByteMs: 100,
    endedMs: 130,
  }
  const connection = {
    localAddress: '10.0.0.2',
    remoteAddress: '[2001:db8::1]:443',
    protocol: 'http/1.1',
    proxy: null,
    certificate: null,
  }
  const [entry] = harOf([{ ...exchangeOf('api', { status: 200 }), timings, connection }]).log.entries
  expect(entry).toMatchObject({
    startedDateTime: '2025-06-15T15:06:40.005Z',
    time: 130,
    timings: { blocked: -1, dns: 10, connect: 60, ssl: 40, send: 0, wait: 30, receive: 30 },
    serverIPAddress: '2001:db8::1',
  })
})

test('a request without a response has status 0, and says why', () => {
  const [entry] = harOf([exchangeOf('token', { failure: { code: 'ECONNREFUSED', phase: 'connect' } })]).log
    .entries
  expect(entry).toMatchObject({ response: { status: 0 }, _error: 'ECONNREFUSED (connect)' })
})
