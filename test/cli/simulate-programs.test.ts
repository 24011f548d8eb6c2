// nv simulate for other programs: variables, a program that it runs, ports, certificates, and what its log shows.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { Cancelled } from '../../src/errors.ts'
import { certify } from '../../src/io/certificates.ts'
import { createTestContext } from '../support/context.ts'
import { freePort } from '../support/ports.ts'
import { runNv, startNv } from '../support/process.ts'
import { expectSchema } from '../support/schema.ts'

const folder = mkdtempSync(join(tmpdir(), 'nv-simulate-'))
afterAll(() => rmSync(folder, { recursive: true }))

const node = process.execPath
/** Prints what it was given, and ends with 7. */
const child = `
  const { NV_AUTHORIZE_URL: url, NV_CLIENT_SECRET: secret, NV_PROFILE: profile, NV_SCOPE: scope, OWN: own } = process.env
  fetch(process.env.NV_TOKEN_URL, { method: 'POST' }).then(({ status }) => {
    console.log(JSON.stringify({ url, secret, profile, scope, own, status, args: process.argv.slice(1) }))
    process.exitCode = 7
  })`

describe('nv simulate -- <program>', () => {
  it('runs it with the variables of the simulator and without those of another gateway, and ends with its code', async () => {
    const env = { NV_PROFILE: 'acme', NV_SCOPE: 'other', OWN: 'kept' }
    const { exitCode, stdout, stderr } = await runNv(
      ['simulate', '--port', '0', '--verbose', '--', node, '-e', child, '--', '--json', 'a b'],
      { env },
    )
    expect(exitCode).toBe(7)
    expect(JSON.parse(stdout)).toMatchObject({
      url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/apigateway\/authorize$/),
      secret: 'mock_sandbox_app_secret',
      own: 'kept',
      status: 400,
      args: ['--json', 'a b'],
    })
    expect(JSON.parse(stdout)).not.toHaveProperty('profile')
    expect(JSON.parse(stdout)).not.toHaveProperty('scope')
    expect(stderr).toMatch(/^\d\d:\d\d:\d\d POST \/apigateway\/token 400 [^\n]*\n/)
    expect(stderr).not.toContain('mock_sandbox_app_secret')
  })

  it('verifies with nv itself, over https too', async () => {
    const nv = join(import.meta.dirname, '../../bin/nv.js')
    const verify = [
      node,
      nv,
      'verify',
      '+34600000001',
      '--via',
      'direct',
      '--listen',
      `127.0.0.1:${await freePort()}`,
    ]
    const { exitCode, stdout } = await runNv(
      ['simulate', '--port', '0', '--tls', '--quiet', '--', ...verify],
      {
        env: { NV_REDIRECT_URI: 'http://127.0.0.1:4011/callback' },
      },
    )
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: "verified  this phone's number is +34600000001 (simulated)\n",
    })
  })

  it.each<[NodeJS.Signals, number]>([
    ['SIGTERM', 3],
    ['SIGINT', 5],
  ])('hands %s on, waits for the program, and ends with its code', async (signal, code) => {
    const waiting = `
      process.on('SIGTERM', () => setTimeout(() => process.exit(3), 1200))
      process.on('SIGINT', () => process.exit(5))
      setInterval(() => {}, 1000)
      console.log('ready')`
    const nv = startNv(['simulate', '--port', '0', '--', node, '-e', waiting])
    await nv.untilStdout(/ready/)
    nv.process.kill(signal)
    expect(await nv.finished).toMatchObject({ exitCode: code, stderr: '' })
  })

  it('ends with 128 and the number of the signal that ended the program', async () => {
    const { exitCode } = await runNv([
      'simulate',
      '--port',
      '0',
      '--',
      node,
      '-e',
      'process.kill(process.pid, 9)',
    ])
    expect(exitCode).toBe(137)
  })

  it('ends the program when the time is over', async () => {
    const endless = 'setInterval(() => {}, 1000)'
    const { exitCode } = await runNv([
      'simulate',
      '--port',
      '0',
      '--timeout',
      '500ms',
      '--',
      node,
      '-e',
      endless,
    ])
    expect(exitCode).toBe(143)
  })

  it('says which program can not be started, and takes none without --', async () => {
    expect(await runNv(['simulate', '--port', '0', '--', 'no-such-program'])).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('Can\'t start "no-such-program"'),
    })
    expect(await runNv(['simulate', 'npm', 'test'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('Too many arguments for nv simulate'),
    })
  })
})

async function start(...args: string[]) {
  const { context, out, err, interrupt } = createTestContext()
  let isReady = () => {}
  const ready = new Promise<void>((resolve) => (isReady = resolve))
  const write = (text: string) => {
    context.out.write(text)
    isReady()
  }
  const running = { ...context, out: { ...context.out, write } }
  const ended = runProgram(running, ['simulate', '--port', '0', ...args])
  await Promise.race([ready, ended])
  return {
    out,
    err,
    stop: () => {
      interrupt(new Cancelled())
      return ended
    },
    ended,
  }
}

describe('--env', () => {
  it('prints lines that a shell evaluates, and goes on', async () => {
    const { out, err, stop } = await start('--env')
    expect(out()).toMatch(/^(export NV_[A-Z_]+=[\w:/.-]+\n)+$/)
    expect(err()).toMatch(/^The simulator listens at \S+ \(Ctrl-C stops it\)\n$/)
    const tokenUrl = /NV_TOKEN_URL=(\S+)/.exec(out())?.[1] ?? ''
    expect((await fetch(tokenUrl, { method: 'POST' })).status).toBe(400)
    await stop()
  })

  it.each([
    ['--json', '--env'],
    ['--env', '--', 'npm'],
    ['--json', '--', 'npm'],
  ])('has stdout for itself: %j', async (...args) => {
    const { ended, err } = await start(...args)
    expect(await ended).toBe(2)
    expect(err()).toContain("can't be used together")
  })
})

describe('where it listens', () => {
  it('--operator-port is that of the operator', async () => {
    const port = await freePort()
    const { out, stop } = await start('--operator-port', String(port), '--json')
    expect(JSON.parse(out())).toMatchObject({ operatorUrl: `http://127.0.0.1:${port}` })
    await stop()
    for (const [given, title] of [
      ['x', 'is not a port'],
      ['6000', 'refuse to open port'],
    ] as const) {
      const refused = await start('--operator-port', given)
      expect(await refused.ended).toBe(2)
      expect(refused.err()).toContain(title)
    }
    const twice = createTestContext()
    expect(await runProgram(twice.context, ['simulate', '--port', '4019', '--operator-port', '4019'])).toBe(2)
    expect(twice.err()).toContain('Port 4019 is named twice')
  })

  it('--host 0.0.0.0 names the addresses that others use', async () => {
    const { context, out, interrupt } = createTestContext({
      network: {
        interfaces: () => [
          { name: 'lo', addresses: ['127.0.0.1', '::1'] },
          { name: 'eth0', addresses: ['192.0.2.7', '2001:db8::7', 'fe80::1%eth0'] },
        ],
        isLocal: () => Promise.resolve(true),
      },
    })
    let isReady = () => {}
    const ready = new Promise<void>((resolve) => (isReady = resolve))
    const write = (text: string) => {
      context.out.write(text)
      isReady()
    }
    const running = { ...context, out: { ...context.out, write } }
    const ended = runProgram(running, ['simulate', '--port', '0', '--host', '0.0.0.0'])
    await ready
    expect(out()).toMatch(/^ {2}others use {2}http:\/\/192\.0\.2\.7:\d+\/apigateway$/m)
    expect(out()).not.toMatch(/2001:db8|fe80/)
    interrupt(new Cancelled())
    await ended
  })

  it('--cert and --key serve https with a certificate of the user', async () => {
    const { identity, ca } = await certify('127.0.0.1', Date.now(), null)
    const other = await certify('127.0.0.1', Date.now(), null)
    const files = { cert: identity.cert, key: identity.key, other: other.identity.key, text: 'no key', ca }
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
    const simulate = (cert: string, key: string) => [
      'simulate',
      '--port',
      '0',
      '--quiet',
      '--cert',
      join(folder, cert),
      '--key',
      join(folder, key),
    ]
    const print = 'fetch(process.env.NV_TOKEN_URL, { method: "POST" }).then((it) => console.log(it.status))'
    const env = { NODE_EXTRA_CA_CERTS: join(folder, 'ca') }
    expect(await runNv([...simulate('cert', 'key'), '--', node, '-e', print], { env })).toMatchObject({
      exitCode: 0,
      stdout: '400\n',
    })
    expect((await runNv(simulate('cert', 'other'))).stderr).toContain(
      'The private key is not that of the certificate',
    )
    expect((await runNv(simulate('cert', 'text'))).stderr).toContain('Both must be PEM')
    expect((await runNv(simulate('cert', 'missing'))).stderr).toContain('File not found')
    expect(await runNv(['simulate', '--cert', 'x'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--key is missing'),
    })
  })
})

test('the banner fits 24 rows of 80 columns', async () => {
  for (const args of [
    [],
    ['--tls'],
    ['--mode', 'network'],
    ['--mode', 'network', '--tls'],
    ['--host', '0.0.0.0'],
  ]) {
    const { out, stop } = await start(...args)
    const lines = out().split('\n')
    expect(lines.length, out()).toBeLessThanOrEqual(24)
    expect(lines.filter((line) => line.length > 80)).toEqual([])
    await stop()
  }
})

test('--verbose and --json show parameters, and nothing that opens something', async () => {
  for (const flag of ['--verbose', '--json']) {
    const { out, err, stop } = await start(flag)
    const base = /http:\/\/127\.0\.0\.1:\d+\/apigateway/.exec(out())?.[0] ?? ''
    await fetch(`${base}/authorize?response_type=code&state=secret-1&login_hint=tel:%2B34600000009`)
    await fetch(`${base}/token`, {
      method: 'POST',
      headers: { authorization: `Basic ${btoa('app:secret-2')}` },
      body: new URLSearchParams({
        grant_type: 'authorization_code',
        code: 'secret-3',
        client_secret: 'secret-4',
      }),
    })
    await fetch(`${base}/number-verification/v2/verify`, {
      method: 'POST',
      headers: { authorization: 'Bearer secret-5', 'content-type': 'application/json' },
      body: JSON.stringify({ phoneNumber: '+34600000009', 'secret-6\u001b[2J': 'secret-7' }),
    })
    const log = flag === '--json' ? out() : err()
    expect(log).toContain('authorization_code')
    expect(log).toContain('Basic […]')
    expect(log).toContain('+34*******09')
    expect(log).not.toMatch(/secret-[1234578]|34600000009|YXBw/)
    expect(log).not.toContain('\u001b')
    if (flag === '--json')
      for (const line of out().trim().split('\n').slice(1))
        expectSchema(JSON.parse(line), 'simulator-request')
    await stop()
  }
})

describe('a form sent as JSON', () => {
  const post = async (args: string[], type: string, body: string) => {
    const { out, err, stop } = await start(...args)
    const base = /http:\/\/127\.0\.0\.1:\d+\/apigateway/.exec(out())?.[0] ?? ''
    const response = await fetch(`${base}/token`, { method: 'POST', headers: { 'content-type': type }, body })
    const answer = (await response.json()) as { error_description?: string }
    await stop()
    return { description: answer.error_description ?? '', log: err() }
  }
  const json = '{"grant_type":"authorization_code","code":"x"}'
  it.each<[string, string[], string, string, RegExp]>([
    ['is named by a strict gateway', ['--strict'], 'application/json', json, /The body is JSON/],
    ['that is broken', [], 'application/json', '{"grant_type":', /The body is JSON/],
    ['with other values', [], 'application/json', '{"grant_type":1}', /The body is JSON/],
    [
      'in name only',
      [],
      'application/json',
      'grant_type=x',
      /The body is a form, but its Content-Type says JSON/,
    ],
  ])('%s', async (_what, args, type, body, text) => {
    const { description, log } = await post(args, type, body)
    expect(description).toMatch(text)
    expect(log).toMatch(text)
  })

  it('is overlooked otherwise, and the log says so', async () => {
    const { log } = await post([], 'application/json', json)
    expect(log).toContain('(overlooked: a JSON body in place of a form)')
  })
})
