// `nv check` from its arguments to what is on the screen.
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { CheckReport } from '../../src/run/check.ts'
import { expectSchema } from '../support/schema.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'
import { json, withGateway } from '../support/gateway.ts'
import { redirectUri, startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { clientVariables } from '../support/variables.ts'

let simulator: TestSimulator
beforeAll(async () => {
  simulator = await startTestSimulator({ redirectUris: [redirectUri] })
})
afterAll(() => simulator.close())

const environment = (): Record<string, string> => ({
  ...clientVariables(simulator),
  NV_REDIRECT_URI: redirectUri,
})

async function nv(args: readonly string[], options: TestContextOptions = {}) {
  const started = createTestContext({ env: environment(), startMs: Date.now(), ...options })
  const exitCode = await runProgram(started.context, ['check', ...args])
  return { ...started, exitCode, stdout: started.out(), stderr: started.err() }
}

/** Replaces what differs from run to run. */
function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\b\d+ ms/g, 'N ms')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID')
}

describe('what users see', () => {
  test('all well', async () => {
    const { exitCode, stdout, stderr } = await nv([])
    expect(stderr).toBe('')
    expect(steady(stdout)).toBe(`✔ settings     complete N ms
✔ names        127.0.0.1 is an address N ms
✔ tcp          connected to 127.0.0.1:PORT N ms
– tls          plain http, on this machine only N ms
✔ clock        agrees with the servers N ms
– discovery    no issuer is set N ms
– keys         no issuer is set N ms
✔ credentials  127.0.0.1:PORT accepts the client: it refused a made-up code N ms
✔ authorize    127.0.0.1:PORT accepts client_id, redirect_uri and scope so far, and redirects the phone to 127.0.0.1:PORT N ms
✔ api          127.0.0.1:PORT/apigateway/number-verification/v2/verify refused a made-up token, as it should N ms
– redirect_uri https://app.example/callback is not this machine: say what leads here with --listen or --tunnel, or use --via paste N ms
– key          client_secret_basic needs no key N ms
7 passed, 5 skipped (simulated); 3 requests, N ms
`)
    expect(exitCode).toBe(0)
  })

  test('a wrong secret, quietly', async () => {
    const { exitCode, stdout } = await nv(['--quiet'], { env: { ...environment(), NV_CLIENT_SECRET: 'no' } })
    expect(steady(stdout)).toMatch(
      /^✖ credentials {2}invalid_client: 127\.0\.0\.1:PORT does not accept the credentials \(HTTP 401\) N ms\n {2}Set {2}clientSecret \(NV_CLIENT_SECRET\), authMethod \(.*\)\n {2}Why {2}The server says: "The client secret is wrong\."/,
    )
    expect(stdout.split('\n').filter((line) => /^[✔✖–!?]/.test(line))).toHaveLength(1)
    expect(steady(stdout)).toMatch(/\n1 failed, 6 passed, 5 skipped \(simulated\); 3 requests, N ms\n$/)
    expect(exitCode).toBe(1)
  })

  test('every request, on request', async () => {
    const { stderr } = await nv(['--verbose'])
    expect(stderr.split('\n').filter((line) => / (GET|POST) |^(GET|POST) /.test(line))).toHaveLength(3)
  })

  test('one JSON object', async () => {
    const { stdout, stderr } = await nv(['--json'])
    const report = JSON.parse(stdout) as CheckReport
    expect(stderr).toBe('')
    expect(report).toMatchObject({ schema: 'nv.check/1', exitCode: 0, requests: 3, simulated: true })
    expect(report.checks.map(({ name }) => name)).toEqual([
      'settings',
      'names',
      'tcp',
      'tls',
      'clock',
      'discovery',
      'keys',
      'credentials',
      'authorize',
      'api',
      'redirect_uri',
      'key',
    ])
  })
})

describe('which profile', () => {
  it.each([
    ['as the argument', ['simulator']],
    ['as an option', ['-p', 'simulator']],
    ['as both', ['simulator', '--profile', 'simulator']],
  ])('%s', async (_name, args) => {
    const { exitCode, stdout } = await nv([...args, '--json'], { env: {} })
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ profile: { name: 'simulator' } })
  })

  it.each([
    ['two of them', ['one', '--profile', 'two'], 'profile_twice'],
    ['one and all', ['one', '--all'], 'profile_twice'],
    ['none', [], 'no_profile'],
    ['an unknown one', ['nobody'], 'unknown_profile'],
    ['all of none', ['--all'], 'no_profiles'],
  ])('%s is a usage error', async (_name, args, code) => {
    const { exitCode, stdout } = await nv([...args, '--json'], { env: {} })
    expect(exitCode).toBe(2)
    expect((JSON.parse(stdout) as { error: { code: string } }).error.code).toBe(code)
  })
})

describe('files and tables', () => {
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'nv-check-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  async function storeWithProfiles() {
    const store = createTestStore()
    const { NV_CLIENT_SECRET: _secret, ...env } = environment()
    const profile = (clientId: string) => ({
      preset: 'generic',
      authorizeUrl: env['NV_AUTHORIZE_URL'],
      tokenUrl: env['NV_TOKEN_URL'],
      apiUrl: env['NV_API_URL'],
      redirectUri,
      clientId,
      clientSecretEnv: 'ACME_SECRET',
    })
    await store.profiles.update(() => ({
      default: 'good',
      profiles: { good: profile(simulator.clientId), wrong: profile('nobody') },
    }))
    return { store, env: { ACME_SECRET: simulator.clientSecret } }
  }

  test('--junit writes XML beside the result', async () => {
    const path = join(folder, 'nv.xml')
    const { exitCode, stdout } = await nv(['--json', '--junit', path])
    expect(exitCode).toBe(0)
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'nv.check/1' })
    expect(await readFile(path, 'utf8')).toMatch(
      /^<\?xml .*\n<testsuites name="nv check" tests="12" failures="0"/,
    )
  })

  test.each([[[]], [['--all']]])(
    '--junit into a folder that is not there is exit 4 at once %j',
    async (all) => {
      const { exitCode, stdout, stderr } = await nv([
        ...all,
        '--json',
        '--junit',
        join(folder, 'missing/nv.xml'),
      ])
      expect(exitCode).toBe(4)
      expect(JSON.parse(stdout)).toMatchObject({ schema: 'nv.error/1', exitCode: 4 })
      expect(stderr).toContain("can't be written")
    },
  )

  test('--all prints a table, and the worst decides', async () => {
    const { exitCode, stdout } = await nv(['--all'], await storeWithProfiles())
    expect(exitCode).toBe(1)
    expect(steady(stdout).replace(/ +/g, ' ')).toBe(
      [
        'PROFILE RESULT REQUESTS TIME LOOK AT',
        'good passed 3 N ms',
        'wrong failed 3 N ms credentials: invalid_client: 127.0.0.1:PORT does not accept the credentials (HTTP 401)',
        '',
      ].join('\n'),
    )
  })

  test('--all --json has them all', async () => {
    const { exitCode, stdout } = await nv(['--all', '--json'], await storeWithProfiles())
    expectSchema(JSON.parse(stdout), 'checks')
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'nv.checks/1',
      exitCode: 1,
      requests: 6,
      reports: [
        { schema: 'nv.check/1', profile: { name: 'good' }, exitCode: 0 },
        { schema: 'nv.check/1', profile: { name: 'wrong' }, exitCode: 1 },
      ],
      refused: [],
    })
    expect(exitCode).toBe(1)
  })
})

test('what a server says is inert on the screen and in files', async () => {
  const hostile = '\u001b[2J\u001b]52;c;aGk=\u0007\u202e\r</failure>'
  const handlers = {
    token: () => json({ error: hostile, error_description: hostile }, 401, { 'x-correlator': 'a' }),
    authorize: () => ({
      status: 400,
      headers: { 'content-type': 'text/html' },
      body: `<title>${hostile}</title>`,
    }),
    verify: () => json({ code: hostile, message: hostile }, 403),
  }
  await withGateway(handlers, async ({ urls }) => {
    const env = {
      ...environment(),
      NV_AUTHORIZE_URL: urls.authorizeUrl,
      NV_TOKEN_URL: urls.tokenUrl,
      NV_API_URL: urls.apiUrl,
    }
    for (const args of [[], ['--json'], ['--verbose']]) {
      const { stdout, stderr, exitCode } = await nv(args, { env })
      expect(exitCode).toBe(1)
      // oxlint-disable-next-line no-control-regex
      expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/)
    }
  })
})
