// The profiles' file, without secrets: conf reads it, we lock it and replace it whole.
import type Conf from 'conf'
import { join } from 'node:path'
import type { ProfileStore, StoredProfile, StoredProfiles } from '../settings/store.ts'
import { withLock } from './file-lock.ts'
import { checkPrivateFile, preparePrivateFolder, removeLeftovers, writePrivateFile } from './private-file.ts'
import type { PrivateFolder } from './private-file.ts'
import { damage, describeSyntaxError, fileProblem } from './store-problem.ts'
import { isObject } from '../wire/body.ts'

/** What moving a damaged file away does: no profile references their secrets any more. */
const consequence = 'then the next profile command also removes the secrets of these profiles'

type Content = Record<string, unknown>
type OnceListener = () => void

/** Makes the store of the profiles in that folder. Touches nothing until it is used. */
export function createProfileStore(folder: PrivateFolder): ProfileStore {
  const path = join(folder.path, 'profiles.json')
  return {
    path,
    async read() {
      if (!checkPrivateFile(folder, path)) return noProfiles()
      return understand(path, readConf(await importConf(), folder, path))
    },
    async update(change) {
      const ConfClass = await importConf()
      preparePrivateFolder(folder)
      await withLock(
        `${path}.lock`,
        () => {
          removeLeftovers(folder)
          const exists = checkPrivateFile(folder, path)
          const content = readConf(ConfClass, folder, path)
          const changed = { ...content, ...change(exists ? understand(path, content) : noProfiles()) }
          // conf's own way of writing puts half a file in place when the disk fills up, and reports success; and with
          // SNAP in the environment, as in the terminal of VS Code, it overwrites the file in place.
          writePrivateFile(folder, path, `${JSON.stringify(changed, null, 2)}\n`)
        },
        folder,
      )
    },
  }
}

/** Expects that the folder exists: conf would make it, readable by all. */
function readConf(ConfClass: typeof Conf, folder: PrivateFolder, path: string): Content {
  try {
    const { store } = new ConfClass<Content>({
      cwd: folder.path,
      configName: 'profiles',
      projectName: 'nv',
      projectSuffix: '',
      configFileMode: 0o600,
      accessPropertiesByDotNotation: false,
      clearInvalidConfig: false,
    })
    return store
  } catch (error) {
    if (error instanceof SyntaxError) throw damage(path, describeSyntaxError(error), consequence)
    throw fileProblem(error, 'read', path)
  }
}

function understand(path: string, content: Content): StoredProfiles {
  const { default: name = null, profiles } = content
  if (name !== null && typeof name !== 'string') throw damage(path, '"default" is not a name.', consequence)
  if (!isObject(profiles) || !isAllObjects(profiles)) {
    throw damage(path, '"profiles" is not an object of objects.', consequence)
  }
  return { default: name, profiles: Object.assign(withoutPrototype(), withoutSpareEntries(profiles)) }
}

/** Drops the lists of orphaned secrets that files had once; a name that has nothing else is not a profile. */
function withoutSpareEntries(profiles: Record<string, StoredProfile>): Record<string, StoredProfile> {
  return Object.fromEntries(
    Object.entries(profiles).flatMap(([name, profile]) => {
      const { spareEntries, ...rest } = profile
      return spareEntries !== undefined && Object.keys(rest).length === 0 ? [] : [[name, rest]]
    }),
  )
}

function noProfiles(): StoredProfiles {
  return { default: null, profiles: withoutPrototype() }
}

function withoutPrototype(): Record<string, StoredProfile> {
  const empty: Record<string, StoredProfile> = {}
  Object.setPrototypeOf(empty, null)
  return empty
}

function isAllObjects(value: Record<string, unknown>): value is Record<string, StoredProfile> {
  return Object.values(value).every(isObject)
}

/**
 * Imports conf without what it does to the process: its dependency when-exit listens to most signals and
 * raises each again, so that one Ctrl-C would reach us twice. It uses `once`, our own handlers `on`.
 */
async function importConf(): Promise<typeof Conf> {
  const before = new Set(onceListeners().map(({ listener }) => listener))
  const { default: ConfClass } = await import('conf')
  for (const { signal, listener } of onceListeners()) {
    if (!before.has(listener)) process.removeListener(signal, listener)
  }
  return ConfClass
}

function onceListeners(): Array<{ signal: NodeJS.Signals; listener: OnceListener }> {
  const signals = process.eventNames().filter(isSignal)
  return signals.flatMap((signal) =>
    process
      .rawListeners(signal)
      .filter(isOnce)
      .map((listener) => ({ signal, listener })),
  )
}

function isSignal(event: string | symbol): event is NodeJS.Signals {
  return typeof event === 'string' && event.startsWith('SIG')
}

/** Node wraps a listener given to `once`, and keeps the listener as a property of the wrapper. */
function isOnce(listener: object): listener is OnceListener {
  return 'listener' in listener
}
