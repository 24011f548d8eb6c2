// Imports: a Postman environment, a .env, an export; and whatever else someone points at.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { type Imported, parseImport } from '../../../src/settings/imports.ts'
import { processorMs } from '../../support/promptly.ts'

const referenceFile = join(
  import.meta.dirname,
  '../../../../shared/reference/telefonica/sandbox.postman_environment.json',
)
const sandboxUrl = 'https://sandbox.opengateway.telefonica.com/apigateway'
const canary = 'canary-secret-Zx9'

interface Variable {
  key: string
  value?: unknown
  currentValue?: unknown
  enabled?: boolean
}

/** The environment of Telefónica's collection, with some values in place of its placeholders. */
function postman(changes: Record<string, string> = {}, more: readonly Variable[] = []): string {
  const values = {
    'application-client-id': 'your_apps_client_id',
    'application-client-secret': 'your_apps_client_secret',
    'identifier-type': 'tel',
    'enduser-identifier': '+34600666006',
    'api-product-purpose': 'dpv:FraudPreventionAndDetection#sim-swap',
    'application-backend-callback-url': 'https://your_apps_backend/callback',
    'api-gateway-url': sandboxUrl,
    'auth-gateway-url': sandboxUrl,
    'device-local-ip': '192.168.1.27',
    ...changes,
  }
  const variables = Object.entries(values).map(([key, value]) => ({ key, value, enabled: true }))
  return JSON.stringify({ name: 'Open Gateway Sandbox', values: [...variables, ...more] })
}

const filled = {
  'application-client-id': 'my-app',
  'application-client-secret': canary,
  'application-backend-callback-url': 'https://app.example/callback',
}

/** The problem that a file is refused with, whose text quotes no secret. */
function problemOf(text: string, path = 'file') {
  try {
    parseImport(path, text)
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    expect(JSON.stringify(error.problem) + error.stack).not.toContain(canary)
    expect(error.cause).toBeUndefined()
    return error.problem
  }
  throw new Error('It was taken')
}

const reasonFor = ({ ignored }: Imported, key: string) => ignored.find((entry) => entry.key === key)?.reason

describe('a Postman environment', () => {
  it.skipIf(!existsSync(referenceFile))('as Telefónica gives it: the gateway, and no placeholder', () => {
    const text = readFileSync(referenceFile, 'utf8')
    expect(parseImport('x', text)).toEqual(parseImport('x', postman()))
  })

  it('with placeholders gives the gateway alone', () => {
    const imported = parseImport('x', postman())
    expect(imported).toMatchObject({
      name: 'open-gateway-sandbox',
      settings: { preset: 'sandbox' },
      secrets: {},
    })
    expect(imported.ignored.toSorted((one, other) => one.key.localeCompare(other.key))).toEqual([
      { key: 'api-product-purpose', reason: 'it is the scope of another API' },
      { key: 'application-backend-callback-url', reason: 'it is a placeholder' },
      { key: 'application-client-id', reason: 'it is a placeholder' },
      { key: 'application-client-secret', reason: 'it is a placeholder' },
      { key: 'device-local-ip', reason: 'nv does not need it' },
      { key: 'enduser-identifier', reason: 'the number is given with each run' },
      { key: 'identifier-type', reason: 'nv does not need it' },
    ])
  })

  it('filled in gives client, secret and redirect_uri, and says from which key', () => {
    const { settings, secrets, taken } = parseImport('x', postman(filled))
    expect(settings).toEqual({
      preset: 'sandbox',
      clientId: 'my-app',
      redirectUri: 'https://app.example/callback',
    })
    expect(secrets).toEqual({ clientSecret: canary })
    expect(taken).toEqual([
      { setting: 'preset sandbox', key: 'auth-gateway-url' },
      { setting: 'clientId', key: 'application-client-id' },
      { setting: 'clientSecret', key: 'application-client-secret' },
      { setting: 'authorizeUrl', key: 'auth-gateway-url' },
      { setting: 'tokenUrl', key: 'auth-gateway-url' },
      { setting: 'apiUrl', key: 'api-gateway-url' },
      { setting: 'redirectUri', key: 'application-backend-callback-url' },
    ])
  })

  it('with the published client is the mock mode', () => {
    const text = postman({
      'application-client-id': 'mock_sandbox_app_id',
      'application-client-secret': 'mock_sandbox_app_secret',
    })
    expect(parseImport('x', text).settings.preset).toBe('sandbox-mock')
  })

  it('exported with current values: those', () => {
    const initial = postman()
    const { values, ...rest } = JSON.parse(initial) as { values: Variable[] }
    const current: Record<string, string> = filled
    const text = JSON.stringify({
      ...rest,
      values: values.map((entry) => ({ ...entry, currentValue: current[entry.key] ?? '' })),
    })
    expect(parseImport('x', text)).toMatchObject({
      settings: { preset: 'sandbox', clientId: 'my-app' },
      secrets: { clientSecret: canary },
    })
  })

  it('of another gateway keeps its URLs', () => {
    const text = postman({ ...filled, 'auth-gateway-url': 'https://g.example/auth/' })
    expect(parseImport('x', text).settings).toMatchObject({
      preset: 'generic',
      authorizeUrl: 'https://g.example/auth/authorize',
      tokenUrl: 'https://g.example/auth/token',
      apiUrl: sandboxUrl,
    })
  })

  it.each([
    ['as it is', (scope: string) => scope],
    ['encoded once by the script of the collection', encodeURIComponent],
    ['encoded twice by it', (scope: string) => encodeURIComponent(encodeURIComponent(scope))],
  ])('with a scope %s', (_, encode) => {
    const scope = 'dpv:FraudPreventionAndDetection#number-verification-verify-read'
    const text = postman({ ...filled, 'api-product-purpose': encode(scope) })
    expect(parseImport('x', text).settings.scope).toBe(scope)
  })

  it('ignores what is switched off, and what it does not know', () => {
    const text = postman(filled, [
      { key: 'application-client-id', value: 'another-app', enabled: false },
      { key: 'access_token', value: canary, enabled: true },
    ])
    const imported = parseImport('x', text)
    expect(imported.settings.clientId).toBe('my-app')
    expect(reasonFor(imported, 'application-client-id')).toBe('it is switched off')
    expect(reasonFor(imported, 'access_token')).toBe('nv does not need it')
    expect(JSON.stringify([imported.ignored, imported.taken])).not.toContain(canary)
  })

  it('that gives a client twice is refused', () => {
    const text = postman(filled, [{ key: 'application-client-id', value: 'another-app', enabled: true }])
    expect(problemOf(text).title).toBe('file gives clientId twice, with two values')
  })

  it('survives variables of any shape', () => {
    const values: unknown[] = [
      null,
      1,
      'x',
      [],
      {},
      { key: 1 },
      { key: 'application-client-id', value: { a: 1 } },
    ]
    expect(problemOf(JSON.stringify({ name: 7, values })).title).toBe('Nothing can be imported from file')
    const named = [...values, { key: 'clientId', value: 'my-app' }]
    expect(parseImport('x', JSON.stringify({ name: 7, values: named }))).toMatchObject({
      name: null,
      settings: { preset: 'generic', clientId: 'my-app' },
    })
  })
})

describe('a .env', () => {
  it.each<[string, string]>([
    ['plain', `CLIENT_ID=my-app\nCLIENT_SECRET=${canary}\n`],
    ['with quotes', `CLIENT_ID="my-app"\nCLIENT_SECRET='${canary}'\n`],
    ['with export', `export CLIENT_ID=my-app\nexport CLIENT_SECRET=${canary}\n`],
    ['with comments', `# mine\nCLIENT_ID=my-app # the id\n\nCLIENT_SECRET="${canary}" # secret\n`],
    ['with CRLF', `CLIENT_ID=my-app\r\nCLIENT_SECRET=${canary}\r\n`],
    ['with a BOM', `\uFEFFCLIENT_ID=my-app\nCLIENT_SECRET=${canary}\n`],
    ['with spaces', `  CLIENT_ID = my-app \n  CLIENT_SECRET = ${canary} \n`],
    ['without a last line break', `CLIENT_SECRET=${canary}\nCLIENT_ID=my-app`],
    ['of nv', `NV_CLIENT_ID=my-app\nNV_CLIENT_SECRET=${canary}\n`],
    ['with one beginning', `ACME_CLIENT_ID=my-app\nACME_CLIENT_SECRET=${canary}\n`],
    ['of an app', `ACME_APP_ID=my-app\nACME_APP_SECRET=${canary}\n`],
  ])('%s', (_, text) => {
    expect(parseImport('.env', text)).toMatchObject({
      name: null,
      settings: { clientId: 'my-app' },
      secrets: { clientSecret: canary },
    })
  })

  it('gives every setting that nv reads from the environment', () => {
    const text = [
      'NV_AUTHORIZE_URL=https://g.example/authorize',
      'NV_TOKEN_URL=https://g.example/token',
      'NV_API_URL=https://g.example',
      'NV_ISSUER=https://g.example',
      'NV_REDIRECT_URI=https://app.example/callback',
      'NV_LISTEN=8080',
      'NV_SCOPE="dpv:A number-verification:verify"',
      'NV_API_VERSION=v1',
      'NV_AUTH_METHOD=private_key_jwt',
      'NV_KEY=./acme.pem',
      'NV_LOGIN_HINT=tel',
      'NV_PROMPT=none',
      'NV_PKCE=off',
      'NV_CA=./ca.pem',
      'NV_PROXY=http://proxy.example:3128',
    ].join('\n')
    expect(parseImport('.env', text)).toMatchObject({
      ignored: [],
      settings: {
        preset: 'generic',
        authorizeUrl: 'https://g.example/authorize',
        tokenUrl: 'https://g.example/token',
        apiUrl: 'https://g.example',
        issuer: 'https://g.example',
        redirectUri: 'https://app.example/callback',
        listen: '8080',
        scope: 'dpv:A number-verification:verify',
        apiVersion: 'v1',
        authMethod: 'private_key_jwt',
        key: './acme.pem',
        loginHint: 'tel',
        prompt: 'none',
        pkce: 'off',
        ca: './ca.pem',
        proxy: 'http://proxy.example:3128',
      },
    })
  })

  it.each<[string, string, object]>([
    ['of the Sandbox', `${sandboxUrl}/authorize`, { preset: 'sandbox' }],
    [
      'of Orange',
      'https://api.orange.com/openidconnect/playground/v1.0/authorize',
      { preset: 'orange-playground' },
    ],
    [
      'of nobody',
      'https://g.example/authorize',
      { preset: 'generic', authorizeUrl: 'https://g.example/authorize' },
    ],
  ])('recognises the gateway %s', (_, url, expected) => {
    expect(parseImport('.env', `CLIENT_ID=a\nAUTHORIZE_URL=${url}`).settings).toEqual({
      clientId: 'a',
      ...expected,
    })
  })

  it('recognises Vonage with the path of its API', () => {
    const text = [
      'CLIENT_ID=a',
      'AUTH_URL=https://oidc.idp.vonage.com/oauth2/auth',
      'API_URL=https://api-eu.vonage.com/camara/number-verification/v031/verify',
    ].join('\n')
    expect(parseImport('.env', text).settings).toEqual({ preset: 'vonage', clientId: 'a' })
  })

  it.each([
    ['https://g.example/number-verification/v1/verify', { apiUrl: 'https://g.example', apiVersion: 'v1' }],
    ['https://g.example/number-verification/v0', { apiUrl: 'https://g.example', apiVersion: 'v0' }],
    ['https://g.example/number-verification/', { apiUrl: 'https://g.example' }],
  ])('reads %s', (url, expected) => {
    expect(parseImport('.env', `API_URL=${url}`).settings).toEqual({ preset: 'generic', ...expected })
  })

  it('with an issuer alone is an operator to be discovered', () => {
    expect(parseImport('.env', 'ISSUER=https://o.example').settings.preset).toBe('camara')
    expect(parseImport('.env', `ISSUER=https://o.example\nCLIENT_SECRET=${canary}`).settings.preset).toBe(
      'generic',
    )
    expect(parseImport('.env', 'ISSUER=https://network-as-code.p-eu.rapidapi.com').settings).toEqual({
      preset: 'nokia-nac',
    })
  })

  it.each<[string, string]>([
    ['CLIENT_ID=', 'it is empty'],
    ['CLIENT_ID=<client id>', 'it is a placeholder'],
    ['CLIENT_ID={{client}}', 'it is a placeholder'],
    ['CLIENT_ID=your_client_id', 'it is a placeholder'],
    ['CLIENT_ID=changeme', 'it is a placeholder'],
    ['CLIENT_ID=xxxx', 'it is a placeholder'],
    ['CLIENT_ID=${OTHER}', 'it refers to another variable, which nv does not look up'],
    ['CLIENT_ID=$OTHER', 'it refers to another variable, which nv does not look up'],
    ['CLIENT_ID=$(pass show acme)', 'it refers to another variable, which nv does not look up'],
  ])('%s: %s', (line, reason) => {
    const imported = parseImport('.env', `TOKEN_URL=https://g.example/token\n${line}`)
    expect(reasonFor(imported, 'CLIENT_ID')).toBe(reason)
    expect(imported.settings.clientId).toBeUndefined()
  })

  it('keeps a secret that only looks a little like a placeholder', () => {
    for (const secret of ['Kyour_9', 'a$b', 'p{{x', 'change-me-not'])
      expect(parseImport('.env', `CLIENT_SECRET=${secret}`).secrets).toEqual({ clientSecret: secret })
  })

  it.each([
    ['ab#cd', 'ab#cd'],
    ['ab#cd # mine', 'ab#cd'],
    ["a'b#c", "a'b#c"],
    ['"ab#cd" # mine', 'ab#cd'],
    ['ab # cd', 'ab'],
    ['ab#cd\r', 'ab#cd'],
  ])('takes a # without white space before it for a part of the value: %s', (text, expected) => {
    const { secrets, settings } = parseImport('.env', `export CLIENT_SECRET=${text}\n#x\nCLIENT_ID=a`)
    expect({ ...secrets, ...settings }).toMatchObject({ clientSecret: expected, clientId: 'a' })
  })

  it('keeps a URL with your in the midst of its host', () => {
    const url = 'https://get-your-number.example/cb'
    expect(parseImport('.env', `REDIRECT_URI=${url}`).settings.redirectUri).toBe(url)
  })

  it.each([
    [['A_CLIENT_ID=a', 'B_TOKEN_URL=https://b.example/t'], 'B_TOKEN_URL', 'A_CLIENT_ID'],
    [['CLIENT_ID=a', 'SMTP_AUTH_URL=https://b.example'], 'SMTP_AUTH_URL', 'CLIENT_ID'],
    [['CLIENT_ID=a', 'STRIPE_API_URL=https://b.example', 'NV_SCOPE=x'], 'STRIPE_API_URL', 'CLIENT_ID'],
    [['GOOGLE_CLIENT_ID=a', `ACME_CLIENT_SECRET=${canary}`], 'ACME_CLIENT_SECRET', 'GOOGLE_CLIENT_ID'],
  ])('with one client id leaves out what belongs to something else: %s', (lines, key, client) => {
    const imported = parseImport('.env', lines.join('\n'))
    expect(imported.settings.clientId).toBe('a')
    expect(imported.secrets).toEqual({})
    expect(reasonFor(imported, key)).toBe(`its prefix is not that of ${client}`)
  })

  it('takes NV_… before others, wherever it stands', () => {
    for (const lines of [
      ['GOOGLE_CLIENT_ID=google', 'NV_CLIENT_ID=mine', 'ACME_CLIENT_ID=acme'],
      ['NV_CLIENT_ID=mine', 'GOOGLE_CLIENT_ID=google', 'ACME_CLIENT_ID=acme'],
      ['GOOGLE_CLIENT_ID=google', 'ACME_CLIENT_ID=acme', 'NV_CLIENT_ID=mine'],
    ]) {
      const imported = parseImport('.env', lines.join('\n'))
      expect(imported.settings.clientId).toBe('mine')
      expect(reasonFor(imported, 'GOOGLE_CLIENT_ID')).toBe('NV_CLIENT_ID is used instead')
      expect(reasonFor(imported, 'ACME_CLIENT_ID')).toBe('NV_CLIENT_ID is used instead')
    }
  })

  it('with two clients is refused, with the keys and without the values', () => {
    const problem = problemOf(`A_CLIENT_SECRET=${canary}-a\nB_CLIENT_SECRET=${canary}-b`)
    expect(problem.cause).toBe('Any of these may be the right one:\nA_CLIENT_SECRET\nB_CLIENT_SECRET')
  })

  it('with the id of one client and a secret of nv takes both', () => {
    expect(parseImport('.env', `GOOGLE_CLIENT_ID=g\nNV_CLIENT_SECRET=${canary}`)).toMatchObject({
      settings: { clientId: 'g' },
      secrets: { clientSecret: canary },
    })
  })

  it('that gives the same value twice contradicts nothing', () => {
    expect(parseImport('.env', 'A_CLIENT_ID=same\nB_CLIENT_ID=same').settings.clientId).toBe('same')
  })

  it('shows no line of a private key as a name', () => {
    const text = `CLIENT_ID=a\nPRIVATE_KEY=-----BEGIN PRIVATE KEY-----\nMIIEcanary\nAAcanaryBB==\n-----END PRIVATE KEY-----\nOTHER=1`
    const imported = parseImport('.env', text)
    expect(imported.ignored.map(({ key }) => key).toSorted()).toEqual(['OTHER', 'PRIVATE_KEY'])
  })

  it('has the name of a broken setting in the message, as it stands there', () => {
    expect(problemOf('ACME_TOKEN_URL=http://g.example/token').cause).toMatch(
      /^ACME_TOKEN_URL must be an https URL .* but is "http:\/\/g.example\/token"$/,
    )
  })
})

describe('an export of nv', () => {
  const exported = (settings: unknown, name: unknown = 'acme') =>
    JSON.stringify({ schema: 'nv.profile/1', name, settings })

  it('gives its name and its settings', () => {
    const settings = {
      preset: 'sandbox',
      clientId: 'my-app',
      headers: { 'X-Customer': 'a', 'X-Key': '$KEY' },
    }
    expect(parseImport('x', exported(settings))).toEqual({
      name: 'acme',
      settings,
      secrets: {},
      taken: Object.keys(settings).map((setting) => ({ setting, key: `settings.${setting}` })),
      ignored: [],
    })
  })

  it('lacks secrets, and says so', () => {
    const imported = parseImport('x', exported({ preset: 'nokia-nac', secretHeaders: ['X-RapidAPI-Key'] }))
    expect(imported.settings).toEqual({ preset: 'nokia-nac' })
    expect(reasonFor(imported, 'header X-RapidAPI-Key')).toBe('an export has no secrets')
  })

  it('into which someone wrote a secret header has it kept with the secrets', () => {
    const imported = parseImport(
      'x',
      exported({ preset: 'nokia-nac', headers: { 'X-RapidAPI-Key': canary } }),
    )
    expect(imported.settings).toEqual({ preset: 'nokia-nac', secretHeaders: ['X-RapidAPI-Key'] })
    expect(imported.secrets).toEqual({ 'header:x-rapidapi-key': canary })
  })

  it.each<[string, unknown, string]>([
    [
      'a secret of its own',
      { clientSecret: canary },
      'settings.clientSecret in file is not a setting that nv knows',
    ],
    ['a wrong value', { pkce: 'maybe' }, 'settings.pkce in file must be on or off, but is "maybe"'],
    ['no settings', null, 'It has no settings.'],
  ])('with %s is refused', (_, settings, cause) => {
    expect(problemOf(exported(settings)).cause).toBe(cause)
  })

  it('cannot reach what it should not', () => {
    const text = '{"schema":"nv.profile/1","settings":{"__proto__":{"polluted":true}}}'
    expect(problemOf(text).cause).toContain('__proto__ in file is not a setting')
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined()
  })
})

describe('anything else', () => {
  it.each(['C\u0000L\u0000I\u0000', '\uFFFD\uFFFDC\u0000'])('in UTF-16 is refused as that: %j', (text) => {
    expect(problemOf(text).cause).toBe('It is not UTF-8; it may be UTF-16, which Windows often writes.')
  })

  it.each<[string, string]>([
    ['nothing', ''],
    ['an array', '[1,2]'],
    ['a number', '42'],
    ['a text', `"${canary}"`],
    ['JSON of something else', `{"secret":"${canary}"}`],
    ['broken JSON', `{"secret":"${canary}`],
    ['a secret alone', canary],
    ['a private key', `-----BEGIN PRIVATE KEY-----\n${canary}==\n-----END PRIVATE KEY-----`],
    ['HTML', '<!doctype html><html>'],
    ['bytes', '\u0000\u0001\uFFFD\u001b[2J'],
    ['UTF-16 read as UTF-8', 'C\u0000L\u0000I\u0000'],
    ['a Postman environment whose values are no list', '{"values":{"a":1}}'],
    ['__proto__', '{"__proto__":{"values":[]}}'],
  ])('%s is refused', (_, text) => {
    expect(problemOf(text).title).toBe('Nothing can be imported from file')
  })

  it('that is huge is read in bounded time', () => {
    const percent = `%${'25'.repeat(200_000)}`
    const startedAt = processorMs()
    problemOf('x'.repeat(20_000_000))
    problemOf(`{${'"a":1,'.repeat(500_000)}`)
    parseImport('x', postman({ 'api-product-purpose': percent }))
    expect(processorMs() - startedAt).toBeLessThan(5000)
  })
})
