// What a refusal says is read from any shape: one line, one shape.
import { describe, expect, it } from 'vitest'
import { readRefusal, wordsOf } from '../../../src/diagnosis/refusal.ts'
import { processorMs } from '../../support/promptly.ts'

const response = (body: unknown, status = 400, headers: Record<string, string> = {}) => {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { status, headers: Object.entries(headers), body: { text, byteLength: text.length, isCut: false } }
}
const read = (body: unknown, status?: number, headers?: Record<string, string>) => {
  const refusal = readRefusal(response(body, status, headers))
  return { code: refusal.code, words: wordsOf(refusal) }
}

it.each<[shape: string, body: unknown, code: string | null, words: string | null]>([
  [
    'OAuth',
    { error: 'invalid_grant', error_description: 'The code is old.' },
    'invalid_grant',
    'The code is old.',
  ],
  [
    'CAMARA',
    { status: 400, code: 'INVALID_ARGUMENT', message: 'No number' },
    'INVALID_ARGUMENT',
    'No number',
  ],
  [
    'problem+json',
    { type: 'https://x.example/e#1', title: 'Low balance', detail: 'The account is low.' },
    null,
    'Low balance: The account is low.',
  ],
  [
    'Apigee',
    { fault: { faultstring: 'ClientId is Invalid', detail: { errorcode: 'oauth.v2.Invalid' } } },
    'oauth.v2.Invalid',
    'ClientId is Invalid',
  ],
  [
    'IBM',
    { httpCode: '400', httpMessage: 'Bad Request', moreInformation: 'Not registered for this plan.' },
    null,
    'Bad Request: Not registered for this plan.',
  ],
  ['errorCode, errorMessage', { errorCode: 'E-17', errorMessage: 'No such app' }, 'E-17', 'No such app'],
  [
    'an error inside',
    { error: { code: 400, message: 'The code has expired', status: 'INVALID_ARGUMENT' } },
    'INVALID_ARGUMENT',
    'The code has expired',
  ],
  ['error, description', { error: 'denied', description: 'Not for you' }, 'denied', 'Not for you'],
  ['FastAPI, a text', { detail: 'Not authenticated' }, null, 'Not authenticated'],
  [
    'FastAPI, a list',
    { detail: [{ loc: ['body', 'code'], msg: 'field required', type: 'missing' }] },
    null,
    'code: field required',
  ],
  [
    'Spring',
    { timestamp: '2025-06-15T00:00:00Z', status: 400, error: 'Bad Request', path: '/x' },
    null,
    'Bad Request',
  ],
  [
    'WSO2',
    { code: '900902', message: 'Missing Credentials', description: 'Invalid Credentials. Use a token.' },
    '900902',
    'Missing Credentials: Invalid Credentials. Use a token.',
  ],
  ['a message alone', { message: 'Invalid API key' }, null, 'Invalid API key'],
  [
    'a shape that is listed nowhere',
    { outer: [{ wat: { blurb: 'The line is closed today', id: 7 } }] },
    null,
    'The line is closed today',
  ],
  [
    'a list of errors',
    { errors: [{ code: 'X1', title: 'Wrong', detail: 'The key is wrong.' }] },
    'X1',
    'Wrong: The key is wrong.',
  ],
  ['a JSON text', '"Go away please"', null, 'Go away please'],
  [
    'XML',
    '<?xml version="1.0"?><error><code>E1</code><message>No &amp; never</message></error>',
    'E1',
    'No & never',
  ],
  [
    'SOAP',
    '<s:Envelope><s:Body><s:Fault><faultcode>s:Client</faultcode><faultstring>Bad key</faultstring></s:Fault></s:Body></s:Envelope>',
    's:Client',
    'Bad key',
  ],
  [
    'HTML',
    '<!doctype html><title>Forbidden</title><p>You may not do this. Ever.',
    null,
    'Forbidden: You may not do this.',
  ],
  ['a form', 'error=invalid_request&error_description=no+code', 'invalid_request', 'no code'],
  ['text', 'upstream connect error', null, 'upstream connect error'],
  ['JSON that is cut', '{"code":"QUOTA","message":"Too much of it', 'QUOTA', 'Too much of it'],
  ['nothing', '', null, null],
  ['members of the wrong type', { error: 5, code: {}, message: [], error_description: null }, null, null],
])('%s', (_, body, code, words) => {
  expect(read(body)).toEqual({ code, words })
})

it('what the challenge says is taken where the body says nothing', () => {
  const header = 'Bearer realm="api", error="insufficient_scope", error_description="more", scope="a b"'
  const refusal = readRefusal(response('', 403, { 'www-authenticate': header }))
  expect(refusal).toMatchObject({ code: 'insufficient_scope', message: 'more' })
  expect(refusal.challenge).toEqual({
    scheme: 'Bearer',
    realm: 'api',
    scope: 'a b',
    error: 'insufficient_scope',
    description: 'more',
  })
})

it.each([
  [{ error: 'x', error_uri: 'https://docs.example/x' }],
  [{ message: 'x y', moreInformation: 'https://docs.example/x' }],
  [{ type: 'https://docs.example/x', title: 'x y' }],
])('where to read on: %j', (body) => {
  expect(readRefusal(response(body)).reference).toBe('https://docs.example/x')
})

describe('a text that is too long', () => {
  it('is cut, and read in no time', () => {
    const started = processorMs()
    const { words } = read({ message: 'x '.repeat(500_000) })
    expect(words?.length).toBeLessThan(310)
    for (const filler of ['<', '<a ', '&#1', '{"a":"', 'a="', '\\"', '<!--', 'x=<'])
      readRefusal(response(filler.repeat(16_384), 400, { 'www-authenticate': filler.repeat(2000) }))
    expect(processorMs() - started).toBeLessThan(2000)
  })
})
