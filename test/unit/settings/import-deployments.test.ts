// Files of deployments and of other tools: what is taken of each, and that nothing is taken for what it is not.
import { describe, expect, it } from 'vitest'
import { parseImport } from '../../../src/settings/imports.ts'
import { processorMs } from '../../support/promptly.ts'

const secret = 'canary-secret-Zx9'
const gateway = {
  authorizeUrl: 'https://gw.example/authorize',
  tokenUrl: 'https://gw.example/token',
  clientId: 'abc123',
}
const base64 = (text: string) => Buffer.from(text).toString('base64')
const variables: ReadonlyArray<readonly [string, string]> = [
  ['CLIENT_ID', gateway.clientId],
  ['CLIENT_SECRET', secret],
  ['TOKEN_URL', gateway.tokenUrl],
  ['AUTHORIZE_URL', gateway.authorizeUrl],
]
const lines = (write: (name: string, value: string) => string) =>
  variables.map((pair) => write(...pair)).join('\n')
const list = variables.map(([name, value]) => ({ name, value }))

describe('all of the client and the gateway is taken of', () => {
  it.each([
    [
      'a Secret of Kubernetes',
      's.yaml',
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: acme\ntype: Opaque\ndata:\n${lines((name, value) => `  ${name}: ${base64(value)}`)}`,
    ],
    [
      'a Secret as text',
      's.yaml',
      `apiVersion: v1\nkind: Secret\nstringData:\n${lines((name, value) => `  ${name}: "${value}"`)}`,
    ],
    [
      'a Secret in JSON',
      's.json',
      JSON.stringify({
        apiVersion: 'v1',
        kind: 'Secret',
        data: Object.fromEntries(variables.map(([name, value]) => [name, base64(value)])),
      }),
    ],
    [
      'a ConfigMap',
      'c.yaml',
      `apiVersion: v1\nkind: ConfigMap\ndata:\n${lines((name, value) => `  ${name.toLowerCase().replace('_', '-')}: ${value}`)}`,
    ],
    [
      'a Deployment',
      'd.yaml',
      `apiVersion: apps/v1\nkind: Deployment\nspec:\n  containers:\n    - name: app\n      env:\n${lines((name, value) => `        - name: ${name}\n          value: "${value}"`)}`,
    ],
    ['the settings of an Azure app', 'a.json', JSON.stringify(list)],
    [
      'a task of ECS',
      't.json',
      JSON.stringify({ containerDefinitions: [{ name: 'app', environment: list }] }),
    ],
    [
      'JSON with comments',
      'appsettings.json',
      `{\n  // x\n  "Gateway": {\n${lines((name, value) => `    "${name}": "${value}", /* y */`)}\n  },\n}`,
    ],
    [
      'a module',
      'config.js',
      `module.exports = {\n${lines((name, value) => `  ${name.toLowerCase()}: '${value}',`)}\n}`,
    ],
    [
      'a file of HTTP requests',
      'a.http',
      `${lines((name, value) => `@${name.toLowerCase()} = ${value}`)}\n\n###\nPOST {{token_url}}\n`,
    ],
    ['fish', 'a.fish', lines((name, value) => `set -gx ${name} ${value}`)],
    ['one line of a shell', 'a.sh', variables.map(([name, value]) => `export ${name}=${value}`).join('; ')],
  ])('%s', (_, path, text) => {
    const { settings, secrets } = parseImport(path, text)
    expect(settings).toEqual({ preset: 'generic', ...gateway })
    expect(secrets).toEqual({ clientSecret: secret })
  })
})

it('a list of scopes is one scope', () => {
  const { settings } = parseImport(
    'a.toml',
    '[oauth]\nclient_id = "abc123"\nscopes = ["openid", "dpv:Fraud"]\n',
  )
  expect(settings).toMatchObject({ clientId: 'abc123', scope: 'openid dpv:Fraud' })
})

it('a session of HTTPie has id and secret in one', () => {
  const session = { __meta__: {}, auth: { type: 'basic', raw_auth: `abc123:${secret}` } }
  const { settings, secrets } = parseImport('s.json', JSON.stringify(session))
  expect([settings.clientId, secrets['clientSecret']]).toEqual(['abc123', secret])
})

it('an authority is the issuer', () => {
  const { settings } = parseImport(
    'a.json',
    '{"Auth":{"ClientId":"abc123","Authority":"https://gw.example"}}',
  )
  expect(settings).toMatchObject({ clientId: 'abc123', issuer: 'https://gw.example' })
})

it('a value that only a program knows, or in another encoding, is not taken', () => {
  const module = parseImport(
    'a.js',
    "export default { clientId: 'abc123', clientSecret: process.env.SECRET }",
  )
  expect([module.settings.clientId, module.secrets]).toEqual(['abc123', {}])
  const { settings, secrets, ignored } = parseImport(
    'a.env',
    'CLIENT_ID=abc123\nCLIENT_SECRET=schl\uFFFDssel\n',
  )
  expect([settings.clientId, secrets]).toEqual(['abc123', {}])
  expect(ignored).toEqual([{ key: 'CLIENT_SECRET', reason: 'it is not in UTF-8' }])
})

it.each([' ', '['])('a file of nothing but %j is read in a moment', (character) => {
  const startedMs = processorMs()
  expect(() => parseImport('x.env', `${character.repeat(150_000)}y`)).toThrow()
  expect(processorMs() - startedMs).toBeLessThan(2000)
})
