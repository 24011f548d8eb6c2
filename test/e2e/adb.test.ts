// `--via adb` with a fake adb, whose shell parses its line again as a phone's does, and a phone that opens links.
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { type FakeAdb, makeFakeAdb, pixelDevice } from '../support/fake-adb.ts'
import { freePort } from '../support/ports.ts'
import { runNv, type RunningProgram, startNv } from '../support/process.ts'
import { promptly } from '../support/promptly.ts'
import { makeFolder } from '../support/store-harness.ts'

let simulator: RunningProgram
let gateway: Record<string, string>

beforeAll(async () => {
  simulator = startNv(['simulate', '--port', '0', '--json', '--quiet'])
  gateway = JSON.parse((await simulator.untilStdout(/\{.*\}/))[0]) as Record<string, string>
})

afterAll(async () => {
  simulator.process.kill('SIGTERM')
  await simulator.finished
})

async function environment(adb: FakeAdb, changes: Record<string, string> = {}) {
  return {
    NV_AUTHORIZE_URL: gateway['authorizeUrl'] ?? '',
    NV_TOKEN_URL: gateway['tokenUrl'] ?? '',
    NV_API_URL: gateway['apiUrl'] ?? '',
    NV_CLIENT_ID: gateway['clientId'] ?? '',
    NV_CLIENT_SECRET: gateway['clientSecret'] ?? '',
    NV_REDIRECT_URI: `http://127.0.0.1:${await freePort()}/callback`,
    NV_STATE_DIR: makeFolder(),
    PATH: adb.path,
    ...changes,
  }
}

const verify = ['verify', '+34600000001', '--via', 'adb']

async function verifyJson(adb: FakeAdb, args: string[] = [], changes: Record<string, string> = {}) {
  const finished = await runNv([...verify, '--json', ...args], { env: await environment(adb, changes) })
  return { ...finished, run: JSON.parse(finished.stdout) as Run }
}

/** Interrupts a run as soon as it waits for the phone. */
async function untilItWaits(adb: FakeAdb, changes: Record<string, string> = {}): Promise<Run> {
  const nv = startNv([...verify, '--json'], { env: await environment(adb, changes) })
  await nv.untilStderr(/Waiting for the phone/)
  nv.process.kill('SIGINT')
  return JSON.parse((await nv.finished).stdout) as Run
}

const codes = ({ findings }: Run) => findings.map(({ code }) => code)

/** What is remembered of phones. */
function remembered(stateFolder: string): string[] {
  const folder = join(stateFolder, 'phones')
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

describe.skipIf(process.platform === 'win32')('--via adb', () => {
  test('the phone opens the link, and its loopback leads to nv', async () => {
    const adb = makeFakeAdb()
    const { run, exitCode } = await verifyJson(adb)
    expect([exitCode, run.outcome]).toEqual([0, 'verified'])
    const port = new URL(run.profile.redirectUri ?? '').port
    expect(adb.calls()).toContainEqual(['-s', '1A2B', 'reverse', `tcp:${port}`, `tcp:${port}`])
    expect(adb.calls()).toContainEqual(['-s', '1A2B', 'reverse', '--remove', `tcp:${port}`])
    expect(adb.get('reversed')).toBe('')
    expect(run.steps[0]?.detail).toBe('opened on Pixel 7, whose 127.0.0.1 leads here')
    expect(codes(run)).toContain('phone_on_wifi')
  })

  test('a URL with all that a shell knows arrives whole, and runs nothing', async () => {
    const adb = makeFakeAdb()
    const trap = join(makeFolder(), 'trap')
    const wild = `http://127.0.0.1:9/it's;touch$IFS${trap}&$(touch$IFS${trap})|x?a=\`touch$IFS${trap}\`&b='"*~!#`
    const run = await untilItWaits(adb, { NV_AUTHORIZE_URL: wild.replace(/#$/, '') })
    expect(run.failedStep).toBe('callback')
    const started = adb.ran().filter(([name]) => name === 'am')
    expect(started).toHaveLength(1)
    const [am, start, action, view, data, url, ...rest] = started[0] ?? []
    expect([am, start, action, view, data, rest]).toEqual([
      'am',
      'start',
      '-a',
      'android.intent.action.VIEW',
      '-d',
      [],
    ])
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:9\/it's;touch/)
    expect(new URL(url ?? '').searchParams.get('redirect_uri')).toBe(run.profile.redirectUri)
    expect(existsSync(trap)).toBe(false)
  })

  test('what am objects to is told', async () => {
    const adb = makeFakeAdb()
    adb.set('am-says', 'Starting: Intent {}\nError: Activity not started, unable to resolve Intent { act=… }')
    const { run, exitCode } = await verifyJson(adb)
    expect(exitCode).toBe(4)
    expect(run.findings[0]).toMatchObject({ code: 'intent_failed', title: 'Pixel 7 did not open the link' })
    expect(run.findings[0]?.cause).toContain('unable to resolve Intent')
    expect(adb.get('reversed')).toBe('')
  })

  test('an intent that goes to the browser in front is opened', async () => {
    const adb = makeFakeAdb()
    adb.set(
      'am-says',
      'Starting: Intent {}\nWarning: Activity not started, intent has been delivered to currently running top-most instance.',
    )
    const run = await untilItWaits(adb)
    expect(run.steps[0]).toMatchObject({ name: 'authorize', status: 'ok' })
  })

  test('a port that something else has is left alone', async () => {
    const adb = makeFakeAdb()
    const redirectUri = `http://localhost:${await freePort()}/callback`
    adb.set('reversed', `host-1 tcp:${new URL(redirectUri).port} tcp:3000\n`)
    const { run, exitCode } = await verifyJson(adb, [], { NV_REDIRECT_URI: redirectUri })
    expect([exitCode, codes(run)[0]]).toEqual([4, 'adb_reverse_taken'])
    expect(adb.get('reversed')).toContain('tcp:3000')
  })

  test.each<[string, string[], string[], number, string]>([
    ['no phone', [], [], 4, 'device_missing'],
    ['one that asks', ['1A2B unauthorized usb:1-1'], [], 4, 'device_not_ready'],
    ['one that is gone', ['1A2B offline'], [], 4, 'device_not_ready'],
    ['one without permissions', ['1A2B no permissions; see [http://x]'], [], 4, 'device_not_ready'],
    ['two, and nobody to ask', [pixelDevice, '3C4D device model:Galaxy_S24'], [], 2, 'device_ambiguous'],
    ['another one', [pixelDevice], ['--device', 'XYZ'], 4, 'device_unknown'],
  ])('%s', async (_name, devices, args, exitCode, code) => {
    const adb = makeFakeAdb(devices)
    const { run, exitCode: found } = await verifyJson(adb, args)
    expect([found, codes(run)[0]]).toEqual([exitCode, code])
    expect(adb.ran()).toEqual([])
  })

  test('of two phones the one that is named, or the only one that is ready', async () => {
    const two = makeFakeAdb([pixelDevice, '3C4D device model:Galaxy_S24'])
    const { run } = await verifyJson(two, ['--device', '3C4D'])
    expect(run.steps[0]?.detail).toContain('opened on Galaxy S24')
    const ready = makeFakeAdb(['0000 unauthorized', pixelDevice])
    expect((await verifyJson(ready)).run.steps[0]?.detail).toContain('opened on Pixel 7')
  })

  test('with a redirect_uri elsewhere the start page is opened, and takes the address the phone ended on', async () => {
    const adb = makeFakeAdb()
    adb.set('am-says', 'Starting: Intent {}')
    const redirectUri = 'https://customer.example/callback'
    const nv = startNv([...verify, '--json'], {
      env: await environment(adb, { NV_REDIRECT_URI: redirectUri }),
    })
    nv.process.stdin.end()
    await nv.untilStderr(/Opened on Pixel 7/)
    const startPage = adb.ran().at(-1)?.at(-1) ?? ''
    const { port } = new URL(startPage)
    expect(adb.get('reversed')).toBe(`host-1 tcp:${port} tcp:${port}`)
    const go = /id="go" href="([^"]+)"/.exec(await (await fetch(startPage)).text())?.[1] ?? ''
    const ended = await endAt(new URL(go.replaceAll('&amp;', '&'), startPage).href, redirectUri)
    const pasted = await fetch(startPage, {
      method: 'POST',
      headers: { origin: new URL(startPage).origin, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ address: ended }),
    })
    await pasted.text()
    expect((JSON.parse((await nv.finished).stdout) as Run).outcome).toBe('verified')
    expect(adb.get('reversed')).toBe('')
  })

  test('without adb it says how to get it', async () => {
    const adb = makeFakeAdb()
    const { run, exitCode } = await verifyJson(adb, [], { PATH: '/nonexistent' })
    expect([exitCode, codes(run)[0]]).toEqual([4, 'adb_missing'])
  })

  test('adb is found in the Android SDK', async () => {
    const adb = makeFakeAdb()
    const sdk = makeFolder()
    const { mkdirSync, symlinkSync } = await import('node:fs')
    mkdirSync(join(sdk, 'platform-tools'))
    symlinkSync(join(adb.folder, 'adb'), join(sdk, 'platform-tools', 'adb'))
    const { run } = await verifyJson(adb, [], { PATH: '/usr/bin:/bin', ANDROID_HOME: sdk })
    expect(run.outcome).toBe('verified')
  })

  test('an option of a phone on a cable chooses the way, and is refused with another', async () => {
    const adb = makeFakeAdb()
    const env = await environment(adb)
    const auto = await runNv(['verify', '+34600000001', '--device', '1A2B', '--json'], { env })
    expect((JSON.parse(auto.stdout) as Run).request.via).toBe('adb')
    const other = await runNv([...verify.slice(0, 3), 'direct', '--wifi-off'], { env })
    expect([other.exitCode, other.stderr]).toEqual([
      2,
      expect.stringContaining('--wifi-off does not work with --via direct'),
    ])
  })
})

describe.skipIf(process.platform === 'win32')('--wifi-off', () => {
  test('Wi-Fi is off during the run, and nothing is left of that', async () => {
    const adb = makeFakeAdb()
    const state = makeFolder()
    const { run } = await verifyJson(adb, ['--wifi-off'], { NV_STATE_DIR: state })
    expect(run.outcome).toBe('verified')
    expect(codes(run)).not.toContain('phone_on_wifi')
    expect(adb.ran().map(([name, ...args]) => (name === 'svc' ? args.join(' ') : name))).toEqual([
      'wifi disable',
      'am',
      'wifi enable',
    ])
    expect([adb.get('wifi_on'), remembered(state)]).toEqual(['1', []])
  })

  test('Wi-Fi that was off stays off', async () => {
    const adb = makeFakeAdb()
    adb.set('wifi_on', '0')
    await verifyJson(adb, ['--wifi-off'])
    expect(adb.ran().map(([name]) => name)).toEqual(['am'])
  })

  test('over Wi-Fi it would cut the phone off', async () => {
    const adb = makeFakeAdb(['192.168.1.7:5555 device model:Pixel_7'])
    const { run, exitCode } = await verifyJson(adb, ['--wifi-off'])
    expect([exitCode, codes(run)[0]]).toEqual([4, 'wifi_carries_adb'])
    expect(adb.ran()).toEqual([])
  })

  test.each([1, 2, 3])('killed in the middle, the next run turns it on again and says so (%d)', async () => {
    const adb = makeFakeAdb()
    const env = await environment(adb)
    adb.set('am-says', 'Starting: Intent {}')
    const nv = startNv([...verify, '--wifi-off'], { env })
    await nv.untilStderr(/Waiting for the phone/)
    expect(adb.get('wifi_on')).toBe('0')
    const [file = ''] = remembered(env.NV_STATE_DIR)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ serial: '1A2B', phone: 'Pixel 7' })
    nv.process.kill('SIGKILL')
    await nv.finished
    expect(adb.get('wifi_on')).toBe('0')

    adb.set('devices', 'List of devices attached\n')
    const early = await runNv(['verify', '+34600000001', '--profile', 'simulator'], { env })
    expect(early.stderr).toMatch(/nv turned Wi-Fi off on Pixel 7 \(1A2B\), and it is still off: connect\s+it/)

    adb.set('devices', `List of devices attached\n${pixelDevice}\n`)
    const next = await runNv(['verify', '+34600000001', '--profile', 'simulator'], { env })
    expect(next.exitCode).toBe(0)
    expect(next.stderr).toMatch(/Turned Wi-Fi on again on Pixel 7: an earlier run of\s+nv ended/)
    expect([adb.get('wifi_on'), remembered(env.NV_STATE_DIR)]).toEqual(['1', []])
    const last = await runNv(['verify', '+34600000001', '--profile', 'simulator'], { env })
    expect(last.stderr).not.toContain('Wi-Fi')
  })

  test('a run beside it does not turn on what that one turned off', async () => {
    const adb = makeFakeAdb()
    const env = await environment(adb)
    adb.set('am-says', 'Starting: Intent {}')
    const nv = startNv([...verify, '--wifi-off'], { env })
    await nv.untilStderr(/Waiting for the phone/)
    await runNv(['verify', '+34600000001', '--profile', 'simulator'], { env })
    expect(adb.get('wifi_on')).toBe('0')
    nv.process.kill('SIGINT')
    await nv.finished
    expect(adb.get('wifi_on')).toBe('1')
  })
})

describe.skipIf(process.platform === 'win32')('a signal ends it within a second', () => {
  const signals = [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const

  test.each(signals)('%s while the phone is waited for: everything is put back', async (signal, exitCode) => {
    const adb = makeFakeAdb()
    const env = await environment(adb)
    adb.set('am-says', 'Starting: Intent {}')
    const nv = startNv([...verify, '--wifi-off'], { env })
    await nv.untilStderr(/Waiting for the phone/)
    expect(adb.get('reversed')).not.toBe('')
    nv.process.kill(signal)
    expect((await promptly(1500, nv.finished)).exitCode).toBe(exitCode)
    expect([adb.get('reversed'), adb.get('wifi_on'), remembered(env.NV_STATE_DIR)]).toEqual(['', '1', []])
  })

  test.each(['devices', 'reverse', 'shell'])('while adb %s hangs', async (command) => {
    const adb = makeFakeAdb()
    adb.hang(command)
    const nv = startNv(verify, { env: await environment(adb) })
    await until(() => adb.calls().some((call) => call.includes(command)))
    nv.process.kill('SIGINT')
    expect((await promptly(1500, nv.finished)).exitCode).toBe(130)
  })

  test('while Wi-Fi is being turned off', async () => {
    const adb = makeFakeAdb()
    const env = await environment(adb)
    adb.set('wifi-stays', '')
    const nv = startNv([...verify, '--wifi-off'], { env })
    await until(() => adb.ran().some((call) => call.includes('disable')))
    nv.process.kill('SIGINT')
    expect((await nv.finished).exitCode).toBe(130)
    expect(adb.ran().at(-1)).toEqual(['svc', 'wifi', 'enable'])
    expect(remembered(env.NV_STATE_DIR)).toEqual([])
  })
})

/** Follows redirects as the phone does, up to the redirect_uri, which is not requested. */
async function endAt(url: string, redirectUri: string): Promise<string> {
  const jar = new Map<string, string>()
  for (let next = url; ;) {
    if (next.startsWith(redirectUri)) return next
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    const response = await fetch(next, { redirect: 'manual', headers: cookie ? { cookie } : {} })
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/s, 2)
      jar.set(name, value)
    }
    next = new URL(response.headers.get('location') ?? '', next).href
  }
}

/** Waits until something is true that nothing tells of. */
async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 20))
}
