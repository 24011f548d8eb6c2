// Keeps what has to be restored on phones, in a file for each process that changed something.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Change, PhoneChange, PhoneChanges } from '../run/phone-changes.ts'
import { errorCode } from './error-code.ts'
import { newOwnerName, ownerState } from './file-lock.ts'
import {
  preparePrivateFolder,
  type PrivateFolder,
  readPrivateFile,
  removeLeftovers,
  writePrivateFile,
} from './private-file.ts'
import { findStateFolder, type StoreEnvironment } from './store-folder.ts'
import { fileProblem } from './store-problem.ts'

const variable = 'NV_STATE_DIR'
const filePattern = /^phone-(?<id>[0-9a-f-]+)\.json$/

/** Makes the store. Touches no disk until it is used. */
export function createPhoneChanges(environment: StoreEnvironment): PhoneChanges {
  const open = (): PrivateFolder => ({
    path: join(findStateFolder(environment), 'phones'),
    isChosen: false,
    uid: environment.platform === 'win32' ? null : (process.geteuid?.() ?? null),
    variable,
    warn: () => {},
  })
  const pathOf = (folder: PrivateFolder, id: string) => join(folder.path, `phone-${id}.json`)
  return {
    add: async (change) => {
      const folder = open()
      const added = { id: newOwnerName(), ...change }
      preparePrivateFolder(folder)
      removeLeftovers(folder)
      writePrivateFile(folder, pathOf(folder, added.id), JSON.stringify(added))
      return added
    },
    abandoned: async () => {
      const folder = open()
      return idsIn(folder)
        .filter((id) => ownerState(id) === 'gone')
        .flatMap((id) => parse(id, readPrivateFile(folder, pathOf(folder, id))) ?? [])
    },
    forget: async ({ id }) => {
      const folder = open()
      try {
        rmSync(pathOf(folder, id), { force: true })
      } catch (error) {
        throw fileProblem(error, 'write', folder.path, variable)
      }
    },
  }
}

function idsIn({ path }: PrivateFolder): string[] {
  try {
    return readdirSync(path).flatMap((name) => filePattern.exec(name)?.groups?.['id'] ?? [])
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return []
    throw fileProblem(error, 'read', path, variable)
  }
}

/** What can't be read tells nothing of a phone. */
function parse(id: string, text: string | null): PhoneChange | null {
  try {
    const value = JSON.parse(text ?? '') as Record<string, unknown>
    const { serial, phone } = value
    const change = readChange(value)
    if (typeof serial !== 'string' || typeof phone !== 'string' || change === null) return null
    return { id, serial, phone, ...change }
  } catch {
    return null
  }
}

function readChange({ change, port, closeUrl }: Record<string, unknown>): Change | null {
  if (change === 'wifi-off') return { change }
  if (change === 'tab') return typeof closeUrl === 'string' ? { change, closeUrl } : null
  return (change === 'reverse' || change === 'forward') && typeof port === 'string' ? { change, port } : null
}
