// Redaction: what was remembered, and what carries a secret by its name, is gone in every common form.
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/run/redaction.ts'
import { processorMs } from '../../support/promptly.ts'

const secret = 'S3cr3t/with+odd&"chars"~é'
const number = '+34600123456'

function redactorOf(...secrets: string[]) {
  const redactor = createRedactor()
  for (const value of secrets) redactor.conceal(value)
  redactor.mask(number)
  return redactor
}

/** Encodes each byte, as nobody has to and anybody may. */
const percentEncodeAll = (text: string) =>
  [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')

describe('a secret that is remembered', () => {
  it.each([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded in lower case', encodeURIComponent(secret).toLowerCase()],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['percent-encoded in part', secret.replaceAll('+', '%2B')],
    ['with every byte percent-encoded', percentEncodeAll(secret)],
    ['form-encoded', new URLSearchParams({ secret }).toString()],
    ['in a JSON string', JSON.stringify({ secret })],
    ['in lower case, as a host name is', secret.toLowerCase()],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 without padding', Buffer.from(secret).toString('base64').replace(/=+$/, '')],
    [
      'in the base64 of HTTP Basic',
      Buffer.from(`id:${new URLSearchParams([['', secret]]).toString().slice(1)}`).toString('base64'),
    ],
    ['in base64url', Buffer.from(secret).toString('base64url')],
    ['in base64 after one byte', Buffer.from(`x${secret}:tail`).toString('base64')],
    ['in base64 after two bytes', Buffer.from(`xy${secret}:tail`).toString('base64')],
    ['in base64 after three bytes', Buffer.from(`xyz${secret}:tail`).toString('base64')],
  ])('is gone %s', (_how, form) => {
    const redactor = redactorOf(secret)
    for (const result of [redactor.text(`<${form}>`), redactor.url(`https://h.example/p?x=${form}`)]) {
      expect(result).toContain('[redacted]')
      expect(result).not.toMatch(/s3cr3t|with|odd|chars/i)
      expect(result).not.toContain(form)
    }
  })

  it('is gone as a whole when another secret is a part of it', () => {
    expect(redactorOf('abcdef', 'abcdefghij').text('x abcdefghij y abcdef')).toBe('x [redacted] y [redacted]')
  })

  it('is gone when it was cut short', () => {
    const token = 'abcdefgh-ijklmnop_qrstuvwx'
    for (const length of [16, 20, 25]) {
      const text = `is the string "${token.slice(0, length)}… (cut)`
      expect(redactorOf(token).text(text)).toBe('is the string "[redacted]… (cut)')
    }
  })

  it('stays gone when it looks like a pattern', () => {
    expect(redactorOf('a.c$&(x)*').text('a.c$&(x)* but abc')).toBe('[redacted] but abc')
  })

  it('leaves other text alone', () => {
    const text = 'HTTP 401: invalid_client, see https://gateway.example/docs?page=2#top'
    expect(redactorOf(secret).text(text)).toBe(text)
  })
})

describe('the phone number that was typed', () => {
  it.each([
    [`The number ${number} is unknown`, 'The number +34*******56 is unknown'],
    ['tel:34600123456', 'tel:34*******56'],
    ['?msisdn=%2B34600123456', '?msisdn=%2B34*******56'],
    ['?login_hint=tel%3A%2B34600123456', '?login_hint=tel%3A%2B34*******56'],
    ['?next=%252B34600123456', '?next=%252B34*******56'],
    ['number 600123456 in its national form', 'number *******56 in its national form'],
  ])('is masked in %s', (text, masked) => {
    expect(redactorOf().text(text)).toBe(masked)
    expect(redactorOf().url(text)).toBe(masked)
  })

  it.each([
    ['base64', Buffer.from(`{"phoneNumber":"${number}"}`).toString('base64')],
    ['its SHA-256', '8cda6bff4c4d7bb96ad7e9e3f5c4f0b4'],
  ])('is not found in %s', async (_how, form) => {
    const digest = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(number)))
    const hash = digest.toString('hex')
    const result = redactorOf().text(`${form} ${hash} ${hash.toUpperCase()}`)
    expect(Buffer.from(result.split(' ')[0] ?? '', 'base64').toString()).not.toContain('600123456')
    expect(result.toLowerCase()).not.toContain(hash)
  })
})

it('the shortest number there is is masked too', () => {
  const redactor = createRedactor()
  redactor.mask('+12345')
  expect(redactor.text('+12345 and 12345')).toBe('+12*45 and 12*45')
})

it.each(['', '+', '+12', '12345', 'abc'])('%j is no number to mask, and nothing throws', (text) => {
  const redactor = createRedactor()
  redactor.mask(text)
  expect(redactor.text(`<${text}>`)).toBe(`<${text}>`)
})

describe('a phone number of somebody else', () => {
  it.each([
    ['/authorize?login_hint=tel%3A%2B34611222333&x=1', '/authorize?login_hint=tel%3A%2B34*******33&x=1'],
    ['/authorize?login_hint=%2B34611222333', '/authorize?login_hint=%2B34*******33'],
    ['/authorize?login_hint=34611222333', '/authorize?login_hint=34*******33'],
    ['/a?next=%2Fb%3Flogin_hint%3Dtel%253A%252B34611222333', null],
    ['/a?msisdn=34611222333&phoneNumber=%2b34611222333', '/a?msisdn=34*******33&phoneNumber=%2b34*******33'],
    ['The number +34611222333 is not whitelisted', 'The number +34*******33 is not whitelisted'],
    ['Call +34 611 222-333 instead', null],
    ['MSISDN 34611222333 is not whitelisted', 'MSISDN 34*******33 is not whitelisted'],
    ['tel:+34611222333', 'tel:+34*******33'],
  ])('is masked in %s', (text, masked) => {
    const result = redactorOf().text(text)
    expect(result.replace(/\D/g, '')).not.toContain('611222333')
    if (masked !== null) expect(result).toBe(masked)
    expect(redactorOf().url(text)).toBe(result)
  })

  it.each([
    'at 1750000000000 ms, in 86400 s',
    'offset +0200 at 2026-01-01T00:00:00+01:00',
    'https://127.0.0.1:54321/a/34611222333?ts=1750000000000',
    'x-correlator 3f0c1a52-9d6e-4f0e-8a57-123456789012',
  ])('is not seen in %s', (text) => {
    expect(redactorOf().text(text)).toBe(text)
  })
})

describe('a URL', () => {
  it.each([
    ['https://h/cb?code=abc&state=def&keep=1', 'https://h/cb?code=[redacted]&state=[redacted]&keep=1'],
    ['https://h/cb?%63ode=abc', 'https://h/cb?%63ode=[redacted]'],
    ['https://h/cb?CODE=abc', 'https://h/cb?CODE=[redacted]'],
    [
      'https://h/cb#id_token=abc&access_token=def',
      'https://h/cb#id_token=[redacted]&access_token=[redacted]',
    ],
    ['https://h/cb;code=abc;x=1', 'https://h/cb;code=[redacted];x=1'],
    ['?code=abc', '?code=[redacted]'],
    ['https://user:pass@h/x', 'https://h/x'],
    ['https://user:p@ss@h/x', 'https://h/x'],
    ['//user:pass@h/x', '//h/x'],
    [
      'https://h/?redirect_uri=https://agg/cb?code=abc',
      'https://h/?redirect_uri=https://agg/cb?code=[redacted]',
    ],
    ['https://h/?login_hint=operatortoken:abc.def', 'https://h/?login_hint=operatortoken:[redacted]'],
    [
      'https://h/?login_hint=operatortoken%3Aabc.def&x=1',
      'https://h/?login_hint=operatortoken%3A[redacted]&x=1',
    ],
  ])('loses what its names give away: %s', (url, expected) => {
    expect(createRedactor().url(url)).toBe(expected)
    expect(createRedactor().text(`See ${url} there`)).toBe(`See ${expected} there`)
  })

  it.each([1, 2, 3])('loses a code in a URL that is nested %d deep', (depth) => {
    let url = 'https://aggregator.example/callback?code=inner-code&state=inner-state&keep=kept'
    for (let i = 0; i < depth; i++) url = `https://operator.example/?redirect_uri=${encodeURIComponent(url)}`
    const result = createRedactor().url(url)
    expect(result).not.toMatch(/inner-code|inner-state/)
    expect(result).toContain('kept')
  })

  it('loses a JWT, wherever it is', () => {
    const jwt = 'eyJhbGciOiJub25lIn0.eyJzdWIiOiJ0ZWw6KzM0NjExMjIyMzMzIn0.c2lnbmF0dXJl'
    expect(createRedactor().url(`https://h/p/${jwt}/x`)).toBe('https://h/p/[redacted]/x')
    expect(createRedactor().text(`Bad assertion ${jwt}.`)).toBe('Bad assertion [redacted].')
  })
})

it.each([
  ['question marks', '?'.repeat(300_000)],
  ['pairs in pairs', '?a='.repeat(100_000)],
  ['equal signs', `?${'a='.repeat(150_000)}`],
  ['percent signs', '%25'.repeat(100_000)],
  ['beginnings of JWTs', '-eyJhbGciOi'.repeat(30_000)],
  ['slashes', '//'.repeat(150_000)],
  ['digits', '+34611'.repeat(50_000)],
])('answers soon for a megabyte of %s', (_what, text) => {
  const startedAt = processorMs()
  redactorOf(secret, 'a'.repeat(43), `${'%25'.repeat(20)}x`).text(text)
  expect(processorMs() - startedAt).toBeLessThan(2000)
})
