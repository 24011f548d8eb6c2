// The secrets of a message are found before it is recorded, so that what comes later can't show them either.
import { describe, expect, it } from 'vitest'
import { createRedactor } from '../../../src/run/redaction.ts'
import { secretsIn } from '../../../src/run/secrets.ts'
import type { HeaderList } from '../../../src/wire/exchange.ts'

const value = (i: number) => `Zk3q9Lw7pX2v${i}`

function message(headers: HeaderList, text: string | null = null, url?: string) {
  const body = text === null ? null : { text, byteLength: text.length, isCut: false }
  return url === undefined ? { headers, body } : { headers, body, url }
}

describe('found are', () => {
  it.each<[string, ReturnType<typeof message>, string[]]>([
    ['credentials', message([['authorization', `Bearer ${value(1)}`]]), [value(1)]],
    [
      'a proof and a key',
      message([
        ['dpop', value(1)],
        ['x-api-key', value(2)],
      ]),
      [value(1), value(2)],
    ],
    ['cookies', message([['cookie', `a=${value(1)}; b="${value(2)}"; c=en`]]), [value(1), value(2)]],
    [
      'cookies that are set',
      message([
        ['set-cookie', `sid=${value(1)}; Path=/`],
        ['set-cookie', 'lang=en'],
      ]),
      [value(1)],
    ],
    ['a form', message([], `grant_type=x&client_secret=${value(1)}&code=${value(2)}`), [value(1), value(2)]],
    ['JSON', message([], `{"a":[{"access_token":"${value(1)}"}],"code":"UNAUTHENTICATED"}`), [value(1)]],
    ['a code in JSON', message([], `{"code":"${value(1)}"}`), [value(1)]],
    [
      'a URL',
      message([], null, `https://h/p?state=${value(1)}&x=1#id_token=${value(2)}`),
      [value(1), value(2)],
    ],
    [
      'a Location, with a URL in it',
      message([['location', `/p?next=${encodeURIComponent(`https://i/?code=${value(1)}&x=${value(2)}`)}`]]),
      [value(1)],
    ],
    ['none in a message without', message([['date', 'now']], 'no secret=here', 'https://h/p?x=1'), []],
  ])('%s', (_what, given, expected) => {
    expect(secretsIn(given)).toEqual(expected)
  })

  it('the secret in Basic credentials, as it was', () => {
    const secret = 'Zk3/q9+Lw7 pX2v'
    const pair = `id:${new URLSearchParams([['', secret]]).toString().slice(1)}`
    expect(
      secretsIn(message([['authorization', `Basic ${Buffer.from(pair).toString('base64')}`]])),
    ).toContain(secret)
  })
})

it('what a cookie held is concealed from the moment it is set', () => {
  const redactor = createRedactor()
  const response = message([
    ['set-cookie', `sid=${value(1)}; Path=/`],
    ['location', `/p/${value(1)}`],
  ])
  for (const secret of secretsIn(response)) redactor.conceal(secret)
  expect(redactor.headers(response.headers)).toEqual([
    ['set-cookie', 'sid=[redacted]; Path=/'],
    ['location', '/p/[redacted]'],
  ])
  expect(redactor.body(`{"message":"no session ${value(1)}"}`)).toBe('{"message":"no session [redacted]"}')
})
