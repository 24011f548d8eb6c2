// A process that works on a store as told by its first argument. Bundled and started by store-harness.ts.
import { randomBytes } from 'node:crypto'
import { rmSync, writeFileSync } from 'node:fs'
import { withLock } from '../../src/io/file-lock.ts'
import { createRunStore } from '../../src/io/run-store.ts'
import { createStore } from '../../src/io/store.ts'
import { breakFileSystem } from './failing-fs.ts'
import { profileCommands } from './profile-commands.ts'
import { createRun } from './run.ts'
import type { StoreTask } from './store-harness.ts'

const task: StoreTask = JSON.parse(process.argv[2] ?? '')
if (task.umask !== undefined) process.umask(task.umask)
if (task.uid !== undefined) process.setuid?.(task.uid)

const store = createStore({
  env: { ...process.env, NV_SECRET_STORE: task.secretStore ?? 'file', NV_CONFIG_DIR: task.folder },
  platform: process.platform,
  homeDirectory: '/nonexistent',
})

const actions: Record<StoreTask['action'], () => Promise<unknown>> = {
  async addProfiles() {
    for (const key of keys()) await addProfile(key, { clientId: key })
  },
  async addSecrets() {
    for (const key of keys()) await store.secrets.write(key, { clientSecret: key })
  },
  /** Replaces everything by one letter repeated, again and again, until killed. */
  async rewriteForever() {
    for (let round = 0; ; round += 1) {
      const text = String.fromCharCode(97 + (round % 26)).repeat(20_000)
      await store.profiles.update((current) => ({ ...current, profiles: { acme: { text } } }))
      await store.secrets.write('acme', { text })
      process.stdout.write('.')
    }
  },
  /** Saves runs, or for ever without a count, with a page that is one letter repeated. */
  async saveRuns() {
    const env = { NV_STATE_DIR: task.folder }
    const runs = createRunStore({ env, platform: process.platform, homeDirectory: '/nonexistent' })
    for (let round = 0; round < (task.count ?? Infinity); round += 1) {
      const tag = String.fromCharCode(97 + (round % 26)).repeat(20_000)
      const startedAt = new Date().toISOString()
      await runs.save(
        createRun({ id: randomBytes(6).toString('hex'), startedAt, failedStep: null, command: tag }),
      )
      process.stdout.write('.')
    }
  },
  /** Takes the lock again and again, and dies holding it. `wx` throws when another process is inside. */
  async lockAndDie() {
    const marker = `${task.folder}/marker`
    for (let left = task.count ?? 0; left >= 0; left -= 1) {
      await withLock(`${task.folder}/lock`, () => {
        writeFileSync(marker, '', { flag: 'wx' })
        rmSync(marker)
        if (left === 0) process.kill(process.pid, 'SIGKILL')
      })
    }
  },
  async addOne() {
    await addProfile('new', { text: 'n'.repeat(task.count ?? 1) })
  },
  async secretRoundTrip() {
    const written = await store.secrets.write('acme', { clientSecret: 'in the keychain' })
    const read = await store.secrets.read('acme')
    await store.secrets.remove('acme')
    return { written, read, removed: await store.secrets.read('acme') }
  },
  readProfiles: () => store.profiles.read(),
  readSecrets: () => store.secrets.read(task.prefix ?? ''),
  async listSignalsHeard() {
    await addProfile('new', {})
    return process.eventNames().filter((name) => String(name).startsWith('SIG'))
  },
  async profileCommand() {
    const die = (): never => {
      process.kill(process.pid, 'SIGKILL')
      throw new Error('It is killed before')
    }
    breakFileSystem(task.folder, { at: task.killAt ?? 0, fail: die })
    await profileCommands[task.command ?? 'add'].run({
      clock: { now: () => 0 },
      random: randomBytes,
      err: { write: () => {}, isTerminal: false, columns: 80, rows: 24 },
      openStore: () => Promise.resolve(store),
    })
  },
  describe: () => store.secrets.describe(),
}

try {
  const result = await actions[task.action]()
  process.stdout.write(JSON.stringify({ result, warnings: store.warnings() }))
} catch (error) {
  process.stdout.write(JSON.stringify({ problem: (error as { problem?: unknown }).problem ?? String(error) }))
}

function keys(): string[] {
  return Array.from({ length: task.count ?? 0 }, (_, index) => `${task.prefix}${index}`)
}

function addProfile(name: string, profile: Record<string, unknown>): Promise<void> {
  return store.profiles.update(({ profiles, ...rest }) => ({
    ...rest,
    profiles: { ...profiles, [name]: profile },
  }))
}
