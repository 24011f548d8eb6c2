// Of two runs, the first difference is the one that decided.
import { describe, expect, test } from 'vitest'
import { compareRuns } from '../../../src/run/compare.ts'
import {
  arrivalOf,
  exchangeOf,
  type RecordingParts,
  redirectUri,
  type SimpleExchange,
  stopped,
} from '../../support/recording.ts'
import { createRun, goodExchanges } from '../../support/run.ts'

const good = createRun()

function differencesTo(parts: RecordingParts, base: RecordingParts = {}) {
  return compareRuns(createRun({}, base), createRun({}, parts)).map(
    ({ what, one, other }) => `${what}: ${one}; ${other}`,
  )
}

/** The good run with another answer of one endpoint, and nothing behind it where that ended the run. */
function answering(kind: 'token' | 'api', answer: SimpleExchange, isEnd = false) {
  const at = goodExchanges.findIndex((exchange) => exchange.kind === kind)
  const other = { ...exchangeOf(kind, answer), id: at + 1 }
  return [...goodExchanges.slice(0, at), other, ...(isEnd ? [] : goodExchanges.slice(at + 1))]
}

const no = { status: 200, body: { devicePhoneNumberVerified: false } }

describe('an answer decides before what is new in every answer', () => {
  test('when a token lives is a second less', () => {
    const token = (expiresIn: number) => ({
      status: 200,
      body: { access_token: '[redacted]', token_type: 'Bearer', expires_in: expiresIn },
    })
    const base = answering('token', token(300))
    const [before] = [answering('token', token(299))]
    expect(differencesTo({ exchanges: before }, { exchanges: base })).toEqual([])
    const both = [...before.slice(0, -1), exchangeOf('api', no)]
    expect(differencesTo({ exchanges: both }, { exchanges: base })[0]).toMatch(
      /^answer of api: .*Verified true; .*Verified false$/,
    )
  })

  test.each<[string, unknown, unknown, RegExp | null]>([
    ['ids and times', { requestId: 'r-1', timestamp: 1 }, { requestId: 'r-2', timestamp: 2 }, null],
    ['a code inside an object', { error: { code: 'A', id: 1 } }, { error: { code: 'B', id: 2 } }, /"A".*"B"/],
    ['a secret that is not there', { a: 1, access_token: '[redacted:123abc]' }, { a: 1 }, /access_token/],
    ['fingerprints', { access_token: '[redacted:123abc]' }, { access_token: '[redacted:456def]' }, null],
    ['the title of a page', '<html><title>Denied</title>', '<html><title>Down</title>', /"Denied".*"Down"/],
    [
      'words for people',
      { error: 'x', error_description: 'a' },
      { error: 'x', error_description: 'b' },
      /"a".*"b"/,
    ],
  ])('%s', (_what, one, other, expected) => {
    const answerOf = (body: unknown) => ({ exchanges: answering('api', { status: 403, body }) })
    const [first = ''] = differencesTo(answerOf(other), answerOf(one))
    if (expected === null) expect(first).toBe('')
    else expect(first).toMatch(expected)
  })

  test('what a challenge names', () => {
    const challenge = (error: string) => ({
      exchanges: answering('api', {
        status: 401,
        headers: { 'www-authenticate': `Bearer error="${error}"` },
        body: {},
      }),
    })
    expect(differencesTo(challenge('insufficient_scope'), challenge('invalid_token'))[0]).toMatch(
      /challenge invalid_token, *; .*challenge insufficient_scope|challenge invalid_token; .*challenge insufficient_scope/,
    )
  })

  test('a request that failed, in words', () => {
    const failed = answering('token', { failure: { code: 'CERT_HAS_EXPIRED', phase: 'tls' } }, true)
    expect(differencesTo({ exchanges: failed, end: stopped.token })[0]).toMatch(
      /no response: its certificate is not valid today \(CERT_HAS_EXPIRED\)$/,
    )
  })
})

describe('an input decides only where it can', () => {
  const denied = { exchanges: answering('api', no) }

  test('how long a run may take: where the time was over', () => {
    const request = { timeoutMs: 1000 }
    expect(differencesTo({ ...denied, request })[0]).toMatch(/^answer of api/)
    expect(differencesTo({ ...denied, request }).at(-1)).toBe('timeout in ms: 60000; 1000')
    const late = answering('token', { failure: { code: 'timeout', phase: 'headers' } }, true)
    expect(differencesTo({ exchanges: late, end: stopped.token, request })[0]).toBe(
      'timeout in ms: 60000; 1000',
    )
  })

  test('another port of this machine is told last, and not of the simulator of nv', () => {
    const at = (port: number, origin: string) => ({
      target: { tokenUrl: `http://127.0.0.1:${port}/token`, origins: { tokenUrl: origin } },
    })
    expect(differencesTo({ ...denied, ...at(2, '--token-url') }, at(1, '--token-url'))).toEqual([
      expect.stringMatching(/^answer of api/),
      expect.stringMatching(/^tokenUrl: .*:1\/token; .*:2\/token$/),
    ])
    expect(differencesTo(at(2, 'preset simulator'), at(1, 'preset simulator'))).toEqual([])
  })

  test('how a secret is written, by what is odd about it', () => {
    const shape = { hasWhiteSpace: false, looksLikeClientId: false }
    const of = (hasQuotes: boolean) => ({ target: { secretShape: { ...shape, hasQuotes } } })
    expect(differencesTo({ ...denied, ...of(true) }, of(false))[0]).toBe('client secret in quotes: no; yes')
  })
})

test('a callback that was ignored comes before the requests that it kept from being sent', () => {
  const [first] = differencesTo(
    {
      exchanges: goodExchanges.slice(0, 3),
      arrivals: [arrivalOf('state_differs', {}, 'direct')],
      end: stopped.callback,
    },
    { arrivals: [arrivalOf('taken', {}, 'direct')] },
  )
  expect(first).toBe('callback: with code; with code, ignored (state differs)')
})

test('two runs that went alike do not differ', () => {
  expect(compareRuns(good, good)).toEqual([])
  expect(good.profile.redirectUri).toBe(redirectUri)
})
