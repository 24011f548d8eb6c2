// What an authorization response says, once its state was compared.
import { describe, expect, test } from 'vitest'
import { readCallback, readPasted } from '../../../src/oauth/callback.ts'

const ours = {
  state: 'abcdef',
  issuers: ['https://a.example', 'https://a.example/'],
  isIssuerRequired: false,
}

test.each<[string, string, object]>([
  ['a code under our state', 'state=abcdef&code=c', { kind: 'code', code: 'c' }],
  ['a state of the same length', 'state=abcdeg&code=c', { kind: 'not-ours', reason: 'state_differs' }],
  ['an error under another state', 'state=x&error=e', { kind: 'not-ours', reason: 'state_differs' }],
  ['no state', 'code=c', { kind: 'not-ours', reason: 'state_missing' }],
  ['our state twice', 'state=abcdef&state=abcdef&code=c', { kind: 'not-ours', reason: 'state_doubled' }],
  ['either name of the issuer', 'state=abcdef&code=c&iss=https://a.example/', { kind: 'code' }],
  ['another issuer', 'state=abcdef&code=c&iss=https://b.example', { reason: 'issuer_differs' }],
  ['an error of another issuer', 'state=abcdef&error=e&iss=x', { reason: 'issuer_differs' }],
  ['an empty state', 'state=&code=c', { kind: 'not-ours', reason: 'state_missing' }],
  ['two codes', 'state=abcdef&code=c&code=d', { kind: 'malformed', reason: 'doubled_parameter' }],
  ['an error twice', 'state=abcdef&error=e&error=f', { reason: 'doubled_parameter' }],
  [
    'its issuer twice',
    'state=abcdef&code=c&iss=https://a.example&iss=https://a.example',
    { reason: 'doubled_parameter' },
  ],
  ['neither a code nor an error', 'state=abcdef', { kind: 'malformed', reason: 'no_code' }],
  ['an empty code', 'state=abcdef&code=', { kind: 'malformed', reason: 'no_code' }],
  ['an error beside a code', 'state=abcdef&code=c&error=e', { kind: 'error', error: 'e', description: null }],
  ['an error', 'state=abcdef&error=e&error_description=d', { kind: 'error', error: 'e', description: 'd' }],
])('%s', (_, query, callback) => {
  expect(readCallback(new URLSearchParams(query), ours)).toMatchObject(callback)
})

test('an issuer that was announced has to be there', () => {
  const announced = { ...ours, isIssuerRequired: true }
  expect(readCallback(new URLSearchParams('state=abcdef&code=c'), announced)).toMatchObject({
    reason: 'issuer_missing',
  })
})

test('no issuer is compared with one that nobody knows', () => {
  const unknown = { ...ours, issuers: [], isIssuerRequired: true }
  for (const query of ['state=abcdef&code=c', 'state=abcdef&code=c&iss=https://b.example'])
    expect(readCallback(new URLSearchParams(query), unknown)).toEqual({ kind: 'code', code: 'c' })
})

test('an issuer that was announced and is there is enough', () => {
  const announced = { ...ours, isIssuerRequired: true }
  const query = 'state=abcdef&code=c&iss=https://a.example'
  expect(readCallback(new URLSearchParams(query), announced)).toEqual({ kind: 'code', code: 'c' })
})

describe('what is pasted', () => {
  const address = 'https://app.example/callback?code=c&state=s'

  test.each<[string, string]>([
    ['the address', address],
    ['in quotes', `"${address}"`],
    ['in angle brackets', `<${address}>`],
    ['over several lines', 'https://app.example/call\r\n  back?code=c&st\nate=s\n'],
    ['as HTML has it', address.replace('&', '&amp;')],
    ['as JSON has it', address.replace('&', String.raw`\u0026`)],
    [
      'as a shell has it',
      address
        .replace('?', String.raw`\?`)
        .replace('&', String.raw`\&`)
        .replaceAll('=', String.raw`\=`),
    ],
  ])('%s', (_what, text) => {
    const pasted = readPasted(text)
    expect(pasted?.url?.origin).toBe('https://app.example')
    expect(pasted?.url?.pathname).toBe('/callback')
    expect([...(pasted?.parameters ?? [])]).toEqual([
      ['code', 'c'],
      ['state', 's'],
    ])
    expect(pasted?.isInFragment).toBe(false)
  })

  test.each(['code=c&state=s', '?code=c&state=s', '/callback?code=c&state=s'])('%s has no host', (text) => {
    const pasted = readPasted(text)
    expect(pasted?.url).toBeNull()
    expect(pasted?.parameters.get('state')).toBe('s')
  })

  test('a response behind a # is found there, unless there is one before it', () => {
    const behind = readPasted('https://app.example/callback#code=c&state=s')
    expect(behind).toMatchObject({ isInFragment: true })
    expect(behind?.parameters.get('code')).toBe('c')
    const before = readPasted(`${address}#code=other&state=other`)
    expect(before).toMatchObject({ isInFragment: false })
    expect(before?.parameters.get('code')).toBe('c')
    expect(readPasted(`${address}#_=_`)?.parameters.get('state')).toBe('s')
  })

  test.each(['', ' ', 'https://app.example/', 'https://app.example/?', 'a word', '=x', 'code='])(
    '%j holds no parameters',
    (text) => expect(readPasted(text)).toBeNull(),
  )
})
