// The secrets that settings refer to: the client secret, and the values of headers.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import type { Layer, Sourced } from '../settings/layers.ts'
import type { Preset } from '../settings/presets.ts'
import { headerValueRule } from '../settings/rules.ts'
import { checkSecret, referencesIn, type SecretReference, variableIn } from '../settings/secret.ts'
import type { Settings } from '../settings/settings.ts'
import type { Secrets, Store } from '../settings/store.ts'
import type { HeldSecrets } from './environment.ts'

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

/** The variable that holds a client secret for whatever run. */
export const secretVariable = 'NV_CLIENT_SECRET'

/**
 * Reads the stored secrets, when there may be one that no variable gives: a keychain may ask the user. `isOverridden`
 * says that a variable takes the place of the client secret.
 */
export async function readStoredSecrets(
  context: Context,
  settings: Settings,
  owner: SecretOwner | null,
  isOverridden: boolean,
): Promise<StoredSecrets> {
  const isStored = ({ header, variable }: SecretReference) =>
    variable === null && (header !== null || !isOverridden)
  if (!owner?.secretEntry || !referencesIn(settings).some(isStored)) return { values: {}, place: '' }
  const store = await context.openStore()
  const values = await readSecrets(store, owner.name, owner.secretEntry)
  return { values, place: (await store.secrets.locate(owner.secretEntry))?.place ?? '' }
}

/** Reads the secrets of a profile. Throws a SetupError when the keychain that has them can't be asked. */
export async function readSecrets(store: Store, name: string, entry: string | null): Promise<Secrets> {
  return entry === null ? {} : store.secrets.read(entry, name)
}

/** Tells which secrets a profile has of its own, without reading them. */
export function findHeldSecrets({
  layer,
  owner,
}: {
  layer: Layer | null
  owner: SecretOwner | null
}): HeldSecrets {
  const settings = layer?.settings ?? {}
  const isHeld = ({ variable }: SecretReference) => variable !== null || Boolean(owner?.secretEntry)
  const held = referencesIn(settings).filter(isHeld)
  return {
    ofClient: settings.key !== undefined || held.some(({ header }) => header === null),
    ofHeaders: held.some(({ header }) => header !== null),
  }
}

/** Gives the client secret that a profile or its preset says. One without a value says in its source why it has none. */
export function findClientSecret(
  { env }: Pick<Context, 'env'>,
  settings: Settings,
  { values, place }: StoredSecrets,
  preset: Preset | undefined,
): Sourced | null {
  const reference = referencesIn(settings).find(({ header }) => header === null)
  if (reference?.variable)
    return secretIn(env, reference.variable, `environment variable ${reference.variable}`)
  if (values['clientSecret']) return { value: values['clientSecret'], from: place }
  if (!preset?.publishedSecret) return null
  return { value: preset.publishedSecret, from: `preset ${settings.preset}, published for everyone` }
}

/** Reads the client secret in a variable. Throws a UsageError when it can't be one. */
export function secretIn(env: Context['env'], variable: string, from = variable): Sourced {
  const value = env[variable]
  if (!value) return { value: '', from: `${from}, which is not set` }
  const rule = checkSecret(value)
  if (rule === true) return { value, from }
  throw new UsageError({
    code: 'invalid_secret',
    title: `The client secret in the environment variable ${variable} can't be used`,
    cause: rule,
    fix: `Set ${variable} to the secret alone. A line break at its end often comes from the file it was read from.`,
  })
}

export interface ResolvedHeaders {
  headers: Readonly<Record<string, string>>
  /** The values among them that are secret. */
  secretValues: readonly string[]
  /** The headers without a value, with the variable that is not set; null: it is not with the stored secrets. */
  unset: ReadonlyArray<{ name: string; variable: string | null }>
}

/** Fills in the headers whose values are secrets that are elsewhere. */
export function resolveHeaders(
  { env }: Pick<Context, 'env'>,
  settings: Settings,
  { values: stored }: StoredSecrets,
): ResolvedHeaders {
  const literal = Object.entries(settings.headers ?? {}).filter(([, value]) => variableIn(value) === null)
  // In lower case, so that one that nv sends itself is replaced and not sent beside it.
  const sent = new Map(literal.map(([name, value]) => [name.toLowerCase(), value]))
  const secretValues: string[] = []
  const unset: Array<{ name: string; variable: string | null }> = []
  for (const { header, variable, key } of referencesIn(settings)) {
    if (header === null) continue
    const secret = variable === null ? stored[key] : env[variable]
    if (!secret) unset.push({ name: header, variable })
    else {
      sent.set(
        header.toLowerCase(),
        variable === null ? secret : requireHeaderValue(header, variable, secret),
      )
      secretValues.push(secret)
    }
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
