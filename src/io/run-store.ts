// Keeps runs as files, one a run: each is written whole, and no two processes write the same.
import { readdirSync, unlinkSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from '../errors.ts'
import type { Run } from '../run/run.ts'
import { keptRuns, type RunName, type RunStore } from '../run/run-store.ts'
import { fitRun } from '../run/fit.ts'
import { isObject } from '../wire/body.ts'
import { toInertJson } from '../wire/escape.ts'
import { errorCode } from './error-code.ts'
import {
  checkPrivateFile,
  preparePrivateFolder,
  type PrivateFolder,
  readPrivateFile,
  removeLeftovers,
  writePrivateFile,
} from './private-file.ts'
import { findStateFolder, type StoreEnvironment } from './store-folder.ts'
import { damage, describeSyntaxError, fileProblem } from './store-problem.ts'

export interface RunStoreOptions extends StoreEnvironment {
  /** The user that saved runs must belong to; by default the one this process runs as. */
  uid?: number
  /** How many are kept. */
  kept?: number
}

const filePattern = /^(?<time>\d{8}T\d{9}Z)-(?<id>[0-9a-f]+)\.json$/
const variable = 'NV_STATE_DIR'

/** Makes the store of runs. Touches no disk until it is used. */
export function createRunStore({
  uid = process.geteuid?.(),
  kept = keptRuns,
  ...environment
}: RunStoreOptions): RunStore {
  const warnings = new Set<string>()
  const open = (): PrivateFolder => ({
    path: join(findStateFolder(environment), 'runs'),
    isChosen: false,
    uid: environment.platform === 'win32' ? null : (uid ?? null),
    variable,
    warn: (text) => void warnings.add(text),
  })
  const pathOf = (folder: PrivateFolder, name: RunName) => join(folder.path, fileNameOf(name))
  const read = async (folder: PrivateFolder, name: RunName): Promise<Run | null> => {
    const path = pathOf(folder, name)
    const text = readPrivateFile(folder, path)
    return text === null ? null : parse(path, text)
  }
  return {
    get folder() {
      return open().path
    },
    save: async (run) => {
      const folder = open()
      preparePrivateFolder(folder)
      // A run can be repeated, so it isn't worth waiting for the disk.
      writePrivateFile(folder, pathOf(folder, run), toInertJson(fitRun(run)), false)
      removeLeftovers(folder)
      for (const name of listNames(folder).slice(kept)) remove(folder, pathOf(folder, name))
    },
    names: async () => {
      const folder = open()
      return listNames(folder)
    },
    read: async (name) => read(open(), name),
    remove: async (name) => {
      const folder = open()
      return remove(folder, pathOf(folder, name))
    },
    warnings: () => {
      const found = [...warnings]
      warnings.clear()
      return found
    },
  }
}

/** Names a file so that the order of names is that of time. */
function fileNameOf({ id, startedAt }: RunName): string {
  return `${startedAt.replace(/[-:.]/g, '')}-${id}.json`
}

function listNames(folder: PrivateFolder): RunName[] {
  return readFolder(folder)
    .toSorted()
    .toReversed()
    .flatMap((file) => {
      const { time, id } = filePattern.exec(file)?.groups ?? {}
      return time === undefined || id === undefined ? [] : [{ id, startedAt: readTime(time) }]
    })
}

function readFolder(folder: PrivateFolder): string[] {
  // Checks the folder, too: a link, or one of another user, is not looked into.
  checkPrivateFile(folder, join(folder.path, 'none'))
  try {
    return readdirSync(folder.path)
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw fileProblem(error, 'read', folder.path, variable)
  }
}

function readTime(time: string): string {
  return time.replace(/^(....)(..)(..)T(..)(..)(..)(...)Z$/, '$1-$2-$3T$4:$5:$6.$7Z')
}

/** Removes a file; another process may have done so meanwhile. */
function remove({ path: folder }: PrivateFolder, path: string): boolean {
  try {
    unlinkSync(path)
    return true
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false
    throw fileProblem(error, 'write', folder, variable)
  }
}

async function parse(path: string, text: string): Promise<Run> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    throw damage(path, describeSyntaxError(error), 'its run is lost')
  }
  // The folder is ours, but another version of nv may have written there.
  const { readSavedRun } = await import('../run/run-schema.ts')
  const run = readSavedRun(value)
  if (run !== null) return run
  const schema = isObject(value) ? String(value['schema']) : ''
  if (/^nv\.run\/\d{1,4}$/.test(schema) && schema !== 'nv.run/1')
    throw new SetupError({
      code: 'run_of_other_version',
      title: `Another version of nv wrote the run: ${path}`,
      cause: `It is in the format ${schema}, and this version reads nv.run/1. The file is kept as it is.`,
      fix: 'Read it with the version of nv that wrote it.',
    })
  throw damage(path, 'It does not hold a run of this version of nv.', 'its run is lost')
}
