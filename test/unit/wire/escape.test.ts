// Escaping: text of others does nothing but be read.
import { describe, expect, it } from 'vitest'
import { escapeHtml, escapeText, toInertJson, toInertLog, toInertText } from '../../../src/wire/escape.ts'
import { hostileTexts, steersTerminal } from '../../support/hostile-text.ts'

describe('a log of GitHub Actions', () => {
  it.each([
    ['::stop-commands::x', '\\u003a:stop-commands::x'],
    ['The server says:\n    ::add-mask::x', 'The server says:\n    \\u003a:add-mask::x'],
    ['a ##[error]b', 'a ##\\u005berror]b'],
    ['::Error::x', '\\u003a:Error::x'],
  ])('takes no command from %j', (text, expected) => {
    expect(toInertLog(text)).toBe(expected)
  })

  it.each(['::error title=nv verify%3A x::y\n', 'a ::x:: b', '::1', '"::x::"'])(
    'takes %j as it is',
    (text) => {
      expect(toInertLog(text)).toBe(text)
    },
  )
})

describe('text for a terminal', () => {
  it.each(Object.entries(hostileTexts))('holds nothing that steers it: %s', (_name, text) => {
    const escaped = escapeText(`before ${text} after`)
    expect(escaped).not.toMatch(steersTerminal)
    expect(escaped).toMatch(/^before .* after$/)
  })

  it.each([
    ['a\nb', 'a\\nb'],
    ['a\u001b[31mb', 'a\\u{1b}[31mb'],
    ['a\u202eb', 'a\\u{202e}b'],
    ['a\u0000b', 'a\\u{0}b'],
    ['a\ud800b', 'a\\u{d800}b'],
    ['a\u{e0041}b', 'a\\u{e0041}b'],
    ['a\u3164\u115f\u2800b', 'a\\u{3164}\\u{115f}\\u{2800}b'],
    ['a\u{e0100}\u034fb', 'a\\u{e0100}\\u{34f}b'],
    ['❤️ ✔︎', '❤️ ✔︎'],
    ['¿Línea móvil? 電話 📱 «x» e\u0301', '¿Línea móvil? 電話 📱 «x» e\u0301'],
  ])('shows %j as %j', (text, escaped) => {
    expect(escapeText(text)).toBe(escaped)
  })

  it('is cut by characters, not in the middle of one', () => {
    expect(escapeText('📱📱📱', 2)).toBe('📱📱…')
    expect(escapeText('📱📱', 2)).toBe('📱📱')
    expect(escapeText('x'.repeat(1_000_000))).toHaveLength(301)
  })
})

describe('JSON', () => {
  it.each(Object.entries(hostileTexts))('holds nothing that steers it: %s', (_name, text) => {
    const value = { [text]: [text, { text }], number: 1.5, none: null, empty: '' }
    const printed = toInertJson(value)
    expect(printed.replaceAll('\n', '')).not.toMatch(steersTerminal)
    expect(JSON.parse(printed)).toEqual(value)
  })

  it.each([undefined, () => 1, Symbol('x')])('is JSON for %o too', (value) => {
    expect(toInertJson(value)).toBe('null')
  })

  it('is UTF-8 whatever it holds', () => {
    const printed = toInertJson({ '\udfff': '\ud800', pair: '\ud83d\ude00' })
    expect(Buffer.from(printed).toString()).toBe(printed)
    expect(JSON.parse(printed)).toEqual({ '\udfff': '\ud800', pair: '😀' })
  })

  it('parses to the same value for every character there is', () => {
    const all = Array.from({ length: 0x11000 }, (_, i) => String.fromCodePoint(i)).join('')
    const printed = toInertJson({ all })
    expect(printed.replaceAll('\n', '')).not.toMatch(steersTerminal)
    expect(JSON.parse(printed)).toEqual({ all })
  })
})

it('keeps text from becoming markup', () => {
  expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe(
    '&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;',
  )
})

describe('toInertText', () => {
  it("lets through what shows something, line breaks and nv's own styles", () => {
    const text = '\u001b[1m\u001b[31merror\u001b[39m\u001b[22m é 漢字 █▀ 👍\n\u001b[97;40m▄\u001b[0m\n'
    expect(toInertText(text)).toBe(text)
  })

  it.each([
    '\u001b[2J',
    '\u001b[8m',
    '\u001b[1;31m',
    '\u001b]0;x\u0007',
    '\r',
    '\b',
    '\t',
    '\u009b31m',
    '\u202e',
    '\ud800',
  ])('makes %j inert', (text) => expect(toInertText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u))

  it('leaves JSON with its value', () => {
    const value = { a: 'x\u202e\u009b\u007f\u2028\u{e0041}é' }
    const inert = toInertText(JSON.stringify(value))
    expect(inert).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}]/u)
    expect(JSON.parse(inert)).toEqual(value)
  })
})
