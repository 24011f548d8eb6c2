// The fingerprints of secrets: the same one is known again within a run, and nothing else follows from them.
import { createHash, randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/run/redaction.ts'
import {
  holdsPlaceholder,
  isPlaceholder,
  withoutFingerprints,
} from '../../../src/run/redaction/placeholder.ts'

const key = Buffer.alloc(32, 7)
const secret = 'kQ7/zP+odd&secret=9'
const mark = /\[redacted:[0-9a-f]{6}\]/g

function start(conceal: string[] = [secret], fingerprintKey = key) {
  const redactor = createRedactor(fingerprintKey)
  for (const value of conceal) redactor.conceal(value)
  return redactor
}

const marksIn = (text: string) => [...new Set(text.match(mark))]

describe('a secret has one fingerprint', () => {
  const [expected = ''] = marksIn(start().text(`x ${secret} x`))

  it.each([
    ['as it is', secret],
    ['percent-encoded', encodeURIComponent(secret)],
    ['percent-encoded twice', encodeURIComponent(encodeURIComponent(secret))],
    ['in base64', Buffer.from(secret).toString('base64')],
    ['in base64 of something longer', Buffer.from(`{"x":"${secret}"}`).toString('base64')],
    ['in hexadecimal', Buffer.from(secret).toString('hex')],
    ['as a parameter', `https://h/p?client_secret=${encodeURIComponent(secret)}&x=1`],
    ['as a member of JSON', JSON.stringify({ client_secret: secret })],
  ])('%s', (_how, text) => {
    expect(expected).toMatch(mark)
    expect(marksIn(start().text(text))).toEqual([expected])
    expect(start().text(text)).not.toContain(secret)
  })

  it('in a header and in a cookie', () => {
    const headers = start().headers([
      ['authorization', `Bearer ${secret}`],
      ['cookie', `a=${secret}; b=other-value-1`],
      ['x-api-key', secret],
    ])
    expect(marksIn(JSON.stringify(headers))).toHaveLength(2)
    expect(headers[0]?.[1]).toBe(`Bearer ${expected}`)
    expect(headers[1]?.[1]).toContain(`a=${expected}; b=[redacted:`)
  })

  it('that was not known before, wherever it is a parameter or a member', () => {
    const redactor = start([])
    const text = redactor.text(`a?code=c0de-1%2F2 then ${JSON.stringify({ access_token: 'c0de-1/2' })}`)
    expect(marksIn(text)).toHaveLength(1)
    expect(marksIn(redactor.text('a?code=c0de-1%2F3'))).not.toEqual(marksIn(text))
  })
})

describe('a fingerprint', () => {
  it('stays when what was redacted is redacted again', () => {
    const redactor = start()
    const once = redactor.body(
      JSON.stringify({ client_secret: secret, code: 'Zz8-x9-Yy7', note: `is ${secret}` }),
    )
    expect(redactor.body(once)).toBe(once)
    redactor.mask('+34600123456')
    expect(redactor.body(once)).toBe(once)
    const headers = redactor.headers([
      ['authorization', `Basic ${Buffer.from(`a:${secret}`).toString('base64')}`],
    ])
    expect(redactor.headers(headers)).toEqual(headers)
  })

  it('is another one under another key, so that nobody can look for the secret', () => {
    const one = start().text(secret)
    const other = start([secret], randomBytes(32)).text(secret)
    expect(one).not.toBe(other)
    expect(withoutFingerprints(one)).toBe(withoutFingerprints(other))
    for (const algorithm of ['sha256', 'sha1', 'md5'])
      expect(one).not.toContain(createHash(algorithm).update(secret).digest('hex').slice(0, 6))
  })

  it('is left by no phone number, in no form', () => {
    const redactor = start([])
    const number = '+34600123456'
    redactor.mask(number)
    const hash = createHash('sha256').update(number).digest()
    const text = [
      `phone ${number}`,
      Buffer.from(`{"n":"${number}"}`).toString('base64'),
      hash.toString('hex'),
      hash.toString('base64'),
      JSON.stringify({ hashedPhoneNumber: hash.toString('hex'), login_hint: `tel:${number}` }),
    ].map((part) => redactor.text(part))
    expect(text.join('\n')).not.toMatch(mark)
    expect(text.join('\n')).toContain('[redacted]')
  })

  it('that a server made up is none, and hides nothing', () => {
    const redactor = start(['a1b2c3'])
    for (const text of [
      'x [redacted:a1b2c3] x',
      'x?state=[redacted:a1b2c3]',
      '{"state":"[redacted:a1b2c3]"}',
    ])
      expect(redactor.text(text)).not.toContain('a1b2c3')
  })

  it('is recognised as what it is', () => {
    expect(isPlaceholder('[redacted:0a1b2c]') && isPlaceholder('[redacted]')).toBe(true)
    expect(isPlaceholder('[redacted:xyz]') || isPlaceholder(' [redacted]')).toBe(false)
    expect(holdsPlaceholder('Bearer [redacted:0a1b2c]')).toBe(true)
  })
})
