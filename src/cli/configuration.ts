// Gathers what a run needs: flags over environment over profile over the project's defaults over the preset.
import { dirname, join, relative } from 'node:path'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { createClientAuthentication } from '../oauth/client-authentication.ts'
import { builtInProfiles, findPreset, type Preset } from '../profile/presets.ts'
import {
  harmlessSettings,
  parseProjectFile,
  type ProjectFile,
  projectFileName,
} from '../profile/project-file.ts'
import {
  createProfile,
  type Layer,
  type Material,
  type Merged,
  mergeLayers,
  missingSettings,
  presetLayer,
  type Profile,
  type Sourced,
} from '../profile/resolve.ts'
import { parseSettings, type SettingName, type Settings } from '../profile/settings.ts'
import type { Secrets } from '../profile/store.ts'
import { environmentLayer, environmentNameOf, flagLayer, flagOf } from './setting-flags.ts'

/** A profile before anything was started or asked for. */
export interface Configuration extends Merged {
  name: string | null
  preset: Preset | undefined
  material: Material
  /** What no source gives, by setting. */
  missing: readonly string[]
  /** Things the user should know: a project file was used, the environment hides a profile's value. */
  notes: readonly string[]
}

export interface ReadyProfile {
  profile: Profile
  /** Ends what was started for the profile. */
  close(): Promise<void>
}

/** Where a chosen profile stands. */
interface Chosen {
  name: string | null
  layer: Layer | null
  /** Whether it is the user's own, so that it may have secrets in the store. */
  isStored: boolean
}

/** Reads all sources. Throws a UsageError when there is no profile of that name, or nothing at all. */
export async function readConfiguration(
  context: Context,
  profileName: string | undefined,
  flags: object,
  flagSettings: readonly SettingName[],
): Promise<Configuration> {
  const { env } = context
  const project = await findProjectFile(context)
  const given = [flagLayer(flags, flagSettings), environmentLayer(env)]
  const chosen = await chooseProfile(context, profileName, project, given)
  const above = mergeLayers([
    ...given,
    ...(chosen.layer ? [chosen.layer] : []),
    ...projectLayer(project, chosen),
  ])
  const presetName = above.settings.preset
  const preset = findPreset(presetName)
  if (presetName !== undefined && !preset) throw unknownPreset(presetName)
  const beneath = presetLayer(presetName, preset, above.settings)
  const { settings, origins } = mergeLayers([
    { settings: above.settings, nameOf: (name) => above.origins[name] ?? '' },
    beneath,
  ])
  const material = await readMaterial(context, settings, chosen, preset)
  return {
    name: chosen.name,
    preset,
    settings,
    origins,
    material,
    missing: missingSettings(settings, preset, material),
    notes: [
      ...describeSources(context, project, chosen, given),
      ...(chosen.isStored ? (await context.openStore()).warnings() : []),
    ],
  }
}

/** Resolves the profile of a run, and starts the simulator when it is the profile's gateway. */
export async function loadProfile(context: Context, configuration: Configuration): Promise<ReadyProfile> {
  const { name, preset, settings, material, missing } = configuration
  const isSimulated = settings.preset === 'simulator' && !settings.authorizeUrl
  const stillMissing = isSimulated ? missing.filter((setting) => !setting.endsWith('Url')) : missing
  if (stillMissing.length > 0) throw incomplete(name, stillMissing)
  if (material.key) await checkKey(settings, material)
  if (!isSimulated)
    return { profile: createProfile({ name, preset }, settings, material), close: () => Promise.resolve() }
  const { startSimulator } = await import('../simulator/simulator.ts')
  const { authorizeUrl, tokenUrl, apiUrl, close } = await startSimulator(context, {
    host: '127.0.0.1',
    port: 0,
  })
  return {
    profile: createProfile({ name, preset }, { authorizeUrl, tokenUrl, apiUrl, ...settings }, material),
    close,
  }
}

/** Looks for the project's file from the working folder upwards. */
async function findProjectFile({ files }: Pick<Context, 'files'>): Promise<ProjectFile | null> {
  for (let folder = files.workingFolder; ; folder = dirname(folder)) {
    const path = join(folder, projectFileName)
    const text = await files.read(path)
    if (text !== null) return parseProjectFile(relative(files.workingFolder, path) || projectFileName, text)
    if (dirname(folder) === folder) return null
  }
}

/**
 * Chooses the profile: the one that is named, else that of the project, else the default one. Where the environment
 * or the flags name a gateway themselves, a default must not mix into it.
 */
async function chooseProfile(
  context: Context,
  profileName: string | undefined,
  project: ProjectFile | null,
  given: readonly Layer[],
): Promise<Chosen> {
  const named = profileName ?? (context.env['NV_PROFILE'] || null)
  const isGatewayGiven = given.some(({ settings: { authorizeUrl, tokenUrl, apiUrl, issuer, preset } }) =>
    Boolean(authorizeUrl ?? tokenUrl ?? apiUrl ?? issuer ?? preset),
  )
  if (named === null && isGatewayGiven) return { name: null, layer: null, isStored: false }
  const hasProjectDefaults = project !== null && namesGateway(project.defaults)
  const stored = await readStoredNames(context, named, project)
  const name = named ?? project?.profile ?? (hasProjectDefaults ? null : stored.default)
  if (name === null) {
    if (!hasProjectDefaults) throw nothingConfigured()
    return { name: null, layer: null, isStored: false }
  }
  if (builtInProfiles.includes(name)) {
    return { name, layer: { settings: { preset: name }, nameOf: () => `profile ${name}` }, isStored: false }
  }
  const own = stored.profiles[name]
  if (own) {
    const settings = parseSettings(own, (setting) => `${setting} of profile ${name}`)
    return { name, layer: { settings, nameOf: () => `profile ${name}` }, isStored: true }
  }
  const shared = project && Object.hasOwn(project.profiles, name) ? project.profiles[name] : undefined
  if (!shared)
    throw unknownProfile(name, [...Object.keys(stored.profiles), ...Object.keys(project?.profiles ?? {})])
  return { name, layer: { settings: shared, nameOf: () => project?.path ?? '' }, isStored: false }
}

/** Reads the stored profiles, unless a built-in one was asked for: that one must work whatever is stored. */
async function readStoredNames(context: Context, named: string | null, project: ProjectFile | null) {
  const name = named ?? project?.profile
  if (name !== null && name !== undefined && builtInProfiles.includes(name))
    return { default: null, profiles: {} }
  return (await context.openStore()).profiles.read()
}

function namesGateway({ preset, authorizeUrl, tokenUrl, issuer }: Settings): boolean {
  return Boolean(preset ?? authorizeUrl ?? tokenUrl ?? issuer)
}

function projectLayer(project: ProjectFile | null, chosen: Chosen): Layer[] {
  if (!project) return []
  const isAllowed = ([name]: [string, unknown]) =>
    !chosen.isStored || harmlessSettings.some((harmless) => harmless === name)
  const settings: Settings = Object.fromEntries(Object.entries(project.defaults).filter(isAllowed))
  return [{ settings, nameOf: () => project.path }]
}

async function readMaterial(
  context: Context,
  settings: Settings,
  chosen: Chosen,
  preset: Preset | undefined,
): Promise<Material> {
  const secrets = await readSecrets(context, settings, chosen)
  const { headers, secretValues } = readHeaders(context, settings, secrets.values)
  return {
    clientSecret: chooseClientSecret(context, settings, secrets, preset),
    key: settings.key === undefined ? '' : await readNamedFile(context, '--key', settings.key),
    ca: settings.ca === undefined ? null : await readNamedFile(context, '--ca', settings.ca),
    headers,
    secretValues,
  }
}

/** Reads the stored secrets of a profile, when there may be one that no variable gives: a keychain may ask the user. */
async function readSecrets(
  context: Context,
  { clientSecretEnv, secretHeaders = [] }: Settings,
  { isStored, name }: Chosen,
): Promise<{ values: Secrets; place: string }> {
  const isElsewhere = Boolean(context.env['NV_CLIENT_SECRET']) || clientSecretEnv !== undefined
  if (!isStored || name === null || (isElsewhere && secretHeaders.length === 0))
    return { values: {}, place: '' }
  const { secrets } = await context.openStore()
  const values = await secrets.read(name)
  return { values, place: values['clientSecret'] ? (await secrets.describe()).place : '' }
}

function chooseClientSecret(
  { env }: Context,
  { clientSecretEnv, preset: presetName }: Settings,
  secrets: { values: Secrets; place: string },
  preset: Preset | undefined,
): Sourced | null {
  if (env['NV_CLIENT_SECRET']) return { value: env['NV_CLIENT_SECRET'], from: 'NV_CLIENT_SECRET' }
  if (clientSecretEnv !== undefined) {
    const value = env[clientSecretEnv] ?? ''
    return { value, from: `environment variable ${clientSecretEnv}${value ? '' : ', which is not set'}` }
  }
  const stored = secrets.values['clientSecret']
  if (stored) return { value: stored, from: secrets.place }
  if (!preset?.publishedSecret) return null
  return { value: preset.publishedSecret, from: `preset ${presetName}, published for everyone` }
}

/** Fills in the headers that stand for something else: `$NAME` for a variable, a secret one for its stored value. */
function readHeaders({ env }: Context, { headers = {}, secretHeaders = [] }: Settings, secrets: Secrets) {
  const values: Record<string, string> = {}
  const secretValues: string[] = []
  for (const [name, value] of Object.entries(headers)) {
    const variable = /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.[1]
    if (variable === undefined) {
      values[name] = value
      continue
    }
    const secret = env[variable]
    if (!secret) throw emptyHeader(name, variable)
    values[name] = secret
    secretValues.push(secret)
  }
  for (const name of secretHeaders) {
    const secret = secrets[secretHeaderKey(name)]
    if (!secret) continue
    values[name] = secret
    secretValues.push(secret)
  }
  return { headers: values, secretValues }
}

/** Names the value of a header in the secret store. */
export function secretHeaderKey(name: string): string {
  return `header:${name.toLowerCase()}`
}

async function readNamedFile({ files }: Context, flag: string, path: string): Promise<string> {
  const text = await files.read(path)
  if (text !== null) return text
  throw new UsageError({
    code: 'file_missing',
    title: `There is no file ${path}`,
    cause: `${flag} names it.`,
    fix: 'Check the path; a relative one starts at the working folder.',
  })
}

async function checkKey(settings: Settings, { key }: Material): Promise<void> {
  try {
    await createClientAuthentication({
      method: settings.authMethod ?? 'private_key_jwt',
      clientId: 'x',
      clientSecret: 'x',
      key,
    })
  } catch (error) {
    throw new UsageError({
      code: 'key_unusable',
      title: `The private key in ${settings.key} can't be used`,
      cause: error instanceof Error ? error.message : String(error),
      fix: 'Give a private key as PEM or JWK: RSA, P-256 or Ed25519; without a passphrase.',
    })
  }
}

/** Says where values come from that the user may not expect. */
function describeSources(
  { env }: Context,
  project: ProjectFile | null,
  chosen: Chosen,
  given: readonly Layer[],
): string[] {
  const notes: string[] = []
  if (project) notes.push(`Using ${project.path}`)
  const [, environment] = given
  if (chosen.name !== null && environment) {
    const names = [
      ...Object.keys(environment.settings).map(environmentNameOf),
      ...(env['NV_CLIENT_SECRET'] ? ['NV_CLIENT_SECRET'] : []),
    ]
    if (names.length > 0) notes.push(`From the environment, over profile ${chosen.name}: ${names.join(', ')}`)
  }
  return notes
}

function incomplete(name: string | null, missing: readonly string[]): UsageError {
  const label = (setting: string) =>
    setting === 'clientSecret'
      ? 'the client secret (NV_CLIENT_SECRET)'
      : `${flagOf(setting)} (${environmentNameOf(setting)})`
  return new UsageError({
    code: 'missing_setting',
    title: name === null ? 'The configuration is not complete' : `Profile ${name} is not complete`,
    cause: `Not set: ${missing.map(label).join(', ')}.`,
    fix:
      name === null || builtInProfiles.includes(name)
        ? 'Set the variables in brackets, or save a profile with: nv profile add'
        : `Set the variables in brackets, or mend the profile with: nv profile edit ${name}`,
  })
}

function emptyHeader(name: string, variable: string): UsageError {
  return new UsageError({
    code: 'header_not_set',
    title: `The header ${name} has no value`,
    cause: `It is read from the environment variable ${variable}, which is not set.`,
    fix: `Set ${variable}.`,
  })
}

function unknownPreset(name: string): UsageError {
  return new UsageError({
    code: 'unknown_preset',
    title: `There is no preset ${JSON.stringify(name)}`,
    cause: 'A preset is one of the gateways that nv knows.',
    fix: 'See them with: nv profile add --help',
  })
}

function unknownProfile(name: string, known: readonly string[]): UsageError {
  return new UsageError({
    code: 'unknown_profile',
    title: `There is no profile ${JSON.stringify(name)}`,
    cause: `The profiles are ${[...new Set([...known, ...builtInProfiles])].join(', ')}.`,
    fix: `Name one of them with --profile, or make this one with: nv profile add ${name}`,
  })
}

function nothingConfigured(): UsageError {
  return new UsageError({
    code: 'no_profile',
    title: 'There is no profile to use',
    cause:
      'Neither --profile nor NV_PROFILE names one, none is the default, and the environment names no gateway.',
    fix: [
      'Without an account:     nv verify +34600000001 --profile simulator',
      "Telefónica's mock mode: nv verify +34600000001 --profile sandbox-mock",
      'Your own credentials:   nv profile add',
    ].join('\n'),
  })
}
