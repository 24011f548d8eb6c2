// Settings: every rule, with the field, the value and the rule in its message.
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { checkSetting, parseSettings, settingNames } from '../../../src/settings/settings.ts'
import { headerValueRule, parseListen } from '../../../src/settings/rules.ts'
import { endpointRule } from '../../../src/wire/addresses.ts'
import { isSecretHeaderName, variableIn } from '../../../src/settings/secret.ts'

const flagOf = (setting: string) => `--${setting}`

/** The cause of the error that settings are refused with. */
function causeOf(raw: Record<string, unknown>): string {
  try {
    parseSettings(raw, flagOf)
  } catch (error) {
    expect(error).toBeInstanceOf(UsageError)
    return (error as UsageError).problem.cause
  }
  throw new Error(`It was taken: ${JSON.stringify(raw)}`)
}

describe('what is taken', () => {
  it.each<[string, unknown]>([
    ['authorizeUrl', 'https://gateway.example/authorize'],
    ['authorizeUrl', 'https://gateway.example/authorize?tenant=1'],
    ['tokenUrl', 'http://127.0.0.1:4010/token'],
    ['tokenUrl', 'http://[::1]:4010/token'],
    ['apiUrl', 'http://localhost:4010'],
    ['issuer', 'http://gateway.localhost:4010'],
    ['redirectUri', 'https://app.example/callback'],
    ['redirectUri', 'http://172.20.10.2:8080/callback'],
    ['redirectUri', 'com.example.app:/callback'],
    ['redirectUri', 'https://app.example/callback#fragment'],
    ['listen', '8080'],
    ['listen', '127.0.0.1:0'],
    ['listen', '[::1]:8080'],
    ['listen', 'localhost:65535'],
    ['proxy', 'http://proxy.example:3128'],
    ['apiUrl', 'https://rapidapi.example/camara/v1/number-verification'],
    ['apiUrl', 'https://g.example/number-verification/v1/'],
    ['apiPath', '/'],
    ['apiPath', '/number-verification/vwip'],
    ['assertionAudience', 'issuer'],
    ['clientSecretEnv', 'ACME_SECRET'],
    ['clientSecretEnv', '_x1'],
    ['pkce', 'off'],
    ['apiVersion', 'v0'],
    ['authMethod', 'private_key_jwt'],
    ['headers', { 'X-Customer': 'a b', 'x-key': '$VARIABLE', 'X-Umlaut': 'ü' }],
    ['secretHeaders', ['X-RapidAPI-Key']],
  ])('%s %j', (name, value) => {
    expect(parseSettings({ [name]: value }, flagOf)).toEqual({ [name]: value })
  })

  it('is trimmed', () => {
    expect(parseSettings({ clientId: ' my-app\n' }, flagOf)).toEqual({ clientId: 'my-app' })
  })

  it('may be nothing', () => {
    expect(parseSettings({}, flagOf)).toEqual({})
  })
})

describe('what is refused: the field, the value, the rule', () => {
  const absolute = 'must be an absolute URL'
  const plain = 'must be an https URL (plain http is for this machine only'
  const scheme = 'must not have a scheme that runs code or reads files'
  const address = 'must be <host>:<port>, <port> or lan, with a port from 0 to 65535'
  const control = 'must not hold control characters'
  it.each<[string, unknown, string]>([
    ['authorizeUrl', 'gateway.example/authorize', absolute],
    ['authorizeUrl', 'http://gateway.example/authorize', plain],
    ['tokenUrl', 'http://127.0.0.1.evil.example/token', plain],
    ['tokenUrl', 'http://localhost.example/token', plain],
    ['tokenUrl', 'http://10.0.0.1/token', plain],
    ['apiUrl', 'ftp://gateway.example', 'must be an https URL'],
    ['apiUrl', 'javascript:alert(1)', 'must be an https URL'],
    ['apiUrl', 'https://g.example?key=1', 'must not hold a query'],
    ['apiUrl', 'file:///etc/passwd', 'must be an https URL'],
    ['apiPath', 'https://g.example/v1', 'must be a path, as in number-verification/v2, or / for none'],
    ['apiPath', 'v2?x=1', 'must be a path'],
    ['issuer', 'https://gateway.example/#x', 'must not hold a fragment'],
    ['issuer', '', 'must not be empty'],
    ['issuer', 7, 'must be a text'],
    ['clientId', '   ', 'must not be empty'],
    ['clientId', 'a\u001b[2Jb', control],
    ['clientId', 'a\nb', control],
    ['redirectUri', '/callback', absolute],
    ['redirectUri', 'javascript:alert(1)', scheme],
    ['redirectUri', 'data:text/html,x', scheme],
    ['redirectUri', 'file:///tmp/x', scheme],
    ['listen', 'localhost', address],
    ['listen', '127.0.0.1:65536', address],
    ['listen', '127.0.0.1:-1', address],
    ['listen', 'http://127.0.0.1:80', address],
    ['proxy', 'socks5://proxy.example:1080', 'must be an http or https URL'],
    ['proxy', 'socks5://proxy.example:1080', 'must be an http or https URL'],
    ['authMethod', 'basic', 'must be one of client_secret_basic'],
    ['apiVersion', 'v3', 'must be one of v0, v1, v2'],
    ['pkce', 'yes', 'must be on or off'],
  ])('%s %j: %s', (name, value, rule) => {
    const cause = causeOf({ [name]: value })
    expect(cause.startsWith(`--${name} ${rule}`)).toBe(true)
    expect(cause.endsWith(`but is ${JSON.stringify(typeof value === 'string' ? value.trim() : value)}`)).toBe(
      true,
    )
  })

  it.each(['u:canary@gw.example/token', 'http://u:canary@gw.example/token'])(
    'the user information of %s is not shown',
    (tokenUrl) => {
      expect(causeOf({ tokenUrl })).toMatch(/…@gw\.example/)
      expect(causeOf({ tokenUrl })).not.toContain('canary')
    },
  )

  it('an unknown one, with the one that may be meant', () => {
    expect(causeOf({ redirect_uri: 'x' })).toBe(
      '--redirect_uri is not a setting that nv knows; redirectUri is',
    )
    expect(causeOf({ colour: 'x' })).toBe('--colour is not a setting that nv knows')
  })

  it('several, all of them named', () => {
    expect(causeOf({ pkce: 'yes', apiVersion: 'v9', clientId: '' }).split('\n')).toHaveLength(3)
  })

  it.each(['content-length', 'Host', 'Transfer-Encoding', 'connection'])(
    'the header %s, which frames the message',
    (name) =>
      expect(causeOf({ headers: { [name]: '3' } })).toContain('must not set a header of the connection'),
  )

  it.each(['X Y', 'X:Y', '', 'Ü'])('the header name %j', (name) => {
    expect(causeOf({ headers: { [name]: 'x' } })).toContain('must have a header name')
  })
})

describe('what may be a secret is not quoted', () => {
  it.each<[string, Record<string, unknown>]>([
    ['a secret given as the name of its variable', { clientSecretEnv: 'canary-Zx9!' }],
    ['the value of a header', { headers: { 'X-Key': 'canary-Zx9\r\nX-Other: y' } }],
    ['the value of a header outside Latin-1', { headers: { 'X-Key': 'canary-Zx9 €' } }],
    ['a password in a proxy', { proxy: 'http://me:canary-Zx9@proxy.example:3128' }],
    ['a password in an endpoint', { tokenUrl: 'https://me:canary-Zx9@gateway.example/token' }],
    ['a user name in an endpoint', { tokenUrl: 'https://canary-Zx9@gateway.example/token' }],
  ])('%s', (_, raw) => {
    const cause = causeOf(raw)
    expect(cause).not.toContain('canary')
    expect(cause).toContain(`--${Object.keys(raw)[0]} must`)
  })

  it('a secret under a name of its own is no setting', () => {
    expect(causeOf({ clientSecret: 'canary-Zx9' })).toBe('--clientSecret is not a setting that nv knows')
  })
})

it('keys that JavaScript has a meaning for are no settings, and change nothing', () => {
  const raw = JSON.parse('{"__proto__":{"clientId":"polluted"},"pkce":"on"}') as Record<string, unknown>
  expect(causeOf(raw)).toBe('--__proto__ is not a setting that nv knows')
  expect(({} as { clientId?: unknown }).clientId).toBeUndefined()
  const headers = JSON.parse('{"headers":{"__proto__":"x","X-A":"b"}}') as Record<string, unknown>
  expect(parseSettings(headers, flagOf).headers).toEqual({ 'X-A': 'b' })
})

it('a typed value is checked by the same rules, in a sentence', () => {
  expect(checkSetting('tokenUrl', 'https://gateway.example/token')).toBe(true)
  expect(checkSetting('tokenUrl', 'http://gateway.example/token')).toMatch(/^It must be an https URL .*\.$/)
})

it('an endpoint that a gateway names obeys the rules of one that a user names', () => {
  expect(endpointRule('https://gateway.example/token')).toBeNull()
  expect(endpointRule('javascript:alert(1)')).toBe('must be an https URL')
  expect(endpointRule('http://other.example/token')).toContain('plain http is for this machine only')
})

it('an address to listen on has a host of its own', () => {
  expect(parseListen('8080')).toEqual({ host: '127.0.0.1', port: 8080 })
  expect(parseListen('[::1]:0')).toEqual({ host: '::1', port: 0 })
  expect(parseListen('0.0.0.0:80')).toEqual({ host: '0.0.0.0', port: 80 })
  expect(parseListen('::1:80')).toBeNull()
})

it('the value of a header is one line of Latin-1', () => {
  expect(headerValueRule('a\tb ü')).toBeNull()
  for (const value of ['a\r\nX: y', 'a\nb', '€', ' a', 'a\n', '\u0000'])
    expect(headerValueRule(value)).toMatch(/^must/)
})

it('a variable is `$` and a name, and nothing else', () => {
  expect(variableIn('$ACME_KEY')).toBe('ACME_KEY')
  for (const value of ['ACME_KEY', '$', '$1', '${ACME}', '$ACME!', '$ACME KEY', 'x$ACME', '$ACME\n'])
    expect(variableIn(value)).toBeNull()
})

it.each([
  ['X-RapidAPI-Key', true],
  ['Authorization', true],
  ['X-Auth', true],
  ['Ocp-Apim-Subscription-Key', true],
  ['Cookie', true],
  ['X-Access-Token', true],
  ['X-RapidAPI-Host', false],
  ['X-Customer', false],
  ['X-Author', false],
])('the header %s holds a secret: %s', (name, isSecret) => {
  expect(isSecretHeaderName(name)).toBe(isSecret)
})

it('the names of settings are those that the layers know', () => {
  expect(settingNames).toContain('clientSecretEnv')
  expect(settingNames).not.toContain('clientSecret')
})

it('refuses a user name in a proxy', () => {
  expect(checkSetting('proxy', 'http://me@proxy.example:3128')).toBe(
    'It must not hold a user name or a password: give them in HTTPS_PROXY instead.',
  )
})
