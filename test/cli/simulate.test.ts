// nv simulate: what it takes, what it prints where, and how it ends.
import { execFile } from 'node:child_process'
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { Cancelled, exitCodes } from '../../src/errors.ts'
import { defaultLines } from '../../src/simulator/operator/lines.ts'
import type { RunningSimulator } from '../../src/simulator/simulator.ts'
import { createTestContext } from '../support/context.ts'
import { expectSchema } from '../support/schema.ts'
import { assertionClaims } from '../support/client-keys.ts'
import { authorizeUrl, basic, obtainCode, obtainToken, postToken } from '../support/simulator.ts'

const pair = generateKeyPairSync('ed25519')
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = { type: 'pkcs8', format: 'pem' } as const
const jwk = { ...pair.publicKey.export({ format: 'jwk' }), kid: 'one' }
const files = {
  'public.pem': pair.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'private.pem': pair.privateKey.export(pem).toString(),
  'rsa.pem': rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
  'key.jwk': JSON.stringify(jwk),
  'private.jwk': JSON.stringify(pair.privateKey.export({ format: 'jwk' })),
  'keys.jwks': JSON.stringify({ keys: [rsa.publicKey.export({ format: 'jwk' }), jwk] }),
  'short.pem': generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey.export(pem).toString(),
  'curve.pem': generateKeyPairSync('x25519').privateKey.export(pem).toString(),
  'locked.pem': pair.privateKey.export({ ...pem, cipher: 'aes-256-cbc', passphrase: 'x' }).toString(),
  'secret.jwk': '{"kty":"oct","k":"AA"}',
  'empty.jwks': '{"keys":[]}',
  'text.txt': 'no key',
}

/** Runs the command up to its banner, or up to its end when it prints none. */
async function startCommand(...args: string[]) {
  const { context, clock, out, err, interrupt } = createTestContext({ files })
  let isReady = () => {}
  const ready = new Promise<void>((resolve) => {
    isReady = resolve
  })
  const write = (text: string) => {
    context.out.write(text)
    isReady()
  }
  const ended = runProgram({ ...context, out: { ...context.out, write } }, ['simulate', ...args])
  await Promise.race([ready, ended])
  return { out, err, clock, ended, interrupt: () => interrupt(new Cancelled()) }
}

type Announcement = { schema: string } & Omit<RunningSimulator, 'close'>

async function startJson(...args: string[]) {
  const command = await startCommand('--port', '0', '--json', ...args)
  return { ...command, simulator: JSON.parse(command.out()) as Announcement }
}

/** Starts it for a person, whose log is on stderr. */
async function startLogged(...args: string[]) {
  const command = await startCommand('--port', '0', ...args)
  const baseUrl = /listens at (\S+)/.exec(command.out())?.[1] ?? ''
  const urls = {
    baseUrl,
    authorizeUrl: `${baseUrl}/authorize`,
    tokenUrl: `${baseUrl}/token`,
    apiUrl: baseUrl,
  }
  const client = { clientId: 'mock_sandbox_app_id', clientSecret: 'mock_sandbox_app_secret' }
  return { ...command, simulator: { ...urls, ...client } as Announcement }
}

const noClose = { close: () => Promise.resolve() }

describe('the banner', () => {
  it('holds the addresses, the credentials and the lines to start with', async () => {
    const { out, err, interrupt, ended } = await startCommand('--port', '0')
    const port = /127\.0\.0\.1:(\d+)\/apigateway/.exec(out())?.[1] ?? ''
    const operatorPort = /operator +http:\/\/127\.0\.0\.1:(\d+)/.exec(out())?.[1] ?? ''
    expect(out().replaceAll(`:${operatorPort}`, ':<operator>').replaceAll(`:${port}`, ':<port>'))
      .toMatchInlineSnapshot(`
      "The simulator listens at http://127.0.0.1:<port>/apigateway (Ctrl-C stops it)

        authorize   http://127.0.0.1:<port>/apigateway/authorize
        token       http://127.0.0.1:<port>/apigateway/token
        API         http://127.0.0.1:<port>/apigateway/number-verification/{v0,v1,v2}
        operator    http://127.0.0.1:<operator>
        client      mock_sandbox_app_id / mock_sandbox_app_secret (HTTP Basic)
        mode        mock: a number ending in 1 is true, in 2 false, others at random
        SIM token   simulator-operator-token-1, simulator-operator-token-2

      A call that needs no flow:
        curl http://127.0.0.1:<port>/apigateway/number-verification/v2/verify \\
          -H 'Authorization: Bearer mock_sandbox_access_token' \\
          -H 'Content-Type: application/json' -d '{"phoneNumber":"+34600000001"}'

      The whole flow, from another terminal (nv simulate --help has shorter ways):
        env NV_AUTHORIZE_URL=http://127.0.0.1:<port>/apigateway/authorize \\
            NV_TOKEN_URL=http://127.0.0.1:<port>/apigateway/token \\
            NV_API_URL=http://127.0.0.1:<port>/apigateway \\
            NV_CLIENT_ID=mock_sandbox_app_id \\
            NV_CLIENT_SECRET=mock_sandbox_app_secret \\
            NV_REDIRECT_URI=http://127.0.0.1:4011/callback \\
            nv verify +34600000001 --via direct
      "
    `)
    expect(err()).toBe('')
    interrupt()
    await ended
  })

  it('has a curl command that works as it is printed', async (test) => {
    const run = promisify(execFile)
    const hasCurl = await run('curl', ['--version']).then(
      () => true,
      () => false,
    )
    if (!hasCurl) test.skip('curl is not installed')
    const { out, interrupt, ended } = await startCommand('--port', '0')
    const command = /^ *(curl [^]*?[^\\])$/m.exec(out())?.[1] ?? ''
    const { stdout } = await run('sh', ['-c', command])
    expect(stdout).toBe('{"devicePhoneNumberVerified":true}')
    interrupt()
    await ended
  })
})

describe('--tls', () => {
  it('names what to trust, in the lines to start with too', async () => {
    const { out, interrupt, ended } = await startCommand('--port', '0', '--tls')
    const caFile = /^ {2}authority +(\/.*ca\.pem) \(trust it\)$/m.exec(out())?.[1]
    expect(out()).toContain('The simulator listens at https://127.0.0.1:')
    expect(out()).toContain(`      NV_CA=${caFile} \\\n      nv verify`)
    expect(out()).not.toMatch(/http:(?!\/\/127\.0\.0\.1:401\d\/callback)/)
    expect(existsSync(caFile ?? '')).toBe(true)
    interrupt()
    await ended
    expect(existsSync(caFile ?? '')).toBe(false)
  })

  it('with --json, the file is in it', async () => {
    const { simulator, interrupt, ended } = await startJson('--tls')
    expect(simulator).toMatchObject({
      baseUrl: expect.stringMatching(/^https:/) as string,
      operatorUrl: expect.stringMatching(/^https:/) as string,
      caFile: expect.stringMatching(/ca\.pem$/) as string,
    })
    interrupt()
    await ended
  })
})

describe('--json', () => {
  it('prints one line of JSON when it is ready, and then one a request', async () => {
    const { simulator, out, err, interrupt, ended } = await startJson()
    expect(out()).toMatch(/^\{[^\n]*\}\n$/)
    expect(simulator).toEqual({
      schema: 'nv.simulator/1',
      baseUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/apigateway$/) as string,
      authorizeUrl: `${simulator.baseUrl}/authorize`,
      tokenUrl: `${simulator.baseUrl}/token`,
      backchannelUrl: `${simulator.baseUrl}/bc-authorize`,
      enablementUrl: null,
      redirectUris: [],
      apiUrl: simulator.baseUrl,
      operatorUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) as string,
      clientId: 'mock_sandbox_app_id',
      clientSecret: 'mock_sandbox_app_secret',
      mode: 'mock',
      lines: defaultLines,
    })
    const accessToken = await obtainToken({ ...simulator, ...noClose })
    const lines = out()
      .trim()
      .split('\n')
      .slice(1)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    for (const line of lines) expectSchema(line, 'simulator-request')
    expect(lines.map(({ origin, method, path, status }) => [origin, method, path, status])).toEqual([
      ['gateway', 'GET', '/apigateway/authorize', 302],
      ['operator', 'GET', '/authorize', 302],
      ['operator', 'GET', '/identify', 302],
      ['gateway', 'GET', '/apigateway/callback', 302],
      ['gateway', 'POST', '/apigateway/token', 200],
    ])
    expect(err()).toBe('')
    expect(out()).not.toContain(accessToken)
    interrupt()
    await ended
  })

  it('cuts a long path in its line', async () => {
    const { simulator, err, interrupt, ended } = await startLogged()
    await fetch(`${simulator.baseUrl}/${'x'.repeat(500)}`)
    expect(err()).toMatch(/^[0-9:]{8} GET \/apigateway\/x{80,90}… 404 NOT_FOUND\n$/)
    interrupt()
    await ended
  })

  it('with --quiet prints no requests', async () => {
    const { simulator, out, err, interrupt, ended } = await startJson('--quiet')
    const before = out()
    await fetch(simulator.baseUrl)
    expect([out(), err()]).toEqual([before, ''])
    interrupt()
    await ended
  })
})

describe('the end', () => {
  it('is exit 130 before the time is over, too', async () => {
    const { interrupt, ended } = await startJson('--timeout', '2m')
    interrupt()
    expect(await ended).toBe(exitCodes.interrupted)
  })

  it('is exit 130 after an interruption, with nothing left listening', async () => {
    const { simulator, interrupt, ended } = await startJson()
    interrupt()
    expect(await ended).toBe(exitCodes.interrupted)
    await expect(fetch(simulator.baseUrl)).rejects.toThrow()
    await expect(fetch(simulator.operatorUrl)).rejects.toThrow()
  })

  it('is exit 0 when the time is over', async () => {
    const { simulator, clock, ended } = await startJson('--timeout', '2m')
    clock.advance(119_999)
    expect((await fetch(simulator.baseUrl)).status).toBe(404)
    clock.advance(1)
    expect(await ended).toBe(exitCodes.ok)
    await expect(fetch(simulator.baseUrl)).rejects.toThrow()
  })
})

describe('--client', () => {
  it('lets further clients in, whose secrets may have colons', async () => {
    const { simulator, interrupt, ended } = await startJson('--client', 'one:1', '--client', 'two:2:3')
    for (const [id, secret] of [
      ['one', '1'],
      ['two', '2:3'],
      ['mock_sandbox_app_id', 'mock_sandbox_app_secret'],
    ] as const) {
      const headers = {
        authorization: basic(id, secret),
        'content-type': 'application/x-www-form-urlencoded',
      }
      const response = await fetch(simulator.tokenUrl, {
        method: 'POST',
        headers,
        body: 'grant_type=authorization_code&code=x',
      })
      expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
    }
    interrupt()
    await ended
  })
})

describe('--client-key', () => {
  it.each<[string, KeyObject, string]>([
    ['public.pem', pair.privateKey, 'EdDSA'],
    ['private.pem', pair.privateKey, 'EdDSA'],
    ['rsa.pem', rsa.privateKey, 'PS256'],
    ['key.jwk', pair.privateKey, 'EdDSA'],
    ['private.jwk', pair.privateKey, 'EdDSA'],
    ['keys.jwks', rsa.privateKey, 'RS256'],
  ])('lets a client in that signs with the key of %s', async (path, key, alg) => {
    const { simulator, interrupt, ended, clock } = await startJson('--client-key', `signer:${path}`)
    const jwt = await new SignJWT(assertionClaims({ clock, ...simulator }))
      .setProtectedHeader({ alg })
      .sign(key)
    const response = await fetch(simulator.tokenUrl, {
      method: 'POST',
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'x',
        client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
        client_assertion: jwt,
      }),
    })
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
    interrupt()
    await ended
  })
})

describe('--public-client and --redirect-uri', () => {
  it('register what they name', async () => {
    const args = ['--public-client', 'mine', '--redirect-uri', 'https://a.example/cb']
    const { simulator, interrupt, ended } = await startJson(...args)
    const ask = async (changes: Record<string, string>) => {
      const url = authorizeUrl({ ...simulator, ...noClose }, { client_id: 'mine', ...changes })
      const { headers } = await fetch(url, { redirect: 'manual' })
      return headers.get('location')
    }
    expect(await ask({ redirect_uri: 'https://a.example/cb' })).toContain('code_challenge')
    expect(await ask({ redirect_uri: 'https://a.example/other' })).toBeNull()
    interrupt()
    await ended
  })
})

describe('a rule that is broken', () => {
  it('stands in the log', async () => {
    const { simulator, err, interrupt, ended } = await startLogged()
    const code = await obtainCode({ ...simulator, ...noClose })
    await postToken({ ...simulator, ...noClose }, { grant_type: 'authorization_code', code })
    expect(err()).toMatch(/\/token 200 access token \(overlooked: redirect_uri left out\)\n$/)
    interrupt()
    await ended
  })

  it('is refused under --strict', async () => {
    const { simulator, interrupt, ended } = await startJson('--strict')
    const code = await obtainCode({ ...simulator, ...noClose })
    const response = await postToken({ ...simulator, ...noClose }, { grant_type: 'authorization_code', code })
    expect(await response.json()).toMatchObject({ error: 'invalid_grant' })
    interrupt()
    await ended
  })
})

describe('--host', () => {
  it('warns who can reach it when it is not loopback', async () => {
    const { err, simulator, interrupt, ended } = await startJson('--host', '0.0.0.0')
    expect(err()).toBe(
      'Warning: Everyone on the networks of this machine can use the simulator, until you stop it.\n',
    )
    expect(simulator.baseUrl).toMatch(/^http:\/\/127\.0\.0\.1:/)
    interrupt()
    await ended
  })
})

describe('what it does not take', () => {
  it.each<[string[], string]>([
    [['--port', '65536'], 'is not a port'],
    [['--port', '-1'], 'is not a port'],
    [['--port', '80a'], 'is not a port'],
    [['--port', ''], 'is not a port'],
    [['--port', '1e3'], 'is not a port'],
    [['--port', '6000'], 'refuse to open port'],
    [['--port', '10080'], 'refuse to open port'],
    [['--client', 'secretless'], 'has no secret: secretless'],
    [['--client', ':secret'], 'has no id'],
    [['--client-key', 'signer'], 'needs an id and a file'],
    [['--client-key', ':key.jwk'], 'needs an id and a file'],
    [['--client-key', 'signer:'], 'needs an id and a file'],
    [['--client-key', 'signer:nowhere.pem'], 'File not found: nowhere.pem'],
    [['--client-key', 'signer:text.txt'], 'text.txt holds no usable key'],
    [['--client-key', 'signer:short.pem'], 'short.pem holds no usable key'],
    [['--client-key', 'signer:curve.pem'], 'curve.pem holds no usable key'],
    [['--client-key', 'signer:locked.pem'], 'locked.pem holds no usable key'],
    [['--client-key', 'signer:secret.jwk'], 'secret.jwk holds no usable key'],
    [['--client-key', 'signer:empty.jwks'], 'empty.jwks holds no usable key'],
    [['--public-client', ''], 'has no id'],
    [['--redirect-uri', '/callback'], 'is not a valid redirect URI'],
    [['--redirect-uri', 'https://a.example/#x'], 'is not a valid redirect URI'],
    [['--host', ' '], 'The host is empty'],
    [['--host', 'foo bar'], '"foo bar" is not an address or a host name'],
    [['--host', 'http://127.0.0.1'], '"http://127.0.0.1" is not an address or a host name'],
    [['--host', '127.0.0.1:80'], '"127.0.0.1:80" is not an address or a host name'],
    [['--host', '999.1.1.1'], '"999.1.1.1" is not an address or a host name'],
    [['--client', 'app:'], 'has no secret: app:'],
    [['--timeout', 'soon'], "--timeout can't be"],
    [['--profile', 'mine'], 'uses no profile'],
  ])('%j: %s', async (args, title) => {
    const { ended, out, err } = await startCommand(...args)
    expect(await ended).toBe(exitCodes.usage)
    expect(err()).toContain(title)
    expect(err()).not.toContain(':secret')
    expect(out()).toBe('')
  })

  it('a port that is taken', async () => {
    const { simulator, interrupt, ended } = await startJson()
    const second = await startCommand('--port', new URL(simulator.baseUrl).port)
    expect(await second.ended).toBe(exitCodes.setup)
    expect(second.err()).toContain('The port is taken')
    interrupt()
    await ended
  })

  it('an argument, or an option that it lacks', async () => {
    for (const args of [['now'], ['--listen', 'x']]) {
      const { ended } = await startCommand(...args)
      expect(await ended).toBe(exitCodes.usage)
    }
  })
})
