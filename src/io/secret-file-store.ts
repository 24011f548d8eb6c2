// The secrets' file: the entries that no keychain holds, and the names of those that one holds.
import { isDeepStrictEqual } from 'node:util'
import type { Secrets } from '../settings/store.ts'
import { withLock } from './file-lock.ts'
import { preparePrivateFolder, readPrivateFile, removeLeftovers, writePrivateFile } from './private-file.ts'
import type { PrivateFolder } from './private-file.ts'
import { damage, describeSyntaxError } from './store-problem.ts'
import { isObject } from '../wire/body.ts'

/** What the file says about all entries. One in `secrets`, even `{}`, is newer than one in the keychain. */
export interface SecretFile {
  secrets: ReadonlyMap<string, Secrets>
  /** The names of the entries that the keychain holds. */
  inKeychain: ReadonlySet<string>
}

/** Reads the file; creates nothing. Throws a SetupError when it is damaged or refused. */
export function readSecretFile(folder: PrivateFolder, path: string): SecretFile {
  const text = readPrivateFile(folder, path)
  return text === null ? { secrets: new Map(), inKeychain: new Set() } : parse(path, text)
}

/** Reads, changes and writes the file under a lock between processes; an unchanged one is not written. */
export async function updateSecretFile(
  folder: PrivateFolder,
  path: string,
  change: (secrets: Map<string, Secrets>, inKeychain: Set<string>) => void,
): Promise<void> {
  preparePrivateFolder(folder)
  await withLock(
    `${path}.lock`,
    () => {
      removeLeftovers(folder)
      const current = readSecretFile(folder, path)
      const secrets = new Map(current.secrets)
      const inKeychain = new Set(current.inKeychain)
      change(secrets, inKeychain)
      if (isDeepStrictEqual(current, { secrets, inKeychain })) return
      const content = { secrets: Object.fromEntries(secrets), inKeychain: [...inKeychain] }
      writePrivateFile(folder, path, `${JSON.stringify(content, null, 2)}\n`)
    },
    folder,
  )
}

function parse(path: string, text: string): SecretFile {
  const content = parseJson(path, text)
  if (!isObject(content)) throw damage(path, 'It does not hold an object.')
  const { secrets, inKeychain } = content
  if (!isObject(secrets) || !isAllSecrets(secrets)) {
    throw damage(path, '"secrets" is not an object of objects of texts.')
  }
  if (!Array.isArray(inKeychain) || !inKeychain.every((name) => typeof name === 'string')) {
    throw damage(path, '"inKeychain" is not a list of names.')
  }
  return {
    secrets: new Map(Object.entries(secrets)),
    inKeychain: new Set(inKeychain),
  }
}

/** The parser's error isn't handed on as a cause: it quotes the text. */
function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw damage(path, describeSyntaxError(error))
  }
}

/** Tells whether a value is an object of texts, as the secrets of one entry are. */
export function isSecrets(value: unknown): value is Secrets {
  return isObject(value) && Object.values(value).every((secret) => typeof secret === 'string')
}

function isAllSecrets(value: Record<string, unknown>): value is Record<string, Secrets> {
  return Object.values(value).every(isSecrets)
}
