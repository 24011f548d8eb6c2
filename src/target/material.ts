// What settings only refer to: the client secret, the values of headers, the files of a key and of certificates.
import type { Context } from '../context.ts'
import { SetupError, UsageError } from '../errors.ts'
import { requireApplicationKey } from '../oauth/client-authentication.ts'
import { readSigningKey } from '../oauth/signing-key.ts'
import type { Preset } from '../settings/presets.ts'
import { type Settings } from '../settings/settings.ts'
import type { Secrets, Store } from '../settings/store.ts'
import { escapeText } from '../wire/escape.ts'
import type { Sourced } from '../settings/layers.ts'
import { checkSecret, secretHeaderKey, variableIn } from '../settings/secret.ts'
import { headerValueRule } from '../settings/rules.ts'

/** A profile of the user's own and the entry of its secrets. */
export interface SecretOwner {
  name: string
  secretEntry: string | null
}

/** The secrets of a profile, and the place where they are. */
export interface StoredSecrets {
  values: Secrets
  place: string
}

/** Reads the stored secrets, when there may be one that no variable gives: a keychain may ask the user. */
export async function readStoredSecrets(
  context: Context,
  { clientSecretEnv, secretHeaders = [] }: Settings,
  owner: SecretOwner | null,
): Promise<StoredSecrets> {
  const isElsewhere = Boolean(context.env['NV_CLIENT_SECRET']) || clientSecretEnv !== undefined
  if (!owner?.secretEntry || (isElsewhere && secretHeaders.length === 0)) return { values: {}, place: '' }
  const store = await context.openStore()
  const values = await readSecrets(store, owner.name, owner.secretEntry)
  return { values, place: (await store.secrets.locate(owner.secretEntry))?.place ?? '' }
}

/** Reads the secrets of a profile. Throws a SetupError that names the profile, not the entry. */
export async function readSecrets(store: Store, name: string, entry: string | null): Promise<Secrets> {
  if (entry === null) return {}
  try {
    return await store.secrets.read(entry)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    const { code, title, cause, fix } = error.problem
    const named = (text: string) => text.replaceAll(entry, name)
    throw new SetupError(
      { code, title: named(title), cause: named(cause), fix: named(fix) },
      { cause: error },
    )
  }
}

/** Chooses the client secret. One without a value says in its source why it has none. */
export function chooseClientSecret(
  { env }: Pick<Context, 'env'>,
  { clientSecretEnv, preset: presetName }: Settings,
  { values, place }: StoredSecrets,
  preset: Preset | undefined,
): Sourced | null {
  if (env['NV_CLIENT_SECRET']) return fromVariable('NV_CLIENT_SECRET', env['NV_CLIENT_SECRET'])
  if (clientSecretEnv !== undefined) {
    const value = env[clientSecretEnv]
    if (!value) return { value: '', from: `environment variable ${clientSecretEnv}, which is not set` }
    return { ...fromVariable(clientSecretEnv, value), from: `environment variable ${clientSecretEnv}` }
  }
  if (values['clientSecret']) return { value: values['clientSecret'], from: place }
  if (!preset?.publishedSecret) return null
  return { value: preset.publishedSecret, from: `preset ${presetName}, published for everyone` }
}

function fromVariable(name: string, value: string): Sourced {
  const rule = checkSecret(value)
  if (rule === true) return { value, from: name }
  throw new UsageError({
    code: 'invalid_secret',
    title: `The client secret in the environment variable ${name} can't be used`,
    cause: rule,
    fix: `Set ${name} to the secret alone. A line break at its end is often one of the file it was read from.`,
  })
}

export interface ResolvedHeaders {
  headers: Readonly<Record<string, string>>
  /** The values among them that are secret. */
  secretValues: readonly string[]
  /** The headers without a value, with the variable that is not set; null: it is not with the stored secrets. */
  unset: ReadonlyArray<{ name: string; variable: string | null }>
}

/** Fills in the headers that stand for something else: `$NAME` for a variable, a secret one for its stored value. */
export function resolveHeaders(
  { env }: Pick<Context, 'env'>,
  { headers = {}, secretHeaders = [] }: Settings,
  { values: stored }: StoredSecrets,
): ResolvedHeaders {
  // In lower case, so that one that nv sends itself is replaced and not sent beside it.
  const sent = new Map<string, string>()
  const secretValues: string[] = []
  const unset: Array<{ name: string; variable: string | null }> = []
  for (const [name, value] of Object.entries(headers)) {
    const variable = variableIn(value)
    if (variable === null) {
      sent.set(name.toLowerCase(), value)
      continue
    }
    const secret = env[variable]
    if (!secret) {
      unset.push({ name, variable })
      continue
    }
    sent.set(name.toLowerCase(), requireHeaderValue(name, variable, secret))
    secretValues.push(secret)
  }
  for (const name of secretHeaders) {
    const secret = stored[secretHeaderKey(name)]
    if (!secret) {
      unset.push({ name, variable: null })
      continue
    }
    sent.set(name.toLowerCase(), secret)
    secretValues.push(secret)
  }
  return { headers: Object.fromEntries(sent), secretValues, unset }
}

function requireHeaderValue(name: string, variable: string, value: string): string {
  const rule = headerValueRule(value)
  if (rule === null) return value
  throw new UsageError({
    code: 'invalid_header',
    title: `The value of the header ${name} can't be sent`,
    cause: `It is read from the environment variable ${variable}, and ${rule}.`,
    fix: `Set ${variable} to the value alone.`,
  })
}

/** Reads a file that a setting names. Throws a UsageError when there is none. */
export async function readNamedFile(
  { files }: Pick<Context, 'files'>,
  setting: 'key' | 'ca',
  path: string | undefined,
): Promise<string | null> {
  if (path === undefined) return null
  const text = await files.read(path)
  if (text !== null) return text
  throw missingFile(path, `The setting ${setting} names it.`)
}

/** Throws a UsageError when the key can't sign what it is needed for; its text appears nowhere. */
export function checkKey(settings: Settings, key: string): void {
  const { key: path, keyId = null, keyAlgorithm = null } = settings
  try {
    const { algorithm } = readSigningKey({ key, keyId, keyAlgorithm })
    if (settings.authMethod === 'application_jwt') requireApplicationKey(algorithm)
  } catch (error) {
    throw new UsageError({
      code: 'key_unusable',
      title: `The private key in ${path} can't be used`,
      cause: `${error instanceof Error ? error.message : String(error)}.`.replace(/^./, (first) =>
        first.toUpperCase(),
      ),
      fix: `Give a private key as PEM or JWK: RSA of at least 2048 bits, P-256 or Ed25519; without a passphrase.${
        keyAlgorithm === null
          ? ''
          : ` Without keyAlgorithm (${keyAlgorithm}) the usual one of the key is used.`
      }`,
    })
  }
}

/** Makes the error for a path that leads to no file; the cause says who named it. */
export function missingFile(path: string, cause: string, fix = ''): UsageError {
  return new UsageError({
    code: 'file_missing',
    title: `There is no file ${escapeText(path)}`,
    cause,
    fix: `Check the path; a relative one starts at the working folder.${fix}`,
  })
}
