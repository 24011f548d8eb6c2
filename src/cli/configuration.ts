// Gathers what a run needs: flags over environment over profile over the project's defaults over the preset.
import { dirname, join, relative } from 'node:path'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { keyMethods } from '../oauth/client-authentication.ts'
import { builtInProfiles, findPreset, type Preset } from '../profile/presets.ts'
import {
  harmlessSettings,
  parseProjectFile,
  type ProjectFile,
  projectFileName,
} from '../profile/project-file.ts'
import {
  createProfile,
  headerOf,
  headerSetting,
  isSimulated,
  type Layer,
  type Material,
  type Merged,
  mergeLayers,
  missingSettings,
  presetLayer,
  type Profile,
  type Sourced,
} from '../profile/resolve.ts'
import { listProfiles, type ProfileRecord } from '../profile/record.ts'
import { parseSettings, type SettingName, type Settings } from '../profile/settings.ts'
import {
  checkKey,
  chooseClientSecret,
  readNamedFile,
  readStoredSecrets,
  type ResolvedHeaders,
  resolveHeaders,
  type SecretOwner,
} from './profile/credentials.ts'
import { environmentLayer, environmentNameOf, flagLayer, flagOf } from './setting-flags.ts'

/** A profile before anything was started or asked for. */
export interface Configuration extends Merged {
  name: string | null
  preset: Preset | undefined
  clientSecret: Sourced | null
  headers: ResolvedHeaders
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
  /** Who has secrets in the store: only a profile of the user's own. */
  owner: SecretOwner | null
  /** Whether the gateway is that of the project's file, so that all of the file's defaults belong to it. */
  isOfProject: boolean
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
  const { settings, origins } = mergeLayers([
    { settings: above.settings, nameOf: (name) => above.origins[name] ?? '' },
    presetLayer(presetName, preset, above.settings),
  ])
  const stored = await readStoredSecrets(context, settings, chosen.owner)
  const clientSecret = chooseClientSecret(context, settings, stored, preset)
  const headers = resolveHeaders(context, settings, stored)
  const missing = [
    ...missingSettings(settings, preset, { clientSecret, key: settings.key ?? '' }),
    ...headers.unset.map(({ name }) => headerSetting(name)),
  ]
  return {
    name: chosen.name,
    preset,
    settings,
    origins,
    clientSecret,
    headers,
    missing,
    notes: [
      ...describeSources(context, project, chosen, given),
      ...describePairing(chosen, { settings, origins }, clientSecret),
      ...(chosen.owner ? (await context.openStore()).warnings() : []),
    ],
  }
}

/** Resolves the profile of a run, and starts the simulator when it is the profile's gateway. */
export async function loadProfile(context: Context, configuration: Configuration): Promise<ReadyProfile> {
  const { name, preset, settings } = configuration
  if (configuration.missing.length > 0) throw incomplete(configuration)
  const material = await readMaterial(context, configuration)
  if (!isSimulated(settings))
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

/** Reads the files that the settings name; the key only where it signs something. */
async function readMaterial(
  context: Context,
  { settings, clientSecret, headers: { headers, secretValues } }: Configuration,
): Promise<Material> {
  const { authMethod } = settings
  const hasKey = authMethod !== undefined && keyMethods.includes(authMethod)
  const key = hasKey ? await readNamedFile(context, flagOf('key'), settings.key) : null
  if (key !== null) await checkKey(settings, key)
  const ca = await readNamedFile(context, flagOf('ca'), settings.ca)
  return { clientSecret, key: key ?? '', ca, headers, secretValues }
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
  if (named === null && isGatewayGiven) return { ...nobody, isOfProject: false }
  const hasProjectDefaults = project !== null && namesGateway(project.defaults)
  const stored = await readStored(context, named, project)
  const name = named ?? project?.profile ?? (hasProjectDefaults ? null : stored.default)
  if (name === null) {
    if (!hasProjectDefaults) throw nothingConfigured()
    return { ...nobody, isOfProject: true }
  }
  const nameOf = () => `profile ${name}`
  if (builtInProfiles.includes(name))
    return { name, layer: { settings: { preset: name }, nameOf }, owner: null, isOfProject: false }
  const own = stored.profiles.get(name)
  if (own) {
    const settings = parseSettings(own.settings, (setting) => `${setting} of profile ${name}`)
    return { name, layer: { settings, nameOf }, owner: { name, ...own }, isOfProject: false }
  }
  const shared = project && Object.hasOwn(project.profiles, name) ? project.profiles[name] : undefined
  if (!shared)
    throw unknownProfile(name, [...stored.profiles.keys(), ...Object.keys(project?.profiles ?? {})])
  const ofProject = { settings: shared, nameOf: () => project?.path ?? '' }
  return { name, layer: ofProject, owner: null, isOfProject: true }
}

const nobody = { name: null, layer: null, owner: null } as const

/** Reads the stored profiles, unless a built-in one was asked for: that one must work whatever is stored. */
async function readStored(
  context: Context,
  named: string | null,
  project: ProjectFile | null,
): Promise<{ default: string | null; profiles: ReadonlyMap<string, ProfileRecord> }> {
  const name = named ?? project?.profile
  if (name !== null && name !== undefined && builtInProfiles.includes(name))
    return { default: null, profiles: new Map() }
  const stored = await (await context.openStore()).profiles.read()
  return { default: stored.default, profiles: listProfiles(stored) }
}

function namesGateway({ preset, authorizeUrl, tokenUrl, issuer }: Settings): boolean {
  return Boolean(preset ?? authorizeUrl ?? tokenUrl ?? issuer)
}

function projectLayer(project: ProjectFile | null, chosen: Chosen): Layer[] {
  if (!project) return []
  const isAllowed = ([name]: [string, unknown]) =>
    chosen.isOfProject || harmlessSettings.some((harmless) => harmless === name)
  const settings: Settings = Object.fromEntries(Object.entries(project.defaults).filter(isAllowed))
  return [{ settings, nameOf: () => project.path }]
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

/** Says when client id, secret and gateway come from different sources, which may be different customers. */
function describePairing(
  { name }: Chosen,
  { settings, origins }: Merged,
  clientSecret: Sourced | null,
): string[] {
  if (name === null || !clientSecret?.value || clientSecret.from === 'NV_CLIENT_SECRET') return []
  const secret = `the client secret is that of profile ${name}`
  const [url, origin] = settings.tokenUrl
    ? [settings.tokenUrl, origins.tokenUrl]
    : [settings.issuer ?? '', origins.issuer]
  const isElsewhere = origin === environmentNameOf('tokenUrl') || origin === environmentNameOf('issuer')
  return [
    ...(origins.clientId === environmentNameOf('clientId')
      ? [`The client id is that of ${origins.clientId}, and ${secret}`]
      : []),
    ...(isElsewhere ? [`The secret of profile ${name} goes to ${new URL(url).host}, as ${origin} says`] : []),
  ]
}

function incomplete({ name, missing, clientSecret, headers }: Configuration): UsageError {
  const label = (setting: string) => {
    const header = headerOf(setting)
    if (header !== null) {
      const variable = headers.unset.find((unset) => unset.name === header)?.variable
      return `the header ${header}${variable ? ` (environment variable ${variable})` : ''}`
    }
    if (setting === 'clientSecret') return `the client secret (${clientSecret?.from ?? 'NV_CLIENT_SECRET'})`
    return `${flagOf(setting)} (${environmentNameOf(setting)})`
  }
  return new UsageError({
    code: 'missing_setting',
    title: name === null ? 'The configuration is not complete' : `Profile ${name} is not complete`,
    cause: `Not set: ${missing.map(label).join(', ')}.`,
    fix:
      name === null || builtInProfiles.includes(name)
        ? 'Set the variables in brackets, or save a profile with:\nnv profile add'
        : `Set the variables in brackets, or mend the profile with:\nnv profile edit ${name}`,
  })
}

function unknownPreset(name: string): UsageError {
  return new UsageError({
    code: 'unknown_preset',
    title: `There is no preset ${JSON.stringify(name)}`,
    cause: 'A preset is one of the gateways that nv knows.',
    fix: 'See them with:\nnv profile add --help',
  })
}

function unknownProfile(name: string, known: readonly string[]): UsageError {
  return new UsageError({
    code: 'unknown_profile',
    title: `There is no profile ${JSON.stringify(name)}`,
    cause: `The profiles are ${[...new Set([...known, ...builtInProfiles])].join(', ')}.`,
    fix: `Name one of them with --profile, or make this one with:\nnv profile add ${name}`,
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
