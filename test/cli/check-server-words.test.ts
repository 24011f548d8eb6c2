// nv check claims no more than a gateway said, and names the setting that its words, or the setting's own form, point to.
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { CheckReport } from '../../src/run/check.ts'
import { createTestContext } from '../support/context.ts'
import { type Handlers, json, queryOf, redirect, withGateway } from '../support/gateway.ts'

const usual: Handlers = {
  token: () => json({ error: 'invalid_grant' }, 400),
  verify: () => json({ status: 401, code: 'UNAUTHENTICATED', message: 'No' }, 401),
}

/** Answers an authorization request at an address, with parameters; `%` stands for the state. */
const answering =
  (address: string | null, query: string): NonNullable<Handlers['authorize']> =>
  (request) => {
    const asked = queryOf(request)
    return redirect(`${address ?? asked.get('redirect_uri')}?${query.replace('%', asked.get('state') ?? '')}`)
  }

async function checkWith(handlers: Handlers, env: Record<string, string> = {}): Promise<CheckReport> {
  let report: CheckReport | undefined
  await withGateway({ ...usual, ...handlers }, async ({ urls }) => {
    const { context, out } = createTestContext({
      env: {
        NV_AUTHORIZE_URL: urls.authorizeUrl,
        NV_TOKEN_URL: urls.tokenUrl,
        NV_API_URL: urls.apiUrl,
        NV_CLIENT_ID: 'test-client',
        NV_CLIENT_SECRET: 'canary-secret-Zx9',
        NV_REDIRECT_URI: 'https://app.example/callback',
        ...env,
      },
    })
    await runProgram(context, ['check', '--json'])
    report = JSON.parse(out()) as CheckReport
  })
  if (report === undefined) throw new Error('There is no report')
  return report
}

const lineOf = ({ checks }: CheckReport, name: string) => checks.find((line) => line.name === name)

test.each<[what: string, Record<string, string>, body: object, settings: string[]]>([
  [
    'a server that names the client_id',
    {},
    { errorCode: 'invalid_client', errorSummary: 'Invalid value for client_id.' },
    ['clientId'],
  ],
  [
    'a secret in quotes',
    { NV_CLIENT_SECRET: '"canary-secret-Zx9"' },
    { error: 'invalid_client' },
    ['clientSecret'],
  ],
  [
    'id and secret swapped',
    { NV_CLIENT_SECRET: 'my-application', NV_CLIENT_ID: 'Xy7/9aQ2-pLm8!zW4rT6' },
    { error: 'invalid_client' },
    ['clientId', 'clientSecret'],
  ],
])('%s: that setting alone is suspected', async (_, env, body, settings) => {
  const line = lineOf(await checkWith({ token: () => json(body, 401) }, env), 'credentials')
  expect(line).toMatchObject({ status: 'failed', finding: { code: 'invalid_client' } })
  expect(line?.settings.map(({ setting }) => setting)).toEqual(settings)
})

test('an error at another address does not say that the redirect_uri is accepted', async () => {
  const report = await checkWith({
    authorize: answering('https://other.example/cb', 'error=login_required&state=%'),
  })
  const line = lineOf(report, 'authorize')
  expect(line?.status).toBe('skipped')
  expect(line?.detail).toContain('redirects to other.example with login_required, not to the redirect_uri')
})

test.each([
  ['code=abcdefgh12345', 'state_missing'],
  ['code=abcdefgh12345&state=other', 'state_differs'],
])('a code that a run would refuse fails: %s', async (query, code) => {
  const line = lineOf(await checkWith({ authorize: answering(null, query) }), 'authorize')
  expect(line).toMatchObject({ status: 'failed', finding: { code } })
})

test.each(['code=abcdefgh12345&state=%', 'error=login_required&state=%', 'error=login_required'])(
  'a response to the redirect_uri passes: %s',
  async (query) => {
    const line = lineOf(await checkWith({ authorize: answering(null, query) }), 'authorize')
    expect(line?.status).toBe('passed')
  },
)

const suspectsIn = (report: CheckReport, name: string) =>
  lineOf(report, name)?.settings.map(({ setting }) => setting)

test.each<[what: string, body: object, status: number, headers: Record<string, string>, settings: string[]]>([
  [
    'missing client authentication',
    { error: 'invalid_request', error_description: 'client authentication missing' },
    400,
    {},
    ['authMethod'],
  ],
  [
    'the name of a method',
    { error: 'invalid_client', error_description: 'client must use private_key_jwt' },
    401,
    {},
    ['authMethod'],
  ],
  ['a scope', { error: 'insufficient_scope' }, 403, {}, ['scope']],
  ['what no setting changes', { message: 'License expired' }, 403, {}, []],
  [
    'a server that wants a token itself',
    {},
    401,
    { 'www-authenticate': 'Bearer realm="x"' },
    ['tokenUrl', 'clientSecret', 'authMethod'],
  ],
])('the token endpoint speaks of %s', async (_, body, status, headers, settings) => {
  const report = await checkWith({
    token: () => ({ ...json(body, status), headers: { 'content-type': 'application/json', ...headers } }),
  })
  expect(lineOf(report, 'credentials')?.status).toBe('failed')
  expect(suspectsIn(report, 'credentials')).toEqual(settings)
})

test.each<[what: string, ReturnType<typeof json>, settings: string[]]>([
  ['an address that is not allowed', json({ message: 'Your IP address is not in the allowlist' }, 403), []],
  [
    'a login in front of it',
    { status: 401, headers: { 'www-authenticate': 'Basic realm="staging"' }, body: '' },
    ['authorizeUrl'],
  ],
  [
    'a page that goes on to the redirect_uri',
    {
      status: 200,
      headers: { 'content-type': 'text/html', refresh: '0; url=https://app.example/callback?error=x' },
      body: '<html><title>x</title></html>',
    },
    [],
  ],
  [
    'a page that says that it does not go on to the redirect_uri',
    {
      status: 400,
      headers: { 'content-type': 'text/html' },
      body: '<html><h1>This client may not redirect to https://app.example/callback</h1></html>',
    },
    ['clientId', 'redirectUri'],
  ],
])('the authorization endpoint answers with %s', async (_, answer, settings) => {
  const report = await checkWith({ authorize: () => answer })
  expect(lineOf(report, 'authorize')?.status).toBe('failed')
  expect(suspectsIn(report, 'authorize')).toEqual(settings)
})

test.each([
  ['number', { status: 404, code: 'IDENTIFIER_NOT_FOUND', message: 'Device identifier not found' }, 404],
  ['token', { message: 'Malformed token' }, 400],
])('an API that refuses the made-up %s is where it should be', async (what, body, status) => {
  const line = lineOf(await checkWith({ verify: () => json(body, status) }), 'api')
  expect(line?.status).toBe('passed')
  expect(line?.detail).toContain(`refused a made-up ${what}`)
})
