// The hosts that the user confirmed, in a file beside the profiles.
import { join } from 'node:path'
import type { HostStore } from '../settings/store.ts'
import { withLock } from './file-lock.ts'
import {
  preparePrivateFolder,
  type PrivateFolder,
  readPrivateFile,
  removeLeftovers,
  writePrivateFile,
} from './private-file.ts'
import { damage, describeSyntaxError } from './store-problem.ts'

/** Makes the store of the hosts in that folder. Touches nothing until it is used. */
export function createHostStore(folder: PrivateFolder): HostStore {
  const path = join(folder.path, 'hosts.json')
  const read = () => {
    const text = readPrivateFile(folder, path)
    return text === null ? [] : parse(path, text)
  }
  return {
    read: () => Promise.resolve().then(read),
    add: async (host) => {
      preparePrivateFolder(folder)
      await withLock(
        `${path}.lock`,
        () => {
          removeLeftovers(folder)
          const hosts = [...new Set([...read(), host])]
          writePrivateFile(folder, path, `${JSON.stringify({ hosts }, null, 2)}\n`)
        },
        folder,
      )
    },
  }
}

function parse(path: string, text: string): string[] {
  const { hosts } = parseObject(path, text)
  if (!Array.isArray(hosts) || !hosts.every((host) => typeof host === 'string'))
    throw damage(path, '"hosts" is not a list of texts.', consequence)
  return hosts
}

function parseObject(path: string, text: string): { hosts?: unknown } {
  try {
    return Object(JSON.parse(text)) as { hosts?: unknown }
  } catch (error) {
    throw damage(path, describeSyntaxError(error), consequence)
  }
}

const consequence = 'then nv asks again about the hosts in it'
