// `--operator-token` from its file to what is on the screen, and `nv number`, against the simulator.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { Cancelled } from '../../src/errors.ts'
import type { Run } from '../../src/run/run.ts'
import { createClientKey } from '../support/client-keys.ts'
import { exportPKCS8 } from 'jose'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'
import { shareScopeOf, startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { clientVariables } from '../support/variables.ts'

const token = 'simulator-operator-token-1'
const key = await createClientKey('ES256', 'one')
const pem = await exportPKCS8(key.privateKey)
let simulator: TestSimulator

beforeEach(async () => {
  simulator = await startTestSimulator({
    clients: [{ id: 'signer', keys: [key.jwk] }],
  })
})
afterEach(() => simulator.close())

function environment(): Record<string, string> {
  return {
    ...clientVariables(simulator),
    NV_BACKCHANNEL_URL: simulator.backchannelUrl,
  }
}

const files = { 'token.txt': `${token}\n`, 'key.pem': pem }

async function nv(args: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext({ env: environment(), files, ...options })
  const exitCode = await runProgram(test.context, args)
  return { ...test, exitCode, stdout: test.out(), stderr: test.err() }
}

/** Replaces what differs from run to run. */
const steady = (text: string) =>
  text.replace(/127\.0\.0\.1(:|%3A)\d+/g, '127.0.0.1$1PORT').replace(/\b\d+ ms/g, 'N ms')

const verify = ['verify', '+34600000001', '--operator-token']

describe('what users see', () => {
  test('verify by CIBA', async () => {
    const { exitCode, stdout, stderr } = await nv([...verify, 'token.txt'])
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: "verified  this phone's number is +34600000001 (simulated)\n",
    })
    expect(steady(stderr)).toBe(
      [
        '✔ authorize 127.0.0.1:PORT accepted the SIM token N ms',
        '✔ token     received an access token for dpv:FraudPreventionAndDetection number-verification:verify N ms',
        '✔ api       devicePhoneNumberVerified is true N ms',
        '',
      ].join('\n'),
    )
  })

  test('verify by a JWT bearer assertion', async () => {
    const env = {
      ...environment(),
      NV_CLIENT_ID: 'signer',
      NV_AUTH_METHOD: 'private_key_jwt',
      NV_KEY: 'key.pem',
      NV_KEY_ID: 'one',
    }
    const args = [...verify, 'token.txt', '--grant', 'jwt-bearer']
    const { exitCode, stderr } = await nv(args, { env })
    expect(exitCode).toBe(0)
    const byVariable = await nv([...verify, 'token.txt'], { env: { ...env, NV_GRANT: 'jwt-bearer' } })
    expect(steady(byVariable.stderr)).toBe(steady(stderr))
    expect(steady(stderr).split('\n')).toHaveLength(3)
    expect(simulator.entries.map(({ path }) => path)).not.toContain('/apigateway/bc-authorize')
  })

  test.each([
    ['through the phone', ['--via', 'direct']],
    ['by the token of the SIM', ['--operator-token', 'token.txt']],
  ])('number, %s', async (_how, args) => {
    const env = { ...environment(), NV_REDIRECT_URI: 'https://app.example/callback' }
    const { exitCode, stdout, stderr } = await nv(['number', ...args], { env })
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: "+34600000001  this phone's number (simulated)\n",
    })
    expect(stderr).toContain('✔ api       devicePhoneNumber is +34*******01')
  })

  test('number --json prints a run with the number, and its steps without it', async () => {
    const { stdout } = await nv(['number', '--operator-token', 'token.txt', '--json'])
    const { phoneNumber, ...run } = JSON.parse(stdout) as Run
    expect(run).toMatchObject({ schema: 'nv.run/1', command: 'number', outcome: 'identified', exitCode: 0 })
    expect(phoneNumber).toBe('+34600000001')
    expect(JSON.stringify(run)).not.toContain('34600000001')
  })

  test('number takes no argument, and says so as JSON too', async () => {
    const { exitCode, stdout } = await nv(['number', '+34600000001', '--json'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({ command: 'number', exitCode: 2, failedStep: 'prepare' })
  })

  test.each(['verify', 'number'])('the help of %s names the options', async (command) => {
    const { stdout, exitCode } = await nv([command, '--help', '--all'])
    expect(exitCode).toBe(0)
    for (const word of ['--operator-token <file>', '--grant <ciba|jwt-bearer>', 'ciba', 'jwt-bearer'])
      expect(stdout).toContain(word)
  })

  test('the help of nv names number', async () => {
    expect((await nv(['--help'])).stdout).toMatch(/^ {2}number +show the number of the phone/m)
  })
})

describe('where the token comes from', () => {
  test.each([
    ['a line of stdin', [token]],
    ['stdin with blank lines around it', ['', `  ${token} `, '']],
    ['stdin with the prefix of the login_hint', [`operatortoken:${token}`]],
    ['a BOM', [`\uFEFF${token}`]],
    ['double quotes', [`"${token}"`]],
    ['single quotes with the prefix inside', [`'operatortoken:${token}'`]],
    ['the prefix before quotes', [`operatortoken:"${token}"`]],
    ['a JSON string with a comma after it', [`"${token}",`]],
    ['JSON', [JSON.stringify({ token })]],
    ['JSON on several lines', [JSON.stringify({ operatorToken: token, expires_in: 300 }, null, 2)]],
    ['an answer of an entitlement server', [JSON.stringify({ Token: { TemporaryToken: token } })]],
    ['the same in XML', [`<parm name="TemporaryToken" value="${token}"/>`]],
    ['a login_hint in JSON', [JSON.stringify({ login_hint: `operatortoken:${token}` })]],
    ['a line of a .env', [`OPERATOR_TOKEN="${token}"`]],
    ['a parameter of a form', [`login_hint=operatortoken%3A${token}`]],
  ])('%s', async (_what, lines) => {
    expect((await nv([...verify, '-'], { lines })).exitCode).toBe(0)
  })

  test('a file in UTF-16, as PowerShell writes it', async () => {
    const bytes = Buffer.from(`\uFEFF${token}\r\n`, 'utf16le')
    expect((await nv([...verify, 'utf16'], { files: { utf16: bytes } })).exitCode).toBe(0)
  })

  test('a terminal on stdin: it is asked for, hidden', async () => {
    const asked: string[] = []
    const secret = ({
      message,
      validate,
    }: {
      message: string
      validate?: (text: string) => true | string
    }) => {
      asked.push(message, String(validate?.('')), String(validate?.('a\u0007b')), String(validate?.(token)))
      return Promise.resolve(token)
    }
    const { exitCode } = await nv([...verify, '-'], { isTerminal: true, prompt: { secret } })
    expect(exitCode).toBe(0)
    expect(asked).toEqual([
      'Operator token:',
      'It is empty.',
      'It holds control characters, or more than one line.',
      'true',
    ])
  })

  test('Ctrl-C at the question', async () => {
    const secret = () => Promise.reject(new Cancelled())
    const { exitCode } = await nv([...verify, '-'], { isTerminal: true, prompt: { secret } })
    expect(exitCode).toBe(130)
    expect(simulator.entries).toEqual([])
  })
})

describe('what is refused, with nothing sent', () => {
  const nothing = {
    ...files,
    empty: ' \n',
    two: `${token}\n${token}\n`,
    escape: `${token}\u001b[2J`,
    json: '{"a":1}',
    both: '{"token":"a","operatorToken":"b"}',
    html: '<html>',
  }

  test.each<[string, readonly string[], string, TestContextOptions]>([
    ['no such file', [...verify, 'nowhere'], 'file_missing', {}],
    ['an empty file', [...verify, 'empty'], 'invalid_operator_token', { files: nothing }],
    ['two lines', [...verify, 'two'], 'invalid_operator_token', { files: nothing }],
    ['control characters', [...verify, 'escape'], 'invalid_operator_token', { files: nothing }],
    ['JSON without a token', [...verify, 'json'], 'invalid_operator_token', { files: nothing }],
    ['JSON with two tokens', [...verify, 'both'], 'invalid_operator_token', { files: nothing }],
    ['HTML', [...verify, 'html'], 'invalid_operator_token', { files: nothing }],
    ['an empty stdin', [...verify, '-'], 'invalid_operator_token', {}],
    [
      'a terminal and --no-input',
      [...verify, '-', '--no-input'],
      'operator_token_not_given',
      { isTerminal: true },
    ],
    ['--via', [...verify, 'token.txt', '--via', 'qr'], 'operator_token_needs_no_phone', {}],
    ['--state', [...verify, 'token.txt', '--state', 'x'], 'operator_token_needs_no_phone', {}],
    ['--login-hint', [...verify, 'token.txt', '--login-hint', 'tel'], 'operator_token_needs_no_phone', {}],
    ['--prompt', [...verify, 'token.txt', '--prompt', 'none'], 'operator_token_needs_no_phone', {}],
    [
      '--redirect-uri',
      [...verify, 'token.txt', '--redirect-uri', 'https://a.example/'],
      'operator_token_needs_no_phone',
      {},
    ],
    [
      '--local-address',
      [...verify, 'token.txt', '--local-address', '127.0.0.1'],
      'operator_token_needs_no_phone',
      {},
    ],
    ['--device', [...verify, 'token.txt', '--device', 'x'], 'operator_token_needs_no_phone', {}],
    ['--wifi-off', [...verify, 'token.txt', '--wifi-off'], 'operator_token_needs_no_phone', {}],
    [
      '--devtools',
      [...verify, 'token.txt', '--devtools', 'http://127.0.0.1:9222'],
      'operator_token_needs_no_phone',
      {},
    ],
    ['--qr-file', [...verify, 'token.txt', '--qr-file', 'qr.svg'], 'operator_token_needs_no_phone', {}],
    ['--page', [...verify, 'token.txt', '--page'], 'operator_token_needs_no_phone', {}],
    ['--go', [...verify, 'token.txt', '--go'], 'operator_token_needs_no_phone', {}],
    ['--grant alone', ['verify', '+34600000001', '--grant', 'ciba'], 'grant_without_operator_token', {}],
    ['a grant that is none', [...verify, 'token.txt'], 'grant_unknown', { env: { NV_GRANT: 'code' } }],
    ['JWT bearer without a key', [...verify, 'token.txt', '--grant', 'jwt-bearer'], 'missing_setting', {}],
    ['another grant', [...verify, 'token.txt', '--grant', 'password'], 'invalid_choice', {}],
  ])('%s', async (_what, args, code, options) => {
    const { exitCode, stdout, stderr } = await nv([...args, '--json'], options)
    expect(exitCode).toBe(2)
    expect((JSON.parse(stdout) as Run).findings.map((finding) => finding.code)).toEqual([code])
    expect(stdout + stderr).not.toContain(token)
    expect(simulator.entries).toEqual([])
  })

  test('neither endpoint nor key: both are named', async () => {
    const { NV_BACKCHANNEL_URL: _none, ...env } = environment()
    const { exitCode, stderr } = await nv([...verify, 'token.txt'], { env })
    expect(exitCode).toBe(2)
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      '--backchannel-url (NV_BACKCHANNEL_URL) for CIBA, or --key (NV_KEY) for the JWT bearer grant',
    )
  })

  test('CIBA that was asked for without an endpoint: that alone is named', async () => {
    const { NV_BACKCHANNEL_URL: _none, ...env } = environment()
    const { stderr } = await nv([...verify, 'token.txt', '--grant', 'ciba'], { env })
    expect(stderr).toContain('Not set: --backchannel-url (NV_BACKCHANNEL_URL).')
  })
})

test('a key alone makes it a JWT bearer assertion, and the authorize URL is not needed', async () => {
  const env = {
    NV_TOKEN_URL: simulator.tokenUrl,
    NV_API_URL: simulator.apiUrl,
    NV_CLIENT_ID: 'signer',
    NV_AUTH_METHOD: 'private_key_jwt',
    NV_KEY: 'key.pem',
    NV_KEY_ID: 'one',
  }
  expect((await nv([...verify, 'token.txt'], { env })).exitCode).toBe(0)
  expect(simulator.entries.map(({ path }) => path.split('/').at(-1))).toEqual(['token', 'verify'])
})

test('where the file of a project decides where the token goes, the host is named, also under --quiet', async () => {
  const { authorizeUrl, backchannelUrl, tokenUrl, apiUrl, clientId } = simulator
  const settings = { authorizeUrl, backchannelUrl, tokenUrl, apiUrl, clientId }
  const project = JSON.stringify({ profiles: { team: settings } })
  const { exitCode, stderr } = await nv([...verify, 'token.txt', '--profile', 'team', '--quiet'], {
    env: { NV_CLIENT_SECRET: simulator.clientSecret },
    files: { ...files, '/nowhere/nv.config.json': project },
  })
  const { host } = new URL(tokenUrl)
  expect(exitCode).toBe(0)
  expect(stderr).toBe(
    `warning  The secret in NV_CLIENT_SECRET goes to ${host}, as nv.config.json says\n` +
      `warning  The operator token goes to ${host}, as nv.config.json says\n`,
  )
})

describe('the scope of nv number', () => {
  const scopeOf = async (args: readonly string[], options: TestContextOptions = {}) => {
    const { stdout, stderr } = await nv(['number', '--via', 'direct', '--json', ...args], options)
    return { scope: (JSON.parse(stdout) as Run).profile.scope, stderr }
  }
  const env = () => ({ ...environment(), NV_REDIRECT_URI: 'https://app.example/callback' })

  test.each(['v0', 'v1', 'v2'] as const)('of API %s', async (version) => {
    const { scope } = await scopeOf(['--api-version', version], { env: env() })
    expect(scope).toBe(shareScopeOf[version])
  })

  test.each([
    ['--scope', ['--scope', 'dpv:Own x'], {}],
    ['NV_SCOPE', [], { NV_SCOPE: 'dpv:Own x' }],
  ])('%s is stronger', async (_what, args, more) => {
    expect((await scopeOf(args, { env: { ...env(), ...more } })).scope).toBe('dpv:Own x')
  })

  test('that of a profile is the one of verify: it is not used, and a note says so', async () => {
    const store = createTestStore()
    const settings = {
      authorizeUrl: simulator.authorizeUrl,
      tokenUrl: simulator.tokenUrl,
      apiUrl: simulator.apiUrl,
      clientId: simulator.clientId,
      redirectUri: 'https://app.example/callback',
      scope: 'dpv:FraudPreventionAndDetection number-verification:verify',
    }
    await store.profiles.update((stored) => ({ ...stored, profiles: { acme: settings } }))
    const options = { store, env: { NV_CLIENT_SECRET: simulator.clientSecret } }
    const { scope, stderr } = await scopeOf(['--profile', 'acme'], options)
    expect(scope).toBe(shareScopeOf.v2)
    expect(stderr).toContain(`Asking for ${shareScopeOf.v2}: the scope of the profile is for nv verify.`)
    const own = await scopeOf(['--profile', 'acme', '--scope', 'dpv:Own x'], options)
    expect(own.scope).toBe('dpv:Own x')
    expect(own.stderr).not.toContain('Asking for')
  })
})
