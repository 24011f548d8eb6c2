// `nv check` with each single setting made wrong in turn names that setting.
import { exportJWK } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { certify } from '../../src/io/certificates.ts'
import type { CheckReport } from '../../src/run/check.ts'
import { createClientKey, type ClientKey } from '../support/client-keys.ts'
import { createTestContext, type TestContext } from '../support/context.ts'
import { freePort } from '../support/ports.ts'
import { redirectUri, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

let simulator: TestSimulator
let secure: TestSimulator & { ca: string }
let key: ClientKey
let otherKey: ClientKey
let closedPort: number
let files: Record<string, string>

const secret = 'canary-secret-Ty7%2B+Qz'

beforeAll(async () => {
  key = await createClientKey('ES256', 'key-1')
  otherKey = await createClientKey('ES256', 'key-2')
  const clients = [
    { id: 'acme', secret },
    { id: 'signer', keys: [key.jwk] },
  ]
  const options = { clients, redirectUris: [redirectUri], isStrict: true }
  simulator = await startTestSimulator(options)
  const { identity, ca } = await certify('localhost', Date.now(), null)
  secure = { ...(await startTestSimulator({ ...options, host: 'localhost', identity })), ca }
  const other = await certify('localhost', Date.now(), null)
  closedPort = await freePort()
  const pem = async ({ privateKey }: ClientKey) => JSON.stringify(await exportJWK(privateKey))
  files = {
    'key.json': await pem(key),
    'other-key.json': await pem(otherKey),
    'broken.pem': '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n',
    'ca.pem': ca,
    'other-ca.pem': other.ca,
  }
})
afterAll(() => Promise.all([simulator.close(), secure.close()]))

type Changes = Record<string, string | undefined>

function gatewayOf(target: TestSimulator): Changes {
  return {
    NV_AUTHORIZE_URL: target.authorizeUrl,
    NV_TOKEN_URL: target.tokenUrl,
    NV_API_URL: target.apiUrl,
    NV_REDIRECT_URI: redirectUri,
  }
}
const bySecret = (): Changes => ({ ...gatewayOf(simulator), NV_CLIENT_ID: 'acme', NV_CLIENT_SECRET: secret })
const byKey = (): Changes => ({
  ...gatewayOf(simulator),
  NV_CLIENT_ID: 'signer',
  NV_AUTH_METHOD: 'private_key_jwt',
  NV_KEY: 'key.json',
  NV_KEY_ID: 'key-1',
})
const byIssuer = (): Changes => ({
  NV_ISSUER: simulator.baseUrl,
  NV_API_URL: simulator.apiUrl,
  NV_REDIRECT_URI: redirectUri,
  NV_CLIENT_ID: 'acme',
  NV_CLIENT_SECRET: secret,
})
const byCiba = (): Changes => ({
  NV_BACKCHANNEL_URL: simulator.backchannelUrl,
  NV_TOKEN_URL: simulator.tokenUrl,
  NV_API_URL: simulator.apiUrl,
  NV_CLIENT_ID: 'acme',
  NV_CLIENT_SECRET: secret,
})
const byAssertion = (): Changes => ({
  NV_TOKEN_URL: simulator.tokenUrl,
  NV_API_URL: simulator.apiUrl,
  NV_CLIENT_ID: 'signer',
  NV_AUTH_METHOD: 'private_key_jwt',
  NV_KEY: 'key.json',
  NV_KEY_ID: 'key-1',
})
const byTls = (): Changes => ({
  ...gatewayOf(secure),
  NV_CLIENT_ID: 'acme',
  NV_CLIENT_SECRET: secret,
  NV_CA: 'ca.pem',
})

async function check(env: Changes, args: readonly string[] = []): Promise<CheckReport & TestContext> {
  const given = Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined)
  const started = createTestContext({ env: Object.fromEntries(given), files })
  const exitCode = await runProgram(started.context, ['check', '--json', ...args])
  const report = JSON.parse(started.out()) as CheckReport
  expect(report.exitCode).toBe(exitCode)
  expect(started.out() + started.err()).not.toContain(secret)
  return { ...report, ...started }
}

const bad = ({ checks }: CheckReport) =>
  checks.filter(({ status }) => status === 'failed' || status === 'unknown')

describe('with everything right, each line passes', () => {
  test.each([
    ['a secret', bySecret, 3],
    ['a key', byKey, 3],
    ['an issuer', byIssuer, 5],
    ['TLS', byTls, 3],
    ['CIBA', byCiba, 3],
    ['the JWT bearer grant', byAssertion, 2],
  ])('%s', async (_name, settings, requests) => {
    const report = await check(settings())
    expect(bad(report).map(({ name, detail }) => [name, detail])).toEqual([])
    expect(report).toMatchObject({ schema: 'nv.check/1', exitCode: 0, requests })
    expect(report.exchanges).toHaveLength(requests)
  })
})

describe('with one setting wrong, a failed line names it', () => {
  test.each<[setting: string, settings: () => Changes, wrong: () => Changes, line: string, code: string]>([
    ['clientId', bySecret, () => ({ NV_CLIENT_ID: 'acmee' }), 'credentials', 'invalid_client'],
    ['clientSecret', bySecret, () => ({ NV_CLIENT_SECRET: 'no' }), 'credentials', 'invalid_client'],
    ['clientSecret', bySecret, () => ({ NV_CLIENT_SECRET: undefined }), 'settings', 'missing_setting'],
    ['clientId', bySecret, () => ({ NV_CLIENT_ID: undefined }), 'settings', 'missing_setting'],
    ['tokenUrl', bySecret, () => ({ NV_TOKEN_URL: undefined }), 'settings', 'missing_setting'],
    ['apiUrl', bySecret, () => ({ NV_API_URL: undefined }), 'settings', 'missing_setting'],
    ['authMethod', bySecret, () => ({ NV_AUTH_METHOD: 'none' }), 'credentials', 'invalid_client'],
    [
      'authMethod',
      byKey,
      () => ({ NV_AUTH_METHOD: 'client_secret_post', NV_CLIENT_SECRET: 'x' }),
      'credentials',
      'invalid_client',
    ],
    [
      'tokenUrl',
      bySecret,
      () => ({ NV_TOKEN_URL: `${simulator.baseUrl}/tokens` }),
      'credentials',
      'token_error',
    ],
    [
      'tokenUrl',
      bySecret,
      () => ({ NV_TOKEN_URL: simulator.authorizeUrl }),
      'credentials',
      'endpoints_equal',
    ],
    [
      'tokenUrl',
      bySecret,
      () => ({ NV_TOKEN_URL: `http://127.0.0.1:${closedPort}/token` }),
      'tcp',
      'connection_refused',
    ],
    [
      'tokenUrl',
      bySecret,
      () => ({ NV_TOKEN_URL: 'https://nowhere.invalid/token' }),
      'names',
      'host_not_found',
    ],
    [
      'tokenUrl',
      bySecret,
      () => ({ NV_TOKEN_URL: simulator.tokenUrl.replace('http:', 'https:') }),
      'tls',
      'tls_failed',
    ],
    [
      'authorizeUrl',
      bySecret,
      () => ({ NV_AUTHORIZE_URL: `${simulator.baseUrl}/auth` }),
      'authorize',
      'authorize_refused',
    ],
    [
      'authorizeUrl',
      bySecret,
      () => ({ NV_AUTHORIZE_URL: 'https://nowhere.invalid/authorize' }),
      'names',
      'host_not_found',
    ],
    ['apiUrl', bySecret, () => ({ NV_API_URL: `${simulator.apiUrl}/api` }), 'api', 'api_not_found'],
    ['apiUrl', bySecret, () => ({ NV_API_URL: new URL(simulator.apiUrl).origin }), 'api', 'api_not_found'],
    [
      'apiVersion',
      bySecret,
      () => ({ NV_API_URL: `${simulator.apiUrl}/number-verification/v9` }),
      'api',
      'api_not_found',
    ],
    [
      'redirectUri',
      bySecret,
      () => ({ NV_REDIRECT_URI: `${redirectUri}/` }),
      'authorize',
      'redirect_uri_refused',
    ],
    ['scope', bySecret, () => ({ NV_SCOPE: 'openid' }), 'authorize', 'invalid_scope'],
    [
      'issuer',
      byIssuer,
      () => ({ NV_ISSUER: `${simulator.baseUrl}/other` }),
      'discovery',
      'discovery_failed',
    ],
    [
      'issuer',
      byIssuer,
      () => ({ NV_ISSUER: `http://127.0.0.1:${closedPort}` }),
      'tcp',
      'connection_refused',
    ],
    ['key', byKey, () => ({ NV_KEY: 'other-key.json' }), 'credentials', 'invalid_client'],
    ['key', byKey, () => ({ NV_KEY: 'broken.pem' }), 'key', 'key_unusable'],
    ['key', byKey, () => ({ NV_KEY: 'missing.pem' }), 'key', 'file_missing'],
    ['keyId', byKey, () => ({ NV_KEY_ID: 'key-9' }), 'credentials', 'invalid_client'],
    ['keyAlgorithm', byKey, () => ({ NV_KEY_ALGORITHM: 'RS256' }), 'key', 'key_unusable'],
    [
      'assertionAudience',
      byKey,
      () => ({ NV_ASSERTION_AUDIENCE: 'https://other.example' }),
      'credentials',
      'invalid_client',
    ],
    ['ca', byTls, () => ({ NV_CA: undefined }), 'tls', 'certificate_untrusted'],
    ['ca', byTls, () => ({ NV_CA: 'other-ca.pem' }), 'tls', 'certificate_untrusted'],
    ['ca', byTls, () => ({ NV_CA: 'missing.pem' }), 'settings', 'file_missing'],
    [
      'backchannelUrl',
      byCiba,
      () => ({ NV_BACKCHANNEL_URL: `${simulator.baseUrl}/bc` }),
      'credentials',
      'backchannel_error',
    ],
    ['scope', byCiba, () => ({ NV_SCOPE: 'openid' }), 'credentials', 'invalid_scope'],
    ['clientSecret', byCiba, () => ({ NV_CLIENT_SECRET: 'no' }), 'credentials', 'invalid_client'],
    ['key', byAssertion, () => ({ NV_KEY: 'other-key.json' }), 'credentials', 'invalid_client'],
    ['prompt', bySecret, () => ({ NV_PROMPT: 'nothing' }), 'authorize', 'authorization_error'],
  ])('%s', async (setting, settings, wrong, line, code) => {
    const report = await check({ ...settings(), ...wrong() })
    const failed = report.checks.find(({ name }) => name === line)
    expect(failed).toMatchObject({ status: 'failed', finding: { code } })
    expect(failed?.settings.map((suspect) => suspect.setting)).toContain(setting)
    expect(report.exitCode).toBe(1)
    expect(bad(report)[0]?.settings.map((suspect) => suspect.setting)).toContain(setting)
  })

  test('proxy', async () => {
    const proxy = `http://127.0.0.1:${closedPort}`
    const urls = {
      NV_TOKEN_URL: 'https://gateway.invalid/token',
      NV_AUTHORIZE_URL: 'https://gateway.invalid/a',
      NV_API_URL: 'https://gateway.invalid',
    }
    const report = await check({ ...bySecret(), ...urls }, ['--proxy', proxy])
    expect(bad(report)).toMatchObject([
      { name: 'tcp', finding: { code: 'proxy_failed' }, settings: [{ setting: 'proxy', from: '--proxy' }] },
    ])
  })
})

test('the suspect comes first, and with the source that gave it its value', async () => {
  const report = await check(bySecret(), ['--client-id', 'acmee'])
  const lines = report.checks.filter(({ status }) => status === 'failed')
  expect(lines.map(({ name, settings }) => [name, settings])).toEqual([
    ['credentials', [{ setting: 'clientId', from: '--client-id' }]],
    ['authorize', [{ setting: 'clientId', from: '--client-id' }]],
  ])
})
