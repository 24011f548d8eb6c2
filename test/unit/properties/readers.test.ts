// Whatever comes from outside, its readers give something: they throw nothing that is not for the user, and end soon.
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readNumberAnswer, readVerifyAnswer } from '../../../src/camara/api.ts'
import { e164Pattern, parsePhoneNumber } from '../../../src/camara/phone-number.ts'
import { meaningOf } from '../../../src/diagnosis/meaning.ts'
import { readPage } from '../../../src/diagnosis/page.ts'
import { readRefusal, wordsOf } from '../../../src/diagnosis/refusal.ts'
import { UsageError } from '../../../src/errors.ts'
import { readBackchannelAnswer } from '../../../src/oauth/backchannel.ts'
import { readCallback, readPasted } from '../../../src/oauth/callback.ts'
import { checkDiscovery, readDiscovery } from '../../../src/oauth/discovery.ts'
import { readKeySet, reviewIdToken } from '../../../src/oauth/id-token.ts'
import { noteTokenResponse } from '../../../src/oauth/token-notes.ts'
import { readTokenAnswer, readTokenMembers } from '../../../src/oauth/token.ts'
import { explainRefusal, judgePasted } from '../../../src/reach/inlets/pasted.ts'
import { readPostedForm } from '../../../src/oauth/posted-form.ts'
import { parseImport } from '../../../src/settings/imports.ts'
import { parseSettings, settingNames } from '../../../src/settings/settings.ts'
import { normalizeAddress } from '../../../src/wire/addresses.ts'
import { countNames, readBody } from '../../../src/wire/body.ts'
import { response, settings, status, text, timeoutMs, value } from '../../support/arbitrary.ts'
import { processorMs } from '../../support/promptly.ts'

/** What one reading may take, in processor time, of a text of at most 60,000 characters. */
const limitMs = 2000

/** Checks a property of every text; also that it took no time that a longer text would make a hang. */
function always<T>(arbitrary: fc.Arbitrary<T>, holds: (input: T) => void): void {
  fc.assert(
    fc.property(arbitrary, (input) => {
      const startedAt = processorMs()
      holds(input)
      expect(processorMs() - startedAt).toBeLessThan(limitMs)
    }),
    settings,
  )
}

/** Runs a reader that refuses what it can't use, with words for the user. */
function refusing(read: () => unknown): void {
  try {
    read()
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
  }
}

const redirectUri = 'https://app.example/callback'

describe('bodies of responses', { timeout: timeoutMs }, () => {
  test('readBody gives an object or says what was found', () => {
    always(text, (body) => {
      const read = readBody(body)
      if (read.kind === 'other') expect(read.found).toMatch(/\S/)
      else expect(read.object).toBeTypeOf('object')
      expect(countNames(body, 'code')).toBeGreaterThanOrEqual(0)
    })
  })

  test('readVerifyAnswer is sure of nothing but a boolean under 200', () => {
    always(fc.tuple(status, text), ([code, body]) => {
      const answer = readVerifyAnswer(code, body)
      if (typeof answer !== 'string') return expect(answer.undetermined).toMatch(/\S/)
      expect(code).toBe(200)
      const { devicePhoneNumberVerified } = JSON.parse(body.replace(/^\uFEFF/, '')) as Record<string, unknown>
      expect(devicePhoneNumberVerified).toBe(answer === 'verified')
    })
  })

  test('readNumberAnswer gives a number in E.164 or says why not', () => {
    always(fc.tuple(status, text), ([code, body]) => {
      const answer = readNumberAnswer(code, body)
      if ('phoneNumber' in answer) expect(answer.phoneNumber).toMatch(e164Pattern)
    })
  })

  test('readTokenAnswer gives a token that a header can carry, an error, or what was found', () => {
    always(fc.tuple(status, text), ([code, body]) => {
      const answer = readTokenAnswer(code, body)
      if (answer.kind === 'token') expect(answer.accessToken).toMatch(/^[\x20-\x7e]+$/)
      readTokenMembers(body)
      noteTokenResponse(body, { scope: 'openid dpv:X a:b', usesDpop: false, operation: 'verify' } as never)
    })
  })

  test('readBackchannelAnswer', () => {
    always(fc.tuple(status, text), ([code, body]) => {
      const answer = readBackchannelAnswer(code, body)
      if (answer.kind === 'acknowledged') expect(answer.intervalSeconds).toBeGreaterThan(0)
    })
  })

  test('readDiscovery, and a strict client beside it', async () => {
    await fc.assert(
      fc.asyncProperty(text, async (body) => {
        readDiscovery(body)
        readKeySet(body)
        const objection = await checkDiscovery('https://a.example', new Response(body))
        expect(objection === null || objection.length > 0).toBe(true)
      }),
      settings,
    )
  })

  test('reviewIdToken notes what is wrong with whatever is called an ID token', async () => {
    const part = fc.oneof(
      fc.constantFrom('eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0', 'eyJhbGciOiJFUzI1NiJ9', 'e30'),
      text.map((json) => Buffer.from(json).toString('base64url')),
      value.map((json) => Buffer.from(JSON.stringify(json) ?? '').toString('base64url')),
      text.map((any) => any.slice(0, 200)),
    )
    const token = fc.oneof(
      text,
      fc.array(part, { maxLength: 6 }).map((parts) => parts.join('.')),
    )
    const member = fc.oneof(fc.constantFrom('AQAB', 'k1', 'P-256', 'RS256', 'ES256', 'sig', ''), value)
    const key = fc.oneof(
      fc.dictionary(fc.constantFrom('n', 'e', 'crv', 'x', 'y', 'k', 'kid', 'alg', 'use'), member),
      value,
    )
    const type = fc.constantFrom('RSA', 'EC', 'OKP', 'oct', 5, undefined)
    const keys = fc
      .array(fc.tuple(type, key), { maxLength: 3 })
      .map((all) => all.map(([kty, members]) => ({ kty, ...(members as object) })))
      .map((all) => readKeySet(JSON.stringify({ keys: all })))
    await fc.assert(
      fc.asyncProperty(token, keys, fc.constantFrom(undefined, 'n'), async (idToken, known, nonce) => {
        const notes = await reviewIdToken(idToken, {
          clientId: 'c',
          clientSecret: 's',
          issuer: 'https://a.example',
          nonce,
          accessToken: 'x',
          nowSeconds: 1_750_000_000,
          keys: known,
        })
        // Nobody made one with our nonce here.
        if (nonce !== undefined)
          expect(notes.map(({ code }) => code)).toEqual(
            expect.arrayContaining([expect.stringMatching(/nonce_differs|id_token_unreadable/)]),
          )
      }),
      settings,
    )
  })
})

describe('refusals and pages', { timeout: timeoutMs }, () => {
  test('readRefusal gives words that are not empty, or none', () => {
    always(response, (answer) => {
      const refusal = readRefusal(answer)
      expect(refusal.status).toBe(answer.status)
      expect(wordsOf(refusal)).not.toBe('')
    })
  })

  test('readPage, and the form that a page posts', () => {
    always(response, (answer) => {
      readPage(answer)
      readPostedForm(answer.body?.text ?? '', 'https://a.example/x')
    })
  })

  test('meaningOf', () => {
    always(fc.tuple(text, fc.option(text)), ([one, other]) => {
      meaningOf(one, other)
    })
  })
})

describe('what comes back from the phone', { timeout: timeoutMs }, () => {
  const expected = { state: 'ours', issuers: ['https://a.example'], isIssuerRequired: true }
  const names = fc.constantFrom('state', 'code', 'error', 'error_description', 'iss', 'x')
  const values = fc.oneof(fc.constantFrom('ours', 'https://a.example', 'x', ''), text)
  const parameters = fc
    .array(fc.tuple(names, values), { maxLength: 7 })
    .map((pairs) => new URLSearchParams(pairs))

  test('readCallback takes a code under our state alone', () => {
    always(parameters, (given) => {
      const callback = readCallback(given, expected)
      if (callback.kind !== 'code' && callback.kind !== 'error') return
      expect(given.getAll('state')).toEqual(['ours'])
      expect(given.getAll('code').length).toBeLessThanOrEqual(1)
      expect(given.getAll('iss')).toEqual(['https://a.example'])
    })
  })

  test('readPasted and the judgement of what was pasted', () => {
    const pasted = fc.oneof(
      text,
      parameters.map((given) => `${redirectUri}?${given}`),
      parameters.map((given) => `"${redirectUri}#${given}`),
    )
    always(pasted, (line) => {
      readPasted(line)
      const judged = judgePasted(line, redirectUri, 'ours')
      if (judged.verdict === 'taken') expect(judged.parameters?.getAll('state')).toEqual(['ours'])
      else expect(explainRefusal(judged, redirectUri)).toMatch(/\S/)
    })
  })
})

describe('what people and files give', { timeout: timeoutMs }, () => {
  test('parsePhoneNumber gives a number in E.164 or the rule that is broken', () => {
    always(text, (typed) => {
      const number = parsePhoneNumber(typed)
      if (typeof number === 'string') expect(number).toMatch(e164Pattern)
      else expect(number.rule).toMatch(/\.$/)
    })
  })

  test('parseSettings', () => {
    const raw = fc.dictionary(fc.oneof(fc.constantFrom(...settingNames), text), fc.oneof(text, value), {
      maxKeys: 6,
    })
    always(raw, (given) => refusing(() => parseSettings(given, (key) => key)))
  })

  test('parseImport', () => {
    always(text, (content) => refusing(() => parseImport('file', content)))
  })

  test('normalizeAddress gives what it would give again', () => {
    always(fc.oneof(text, fc.ipV4(), fc.ipV6()), (address) => {
      const normal = normalizeAddress(address)
      if (normal !== null) expect(normalizeAddress(normal)).toBe(normal)
    })
  })
})
