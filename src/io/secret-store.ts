// Where secrets are kept: in the keychain when it answers, otherwise in a file of their own.
import { join } from 'node:path'
import { SetupError, UsageError } from '../errors.ts'
import type { SecretPlace, SecretStore, Secrets } from '../profile/store.ts'
import { KeychainError } from './keychain-store.ts'
import type { Keychain } from './keychain-store.ts'
import type { PrivateFolder } from './private-file.ts'
import { isSecrets, readSecretFile, updateSecretFile } from './secret-file-store.ts'

export interface SecretStoreOptions {
  folder: PrivateFolder
  keychain: Keychain
  /** The value of NV_SECRET_STORE: `file`, `keychain`, or nothing for the keychain when it answers. */
  wanted: string | undefined
}

/**
 * Makes the store of the secrets. Touches nothing until it is used.
 * An entry of the file is always the newer one: what is written to the keychain is removed from the file, and
 * what can't be removed from the keychain is hidden by an entry of the file.
 */
export function createSecretStore(options: SecretStoreOptions): SecretStore {
  const { folder, keychain } = options
  const path = join(folder.path, 'secrets.json')
  const update = (change: Parameters<typeof updateSecretFile>[2]): Promise<void> =>
    updateSecretFile(folder, path, change)
  const file: SecretPlace = { kind: 'file', place: describeFile(folder, path) }
  let chosen: Promise<SecretPlace> | undefined
  const choose = (): Promise<SecretPlace> => (chosen ??= choosePlace(options, path))
  /** One keychain serves all folders; in one that the user chose, entries of the same name are others. */
  const accountOf = (entry: string): string => (folder.isChosen ? `${entry} @ ${folder.path}` : entry)

  /** The file notes what the keychain holds, which would list its entries only together with their secrets. */
  async function list(): Promise<string[]> {
    const { secrets, inKeychain } = readSecretFile(folder, path)
    return [...new Set([...secrets.keys(), ...inKeychain])]
  }

  async function read(entry: string, profileName = entry): Promise<Secrets> {
    const { secrets, inKeychain } = readSecretFile(folder, path)
    const inFile = secrets.get(entry)
    if (inFile !== undefined) return { ...inFile }
    return inKeychain.has(entry) ? readKeychain(keychain, accountOf(entry), profileName) : {}
  }

  async function write(entry: string, secrets: Secrets): Promise<SecretPlace> {
    const place = await choose()
    if (place.kind === 'file') {
      await update((inFile) => inFile.set(entry, secrets))
      return place
    }
    return writeKeychain(entry, secrets, place)
  }

  /** The entry is noted first: a process that is killed after it leaves nothing in the keychain that nobody can find. */
  async function writeKeychain(entry: string, secrets: Secrets, place: SecretPlace): Promise<SecretPlace> {
    await update((_, inKeychain) => inKeychain.add(entry))
    try {
      await keychain.write(accountOf(entry), JSON.stringify(secrets))
    } catch (error) {
      if (options.wanted === 'keychain')
        throw keychainProblem(error, `Can't store secrets in ${keychain.place}`)
      chosen = Promise.resolve({ ...file, reason: reasonOf(error) })
      return write(entry, secrets)
    }
    await update((inFile) => inFile.delete(entry))
    return place
  }

  async function locate(entry: string): Promise<SecretPlace | null> {
    const { secrets, inKeychain } = readSecretFile(folder, path)
    if (secrets.has(entry)) return file
    return inKeychain.has(entry) ? { kind: 'keychain', place: keychain.place } : null
  }

  async function remove(entry: string): Promise<SecretPlace | null> {
    const { secrets, inKeychain } = readSecretFile(folder, path)
    if (inKeychain.has(entry)) return removeEverywhere(entry)
    if (secrets.has(entry)) await update((inFile) => inFile.delete(entry))
    return null
  }

  async function removeEverywhere(entry: string): Promise<SecretPlace | null> {
    await update((inFile) => inFile.set(entry, {}))
    try {
      await keychain.remove(accountOf(entry))
    } catch (error) {
      return { kind: 'keychain', place: keychain.place, reason: reasonOf(error) }
    }
    await update((inFile, inKeychain) => void (inFile.delete(entry) && inKeychain.delete(entry)))
    return null
  }

  return { describe: choose, list, read, locate, write, remove }
}

async function choosePlace(options: SecretStoreOptions, path: string): Promise<SecretPlace> {
  const { folder, keychain, wanted } = options
  if (wanted && wanted !== 'file' && wanted !== 'keychain') throw unknownStore(wanted)
  const file: SecretPlace = { kind: 'file', place: describeFile(folder, path) }
  if (wanted === 'file') return file
  try {
    await keychain.probe()
    return { kind: 'keychain', place: keychain.place }
  } catch (error) {
    const reason = reasonOf(error)
    if (wanted === 'keychain') throw keychainProblem(error, `Can't use ${keychain.place}`)
    return { ...file, reason }
  }
}

async function readKeychain(keychain: Keychain, account: string, name: string): Promise<Secrets> {
  const title = `Can't read the secrets of profile ${name} from ${keychain.place}`
  let text: string | null
  const anew = `NV_SECRET_STORE=file nv profile edit ${name} --client-secret-stdin`
  try {
    text = await keychain.read(account)
  } catch (error) {
    throw keychainProblem(error, title, `Or give the secret again, to be kept in a file: ${anew}`)
  }
  const secrets = text === null ? {} : parseSecrets(text)
  if (secrets !== null) return secrets
  throw new SetupError({
    code: 'keychain_damaged',
    title,
    cause: `Its entry for nv, account ${account}, is not what nv stores.`,
    fix: `Store the secret again: nv profile edit ${name} --client-secret-stdin`,
  })
}

function parseSecrets(text: string): Secrets | null {
  try {
    const value: unknown = JSON.parse(text)
    return isSecrets(value) ? value : null
  } catch {
    return null
  }
}

function describeFile(folder: PrivateFolder, path: string): string {
  return folder.uid === null ? path : `${path} (mode 0600)`
}

/** Why the keychain wasn't used; anything but its own error is a bug and is thrown on. */
function reasonOf(error: unknown): string {
  if (error instanceof KeychainError) return error.message
  throw error
}

function keychainProblem(
  error: unknown,
  title: string,
  otherwise = 'To keep secrets in a file instead: NV_SECRET_STORE=file',
): SetupError {
  return new SetupError({
    code: 'keychain_unavailable',
    title,
    cause: `${reasonOf(error)}.`.replace(/^t/, 'T'),
    fix: `Unlock the keychain and run this in a desktop session. ${otherwise}`,
  })
}

function unknownStore(wanted: string): UsageError {
  return new UsageError({
    code: 'invalid_secret_store',
    title: `NV_SECRET_STORE can't be ${JSON.stringify(wanted.slice(0, 40))}`,
    cause: 'It is file, keychain, or not set: the keychain when it answers, otherwise the file.',
    fix: 'Set it to one of these, or remove it from the environment.',
  })
}
