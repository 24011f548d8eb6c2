// Puts together the stores of the profiles and of the secrets.
import type { Store } from '../settings/store.ts'
import { createHostStore } from './host-store.ts'
import { createKeychain } from './keychain-store.ts'
import type { Keychain } from './keychain-store.ts'
import type { PrivateFolder } from './private-file.ts'
import { createProfileStore } from './profile-store.ts'
import { createSecretStore } from './secret-store.ts'
import { findStoreFolder } from './store-folder.ts'
import type { StoreEnvironment } from './store-folder.ts'

export interface StoreOptions extends StoreEnvironment {
  /** The user that stored files must belong to; by default the one this process runs as. */
  uid?: number
  /** Ends what waits: for a lock, or for the keychain. */
  signal?: AbortSignal
  /** By default the keychain of the platform. */
  keychain?: Keychain
}

/** Makes the stores. Touches no disk and loads no library until one of them is used. */
export function createStore(options: StoreOptions): Store {
  const { env, platform, signal, uid = process.geteuid?.() } = options
  const warnings = new Set<string>()
  const folder: PrivateFolder = {
    ...findStoreFolder(options),
    uid: platform === 'win32' ? null : (uid ?? null),
    signal,
    warn: (text) => void warnings.add(text),
  }
  return {
    hosts: createHostStore(folder),
    profiles: createProfileStore(folder),
    secrets: createSecretStore({
      folder,
      keychain: options.keychain ?? createKeychain({ env, platform, signal }),
      wanted: env['NV_SECRET_STORE'],
    }),
    warnings() {
      const found = [...warnings]
      warnings.clear()
      return found
    },
  }
}
