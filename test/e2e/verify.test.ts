// `nv verify` and `nv simulate` as a user runs them: real processes, real sockets.
import { existsSync } from 'node:fs'
import { createServer } from 'node:net'
import { CookieJar } from 'tough-cookie'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { expectFree, freePort } from '../support/ports.ts'
import { runNv, type RunningProgram, runShell, startNv } from '../support/process.ts'

/** The codes of findings and the like, of what --json printed. */
const parseRun = (stdout: string) => JSON.parse(stdout) as Run

/** Opens the URL as a phone's browser does, and gives the last page. */
async function openOnPhone(url: string): Promise<{ url: string; text: string }> {
  const jar = new CookieJar()
  for (let next = url; ;) {
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: await jar.getCookieString(next) },
    })
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, next)
    const location = response.headers.get('location')
    if (location === null) return { url: next, text: await response.text() }
    next = new URL(location, next).href
  }
}

/** Follows the chain like `openOnPhone`, and gives the address at the redirect_uri without opening it. */
async function addressOnPhone(url: string, redirectUri: string): Promise<string> {
  const jar = new CookieJar()
  for (let next = url; ;) {
    if (next.startsWith(redirectUri)) return next
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: await jar.getCookieString(next) },
    })
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, next)
    next = new URL(response.headers.get('location') ?? '', next).href
  }
}

describe('with the simulator inside', () => {
  test.each([
    ['+34600000001', 0, "verified  this phone's number is +34600000001 (simulated)\n"],
    ['+34600000002', 1, "mismatch  this phone's number is not +34600000002 (simulated)\n"],
  ])('%s ends with %d and the verdict alone on stdout', async (number, exitCode, stdout) => {
    expect(await runNv(['verify', number, '--profile', 'simulator'])).toMatchObject({ exitCode, stdout })
  })

  test('--json prints one object and nothing else', async () => {
    const { stdout, exitCode } = await runNv(['verify', '+34600000001', '--profile', 'simulator', '--json'])
    expect(exitCode).toBe(0)
    expect(parseRun(stdout)).toMatchObject({
      schema: 'nv.run/1',
      outcome: 'verified',
      failedStep: null,
      exitCode: 0,
    })
  })

  test('--quiet prints the verdict alone', async () => {
    const { stderr } = await runNv(['verify', '+34600000001', '--profile', 'simulator', '--quiet'])
    expect(stderr).toBe('')
  })

  test('nothing is written in colour, or moves, without a terminal', async () => {
    const { stdout, stderr } = await runNv(['verify', '+34600000001', '--profile', 'simulator'])
    // oxlint-disable-next-line no-control-regex
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
  })

  test.each(['v0', 'v1', 'v2'])('the API %s is called with its scope', async (version) => {
    const { stdout } = await runNv([
      'verify',
      '+34600000001',
      '-p',
      'simulator',
      '--json',
      '--api-version',
      version,
    ])
    expect(parseRun(stdout)).toMatchObject({ outcome: 'verified', profile: { apiVersion: version } })
  })

  test('a hashed number is verified too', async () => {
    const args = ['verify', '+34600000001', '-p', 'simulator', '--hashed', '--login-hint', 'tel']
    expect(await runNv(args)).toMatchObject({ exitCode: 0 })
  })
})

describe('with a gateway in another process', () => {
  let simulator: RunningProgram
  let env: Record<string, string>
  let redirectUri: string

  beforeAll(async () => {
    simulator = startNv(['simulate', '--port', '0', '--json', '--quiet'])
    const [line] = await simulator.untilStdout(/\{.*\}/)
    const gateway = JSON.parse(line) as Record<string, string>
    redirectUri = `http://127.0.0.1:${await freePort()}/callback`
    env = {
      NV_AUTHORIZE_URL: gateway['authorizeUrl'] ?? '',
      NV_TOKEN_URL: gateway['tokenUrl'] ?? '',
      NV_API_URL: gateway['apiUrl'] ?? '',
      NV_CLIENT_ID: gateway['clientId'] ?? '',
      NV_CLIENT_SECRET: gateway['clientSecret'] ?? '',
      NV_REDIRECT_URI: redirectUri,
    }
  })

  afterAll(async () => {
    simulator.process.kill('SIGTERM')
    expect(await simulator.finished).toMatchObject({ exitCode: 143 })
  })

  const authorizeUrl = /http:\/\/127\.0\.0\.1:\d+\/apigateway\/authorize\?\S+/

  test('--via direct needs no phone and no port', async () => {
    const blocker = createServer().listen(Number(new URL(redirectUri).port), '127.0.0.1')
    try {
      expect(await runNv(['verify', '+34600000001', '--via', 'direct'], { env })).toMatchObject({
        exitCode: 0,
      })
    } finally {
      blocker.close()
    }
  })

  test('--via qr: the page on the phone ends with the result', async () => {
    const nv = startNv(['verify', '+34600000002', '--via', 'qr'], { env })
    const [url] = await nv.untilStderr(authorizeUrl)
    const page = await openOnPhone(url)
    expect(page.text).toContain('<h1>Mismatch (simulated)</h1>')
    expect(page.url).not.toMatch(/code=|state=/)
    expect(await nv.finished).toMatchObject({ exitCode: 1 })
  })

  test('--via paste takes the address from standard input', async () => {
    const nv = startNv(['verify', '+34600000001', '--via', 'paste'], { env })
    const [url] = await nv.untilStderr(authorizeUrl)
    nv.process.stdin.write(`no address\n${await addressOnPhone(url, redirectUri)}\n`)
    expect(await nv.finished).toMatchObject({ exitCode: 0 })
  })

  test('--via paste takes the query alone', async () => {
    const nv = startNv(['verify', '+34600000001', '--via', 'paste'], { env })
    const [url] = await nv.untilStderr(authorizeUrl)
    nv.process.stdin.write(`${new URL(await addressOnPhone(url, redirectUri)).search}\n`)
    expect(await nv.finished).toMatchObject({ exitCode: 0 })
  })

  test('a wrong secret is named, and exits 3', async () => {
    const wrong = { ...env, NV_CLIENT_SECRET: 'not-the-secret' }
    const { exitCode, stdout } = await runNv(['verify', '+34600000001', '--via', 'direct'], { env: wrong })
    expect(exitCode).toBe(3)
    expect(stdout).toContain('failed at step "token"')
    expect(stdout).toContain('invalid_client')
    expect(stdout).not.toContain('not-the-secret')
  })

  test('a callback with a forged state is ignored, and the true one that follows succeeds', async () => {
    const nv = startNv(['verify', '+34600000001', '--via', 'qr'], { env })
    const [url] = await nv.untilStderr(authorizeUrl)
    const forged = await fetch(`${redirectUri}?code=forged&state=forged`, { redirect: 'manual' })
    expect(forged.status).toBe(400)
    await openOnPhone(url)
    const { exitCode, stderr } = await nv.finished
    expect(exitCode).toBe(0)
    expect(stderr.match(/A callback with a wrong state was ignored/g)).toHaveLength(1)
  })

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('%s while waiting exits %d, and the port is free at once', async (signal, expected) => {
    const nv = startNv(['verify', '+34600000001', '--via', 'qr', '--json'], { env })
    await nv.untilStderr(/Waiting for the phone/)
    nv.process.kill(signal)
    const { exitCode, stdout } = await nv.finished
    expect(exitCode).toBe(expected)
    expect(parseRun(stdout)).toMatchObject({
      outcome: 'undetermined',
      failedStep: 'callback',
      exitCode: expected,
    })
    await expectFree(Number(new URL(redirectUri).port))
  })

  test('a taken port exits 4 and names it', async () => {
    const blocker = createServer().listen(Number(new URL(redirectUri).port), '127.0.0.1')
    try {
      const { exitCode, stderr } = await runNv(['verify', '+34600000001', '--via', 'qr'], { env })
      expect(exitCode).toBe(4)
      expect(stderr).toContain(`The port is taken: ${new URL(redirectUri).host}`)
    } finally {
      blocker.close()
    }
  })

  test('--timeout bounds the wait', async () => {
    const { exitCode, stdout } = await runNv(
      ['verify', '+34600000001', '--via', 'qr', '--timeout', '300ms'],
      { env },
    )
    expect(exitCode).toBe(3)
    expect(stdout).toContain('Nothing came back within')
    expect(stdout).toContain(redirectUri)
  })

  test('a profile named in the environment gives way to what the environment says itself', async () => {
    const { stdout } = await runNv(['verify', '+34600000001', '--via', 'direct', '--json'], {
      env: { ...env, NV_PROFILE: 'sandbox-mock' },
    })
    expect(parseRun(stdout)).toMatchObject({
      outcome: 'verified',
      profile: { authorizeUrl: env['NV_AUTHORIZE_URL'] },
    })
  })
})

describe('what a user gets wrong', () => {
  test.each([
    [['verify', '12ab'], /"12ab" is not a phone number/],
    [['verify'], /Missing phone number[^]*--profile simulator/],
    [['verify', '+34600000001'], /No profile was chosen[^]*--profile simulator/],
    [['verfy'], /Perhaps verify/],
    [['verify', '+34600000001', '--profile', 'nope'], /Unknown profile "nope"/],
    [['verify', '+34600000001', '--profile', 'sandbox'], /nv profile add sandbox --preset sandbox/],
    [
      ['verify', '+34600000001', '--via', 'pigeon'],
      /It must be one of auto, qr, browser, adb, chrome, direct, paste/,
    ],
    [['verify', '+34600000001', '-p', 'simulator', '--timeout', '5'], /--timeout can't be "5"/],
  ])('nv %j exits 2 and says what to do, on stderr', async (args, message) => {
    const { exitCode, stdout, stderr } = await runNv(args)
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' })
    expect(stderr).toMatch(message)
  })

  test('plain http to another machine is refused before anything is sent', async () => {
    const env = { NV_AUTHORIZE_URL: 'http://gateway.example/authorize' }
    const { exitCode, stderr } = await runNv(['verify', '+34600000001'], { env })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/NV_AUTHORIZE_URL must be an https URL/)
  })

  test('--json prints a run even when the arguments make no sense', async () => {
    const { exitCode, stdout } = await runNv(['verify', '+34600000001', '--via', 'pigeon', '--json'])
    expect(exitCode).toBe(2)
    expect(parseRun(stdout)).toMatchObject({ failedStep: 'prepare', exitCode: 2 })
  })

  test('--json prints a run even then', async () => {
    const { exitCode, stdout } = await runNv(['verify', '12ab', '--json'])
    expect(exitCode).toBe(2)
    expect(parseRun(stdout)).toMatchObject({ failedStep: 'prepare', exitCode: 2, outcome: 'undetermined' })
    expect(parseRun(stdout).findings[0]?.code).toBe('invalid_phone_number')
  })
})

describe('what must never look like a mismatch', () => {
  test.skipIf(!existsSync('/dev/full'))('an unwritable stdout exits 4', async () => {
    const nv = await runShell('"$NODE" "$NV" verify +34600000001 -p simulator -q >/dev/full')
    expect(nv).toMatchObject({
      exitCode: 4,
      stderr: expect.stringMatching(/^nv can't write its result to stdout \(ENOSPC\)/) as string,
    })
  })

  test('a working folder that is gone does not matter', async () => {
    const nv = await runShell(
      'cd "$(mktemp -d)" && rmdir "$PWD" && "$NODE" "$NV" verify +34600000001 -p simulator -q',
    )
    expect(nv).toMatchObject({ exitCode: 0, stderr: '' })
  })

  test('a broken installation exits 70', async () => {
    const nv = await runShell(
      'd=$(mktemp -d); mkdir "$d/bin"; cp "$NV" "$d/bin/"; echo \'{"type":"module"}\' >"$d/package.json"; "$NODE" "$d/bin/nv.js" verify; e=$?; rm -r "$d"; exit $e',
    )
    expect(nv.exitCode).toBe(70)
  })

  test('a reader that goes away is no failure', async () => {
    expect(
      await runShell(
        '"$NODE" "$NV" verify +34600000001 -p simulator -q | head -c 0; exit "${PIPESTATUS[0]}"',
      ),
    ).toMatchObject({ exitCode: 0, stderr: '' })
  })
})
