// The discovery document: why it gave no endpoint, and what is odd about it.
import { expect, it } from 'vitest'
import { diagnose } from '../../../../src/diagnosis/diagnose.ts'
import {
  exchangeOf,
  gatewayOrigin,
  granted,
  recordingOf,
  type RecordingParts,
  type SimpleExchange,
  stopped,
} from '../../../support/recording.ts'

const unknown = { authorizeUrl: null, tokenUrl: null, issuer: gatewayOrigin }
const endpoints = {
  issuer: gatewayOrigin,
  authorization_endpoint: `${gatewayOrigin}/authorize`,
  token_endpoint: `${gatewayOrigin}/token`,
}
const explain = (parts: RecordingParts) =>
  diagnose(recordingOf({ request: { issuer: gatewayOrigin }, ...parts }))
const document = (changes: object, rest: SimpleExchange = {}) =>
  exchangeOf('discovery', { status: 200, body: { ...endpoints, ...changes }, ...rest })

it.each<[string, RecordingParts, code: string, words: RegExp]>([
  ['404', { exchanges: [exchangeOf('discovery', { status: 404 })] }, 'discovery_failed', /--issuer/],
  [
    '401 of an API gateway',
    { exchanges: [exchangeOf('discovery', { status: 401, body: { message: 'No API key found' } })] },
    'api_key_refused',
    /"No API key found".*key in a header/,
  ],
  [
    'a page',
    { exchanges: [exchangeOf('discovery', { status: 200, body: '<html>x' })] },
    'discovery_failed',
    /an HTML page.*, not a JSON document/,
  ],
  [
    'a redirect',
    {
      exchanges: [exchangeOf('discovery', { status: 301, headers: { location: 'https://other.example/' } })],
    },
    'discovery_failed',
    /redirects to https:\/\/other\.example\//,
  ],
  [
    'the address of the document',
    {
      exchanges: [
        exchangeOf('discovery', {
          status: 404,
          url: `${gatewayOrigin}/.well-known/openid-configuration/.well-known/openid-configuration`,
        }),
      ],
    },
    'discovery_failed',
    /before \/\.well-known\//,
  ],
  ['503', { exchanges: [exchangeOf('discovery', { status: 503 })] }, 'server_failing', /HTTP 503/],
  [
    'no connection',
    { exchanges: [exchangeOf('discovery', { failure: { code: 'ENOTFOUND' } })] },
    'host_not_found',
    /gateway\.example/,
  ],
  [
    'no endpoint',
    {
      exchanges: [document({ token_endpoint: undefined })],
      target: { ...unknown, authorizeUrl: gatewayOrigin },
    },
    'discovery_endpoint',
    /token_endpoint is missing/,
  ],
  [
    'plain http',
    { exchanges: [document({ token_endpoint: 'http://x.example/' })] },
    'discovery_endpoint',
    /must be an https URL/,
  ],
  [
    'another issuer on another origin',
    { exchanges: [document({ issuer: 'https://other.example' })] },
    'discovered_issuer_foreign',
    /names the issuer https:\/\/other\.example.*nv sent nothing.*--issuer/,
  ],
  [
    'no credentials',
    { exchanges: [exchangeOf('credentials', { status: 401, body: { message: 'Invalid API key' } })] },
    'credentials_not_given',
    /"Invalid API key".*API key/,
  ],
  [
    'no grant for a SIM',
    {
      exchanges: [document({})],
      request: { issuer: gatewayOrigin, grants: ['ciba', 'jwt-bearer'], via: null },
    },
    'operator_token_no_grant',
    /--backchannel-url/,
  ],
])('stops the run: %s', (_, parts, code, words) => {
  const [found, ...others] = explain({ target: unknown, ...parts, end: stopped.endpoint })
  expect([found?.code, ...others.filter(({ severity }) => severity === 'error')]).toEqual([code])
  expect(`${found?.title} ${found?.cause} ${found?.fix}`).toMatch(words)
})

it.each<[string, object, RecordingParts, codes: string[]]>([
  ['nothing', {}, {}, []],
  ['another issuer', { issuer: `${gatewayOrigin}/other` }, {}, ['discovered_issuer_differs']],
  ['keys over plain http', { jwks_uri: 'http://x.example/' }, {}, ['discovery_endpoint_ignored']],
  [
    'another method',
    { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
    {},
    ['auth_method_not_offered'],
  ],
  [
    'another algorithm',
    { token_endpoint_auth_signing_alg_values_supported: ['ES256'] },
    { target: { authMethod: 'private_key_jwt', key: { algorithm: 'RS256', keyId: null } } },
    ['key_algorithm_not_offered'],
  ],
  [
    'an objection',
    {},
    { observations: [{ code: 'strict_objection', step: 'authorize', exchange: 1, facts: { message: 'x' } }] },
    ['discovery_irregular'],
  ],
])('is noted while the run goes on: %s', (_, changes, parts, codes) => {
  expect(explain({ ...parts, exchanges: [document(changes)] }).map(({ code }) => code)).toEqual(codes)
})

it.each<[string, SimpleExchange, string[]]>([
  ['keys', { status: 200, body: { keys: [] } }, []],
  ['404', { status: 404 }, ['jwks_unavailable']],
  ['a page', { status: 200, body: '<html>' }, ['jwks_unavailable']],
  ['a broken connection', { failure: { code: 'ECONNRESET' } }, ['jwks_unavailable']],
])('the keys of the issuer: %s', (_, answer, codes) => {
  expect(explain({ exchanges: [granted(), exchangeOf('keys', answer)] }).map(({ code }) => code)).toEqual(
    codes,
  )
})
