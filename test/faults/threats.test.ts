// The threats of the project, by number, each against the built program as it runs.
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { networkInterfaces } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { accepts, sendBytes } from '../support/broken-server.ts'
import { discovery, wellKnown } from '../support/discovery.ts'
import {
  canary,
  type Gateway,
  grantCode,
  json,
  redirect,
  startGateway,
  withGateway,
} from '../support/gateway.ts'
import { hostileTexts, steersTerminal } from '../support/hostile-text.ts'
import { freePort } from '../support/ports.ts'
import { type Finished, runNv, type RunningProgram, runShell, startNv } from '../support/process.ts'
import { promptly } from '../support/promptly.ts'
import { isRoot, makeFolder, modeOf, nobody } from '../support/store-harness.ts'

const secret = 'canary-client-secret-Zx9'

/** The variables of a gateway. */
function variables({ urls }: Pick<Gateway, 'urls'>): Record<string, string> {
  return {
    NV_AUTHORIZE_URL: urls.authorizeUrl,
    NV_TOKEN_URL: urls.tokenUrl,
    NV_API_URL: urls.apiUrl,
    NV_CLIENT_ID: 'test-client',
    NV_CLIENT_SECRET: secret,
  }
}

interface Waiting {
  nv: RunningProgram
  authorizeUrl: URL
  redirectUri: URL
  port: number
  state: string
  /** The address of the true callback. */
  callback: URL
}

const running = new Set<RunningProgram>()
afterEach(() => {
  for (const { process } of running) process.kill('SIGKILL')
  running.clear()
})

/** Starts nv, up to where it waits for the phone. */
async function startWaiting(
  gateway: Pick<Gateway, 'urls'>,
  { args = [], env = {} }: { args?: string[]; env?: Record<string, string> } = {},
): Promise<Waiting> {
  const all = ['verify', '+34600000001', '--via', 'qr', '--json', ...args]
  const nv = startNv(all, { env: { ...variables(gateway), ...env } })
  running.add(nv)
  const [shown] = await nv.untilStderr(/^http\S+\/authorize\?\S+$/m)
  await nv.untilStderr(/Waiting for the phone/)
  const authorizeUrl = new URL(shown)
  const redirectUri = new URL(authorizeUrl.searchParams.get('redirect_uri') ?? '')
  const state = authorizeUrl.searchParams.get('state') ?? ''
  const callback = new URL(`${redirectUri.href}?${new URLSearchParams({ code: canary.code, state })}`)
  return { nv, authorizeUrl, redirectUri, port: Number(redirectUri.port), state, callback }
}

async function finish({ nv }: Waiting): Promise<Finished & { run: Run }> {
  const finished = await nv.finished
  return { ...finished, run: JSON.parse(finished.stdout) as Run }
}

/** Brings the true callback, and expects that it is the one that counted. */
async function expectVerified(waiting: Waiting, gateway: Gateway): Promise<Run> {
  const before = gateway.count('token')
  expect(await (await fetch(waiting.callback)).text()).toContain('Verified')
  const { run, exitCode } = await finish(waiting)
  expect(exitCode).toBe(0)
  expect(run.outcome).toBe('verified')
  expect(gateway.count('token')).toBe(before + 1)
  return run
}

let gateway: Gateway
beforeAll(async () => {
  gateway = await startGateway()
})
afterAll(() => gateway.close())

const otherAddresses = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .filter(({ internal, address }) => !internal && !address.startsWith('fe80'))
  .map(({ address }) => address)

describe('Threat 1: the listening socket is loopback only', () => {
  it('unless a flag says otherwise', async () => {
    const waiting = await startWaiting(gateway)
    for (const address of otherAddresses) expect(await accepts(waiting.port, address)).toBe(false)
    expect(waiting.nv.written.stderr).not.toMatch(/warning/)
    await expectVerified(waiting, gateway)
  })

  it('and with the flag a warning says who can reach it', async () => {
    const waiting = await startWaiting(gateway, {
      args: ['--listen', `0.0.0.0:${await freePort()}`, '--redirect-uri', 'https://app.example/cb'],
    })
    expect(waiting.nv.written.stderr).toMatch(/others on that network can reach it/)
  })
})

it('Threat 2: no hostile request crashes the listener, or ends or consumes the flow', async () => {
  const waiting = await startWaiting(gateway)
  const { port, callback } = waiting
  const target = callback.pathname + callback.search
  const host = `Host: 127.0.0.1:${port}`
  const requests = [
    [`GET ${target} HTTP/1.1`],
    [`GET ${target} HTTP/1.0`],
    [`GET ${target} HTTP/1.1`, 'Host: evil.example'],
    [`GET ${target} HTTP/1.1`, `Host: evil.example:${port}`],
    [`GET ${target} HTTP/1.1`, host, host],
    [`GET ${target} HTTP/1.1`, host, 'Origin: https://evil.example'],
    [`GET http://127.0.0.1:${port}${target} HTTP/1.1`, host],
    [`GET //${target} HTTP/1.1`, host],
    [`GET /${'x'.repeat(17 * 1024)} HTTP/1.1`, host],
    ...['HEAD', 'POST', 'OPTIONS', 'PUT', 'TRACE'].map((method) => [
      `${method} ${target} HTTP/1.1`,
      host,
      'Content-Length: 0',
    ]),
    ['GET /favicon.ico HTTP/1.1', host],
    [`GET ${target} HTTP/1.1`, host, 'Sec-Purpose: prefetch'],
    [`GET ${target} HTTP/1.1`, host, 'Purpose: prefetch'],
    ['\u0016\u0003\u0001\u0002\u0000\u0001\u0000'],
    ['PRI * HTTP/2.0'],
  ]
  for (const lines of requests)
    expect(await sendBytes(port, [...lines, 'Connection: close', '', ''].join('\r\n'))).not.toMatch(
      /^HTTP\/1\.1 [23]/,
    )
  await expectVerified(waiting, gateway)
})

it('Threat 3: 1,000 forged callbacks are answered neutrally and warned about once; the true one succeeds', async () => {
  const waiting = await startWaiting(gateway)
  const queries = [
    'code=x&state=forged',
    'code=x',
    'error=access_denied&state=forged',
    'error=access_denied',
    'state=',
  ]
  const pages = new Set<string>()
  for (let i = 0; i < 1000; i++) {
    const answer = await fetch(`${waiting.redirectUri.href}?${queries[i % queries.length]}`)
    expect(answer.status).toBe(400)
    pages.add(await answer.text())
  }
  expect(pages.size).toBeLessThanOrEqual(2)
  for (const page of pages) expect(page).not.toMatch(/forged|access_denied/)
  await expectVerified(waiting, gateway)
  expect(waiting.nv.written.stderr.match(/A callback with a wrong state was ignored/g)).toHaveLength(1)
})

it('Threat 4: the callback twice is one exchange, and the second gets a neutral page', async () => {
  const waiting = await startWaiting(gateway)
  const before = gateway.count('token')
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => fetch(waiting.callback, { redirect: 'manual' })),
  )
  expect(answers.filter(({ status }) => status === 303)).toHaveLength(1)
  const others = answers.filter(({ status }) => status !== 303)
  for (const page of await Promise.all(others.map((answer) => answer.text())))
    expect(page).not.toMatch(/canary|Verified/)
  expect((await finish(waiting)).run.outcome).toBe('verified')
  expect(gateway.count('token')).toBe(before + 1)
})

describe('Threat 5: a response of another issuer', () => {
  const document = discovery({ authorization_response_iss_parameter_supported: true })
  it.each<[string, (issuer: string) => string[]]>([
    ['missing', () => []],
    ['of another', () => ['https://evil.example']],
    ['doubled', (issuer) => [issuer, 'https://evil.example']],
  ])('that is %s gets no code exchanged', async (_what, issuersOf) => {
    const authorize: Parameters<typeof withGateway>[0]['authorize'] = (request) => {
      const host = request.headers.find(([name]) => name === 'host')?.[1]
      const { headers } = grantCode(request)
      const location = issuersOf(`http://${host}`).reduce(
        (url, iss) => `${url}&iss=${encodeURIComponent(iss)}`,
        String(headers?.['location']),
      )
      return redirect(location)
    }
    await withGateway({ [wellKnown]: document, authorize }, async (own) => {
      const { NV_AUTHORIZE_URL: _a, NV_TOKEN_URL: _t, ...rest } = variables(own)
      const env = { ...rest, NV_ISSUER: own.origin, NV_REDIRECT_URI: 'https://app.example/callback' }
      const { exitCode, stdout } = await runNv(['verify', '+34600000001', '--via', 'direct', '--json'], {
        env,
      })
      expect(exitCode).toBe(3)
      expect((JSON.parse(stdout) as Run).failedStep).toBe('callback')
      expect(own.count('token')).toBe(0)
    })
  })

  it('two flows side by side take their own callback only', async () => {
    const [one, two] = [await startWaiting(gateway), await startWaiting(gateway)]
    const mixed = new URL(`${one.redirectUri.href}${two.callback.search}`)
    expect((await fetch(mixed)).status).toBe(400)
    await expectVerified(one, gateway)
    await expectVerified(two, gateway)
  })
})

it('Threat 6: hostile text of a server is inert in the terminal, in JSON and on the page', async () => {
  for (const text of [...Object.values(hostileTexts), '"><script>alert(1)</script>']) {
    const reply = () => json({ status: 403, code: `X${text}`, message: text }, 403)
    await withGateway({ verify: reply }, async (own) => {
      const waiting = await startWaiting(own, { args: ['--verbose'], env: { FORCE_COLOR: '0' } })
      const page = await (await fetch(waiting.callback)).text()
      expect(page).not.toMatch(/<script|<img/)
      const { stdout, stderr } = await finish(waiting)
      for (const output of [stdout, stderr, page])
        expect(output.replaceAll('\n', '')).not.toMatch(steersTerminal)
    })
  }
})

it('Threat 7: the page keeps the code out of the address bar, the Referer, caches and frames', async () => {
  const waiting = await startWaiting(gateway)
  const answer = await fetch(waiting.callback, { redirect: 'manual' })
  expect(answer.status).toBe(303)
  const location = new URL(answer.headers.get('location') ?? '', waiting.callback)
  expect(location.href).not.toMatch(/code|state|canary/)
  const page = await fetch(location)
  for (const { headers } of [answer, page]) {
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('cache-control')).toMatch(/no-store/)
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  }
  expect((await finish(waiting)).exitCode).toBe(0)
})

describe('Threat 8: secrets', () => {
  const phone = '+34600123451'
  const encodings = [
    (text: string) => text,
    encodeURIComponent,
    (text: string) => Buffer.from(text).toString('base64'),
  ]

  it.each([
    ['a run that succeeds', {}],
    [
      'an error that quotes them',
      { token: () => json({ error: 'invalid_client', error_description: `${secret} ${canary.code}` }, 401) },
    ],
    [
      'an API that quotes them',
      { verify: () => json({ code: 'X', message: `${canary.accessToken} ${phone}` }, 403) },
    ],
  ])('are in no output, no file and no command line: %s', async (_what, handlers) => {
    await withGateway(handlers, async (own) => {
      const folder = makeFolder()
      const env = {
        ...variables(own),
        TMPDIR: folder,
        NV_CONFIG_DIR: folder,
        NV_REDIRECT_URI: 'https://app.example/cb',
      }
      const args = ['verify', phone, '--via', 'direct', '--verbose', '--json']
      const nv = startNv(args, { env })
      const commandLine = existsSync('/proc/self/cmdline')
        ? readFileSync(`/proc/${nv.process.pid}/cmdline`, 'utf8')
        : ''
      const { stdout, stderr } = await nv.finished
      const report = JSON.stringify({ ...(JSON.parse(stdout) as Run), phoneNumber: null })
      const token = own.requests.find(({ path }) => path === '/token')
      const verifier = new URLSearchParams(token?.body).get('code_verifier') ?? 'none'
      expect(verifier).not.toBe('none')
      const hidden = [secret, canary.code, canary.accessToken, verifier, phone.slice(1)]
      for (const output of [stderr, report, commandLine.replace(phone, '')])
        for (const text of hidden) for (const encode of encodings) expect(output).not.toContain(encode(text))
      expect(readdirSync(folder)).toEqual([])
    })
  })
})

describe.skipIf(process.platform === 'win32')('Threat 9: what is stored', () => {
  const add = (name: string) =>
    `"$NODE" "$NV" profile add ${name} --preset sandbox --client-id id --client-secret-stdin`
  const shell = (folder: string, line: string) =>
    runShell(`export NV_CONFIG_DIR='${folder}' NV_SECRET_STORE=file; ${line}`)

  it('is for its owner alone under umask 000, and an open file is closed with a warning', async () => {
    const folder = join(makeFolder(), 'nv')
    expect((await shell(folder, `umask 000; echo ${secret} | ${add('acme')}`)).exitCode).toBe(0)
    expect([folder, ...readdirSync(folder).map((name) => join(folder, name))].map(modeOf)).toEqual([
      '700',
      '600',
      '600',
    ])
    chmodSync(join(folder, 'secrets.json'), 0o644)
    const { stderr, exitCode } = await shell(folder, `echo ${secret} | ${add('other')}`)
    expect({ exitCode, mode: modeOf(join(folder, 'secrets.json')) }).toEqual({ exitCode: 0, mode: '600' })
    expect(stderr).toMatch(/was open to other users/)
  })

  it('is not written through a planted link', async () => {
    const folder = makeFolder()
    chmodSync(folder, 0o700)
    const target = join(makeFolder(), 'target')
    writeFileSync(target, 'untouched')
    symlinkSync(target, join(folder, 'secrets.json'))
    const { exitCode, stderr } = await shell(folder, `echo ${secret} | ${add('acme')}`)
    expect(exitCode).toBe(4)
    expect(stderr).toMatch(/symbolic link/)
    expect(readFileSync(target, 'utf8')).toBe('untouched')
  })

  it('is all there after eight writers at once, and after kills in the middle', async () => {
    const folder = join(makeFolder(), 'nv')
    const names = Array.from({ length: 8 }, (_, i) => `p${i}`)
    const ended = await shell(
      folder,
      `${names.map((name) => `(echo ${secret} | ${add(name)}) &`).join(' ')} wait`,
    )
    expect(ended.stderr).not.toMatch(/error/)
    for (let delay = 150; delay < 400; delay += 50)
      await shell(folder, `echo ${secret} | timeout -s KILL 0.${delay} ${add('killed')}`)
    const { stdout, exitCode } = await shell(folder, '"$NODE" "$NV" profile list --json')
    expect(exitCode).toBe(0)
    const { profiles } = JSON.parse(stdout) as { profiles: Array<{ name: string }> }
    expect(profiles.map(({ name }) => name)).toEqual(expect.arrayContaining(names))
    for (const name of names) {
      const shown = await shell(folder, `"$NODE" "$NV" profile show ${name} --json`)
      expect(shown.stdout).toMatch(/"clientSecret",\s+"isSet": true/)
    }
  })

  it.skipIf(!existsSync('/dev/full'))(
    'a file that can not grow leaves what was there, and says so',
    async () => {
      const folder = join(makeFolder(), 'nv')
      await shell(folder, `echo ${secret} | ${add('acme')}`)
      const before = readFileSync(join(folder, 'profiles.json'), 'utf8')
      const { exitCode, stderr } = await shell(folder, `ulimit -f 0; echo ${secret} | ${add('other')}`)
      expect(exitCode).toBe(4)
      expect(stderr).toMatch(/unchanged/)
      expect(readFileSync(join(folder, 'profiles.json'), 'utf8')).toBe(before)
    },
  )

  describe.skipIf(!isRoot)(
    'between two accounts of the machine (skipped where the tests do not run as root)',
    () => {
      const asNobody = `setpriv --reuid=${nobody} --regid=${nobody} --clear-groups `
      const list = '"$NODE" "$NV" profile list'

      it('that of another user is refused', async () => {
        const folder = join(makeFolder(), 'nv')
        mkdirSync(folder, { mode: 0o700 })
        writeFileSync(join(folder, 'profiles.json'), '{"default":null,"profiles":{}}', { mode: 0o600 })
        chownSync(join(folder, 'profiles.json'), nobody, nobody)
        expect((await shell(folder, list)).stderr).toMatch(/belongs to user 65534/)
        chownSync(folder, nobody, nobody)
        const refused = await shell(folder, list)
        expect(refused).toMatchObject({ exitCode: 4, stdout: '' })
        expect((await shell(folder, asNobody + list)).exitCode).toBe(0)
      })

      it('can not be read by another user', async () => {
        const folder = join(makeFolder(), 'nv')
        await shell(folder, `umask 000; echo ${secret} | ${add('acme')}`)
        const { exitCode, stdout, stderr } = await shell(folder, asNobody + list)
        expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' })
        expect(stderr).not.toMatch(/^\s+at /m)
        expect((await shell(folder, `${asNobody}cat '${folder}/secrets.json'`)).stdout).toBe('')
      })

      it('nv.config.json of another user, or that others can write, is not used', async () => {
        const folder = makeFolder()
        const path = join(folder, 'nv.config.json')
        writeFileSync(path, '{"preset":"sandbox","clientId":"x"}')
        const show = `cd '${folder}'; "$NODE" "$NV" profile show`
        chownSync(path, nobody, nobody)
        expect(await shell(folder, show)).toMatchObject({
          exitCode: 4,
          stderr: expect.stringMatching(/belongs to another user/) as string,
        })
        chownSync(path, 0, 0)
        chmodSync(path, 0o666)
        expect(await shell(folder, show)).toMatchObject({
          exitCode: 4,
          stderr: expect.stringMatching(/can write to it/) as string,
        })
      })
    },
  )
})

describe.skipIf(process.platform === 'win32')(
  'Threat 10: addresses of a server that reach the opener',
  () => {
    it.each([
      'javascript:alert(1)',
      'file:///etc/passwd',
      '--flag',
      'https://a.example/$(touch PWNED)',
      'https://a.example/`touch PWNED`',
      `https://a.example/';touch PWNED;'`,
      'https://a.example/";touch PWNED;"',
      'https://a.example/x\ntouch PWNED',
      'https://a.example/&calc.exe|x',
    ])('%j is refused, or is one argument that no shell reads', async (address) => {
      const folder = makeFolder()
      const log = join(folder, 'log')
      const script = join(folder, 'browser')
      writeFileSync(script, `#!/bin/sh\nprintf '%s\\n' "$#" "$@" >> '${log}'\n`, { mode: 0o755 })
      await withGateway({ [wellKnown]: discovery({ authorization_endpoint: address }) }, async (own) => {
        const { NV_AUTHORIZE_URL: _, NV_TOKEN_URL: _t, ...rest } = variables(own)
        const env = { ...rest, NV_ISSUER: own.origin, BROWSER: script }
        const args = ['verify', '+34600000001', '--via', 'browser', '--timeout', '1s']
        const { exitCode } = await runNv(args, { env, cwd: folder })
        expect(exitCode).toBe(3)
      })
      expect(readdirSync(folder)).not.toContain('PWNED')
      if (!existsSync(log)) return
      const [count, url, ...more] = readFileSync(log, 'utf8').trimEnd().split('\n')
      expect({ count, more }).toEqual({ count: '1', more: [] })
      expect(url).toMatch(/^https:\/\/a\.example\/[!-~]*$/)
    })
  },
)

describe('Threat 11: an end by a signal', () => {
  it.each<[NodeJS.Signals, number]>([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])(
    '%s among 200 slow clients ends nv within a second, and nothing is left listening',
    async (signal, exitCode) => {
      const waiting = await startWaiting(gateway)
      const sockets: Socket[] = []
      for (let i = 0; i < 200; i++) {
        const socket = connect(waiting.port, '127.0.0.1')
        socket.on('error', () => {})
        sockets.push(socket)
        if (i % 2 === 0)
          socket.write(`GET /callback?code=x HTTP/1.1\r\nHost: 127.0.0.1:${waiting.port}\r\nX-A: `)
      }
      await Promise.all(sockets.map((socket) => once(socket, 'connect')))
      waiting.nv.process.kill(signal)
      expect((await promptly(1500, finish(waiting))).exitCode).toBe(exitCode)
      expect(await accepts(waiting.port)).toBe(false)
      for (const socket of sockets) socket.destroy()
    },
  )

  it.skipIf(!existsSync('/proc/self/status'))(
    'after a flood of pipelined and reset requests: they are forgotten, and the true callback comes through',
    async () => {
      const waiting = await startWaiting(gateway)
      const statusFile = `/proc/${waiting.nv.process.pid}/status`
      const usedMiB = () => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(statusFile, 'utf8'))?.[1]) / 1024
      const before = usedMiB()
      const request = `GET /callback?code=x&state=y HTTP/1.1\r\nHost: 127.0.0.1:${waiting.port}\r\n\r\n`
      const flood = Buffer.from(request.repeat(80_000))
      await Promise.all(Array.from({ length: 30 }, () => sendBytes(waiting.port, flood)))
      const reset = async () => {
        const socket = connect(waiting.port, '127.0.0.1')
        socket.on('error', () => {})
        socket.write(request, () => socket.resetAndDestroy())
        await once(socket, 'close')
      }
      for (let i = 0; i < 40; i++) await Promise.all(Array.from({ length: 50 }, reset))
      expect(usedMiB() - before).toBeLessThan(300)
      await promptly(3000, expectVerified(waiting, gateway))
    },
  )

  it.each(['authorize', 'token', 'verify'] as const)(
    'while %s is asked: gone within a second',
    async (endpoint) => {
      await withGateway({ [endpoint]: () => new Promise<never>(() => {}) }, async (own) => {
        const env = { ...variables(own), NV_REDIRECT_URI: 'https://app.example/cb' }
        const nv = startNv(['verify', '+34600000001', '--via', 'direct'], { env })
        await own.reached(endpoint)
        nv.process.kill('SIGINT')
        expect((await promptly(1500, nv.finished)).exitCode).toBe(130)
      })
    },
  )
})

describe('Threat 12: a port that can not be had', () => {
  it.each([
    ['127.0.0.1', '127.0.0.1'],
    ['localhost', '127.0.0.1'],
    ['localhost', '::1'],
  ])('for %s, taken on %s: exit 4 and what to do', async (host, takenOn) => {
    const holder = createServer().listen(0, takenOn)
    const isThere = await Promise.race([
      once(holder, 'listening').then(() => true),
      once(holder, 'error').then(() => false),
    ])
    // Without IPv6 nobody can take the port there.
    if (!isThere) return
    const { port } = holder.address() as { port: number }
    const env = { ...variables(gateway), NV_REDIRECT_URI: `http://${host}:${port}/callback` }
    const { exitCode, stdout, stderr } = await runNv(['verify', '+34600000001', '--via', 'qr'], { env })
    expect({ exitCode, stdout }).toEqual({ exitCode: 4, stdout: '' })
    expect(stderr).toMatch(/The port is taken.*\n.*Why.*listens on[^]*Do {3}Stop that program/)
    holder.close()
  })

  it('an unsafe port of the redirect_uri: exit 4 and what to do', async () => {
    const env = { ...variables(gateway), NV_REDIRECT_URI: 'http://127.0.0.1:6000/callback' }
    expect(await runNv(['verify', '+34600000001', '--via', 'qr'], { env })).toMatchObject({
      exitCode: 4,
      stdout: '',
      stderr: expect.stringMatching(/Browsers refuse to open port 6000[^]*Do {3}Register/) as string,
    })
  })

  it('an unsafe port is refused before anything is sent', async () => {
    expect(await runNv(['simulate', '--port', '6000'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringMatching(/refuse to open port 6000[^]*Do/) as string,
    })
  })
})

it('Threat 13: state, verifier and nonce are separate random values of 256 bits', async () => {
  const values: string[] = []
  for (let i = 0; i < 3; i++) {
    const waiting = await startWaiting(gateway, {
      env: { NV_SCOPE: 'openid dpv:FraudPreventionAndDetection number-verification:verify' },
    })
    await fetch(waiting.callback)
    await finish(waiting)
    const token = gateway.requests.findLast(({ path }) => path === '/token')
    const verifier = new URLSearchParams(token?.body).get('code_verifier') ?? ''
    values.push(waiting.state, verifier, waiting.authorizeUrl.searchParams.get('nonce') ?? '')
  }
  expect(new Set(values).size).toBe(9)
  for (const value of values) expect(Buffer.from(value, 'base64url')).toHaveLength(32)
})

describe('Threat 14: credentials', () => {
  it.each([301, 302, 303, 307, 308])('do not follow a %d to another origin', async (status) => {
    await withGateway({}, async (elsewhere) => {
      for (const endpoint of ['token', 'verify'] as const) {
        await withGateway(
          { [endpoint]: () => redirect(`${elsewhere.origin}/stolen`, status) },
          async (own) => {
            const env = { ...variables(own), NV_REDIRECT_URI: 'https://app.example/cb' }
            expect((await runNv(['verify', '+34600000001', '--via', 'direct'], { env })).exitCode).toBe(3)
          },
        )
      }
      expect(elsewhere.requests).toEqual([])
    })
  })

  it.each(['NV_AUTHORIZE_URL', 'NV_TOKEN_URL', 'NV_API_URL', 'NV_ISSUER'])(
    'are not sent over plain http: %s',
    async (name) => {
      const env = { ...variables(gateway), [name]: 'http://gateway.example/x' }
      const { exitCode, stderr } = await runNv(['verify', '+34600000001', '--via', 'direct'], { env })
      expect(exitCode).toBe(2)
      expect(stderr).toMatch(/plain http/)
    },
  )
})
