// Phone numbers as people write them.
import { describe, expect, test } from 'vitest'
import { hashPhoneNumber, maskPhoneNumber, parsePhoneNumber } from '../../../src/camara/phone-number.ts'

test.each([
  ['+34600000001', '+34600000001'],
  ['+34 600 000 001', '+34600000001'],
  ['+34-600.000.001', '+34600000001'],
  ['+1 (202) 555-0123', '+12025550123'],
  ['0034600000001', '+34600000001'],
  ['00 34 600 000 001', '+34600000001'],
  ['tel:+34600000001', '+34600000001'],
  ['TEL:+34-600-000-001', '+34600000001'],
  ['tel:+34600000001;phone-context=example.com', '+34600000001'],
  ['\u202a+34\u00a0600\u2011000\u2011001\u202c', '+34600000001'],
  ['＋３４６０００００００１', '+34600000001'],
  ['+99999991000', '+99999991000'],
  ['+99012345678', '+99012345678'],
  ['+12345', '+12345'],
  ['+123456789012345', '+123456789012345'],
  ['tel:+34600000001;ext', '+34600000001'],
])('%j is %s', (text, number) => {
  expect(parsePhoneNumber(text)).toBe(number)
})

describe('what is no number is refused with the rule', () => {
  test.each([
    ['', /empty/],
    ['   ', /empty/],
    ['12ab', /has "a"/],
    ['600000001', /no country code/],
    ['+0600000001', /No country code starts with 0/],
    ['+1234', /4 digits/],
    ['+1234567890123456', /16 digits/],
    ['++34600000001', /more than one \+/],
    ['+44 (0)20 7946 0000', /\(0\)/],
    ['+34600000001/2', /has "\/"/],
    ['+34600000001;+34600000002', /has ";"/],
    ['+34600000001,+34600000002', /has ","/],
    ['+34600000001ext5', /has "e"/],
    ['my tel:+34600000001', /has "m"/],
    ['tel:+34600000001;a b=c;?', /has/],
  ])('%j', (text, rule) => {
    expect(parsePhoneNumber(text)).toMatchObject({ rule: expect.stringMatching(rule) as string })
  })
})

test('a number is hashed with its +', async () => {
  // printf %s +346661113334 | sha256sum
  expect(await hashPhoneNumber('+346661113334')).toBe(
    '6dd5d20f257c1f3620662454064e3aa25ba9a6c7a4d1e99e965bbadd3a7e07d6',
  )
})

test('a masked number shows neither operator nor subscriber', () => {
  expect(maskPhoneNumber('+34600000001')).toBe('+34*******01')
})
