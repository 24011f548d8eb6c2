// A phone that takes long to turn Wi-Fi on again, and a disk that does not let nv forget it: nothing is lost, nothing untrue.
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, test } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { makeFakeAdb } from '../support/fake-adb.ts'
import { type Command, withBrowser } from '../support/idle-browser.ts'
import { freePort } from '../support/ports.ts'
import { runNv, startNv } from '../support/process.ts'
import { makeFolder } from '../support/store-harness.ts'

async function start(adb: ReturnType<typeof makeFakeAdb>) {
  adb.set('am-says', 'Starting: Intent {}')
  const state = makeFolder()
  const env = {
    NV_REDIRECT_URI: `http://127.0.0.1:${await freePort()}/callback`,
    NV_STATE_DIR: state,
    PATH: adb.path,
  }
  const args = ['verify', '+34600000001', '--profile', 'sandbox-mock', '--via', 'adb', '--wifi-off', '--json']
  const nv = startNv(args, { env })
  await nv.untilStderr(/Waiting for the phone/)
  return { nv, state }
}

test.skipIf(process.platform === 'win32')(
  'an interrupted run does not wait for a slow phone: it is told and saved, and the phone goes on',
  async () => {
    const adb = makeFakeAdb()
    const { nv, state } = await start(adb)
    adb.set('wifi-slow', '')
    nv.process.kill('SIGINT')
    const { exitCode, stdout, stderr } = await nv.finished
    // One that waited would have been ended at once, without a word.
    expect(exitCode).toBe(130)
    const run = JSON.parse(stdout) as Run
    expect(run.end).toMatchObject({ kind: 'interrupted' })
    expect(readdirSync(join(state, 'runs')).join()).toContain(run.id)
    expect(stderr.replace(/\s+/g, ' ')).toContain('nv asked Pixel 7 to turn Wi-Fi on again, and ends before')
    // It is remembered, as nobody knows what came of it.
    expect(readdirSync(join(state, 'phones'))).toHaveLength(1)
    while (adb.get('wifi_on') !== '1') await delay(20)
  },
)

test.skipIf(process.platform === 'win32')('Wi-Fi that is on again is not said to be off', async () => {
  const adb = makeFakeAdb()
  const { nv, state } = await start(adb)
  const isOfWifi = (file: string) => readFileSync(join(state, 'phones', file), 'utf8').includes('wifi-off')
  const name = readdirSync(join(state, 'phones')).find(isOfWifi) ?? ''
  const path = join(state, 'phones', name)
  expect(readFileSync(path, 'utf8')).toContain('1A2B')
  // What can't be removed as a file is.
  rmSync(path)
  mkdirSync(path)
  nv.process.kill('SIGINT')
  const { stderr } = await nv.finished
  expect(adb.get('wifi_on')).toBe('1')
  expect(stderr).not.toContain('still off')
  expect(stderr.replace(/\s+/g, ' ')).toContain("Wi-Fi is on again on Pixel 7, but nv can't forget")
})

test.skipIf(process.platform === 'win32')('an adb that does not start is not called missing', async () => {
  const folder = makeFolder()
  writeFileSync(join(folder, 'adb'), '#!/nonexistent/interpreter\n')
  chmodSync(join(folder, 'adb'), 0o755)
  const { exitCode, stdout } = await runNv(
    ['verify', '+34600000001', '--profile', 'sandbox-mock', '--via', 'adb', '--json'],
    { env: { PATH: folder } },
  )
  expect([exitCode, (JSON.parse(stdout) as Run).findings[0]?.code]).toEqual([4, 'adb_broken'])
})

const results: Readonly<Record<string, object>> = {
  'Target.createTarget': { targetId: 'tab-1' },
  'Target.attachToTarget': { sessionId: 'S' },
}

const killed = async (
  args: string[],
  until: RegExp,
  adb: ReturnType<typeof makeFakeAdb>,
  isReady = () => true,
) => {
  const state = makeFolder()
  const env = {
    NV_REDIRECT_URI: `http://127.0.0.1:${await freePort()}/callback`,
    NV_STATE_DIR: state,
    PATH: adb.path,
  }
  const nv = startNv(['verify', '+34600000001', '--profile', 'sandbox-mock', '--json', ...args], { env })
  await nv.untilStderr(until)
  while (!isReady()) await delay(20)
  nv.process.kill('SIGKILL')
  await nv.finished
  return env
}
const next = (env: Record<string, string>) =>
  runNv(['verify', '+34600000001', '--profile', 'simulator', '--no-save'], { env })

test.skipIf(process.platform === 'win32')(
  'a port of the phone that a killed run has led here is taken back by the next run',
  async () => {
    const adb = makeFakeAdb()
    adb.set('am-says', 'Starting: Intent {}')
    const env = await killed(['--via', 'adb'], /Waiting for the phone/, adb)
    expect(adb.get('reversed')).not.toBe('')
    await next(env)
    expect(adb.get('reversed')).toBe('')
    expect(readdirSync(join(env.NV_STATE_DIR, 'phones'))).toEqual([])
  },
)

test.skipIf(process.platform === 'win32')(
  'so are its port to Chrome and the tab in there, the tab first',
  async () => {
    const asked: string[] = []
    // As on Android, where no tab has a profile of its own.
    const answer = ({ id, method }: Command) => {
      asked.push(method)
      if (method === 'Target.createBrowserContext') return [{ id, error: { message: 'Not supported' } }]
      return [{ id, result: results[method] ?? {} }]
    }
    const chrome = async (origin: string) => {
      const adb = makeFakeAdb()
      adb.set('port', new URL(origin).port)
      const env = await killed(['--via', 'chrome'], /Opened a tab/, adb, () =>
        asked.includes('Page.navigate'),
      )
      expect(adb.get('forwarded')).not.toBe('')
      await next(env)
      expect([asked.at(-1), adb.get('forwarded')]).toEqual(['/json/close/tab-1', ''])
      expect(readdirSync(join(env.NV_STATE_DIR, 'phones'))).toEqual([])
    }
    await withBrowser(answer, chrome, (path) => asked.push(path))
  },
)
