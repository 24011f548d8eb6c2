// Profile commands of which one file-system call fails: the old or the new state, a true message, and the next one works.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  addProfile,
  changeProfile,
  readSecrets,
  removeProfile,
  renameProfile,
} from '../../src/cli/profile/shelf.ts'
import type { Context } from '../../src/context.ts'
import { SetupError } from '../../src/errors.ts'
import { listProfiles } from '../../src/profile/record.ts'
import { createTestContext } from '../support/context.ts'
import { breakFileSystem } from '../support/failing-fs.ts'
import { makeFolder, storeIn } from '../support/store-harness.ts'

const commands: Record<string, { run: (context: Context) => Promise<unknown>; after: string[] }> = {
  add: {
    run: (context) => addProfile(context, 'new', { clientId: '3' }, { clientSecret: '3' }),
    after: ['acme 1 1', 'new 3 3'],
  },
  edit: {
    run: (context) =>
      changeProfile(context, 'acme', (settings) => ({ ...settings, clientId: '3' }), { clientSecret: '3' }),
    after: ['acme 3 3'],
  },
  rename: { run: (context) => renameProfile(context, 'acme', 'new'), after: ['new 1 1'] },
  remove: { run: (context) => removeProfile(context, 'acme'), after: [] },
}
const before = ['acme 1 1']

const contextIn = (folder: string): ReturnType<typeof createTestContext> =>
  createTestContext({ store: storeIn(folder) })

/** Lists each profile with its client id and its secret. */
async function look(folder: string): Promise<string[]> {
  const store = storeIn(folder)
  const profiles = [...listProfiles(await store.profiles.read())].sort()
  return Promise.all(
    profiles.map(async ([name, { settings, secretEntry }]) => {
      const { clientSecret } = await readSecrets(store, name, secretEntry)
      return `${name} ${String(settings['clientId'])} ${clientSecret}`
    }),
  )
}

test.for(
  Object.entries(commands).flatMap(([name, command]) =>
    [false, true].map((isAfterwards) => ({ name, ...command, isAfterwards })),
  ),
)('$name, whichever call fails (afterwards: $isAfterwards)', async ({ run, after, isAfterwards }) => {
  const parent = makeFolder()
  for (let at = 0, call: string | null = ''; call !== null; at += 1) {
    const folder = join(parent, `${at}`)
    mkdirSync(folder, { mode: 0o700 })
    await addProfile(contextIn(folder).context, 'acme', { clientId: '1' }, { clientSecret: '1' })
    const { context, err } = contextIn(folder)
    const fail = (): never => {
      throw Object.assign(new Error('injected'), { code: 'ENOSPC' })
    }
    const broken = breakFileSystem(folder, { at, isAfterwards, fail })
    const result: unknown = await run(context).then(
      () => null,
      (error: unknown) => error,
    )
    call = broken.mend()
    const state = await look(folder)
    const told = `${call}: ${String(result)} ${err()}`
    if (result === null) expect(state, told).toEqual(after)
    else {
      expect(result, told).toBeInstanceOf(SetupError)
      expect(state, told).toEqual(before)
    }
    const next = contextIn(folder)
    next.clock.advance(11 * 60_000)
    await addProfile(next.context, 'later', {}, { clientSecret: '9' })
    expect(await storeIn(folder).secrets.list(), told).toHaveLength(state.length + 1)
  }
})
