// Bodies: whatever came is read or named, and nothing throws.
import { describe, expect, it } from 'vitest'
import { countNames, describeValue, readBody, stringIn } from '../../../src/wire/body.ts'
import { createRandom, makeJson, makeText } from '../../support/hostile-generator.ts'
import { processorMs } from '../../support/promptly.ts'

describe('a body', () => {
  it.each([
    ['', 'an empty body'],
    ['\ufeff \n', 'an empty body'],
    ['[1]', 'an array in place of a JSON object'],
    ['"x"', 'a string in place of a JSON object'],
    ['null', 'null in place of a JSON object'],
    ['<html>', 'an HTML page'],
    ['<p>Sorry</p>', 'an HTML page'],
    ['<?xml version="1.0"?><!DOCTYPE html><html></html>', 'an HTML page'],
    ['<!-- a comment -->', 'an HTML page'],
    ['<?xml version="1.0" encoding="UTF-8"?>\n<ns:Answer/>', 'XML'],
    ['<answer><devicePhoneNumberVerified>true</devicePhoneNumberVerified></answer>', 'XML'],
    ['{"a":1', 'JSON that breaks off'],
    ['{"a":tru}', 'text that is not JSON'],
    ['\x1F\uFFFD\b\0\0', 'data compressed with gzip'],
    ['(\uFFFD/\uFFFD\x04\0A', 'data compressed with zstd'],
    ['\uFFFD\uFFFD{\0"\0a\0"\0', 'text in UTF-16, not UTF-8'],
    ['\0{\0"\0a\0"', 'text in UTF-16, not UTF-8'],
    ['\x01\x02\uFFFD\uFFFD\uFFFDabc', 'data that is not text'],
    ['\ud800', 'text that is not JSON'],
  ])('%j is %s', (text, found) => {
    expect(readBody(text)).toEqual({ kind: 'other', found })
  })

  it('is read with a byte order mark, and half a surrogate pair', () => {
    expect(readBody('\ufeff{"a":"\\ud800"}')).toEqual({ kind: 'object', object: { a: '\ud800' } })
  })

  it('has no members but its own', () => {
    const body = readBody('{"__proto__":{"access_token":"x"},"b":1,"c":""}')
    const object = body.kind === 'object' ? body.object : {}
    for (const name of ['access_token', 'toString', 'constructor', 'b', 'c', 'd'])
      expect(stringIn(object, name)).toBeNull()
  })
})

describe('names are counted', () => {
  it.each([
    ['{"a":1,"a":2}', 2],
    ['{"a" \n:1,"b":{"\\u0061":["a"]}}', 2],
    ['{"x":"\\"a\\":","a\\\\":1}', 0],
    ['{"a\nb":1,"a":2,"\\x":3}', 1],
    ['{"a":"unclosed', 1],
    ['"a', 0],
    ['"a"', 0],
  ])('in %j', (text, count) => {
    expect(countNames(text, 'a')).toBe(count)
  })

  it.each([
    ['quotation marks that are escaped', '"' + '\\"'.repeat(500_000)],
    ['quotation marks', '"'.repeat(1_000_001)],
    ['white space', '"a" '.repeat(250_000) + ' '.repeat(1_000_000)],
    ['backslashes', '"' + '\\'.repeat(1_000_000)],
  ])('soon, in a megabyte of %s', (_what, text) => {
    const startedAt = processorMs()
    countNames(text, 'a')
    expect(processorMs() - startedAt).toBeLessThan(2000)
  })
})

it.each([
  [undefined, 'nothing'],
  [null, 'null'],
  [[], 'an array'],
  [{}, 'an object'],
  ['true', 'the string "true"'],
  ['secret', 'a string'],
  ['', 'an empty string'],
  [true, 'the boolean true'],
  [12, 'the number 12'],
  [1e21, 'a large number'],
])('%j is called %s', (value, name) => {
  expect(describeValue(value)).toBe(name)
})

it('nothing throws, in texts made at random', () => {
  for (let seed = 0; seed < 1000; seed++) {
    const random = createRandom(seed)
    const json = makeJson(random, 4)
    const text =
      random.below(2) === 0 ? makeText(random, 40) : JSON.stringify(json).slice(0, random.below(200))
    expect(['object', 'other']).toContain(readBody(text).kind)
    expect(countNames(text, 'code')).toBeGreaterThanOrEqual(0)
    expect(describeValue(json)).not.toBe('')
  }
})
