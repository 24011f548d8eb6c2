// Whatever was recorded, what is shown of it is inert, holds no secret, and says something.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../src/diagnosis/diagnose.ts'
import { type Recording, stepNames } from '../../../src/run/recording.ts'
import { createRedactor } from '../../../src/run/redaction.ts'
import { escapeHtml, escapeText, toInertJson } from '../../../src/wire/escape.ts'
import { response, settings, text, timeoutMs, value } from '../../support/arbitrary.ts'
import { arrivalOf, exchangeOf, recordingOf } from '../../support/recording.ts'

// oxlint-disable-next-line no-control-regex
const steering = /[\0-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/

/** Tells whether a text is Unicode: no half of a surrogate pair stands alone. */
const isWhole = (shown: string) => shown === Buffer.from(shown).toString()

describe('escaping', { timeout: timeoutMs }, () => {
  test('escapeText shows nothing that steers a terminal, on one line, no longer than it may be', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 0, max: 400 }), (given, maxLength) => {
        const shown = escapeText(given, maxLength)
        expect(shown).not.toMatch(steering)
        expect(shown).not.toContain('\n')
        expect(isWhole(shown)).toBe(true)
        // Each character is at most the ten of \u{10ffff}.
        expect([...shown].length).toBeLessThanOrEqual(10 * maxLength + 1)
      }),
      settings,
    )
  })

  test('toInertJson steers nothing, and parses to the same value', () => {
    fc.assert(
      fc.property(value, (given) => {
        const shown = toInertJson(given)
        expect(shown).not.toMatch(steering)
        expect(isWhole(shown)).toBe(true)
        expect(JSON.parse(shown)).toEqual(JSON.parse(JSON.stringify(given)))
      }),
      settings,
    )
  })

  test('escapeHtml leaves nothing that opens a tag, an attribute or an entity of its own', () => {
    fc.assert(
      fc.property(text, (given) => {
        expect(escapeHtml(given)).not.toMatch(/[<>"']|&(?!(amp|lt|gt|quot|#39);)/)
      }),
      settings,
    )
  })
})

describe('redaction', { timeout: timeoutMs }, () => {
  const secret = fc
    .uint8Array({ minLength: 18, maxLength: 40 })
    .map((bytes) => Buffer.from(bytes).toString('base64url'))

  test('never throws, and a secret that was told is nowhere in what it gives', () => {
    fc.assert(
      fc.property(secret, text, text, (known, before, after) => {
        const redactor = createRedactor()
        redactor.conceal(known)
        redactor.mask('+34600123456')
        const given = `${before} ${known} ${after}`
        const url = `https://a.example/x?y=${encodeURIComponent(known)}#${encodeURIComponent(known)}`
        for (const shown of [
          redactor.text(given),
          redactor.body(given),
          redactor.url(url),
          redactor.url(given),
        ])
          expect(shown).not.toContain(known)
        for (const [, shown] of redactor.headers([['x-any', given]])) expect(shown).not.toContain(known)
      }),
      settings,
    )
  })

  test('of what was redacted nothing more is taken', () => {
    fc.assert(
      fc.property(text, (given) => {
        const redactor = createRedactor()
        redactor.conceal('canary-client-secret-Zx9')
        const once = redactor.text(given)
        expect(redactor.text(once)).toBe(once)
      }),
      settings,
    )
  })
})

describe('the diagnosis', { timeout: timeoutMs }, () => {
  const kinds = ['discovery', 'keys', 'credentials', 'authorize', 'backchannel', 'token', 'api'] as const
  const failureCodes = ['ENOTFOUND', 'timeout', 'ERR_SSL_X', 'ERR__ERROR_X', 'too_large', 'PROXY_407', '']
  const exchange = fc
    .record({
      kind: fc.constantFrom(...kinds),
      step: fc.constantFrom(...stepNames),
      answer: fc.option(response),
      failure: fc.option(fc.record({ code: fc.constantFrom(...failureCodes), message: text })),
      url: fc.oneof(fc.constant('https://gateway.example/x'), fc.webUrl(), text),
    })
    .map(({ kind, step, answer, failure, url }) => {
      const made = exchangeOf(kind, { url, ...(failure && { failure }) })
      return { ...made, step, response: answer ?? null }
    })
  const arrival = fc
    .record({ error: fc.option(text), errorDescription: fc.option(text), host: fc.option(text) })
    .map((what) => arrivalOf('state_differs', what))
  const end = fc.oneof(
    fc.constant(null),
    fc.record({
      kind: fc.constant('stopped' as const),
      step: fc.constantFrom(...stepNames),
      lacks: fc.constantFrom('endpoint', 'redirect', 'callback', 'code', 'token', 'answer'),
    }),
    fc.constant({ kind: 'answered', answer: 'mismatch' } as const),
  )
  const recording: fc.Arbitrary<Recording> = fc
    .record({
      exchanges: fc.array(exchange, { maxLength: 5 }),
      arrivals: fc.array(arrival, { maxLength: 2 }),
      end,
    })
    .map((parts) => recordingOf(parts as Parameters<typeof recordingOf>[0]))

  test('explains every end once, in words, and the same after it was saved', () => {
    fc.assert(
      fc.property(recording, (given) => {
        const findings = diagnose(given)
        const errors = findings.filter(({ severity }) => severity === 'error')
        expect(errors).toHaveLength(given.end?.kind === 'stopped' ? 1 : 0)
        for (const { title, cause, fix } of findings) {
          expect(title).toMatch(/\S/)
          expect(`${cause}${fix}`).toMatch(/\S/)
        }
        expect(diagnose(JSON.parse(JSON.stringify(given)) as Recording)).toEqual(findings)
      }),
      settings,
    )
  })
})
