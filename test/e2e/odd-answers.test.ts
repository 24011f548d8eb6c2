// What no server should send, and a clock that is set: the built program explains it in its own words, and ends well.
import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { rawResponse, startBrokenServer } from '../support/broken-server.ts'
import { canary, type Gateway, json, withGateway } from '../support/gateway.ts'
import { type Finished, runNv, startNv } from '../support/process.ts'
import { promptly } from '../support/promptly.ts'
import { runHere } from '../support/run-here.ts'
import { makeFolder } from '../support/store-harness.ts'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

function variables({ urls }: Pick<Gateway, 'urls'>, changes: Partial<Gateway['urls']> = {}) {
  const { authorizeUrl, tokenUrl, apiUrl, backchannelUrl = '' } = { ...urls, ...changes }
  return {
    NV_AUTHORIZE_URL: authorizeUrl,
    NV_BACKCHANNEL_URL: backchannelUrl,
    NV_TOKEN_URL: tokenUrl,
    NV_API_URL: apiUrl,
    NV_CLIENT_ID: 'test-client',
    NV_CLIENT_SECRET: 'canary-client-secret-Zx9',
    NV_REDIRECT_URI: 'https://app.example/callback',
  }
}

const direct = ['verify', '+34600000001', '--via', 'direct', '--json', '--verbose', '--timeout', '10s']

/** Expects one Run, and no text of Node, OpenSSL or the parser. */
function expectOwnWords({ stdout, stderr, exitCode }: Finished): Run {
  const run = JSON.parse(stdout) as Run
  expect(run).toMatchObject({ schema: 'nv.run/1', exitCode })
  const read = [stderr, ...run.findings.flatMap(({ title, cause, fix }) => [title, cause, fix])]
  for (const text of read) expect(text).not.toMatch(/ERR_|SSL routines|:error:|HPE_|ssert|^\s+at |is a bug/m)
  return run
}

describe('half a surrogate pair', () => {
  const half = '\\ud800'
  const raw = (body: string, status = 200) => ({
    status,
    headers: { 'content-type': 'application/json' },
    body,
  })
  const token = `"access_token":"${canary.accessToken}","token_type":"Bearer"`
  it.each<[string, Parameters<typeof withGateway>[0], number, string[]]>([
    [
      'in an access token',
      { token: () => raw(`{"access_token":"a${half}b","token_type":"Bearer"}`) },
      3,
      direct,
    ],
    ['in an ID token', { token: () => raw(`{${token},"id_token":"a.${half}.c"}`) }, 0, direct],
    ['in a scope', { token: () => raw(`{${token},"scope":"x${half}"}`) }, 0, direct],
    [
      'in an error of the token endpoint',
      { token: () => raw(`{"error":"${half}","error_description":"a${half}"}`, 400) },
      3,
      direct,
    ],
    [
      'in an error of the API',
      { verify: () => raw(`{"code":"${half}","message":"\\udfff${half}"}`, 400) },
      3,
      direct,
    ],
    [
      'beside the verdict',
      { verify: () => raw(`{"devicePhoneNumberVerified":true,"x":"${half}"}`) },
      0,
      direct,
    ],
    [
      'in an auth_req_id',
      { backchannel: () => raw(`{"auth_req_id":"a${half}","expires_in":5,"interval":1}`) },
      3,
      ['ciba'],
    ],
  ])('%s', async (_where, handlers, exitCode, args) => {
    await withGateway(handlers, async (gateway) => {
      const isCiba = args[0] === 'ciba'
      const all = isCiba
        ? ['verify', '+34600000001', '--operator-token', '-', '--json', '--timeout', '4s']
        : args
      const finished = await runHere(all, { env: variables(gateway), input: isCiba ? 'a-sim-token' : '' })
      expectOwnWords(finished)
      if (isCiba) expect(finished.exitCode).not.toBe(70)
      else expect(finished.exitCode).toBe(exitCode)
    })
  })
})

describe.each(['token', 'api'] as const)('what HTTP does not know, at %s', (hop) => {
  const ok = '{"devicePhoneNumberVerified":true}'
  it.each<[string, Buffer]>([
    [
      'a Continue that nobody asked for',
      Buffer.concat([rawResponse('100 Continue', []), rawResponse('500 X', ['content-length: 0'])]),
    ],
    ['status 000', rawResponse('000 X', ['content-length: 0'])],
    ['status 099', rawResponse('099 X', ['content-length: 0'])],
    ['status 600', rawResponse('600 X', ['content-length: 0'])],
    ['status 999', rawResponse('999 X', ['content-length: 0'])],
    [
      'a broken br',
      rawResponse(
        '200 OK',
        ['content-encoding: br', 'content-type: application/json', `content-length: ${ok.length}`],
        ok,
      ),
    ],
    ['a broken gzip', rawResponse('200 OK', ['content-encoding: gzip', `content-length: ${ok.length}`], ok)],
    ['no HTTP', Buffer.from('SSH-2.0-OpenSSH_9.6\r\n')],
    ['a length that is no number', rawResponse('200 OK', ['content-length: x'], ok)],
  ])('%s', async (_what, bytes) => {
    const server = await startBrokenServer((socket) => socket.end(bytes))
    await withGateway({}, async (gateway) => {
      const changes = hop === 'token' ? { tokenUrl: `${server.origin}/token` } : { apiUrl: server.origin }
      const finished = await runHere(direct, { env: variables(gateway, changes) })
      expect(finished.exitCode).toBe(3)
      const run = expectOwnWords(finished)
      expect(run.failedStep).toBe(hop)
      expect(run.findings[0]?.cause).toBeTruthy()
      expect(server.requests).toHaveLength(1)
    })
    await server.close()
  })

  it.each([
    ['handshake_failure', 40],
    ['internal_error', 80],
    ['protocol_version', 70],
    ['unrecognized_name', 112],
    ['certificate_required', 116],
  ])('the TLS alert %s', async (_name, alert) => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(Buffer.from([0x15, 3, 3, 0, 2, 2, alert])))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as { port: number }
    await withGateway({}, async (gateway) => {
      const origin = `https://127.0.0.1:${port}`
      const changes = hop === 'token' ? { tokenUrl: `${origin}/token` } : { apiUrl: origin }
      const finished = await runHere(direct, { env: variables(gateway, changes) })
      expect(finished.exitCode).toBe(3)
      expect(expectOwnWords(finished).failedStep).toBe(hop)
    })
    server.close()
  })
})

it('a connection that is reset at once, at the first hop, ends the run within a second or so', async () => {
  const server = await startBrokenServer((socket) => void socket.resetAndDestroy())
  await withGateway({}, async (gateway) => {
    const env = variables(gateway, { authorizeUrl: `${server.origin}/authorize` })
    const finished = await promptly(3000, runNv(direct, { env }))
    expect(expectOwnWords(finished)).toMatchObject({ failedStep: 'authorize', exitCode: 3 })
  })
  await server.close()
})

it('a poll of CIBA that fails until the time is over is the cause, and not the end of the time', async () => {
  const handlers = {
    backchannel: () => json({ auth_req_id: canary.authReqId, expires_in: 3, interval: 1 }),
    token: () => json({ error: 'the database is down' }, 503),
  }
  await withGateway(handlers, async (gateway) => {
    const args = [
      'verify',
      '+34600000001',
      '--operator-token',
      '-',
      '--grant',
      'ciba',
      '--json',
      '--timeout',
      '8s',
    ]
    const finished = await runHere(args, { env: variables(gateway), input: 'a-sim-token' })
    const run = expectOwnWords(finished)
    expect(run.failedStep).toBe('token')
    expect(run.findings[0]).toMatchObject({
      code: 'server_failing',
      cause: expect.stringContaining('database is down') as string,
    })
  })
})

describe('a clock that is set while nv waits', () => {
  it.each([-10, 10])('by %i minutes: nothing expires, and no duration is negative', async (minutes) => {
    const path = join(makeFolder(), 'clock.mjs')
    writeFileSync(
      path,
      `const now = Date.now
let offset = 0
Date.now = () => now() + offset
process.on('SIGUSR2', () => { offset = ${minutes * 60_000} })`,
    )
    await withGateway({}, async (gateway) => {
      const { NV_REDIRECT_URI: _, ...env } = variables(gateway)
      const nv = startNv(['verify', '+34600000001', '--via', 'qr', '--json', '--timeout', '60s'], {
        env: { ...env, NODE_OPTIONS: `--import=file://${path}` },
      })
      const [url] = await nv.untilStderr(/^http\S+\/authorize\?\S+$/m)
      await nv.untilStderr(/Waiting for the phone/)
      nv.process.kill('SIGUSR2')
      const { searchParams } = new URL(url)
      const redirectUri = searchParams.get('redirect_uri') ?? ''
      const query = new URLSearchParams({ code: canary.code, state: searchParams.get('state') ?? '' })
      await (await fetch(`${redirectUri}?${query}`)).text()
      const { stdout, exitCode } = await nv.finished
      expect(exitCode).toBe(0)
      const run = JSON.parse(stdout) as Run
      const durations = [
        run.durationMs,
        ...run.steps.flatMap(({ startedMs, durationMs }) => [startedMs, durationMs]),
      ]
      for (const duration of [...durations, ...run.exchanges.map(({ timings }) => timings.endedMs)]) {
        expect(duration).toBeGreaterThanOrEqual(0)
        expect(duration).toBeLessThan(30_000)
      }
    })
  })
})
