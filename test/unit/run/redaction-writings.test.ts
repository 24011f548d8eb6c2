// Redaction of what few would write: numbers with any signs between their digits, hashes of them, rare encodings, names.
import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../../src/run/redaction.ts'

const wide = (text: string) =>
  [...text].map((character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0)).join('')
const escapeEach = (text: string, escape: (code: number) => string) =>
  [...Buffer.from(text)].map(escape).join('')
const hex = (code: number) => code.toString(16).padStart(2, '0')

describe('a phone number is masked', () => {
  const american = createRedactor()
  american.mask('+14155550123')
  const german = createRedactor()
  german.mask('+491701234567')

  test.each([
    '(415) 555-0123',
    '+1 (415) 555-0123',
    '1-415-555-0123',
    '415.555.0123',
    '415/5550123',
    '415_555_0123',
    '415|555|0123',
    '4,155,550,123',
    '14,155,550,123',
    wide('4155550123'),
    '٤١٥٥٥٥٠١٢٣',
    '४१५५५५०१२३',
    '&#52&#49&#53&#53&#53&#53&#48&#49&#50&#51',
    '\\u{34}155550123',
  ])('written as %s', (written) => {
    expect(american.text(`The line ${written} is not known`)).not.toContain(written)
    expect(american.body(JSON.stringify({ message: `The line ${written}.` }))).not.toContain(written)
  })

  test.each([
    '0170/1234567',
    '(0170) 123 45 67',
    '+49 (0) 170 1234567',
    '0049 (170) 123.4567',
    '0170 / 123 456 7',
  ])('written as %s', (written) => {
    expect(german.text(`Rufnummer ${written} unbekannt`)).not.toContain(written.slice(-7))
  })

  test.each(['sha256', 'sha512', 'sha1', 'md5'])('as its %s, which leaves no fingerprint', (kind) => {
    const redactor = createRedactor(new Uint8Array(32))
    redactor.mask('+491701234567')
    for (const text of ['+491701234567', '491701234567', 'tel:+491701234567', '00491701234567']) {
      const digest = createHash(kind).update(text).digest()
      for (const form of [
        digest.toString('hex'),
        digest.toString('hex').toUpperCase(),
        digest.toString('base64'),
      ])
        expect(redactor.text(`id ${form} .`)).toBe('id [redacted] .')
    }
  })

  test('and nothing else that only has its digits far apart', () => {
    const text = '415 of 555 requests, 0123 later; 2026-11-28T01:35:06.926Z, 10.4.155.55, [4,1,5,5,5,5,0,1,2]'
    expect(american.text(text)).toBe(text)
  })
})

describe('a secret is gone', () => {
  const secret = 'Zq7/wK4+pLm9&xR2=tYv%8'
  const redactor = createRedactor()
  redactor.conceal(secret)
  const utf16 = Buffer.from(secret, 'utf16le')

  test.each([
    ['in UTF-16 and base64, as PowerShell has it', utf16.toString('base64')],
    ['in UTF-16 and base64url', utf16.toString('base64url')],
    ['in UTF-16 and hexadecimal', utf16.toString('hex')],
    ['in wide characters', wide(secret)],
    ['in entities without semicolons', escapeEach(secret, (code) => `&#x${hex(code)}`)],
    ['in escapes with braces', escapeEach(secret, (code) => `\\u{${hex(code)}}`)],
    ['in quoted-printable, each byte', escapeEach(secret, (code) => `=${hex(code).toUpperCase()}`)],
  ])('%s', (_how, form) => {
    const text = redactor.text(`It was <${form}> that came`)
    expect(text).toContain('[redacted]')
    expect(text.length).toBeLessThan('It was <> that came'.length + 20)
  })

  test.each([0, 1, 2, 3, 4])('in base32 after %i bytes', (offset) => {
    const form = base32(Buffer.from('x'.repeat(offset) + secret))
    expect(redactor.text(`It was ${form}.`)).not.toContain(form.slice(8, 30))
  })

  test('as the name of a header', () => {
    const plain = createRedactor()
    plain.conceal('hunter2-Winter2026!')
    expect(plain.headers([['x-hunter2-winter2026!', '1']])).toEqual([['x-[redacted]', '1']])
  })

  test.each([
    ['subscription-key=Ab12cdEF', 'subscription-key=[redacted]'],
    ['x?sig=Ab12cdEF%3D', 'x?sig=[redacted]'],
    ['{"passphrase":"Ab12cdEF"}', '{"passphrase":"[redacted]"}'],
    ['{"private_key":"Ab12cdEF"}', '{"private_key":"[redacted]"}'],
  ])('by its name: %s', (text, expected) => {
    expect(createRedactor().body(text)).toBe(expected)
  })
})

function base32(bytes: Buffer): string {
  const bits = [...bytes].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{5}/g) ?? []
  return groups.map((group) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(Number.parseInt(group, 2))).join('')
}
