// Profile commands that fail or are killed at any file-system call: the old or the new state, whole, and the truth is told.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addProfile } from '../../src/cli/profile/shelf.ts'
import { SetupError } from '../../src/errors.ts'
import { createTestContext } from '../support/context.ts'
import { breakFileSystem } from '../support/failing-fs.ts'
import {
  listState,
  prepareProfiles,
  type ProfileCommand,
  type ProfileCommandName,
  profileCommands,
  stateBefore,
} from '../support/profile-commands.ts'
import { rounds } from '../support/rounds.ts'
import { makeFolder, storeIn, useStoreProcess } from '../support/store-harness.ts'

const start = useStoreProcess()
/** With 40 rounds every call is tried. */
const step = Math.max(1, Math.floor(40 / rounds))

const contextIn = (folder: string): ReturnType<typeof createTestContext> =>
  createTestContext({ store: storeIn(folder) })

async function makeFilledFolder(parent: string, name: number): Promise<string> {
  const folder = join(parent, `${name}`)
  mkdirSync(folder, { mode: 0o700 })
  await prepareProfiles(contextIn(folder).context)
  return folder
}

/** Runs the next command, some time later, and expects that it leaves no entry that no profile has. */
async function expectNextWorks(folder: string, state: readonly string[], told: string): Promise<void> {
  const { context, clock } = contextIn(folder)
  clock.advance(11 * 60_000)
  await addProfile(context, 'later', { clientId: '9' }, { clientSecret: '9' })
  const store = storeIn(folder)
  expect(await listState(store), told).toEqual([...state, 'later 9 9'].sort())
  expect(await store.secrets.list(), told).toHaveLength(state.length + 1)
}

/** Runs a command of which one call fails; tells the call, null when the command makes fewer. */
async function tryWithFailure(
  { run, after }: ProfileCommand,
  folder: string,
  failure: { at: number; isAfterwards: boolean },
): Promise<string | null> {
  const { context, err } = contextIn(folder)
  const fail = (): never => {
    throw Object.assign(new Error('injected'), { code: 'ENOSPC' })
  }
  const broken = breakFileSystem(folder, { ...failure, fail })
  const result = await run(context).then(
    (left) => ({ left, error: null }),
    (error: unknown) => ({ left: null, error }),
  )
  const call = broken.mend()
  const told = `${call}: ${String(result.error)} ${err()}`
  const state = await listState(storeIn(folder))
  if (result.error !== null) {
    expect(result.error, told).toBeInstanceOf(SetupError)
    expect(state, told).toEqual(stateBefore)
  } else {
    expect(state, told).toEqual(after)
    const hasLeft = (await storeIn(folder).secrets.list()).length > state.length
    expect(result.left !== null || err().includes('The previous secrets are still in'), told).toBe(hasLeft)
  }
  await expectNextWorks(folder, state, told)
  return call
}

describe.each(Object.entries(profileCommands))('%s', (name, command: ProfileCommand) => {
  test.each([false, true])(
    'of which any call fails (having done its work: %s) leaves the old state and an error, or the new one',
    async (isAfterwards) => {
      const parent = makeFolder()
      for (let at = Math.floor(Math.random() * step); ; at += step) {
        const folder = await makeFilledFolder(parent, at)
        if ((await tryWithFailure(command, folder, { at, isAfterwards })) === null) break
      }
    },
    120_000,
  )

  test('killed at a call leaves the old or the new state', async () => {
    const parent = makeFolder()
    for (let round = 0; round < rounds; round += 1) {
      const folder = await makeFilledFolder(parent, round)
      const at = Math.floor(Math.random() * 110)
      const task = {
        action: 'profileCommand',
        folder,
        command: name as ProfileCommandName,
        killAt: at,
      } as const
      const { signal, answer } = await start(task).ended
      expect(signal ?? answer.problem ?? 'done').toMatch(/^(SIGKILL|done)$/)
      const state = await listState(storeIn(folder))
      expect(signal === null ? [command.after] : [stateBefore, command.after]).toContainEqual(state)
      await expectNextWorks(folder, state, `killed at ${at}`)
    }
  }, 120_000)
})
