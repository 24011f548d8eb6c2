// How nv ends by signals, and goes on after Ctrl-Z: real processes, some of them on a terminal of their own.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { newOwnerName } from '../../src/io/file-lock.ts'
import { freePort } from '../support/ports.ts'
import { type Finished, type RunningProgram, startNv } from '../support/process.ts'
import { promptly } from '../support/promptly.ts'
import { makeFolder } from '../support/store-harness.ts'
import { hasTerminals, startOnTerminal } from '../support/terminal.ts'

const codes = { SIGINT: 130, SIGTERM: 143, SIGHUP: 129 } as const
const signals = Object.entries(codes) as Array<[keyof typeof codes, number]>

/** Variables of a gateway that nobody asks anything before a phone comes. */
async function gatewayVariables(): Promise<Record<string, string>> {
  return {
    NV_AUTHORIZE_URL: 'http://127.0.0.1:9/authorize',
    NV_TOKEN_URL: 'http://127.0.0.1:9/token',
    NV_API_URL: 'http://127.0.0.1:9/api',
    NV_CLIENT_ID: 'id',
    NV_CLIENT_SECRET: 'secret',
    NV_REDIRECT_URI: `http://127.0.0.1:${await freePort()}/callback`,
  }
}

/** Sends a signal, and gives the end of the process, which must come within a second. */
async function endBy(nv: RunningProgram, signal: NodeJS.Signals): Promise<Finished> {
  nv.process.kill(signal)
  const finished = await promptly(1500, nv.finished)
  expect(finished.stderr).not.toMatch(/^\s+at /m)
  return finished
}

/** Writes more than a pipe holds, so that it is through only when it is read, and no end. */
function untilItReads({ process }: RunningProgram): Promise<void> {
  return new Promise((resolve) => process.stdin.write('x'.repeat(300_000), () => resolve()))
}

describe.each(signals)('%s', (signal, exitCode) => {
  it(`while a phone is waited for is exit ${exitCode}, in the Run too`, async () => {
    const env = await gatewayVariables()
    const nv = startNv(['verify', '+34600000001', '--via', 'qr', '--json'], { env })
    await nv.untilStderr(/Waiting for the phone/)
    const { stdout, exitCode: found } = await endBy(nv, signal)
    expect(found).toBe(exitCode)
    expect(JSON.parse(stdout)).toMatchObject({ exitCode, findings: [{ code: 'interrupted' }] })
  })

  it('is said once to whoever reads', async () => {
    const nv = startNv(['verify', '+34600000001', '--via', 'qr'], { env: await gatewayVariables() })
    await nv.untilStderr(/Waiting for the phone/)
    const { stdout, stderr } = await endBy(nv, signal)
    expect(`${stdout}${stderr}`.match(/interrupted/gi)).toHaveLength(1)
  })

  it('while a secret is read from standard input', async () => {
    const nv = startNv(['profile', 'add', 'acme', '--client-id', 'id', '--client-secret-stdin'], {
      env: { NV_CONFIG_DIR: makeFolder(), NV_SECRET_STORE: 'file' },
    })
    await untilItReads(nv)
    expect(await endBy(nv, signal)).toMatchObject({ exitCode, stdout: '' })
  })
})

it('SIGINT while a file is read from standard input ends the import', async () => {
  const nv = startNv(['profile', 'import', '-'], { env: { NV_CONFIG_DIR: makeFolder() } })
  await untilItReads(nv)
  expect(await endBy(nv, 'SIGINT')).toMatchObject({ exitCode: 130 })
})

it('SIGTERM while another nv holds the lock ends the wait', async () => {
  const folder = makeFolder()
  const env = { NV_CONFIG_DIR: folder, NV_SECRET_STORE: 'file' }
  for (const name of ['profiles', 'secrets']) {
    const lock = join(folder, `${name}.json.lock`)
    mkdirSync(lock)
    // This process holds it, and lives.
    writeFileSync(join(lock, newOwnerName()), '')
  }
  const nv = startNv(
    ['profile', 'add', 'acme', '--preset', 'sandbox', '--client-id', 'id', '--client-secret-stdin'],
    { env },
  )
  nv.process.stdin.end('a secret')
  await expect
    .poll(() => readdirSync(folder), { timeout: 60_000 })
    .toContainEqual(expect.stringMatching(/\.tmp$/))
  expect(await endBy(nv, 'SIGTERM')).toMatchObject({ exitCode: 143 })
})

describe('a nv that does not hear the first signal', () => {
  /** Nothing that is waited for ends. */
  const start = async () => {
    const preload = join(makeFolder(), 'deaf.mjs')
    writeFileSync(preload, 'AbortController.prototype.abort = () => {}')
    const env = { ...(await gatewayVariables()), NODE_OPTIONS: `--import=${pathToFileURL(preload)}` }
    const nv = startNv(['verify', '+34600000001', '--via', 'qr'], { env })
    await nv.untilStderr(/Waiting for the phone/)
    return nv
  }

  it('ends within a second all the same, with the exit code of the signal', async () => {
    expect(await endBy(await start(), 'SIGTERM')).toMatchObject({ exitCode: 143 })
  })

  it('ends at once with a second one, with the exit code of the first', async () => {
    const nv = await start()
    nv.process.kill('SIGTERM')
    const again = setInterval(() => nv.process.kill('SIGINT'), 20)
    const { exitCode } = await promptly(800, nv.finished)
    clearInterval(again)
    expect(exitCode).toBe(143)
  })
})

describe.skipIf(!hasTerminals)('on a terminal', () => {
  it('Ctrl-Z stops nv with the terminal as it was, and after fg the question is there and goes on', async () => {
    const env = { NV_CONFIG_DIR: makeFolder(), NV_SECRET_STORE: 'file' }
    const nv = await startOnTerminal(['profile', 'add', 'acme', '--preset', 'generic'], { env })
    await nv.untilShown(/Authorization endpoint/)
    nv.type('https://a.exa')
    await nv.untilShown(/https:\/\/a\.exa/)
    nv.type('\u001a')
    expect(await nv.stopped()).toMatchObject({ stopped: 'SIGSTOP', echo: true, lines: true })
    const before = nv.shown().length
    nv.signal('SIGCONT')
    await nv.untilShown(/Authorization endpoint.*https:\/\/a\.exa/, before)
    nv.type('mple/x\r')
    await nv.untilShown(/https:\/\/a\.example\/x[^]*Token endpoint/, before)
    nv.type('\u0003')
    expect(await nv.ended).toMatchObject({ exitCode: 130, signal: null })
  })

  it('SIGTSTP stops the wait for a pasted address, which goes on after SIGCONT', async () => {
    const nv = await startOnTerminal(['verify', '+34600000001', '--via', 'paste'], {
      env: await gatewayVariables(),
    })
    await nv.untilShown(/paste the/)
    nv.signal('SIGTSTP')
    expect(await nv.stopped()).toMatchObject({ echo: true, lines: true })
    const before = nv.shown().length
    nv.signal('SIGCONT')
    await nv.untilShown(/paste the/, before)
    nv.signal('SIGTERM')
    expect(await nv.ended).toMatchObject({ exitCode: 143 })
  })

  it.each([
    ['at a question', ['profile', 'add', 'acme'], /Which gateway/],
    ['at a wait', ['verify', '+34600000001', '--via', 'qr'], /Waiting for the phone/],
    ['at a wait without a question', ['verify', '+34600000001', '--via', 'qr', '--no-input'], /Waiting for/],
    ['in the simulator', ['simulate', '--port', '0'], /Ctrl-C/],
  ])('that is closed %s: nv ends by SIGHUP, and does not abort', async (_where, args, shown) => {
    const env = { ...(await gatewayVariables()), NV_CONFIG_DIR: makeFolder(), NV_SECRET_STORE: 'file' }
    const nv = await startOnTerminal(args, { env })
    await nv.untilShown(shown)
    nv.close()
    expect(await nv.ended).toMatchObject({ signal: 'SIGHUP' })
  })
})
