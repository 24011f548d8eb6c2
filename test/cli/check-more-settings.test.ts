// nv check names the setting that is wrong, where a gateway refuses for it in words of its own.
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { RequestHandler } from '../../src/context.ts'
import type { CheckReport } from '../../src/run/check.ts'
import { addProfile } from '../../src/cli/profile/shelf.ts'
import { createTestContext, createTestStore } from '../support/context.ts'
import { grantCode, type Handlers, json, queryOf, redirect, withGateway } from '../support/gateway.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const files = { 'key.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }) }

/** Sends an error to the redirect_uri where a request is not as this gateway wants it. */
const wanting =
  (isRight: (query: URLSearchParams) => boolean, error: string, description: string): RequestHandler =>
  (request) => {
    const query = queryOf(request)
    if (isRight(query)) return grantCode(request)
    const back = new URL(query.get('redirect_uri') ?? 'https://app.example/callback')
    const state = query.get('state') ?? ''
    back.search = String(new URLSearchParams({ error, error_description: description, state }))
    return redirect(back.href)
  }
const headerOf = (request: Parameters<RequestHandler>[0], name: string) =>
  request.headers.find(([key]) => key.toLowerCase() === name)?.[1]

/** A gateway that refuses what a check makes up. */
const usual: Handlers = {
  token: () => json({ error: 'invalid_grant' }, 400),
  verify: () => json({ status: 401, code: 'UNAUTHENTICATED', message: 'No' }, 401),
}

test.each<
  [setting: string, line: string, code: string, Handlers, env: Record<string, string>, args: string[]]
>([
  ['apiPath', 'api', 'api_not_found', {}, { NV_API_PATH: 'number-verification/v7' }, []],
  [
    'pkce',
    'authorize',
    'pkce_refused',
    {
      authorize: wanting(
        (query) => query.has('code_challenge'),
        'invalid_request',
        'code_challenge is required',
      ),
    },
    { NV_PKCE: 'off' },
    [],
  ],
  [
    'pkce',
    'authorize',
    'pkce_refused',
    {
      authorize: wanting((query) => !query.has('code_challenge'), 'invalid_request', 'PKCE is not supported'),
    },
    {},
    [],
  ],
  [
    'requestObject',
    'authorize',
    'request_object_wanted',
    {
      authorize: wanting(
        (query) => query.has('request'),
        'invalid_request',
        'A signed request object is required',
      ),
    },
    {},
    [],
  ],
  [
    'requestObject',
    'authorize',
    'authorization_error',
    {
      authorize: wanting(
        (query) => !query.has('request'),
        'request_not_supported',
        'The request parameter is not supported',
      ),
    },
    { NV_REQUEST_OBJECT: 'on', NV_KEY: 'key.pem' },
    [],
  ],
  [
    'loginHint',
    'authorize',
    'login_hint_refused',
    {
      authorize: wanting(
        (query) => query.get('login_hint') === null,
        'invalid_request',
        'login_hint has an unknown format',
      ),
    },
    { NV_LOGIN_HINT: 'msisdn:34600000001' },
    [],
  ],
  [
    'dpop',
    'credentials',
    'invalid_dpop_proof',
    {
      token: (request) =>
        headerOf(request, 'dpop') === undefined
          ? json({ error: 'invalid_request', error_description: 'A DPoP proof is required' }, 400)
          : json({ error: 'invalid_grant' }, 400),
    },
    {},
    [],
  ],
])('%s: %s, %s', (setting, line, code, handlers, env, args) =>
  withGateway({ ...usual, ...handlers }, async ({ urls }) => {
    const variables = {
      NV_AUTHORIZE_URL: urls.authorizeUrl,
      NV_TOKEN_URL: urls.tokenUrl,
      NV_API_URL: urls.apiUrl,
      NV_CLIENT_ID: 'test-client',
      NV_CLIENT_SECRET: 'canary-secret-Zx9',
      NV_REDIRECT_URI: 'https://app.example/callback',
      ...env,
    }
    const { context, out } = createTestContext({ env: variables, files })
    await runProgram(context, ['check', '--json', ...args])
    const { checks } = JSON.parse(out()) as CheckReport
    const bad = checks.filter(({ status }) => status === 'failed' || status === 'unknown')

    expect(bad.map(({ name, finding }) => [name, finding?.code])).toEqual([[line, code]])
    expect(bad[0]?.settings.map((suspect) => suspect.setting)).toContain(setting)
  }),
)

test('a header of the profile, and no other setting', () =>
  withGateway(
    {
      ...usual,
      token: (request) =>
        headerOf(request, 'x-api-key') === 'right'
          ? json({ error: 'invalid_grant' }, 400)
          : json({ message: 'Invalid API key' }, 403),
    },
    async ({ urls }) => {
      const store = createTestStore()
      const settings = {
        preset: 'generic',
        authorizeUrl: urls.authorizeUrl,
        tokenUrl: urls.tokenUrl,
        apiUrl: urls.apiUrl,
        clientId: 'test-client',
        redirectUri: 'https://app.example/callback',
        headers: { 'X-API-Key': 'wrong' },
      }
      const secrets = { clientSecret: 'canary-secret-Zx9' }
      await addProfile(createTestContext({ store }).context, 'acme', settings, secrets)
      const { context, out } = createTestContext({ store })
      await runProgram(context, ['check', 'acme', '--json'])
      const { checks } = JSON.parse(out()) as CheckReport
      const bad = checks.filter(({ status }) => status === 'failed')

      expect(bad.map(({ name, finding }) => [name, finding?.code])).toEqual([
        ['credentials', 'api_key_refused'],
      ])
      expect(bad[0]?.settings.map((suspect) => suspect.setting)).toEqual(['headers'])
    },
  ))

test('a redirect_uri at 0.0.0.0 is warned of', () =>
  withGateway(usual, async ({ urls }) => {
    const env = {
      NV_AUTHORIZE_URL: urls.authorizeUrl,
      NV_TOKEN_URL: urls.tokenUrl,
      NV_API_URL: urls.apiUrl,
      NV_CLIENT_ID: 'test-client',
      NV_CLIENT_SECRET: 'canary-secret-Zx9',
      NV_REDIRECT_URI: 'http://0.0.0.0:5000/cb',
    }
    const { context, out } = createTestContext({ env })
    await runProgram(context, ['check', '--json'])
    const { checks } = JSON.parse(out()) as CheckReport
    const line = checks.find(({ name }) => name === 'settings')

    expect(line?.finding?.code).toBe('redirect_uri_wildcard')
    expect(line?.settings.map((suspect) => suspect.setting)).toEqual(['redirectUri'])
  }))
