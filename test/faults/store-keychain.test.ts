// The real keychain: one that works, one that is locked, one that never answers, and none.
import { execFileSync } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createKeychain } from '../../src/io/keychain-store.ts'
import { makeFolder, storeIn, useStoreProcess } from '../support/store-harness.ts'

const start = useStoreProcess()
const isLinux = process.platform === 'linux'

function hasSecretService(): boolean {
  try {
    execFileSync('sh', ['-c', 'command -v dbus-run-session && command -v gnome-keyring-daemon'])
    return isLinux
  } catch {
    return false
  }
}

/** A command that starts a bus and a keyring of its own, and then what follows it. */
function inSession(home: string, daemon: string): string[] {
  const script = `${daemon} --components=secrets >/dev/null 2>&1; exec "$@"`
  return ['env', `HOME=${home}`, 'dbus-run-session', '--', 'sh', '-c', script, 'sh']
}

const unlocked = 'printf pw | gnome-keyring-daemon --unlock'
const locked = 'gnome-keyring-daemon --start'

describe.skipIf(!hasSecretService())('a Secret Service (needs dbus and gnome-keyring)', () => {
  test('keeps and removes secrets', async () => {
    const folder = join(makeFolder(), 'nv')
    const task = { action: 'secretRoundTrip', folder, secretStore: 'keychain' } as const
    const { answer } = await start(task, inSession(makeFolder(), unlocked)).ended
    expect(answer).toMatchObject({
      result: {
        written: { kind: 'keychain', place: 'the Secret Service keychain' },
        read: { clientSecret: 'in the keychain' },
        removed: {},
      },
      warnings: [],
    })
  })

  test('still has them in the next session', async () => {
    const folder = makeFolder()
    const home = makeFolder()
    const task = { folder, prefix: 'acme', count: 1, secretStore: 'keychain' }
    await start({ ...task, action: 'addSecrets' }, inSession(home, unlocked)).ended
    expect(readFileSync(join(folder, 'secrets.json'), 'utf8')).not.toContain('clientSecret')
    const { answer } = await start(
      { ...task, action: 'readSecrets', prefix: 'acme0' },
      inSession(home, unlocked),
    ).ended
    expect(answer.result).toEqual({ clientSecret: 'acme0' })
  })

  test('that is locked, with nobody to unlock it, gives way to the file', async () => {
    const home = makeFolder()
    const folder = makeFolder()
    const task = { action: 'secretRoundTrip', folder, secretStore: '' } as const
    await start({ ...task, folder: makeFolder() }, inSession(home, unlocked)).ended
    const { answer } = await start(task, inSession(home, locked)).ended
    expect(answer.result).toMatchObject({
      written: { kind: 'file', reason: expect.stringContaining('the keychain refused: ') },
      read: { clientSecret: 'in the keychain' },
      removed: {},
    })
  })
})

describe.skipIf(!isLinux)('a bus', () => {
  test('that accepts and never answers is given up, and does not keep the process', async () => {
    const socket = join(makeFolder(), 'bus')
    const server = createServer((connection) => void connection.resume())
    onTestFinished(() => void server.close())
    await once(server.listen(socket), 'listening')
    const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}` }
    const keychain = createKeychain({ env, platform: 'linux', answerWithinMs: 500 })
    const store = storeIn(makeFolder(), { env: { NV_SECRET_STORE: '' }, keychain })
    expect(await store.secrets.write('acme', { a: 'b' })).toMatchObject({
      kind: 'file',
      reason: 'the keychain did not answer within 0.5 s',
    })
    const through = ['env', `DBUS_SESSION_BUS_ADDRESS=${env.DBUS_SESSION_BUS_ADDRESS}`]
    const { answer } = await start({ action: 'describe', folder: makeFolder(), secretStore: '' }, through)
      .ended
    expect(answer.result).toMatchObject({ reason: 'the keychain did not answer within 3 s' })
  })

  test('that is gone gives way to the file', async () => {
    const env = { ...process.env, DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' }
    const keychain = createKeychain({ env, platform: 'linux' })
    await expect(keychain.probe()).rejects.toThrow('refused: ')
  })

  test('that no session has set is not looked for', async () => {
    await expect(createKeychain({ env: {}, platform: 'linux' }).probe()).rejects.toThrow(
      'there is no system keychain in this session',
    )
  })
})
