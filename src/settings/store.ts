// The ports behind which profiles and their secrets are kept. Types only; src/io/store.ts supplies them.

/** A profile as stored: settings, and the name of the entry that has its secrets. Unknown keys are kept. */
export type StoredProfile = Record<string, unknown>

export interface StoredProfiles {
  default: string | null
  /** Without a prototype, so that every name is an ordinary key. */
  profiles: Record<string, StoredProfile>
}

/** Secrets of one profile by their name: `clientSecret`, `header:x-rapidapi-key`. */
export type Secrets = Record<string, string>

export interface ProfileStore {
  /** The file's path, for messages. */
  readonly path: string
  /** Reads all profiles; creates nothing. Throws a SetupError for a damaged or refused file. */
  read(): Promise<StoredProfiles>
  /**
   * Reads, changes and writes under a lock between processes. When the change throws, nothing is written.
   * Throws a SetupError when the file is damaged, refused, locked for too long or can't be written.
   */
  update(change: (current: StoredProfiles) => StoredProfiles): Promise<void>
}

export interface SecretPlace {
  kind: 'keychain' | 'file'
  /** A phrase: `the login keychain`, `/home/x/.config/nv/secrets.json (mode 0600)`. */
  place: string
  /** Why they are there if that was not chosen: `the keychain did not answer within 3 s`. */
  reason?: string
}

/** Secrets in entries; which profile an entry belongs to, the profiles' file says. */
export interface SecretStore {
  /** Tells where secrets would be written now. Throws a UsageError for a bad NV_SECRET_STORE. */
  describe(): Promise<SecretPlace>
  /** Lists the names of all entries, without asking a keychain; creates nothing. */
  list(): Promise<string[]>
  /**
   * Reads all secrets of an entry; creates nothing, and asks the keychain only when it holds some of them.
   * Throws a SetupError, which names the profile, when they are in a keychain that doesn't answer.
   */
  read(entry: string, profileName?: string): Promise<Secrets>
  /** Tells where the secrets of an entry are, without asking a keychain; null: there are none. */
  locate(entry: string): Promise<SecretPlace | null>
  /** Replaces all secrets of an entry; tells where they are now. */
  write(entry: string, secrets: Secrets): Promise<SecretPlace>
  /** Removes an entry; tells where some of it stays, and why. Null: nowhere. */
  remove(entry: string): Promise<SecretPlace | null>
}

/** The hosts that may get credentials by the user's word, although only a repository names them. */
export interface HostStore {
  /** Reads them; creates nothing. Throws a SetupError for a damaged or refused file. */
  read(): Promise<readonly string[]>
  /** Remembers one. Throws a SetupError when it can't be written. */
  add(host: string): Promise<void>
}

export interface Store {
  readonly hosts: HostStore
  readonly profiles: ProfileStore
  readonly secrets: SecretStore
  /** Hands over the warnings since the last call, such as a mode that was repaired. */
  warnings(): string[]
}
