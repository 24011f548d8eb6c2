// Who brought the callback: what speaks against a phone on mobile data is a warning, and what does not is none.
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../../src/diagnosis/diagnose.ts'
import type { Arrival, Observation } from '../../../../src/run/recording.ts'
import { arrivalOf, recordingOf } from '../../../support/recording.ts'

const phone =
  'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0.0.0 Mobile Safari/537.36'
const desktop = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36'

interface Visit {
  userAgent?: string
  forwardedFor?: string
  from?: string
  verdict?: Arrival['verdict']
  via?: string
  authorizeUrl?: string
  preset?: string
  observations?: Observation[]
}

const own = (forwardedFor: string): Observation => ({
  code: 'own_request_arrived',
  step: 'callback',
  exchange: null,
  facts: { forwardedFor },
})
const left = (network: string | null): Observation => ({
  code: 'phone_left',
  step: 'authorize',
  exchange: null,
  facts: { network },
})

function found(visit: Visit) {
  const { userAgent = phone, forwardedFor = null, from = '127.0.0.1', verdict = 'taken' } = visit
  const arrival = { ...arrivalOf(verdict, { userAgent, forwardedFor }, 'listener'), from }
  const { authorizeUrl = 'https://gateway.example/authorize', preset = null, observations = [] } = visit
  return diagnose(
    recordingOf({
      target: { authorizeUrl, preset },
      request: { via: visit.via ?? 'qr' },
      arrivals: [arrival],
      observations,
    }),
  ).filter(({ code }) => /^(desktop|phone)_/.test(code))
}

describe('a warning', () => {
  test.each<[string, Visit, string]>([
    ['a desktop browser', { userAgent: desktop }, 'desktop_came_back'],
    [
      'our own public address, by two names of the header',
      { forwardedFor: '203.0.113.7, 10.0.0.1', observations: [own('203.0.113.7')] },
      'phone_at_our_address',
    ],
    [
      'our own address in IPv6',
      { forwardedFor: 'for="[2001:db8::7]"', observations: [own('2001:DB8::7')] },
      'phone_at_our_address',
    ],
    ['an address of the local network', { from: '192.168.1.20' }, 'phone_on_our_network'],
    ['the phone that names Wi-Fi', { observations: [left('wifi')] }, 'phone_says_wifi'],
  ])('%s', (_what, visit, code) => {
    expect(found(visit)).toMatchObject([{ code, severity: 'warning' }])
  })

  test('names who came, and says "likely" where it only follows', () => {
    expect(found({ userAgent: desktop })[0]?.title).toContain('Chrome 126 on Windows')
    expect(found({ from: '192.168.1.20' })[0]?.cause).toContain('Likely')
    expect(found({ forwardedFor: '203.0.113.7', observations: [own('203.0.113.7')] })[0]?.cause).toContain(
      'Likely',
    )
  })
})

describe('none', () => {
  test.each<[string, Visit]>([
    ['a phone behind a tunnel', { forwardedFor: '198.51.100.7', observations: [own('203.0.113.7')] }],
    ['a phone behind a tunnel whose own address is not known', { forwardedFor: '203.0.113.7' }],
    ['an address of an iPhone hotspot', { from: '172.20.10.3' }],
    ['an address of an Android hotspot', { from: '192.168.43.17' }],
    ['the host of a container', { from: '172.17.0.1' }],
    ['a tailnet', { from: '100.101.102.103' }],
    ['a proxy on the local network', { from: '192.168.1.20', forwardedFor: '198.51.100.7' }],
    ["this machine's browser, which was asked for", { userAgent: desktop, via: 'browser' }],
    ['a program that is no browser', { userAgent: 'curl/8.5.0' }],
    ['a callback that was not taken', { userAgent: desktop, verdict: 'state_differs' }],
    ['a gateway on this machine', { userAgent: desktop, authorizeUrl: 'http://127.0.0.1:4010/authorize' }],
    ['a mock', { userAgent: desktop, preset: 'sandbox-mock' }],
    ['a phone that names mobile data', { observations: [left('cellular')] }],
    ['a phone that names nothing', { observations: [left(null)] }],
  ])('%s', (_what, visit) => {
    expect(found(visit)).toEqual([])
  })
})
