// Who a request came from: what browsers say of themselves, and what proxies say of whom they forward for.
import { describe, expect, it, test } from 'vitest'
import { describeVisitor, readForwardedFor, readVisitor } from '../../../src/wire/visitor.ts'

const android = 'Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko)'

test.each([
  [`${android} Chrome/126.0.0.0 Mobile Safari/537.36`, {}, 'Chrome 126 on Android 14', 'phone'],
  [`${android} Chrome/126.0.0.0 Safari/537.36`, {}, 'Chrome 126 on Android 14', 'tablet'],
  [
    `${android} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36`,
    {},
    'Samsung Internet 25 on Android 14',
    'phone',
  ],
  [
    'Mozilla/5.0 (Android 14; Mobile; rv:127.0) Gecko/127.0 Firefox/127.0',
    {},
    'Firefox 127 on Android 14',
    'phone',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    {},
    'Safari 17 on iOS 17.5',
    'phone',
  ],
  [
    'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/126.0.0 Mobile/15E148 Safari/604.1',
    {},
    'Chrome 126 on iPadOS 16.6',
    'tablet',
  ],
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0',
    {},
    'Edge 126 on Windows',
    'desktop',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
    {},
    'Safari 17 on macOS',
    'desktop',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/126.0.0.0 Safari/537.36',
    {},
    'Chrome 126 on Linux',
    'desktop',
  ],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0.0.0 Safari/537.36',
    { 'sec-ch-ua-mobile': '?1' },
    'Chrome 126 on Linux',
    'phone',
  ],
  ['Mozilla/5.0', { 'sec-ch-ua-platform': '"Android"' }, 'Android', 'tablet'],
  ['curl/8.5.0', {}, null, null],
  ['node', {}, null, null],
  [null, {}, null, null],
])('%s, %j: %s, %s', (userAgent, hints, words, device) => {
  const visitor = readVisitor({ userAgent, hints })
  expect([describeVisitor(visitor), visitor.device]).toEqual([words, device])
})

it('shows no text of a stranger', () => {
  const hints = { 'sec-ch-ua-platform': '"\u001b[2J<script>"' }
  expect(describeVisitor(readVisitor({ userAgent: 'Mozilla/5.0 \u001b[2J', hints }))).toBeNull()
})

describe('whom a proxy forwards for', () => {
  test.each([
    ['198.51.100.7', '198.51.100.7'],
    ['198.51.100.7, 10.0.0.1', '198.51.100.7'],
    ['198.51.100.7:4711', '198.51.100.7'],
    ['2001:DB8::1', '2001:db8::1'],
    ['[2001:db8::1]:4711', '2001:db8::1'],
    ['::ffff:198.51.100.7', '198.51.100.7'],
    ['for=198.51.100.7;proto=https;by=203.0.113.43', '198.51.100.7'],
    ['proto=https; for="[2001:db8:cafe::17]:4711"', '2001:db8:cafe::17'],
    ['For=198.51.100.7, for=10.0.0.1', '198.51.100.7'],
    ['for=_hidden', null],
    ['unknown', null],
    ['<script>', null],
    ['', null],
    [null, null],
  ])('%s: %s', (text, address) => expect(readForwardedFor(text)).toBe(address))
})
