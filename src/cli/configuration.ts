// Gathers what a run needs: flags over environment over profile over the project's defaults over the preset.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { keyMethods } from '../oauth/client-authentication.ts'
import { builtInProfiles, type Preset, requirePreset } from '../profile/presets.ts'
import type { ProjectFile } from '../profile/project-file.ts'
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
  needsKey,
  presetLayer,
  type Profile,
  type Sourced,
} from '../profile/resolve.ts'
import type { SettingName } from '../profile/settings.ts'
import { chooseProfile, type ChosenProfile, findProjectFile, projectLayer } from './choose-profile.ts'
import {
  checkKey,
  chooseClientSecret,
  readNamedFile,
  readStoredSecrets,
  type ResolvedHeaders,
  resolveHeaders,
} from './profile/credentials.ts'
import { environmentLayer, environmentNameOf, flagLayer, flagOf } from './setting-flags.ts'

/** A profile before anything was started or asked for. */
export interface Configuration extends Merged {
  name: string | null
  preset: Preset | undefined
  clientSecret: Sourced | null
  headers: ResolvedHeaders
  /** The project's file, where the gateway is that of the file. */
  projectPath: string | null
  /** What no source gives, by setting. */
  missing: readonly string[]
  /** Things the user should know: a project file was used, the environment hides a profile's value. */
  notes: readonly string[]
  /** What the user must know, also where notes are not wanted. */
  warnings: readonly string[]
}

export interface ReadyProfile {
  profile: Profile
  /** Ends what was started for the profile. */
  close(): Promise<void>
}

/** Reads all sources. Throws a UsageError when there is no profile of that name, or nothing at all. */
export async function readConfiguration(
  context: Context,
  profileName: string | undefined,
  flags: object,
  flagSettings: readonly SettingName[],
): Promise<Configuration> {
  const { env } = context
  const named = profileName ?? (env['NV_PROFILE'] || null)
  // A built-in profile works whatever is in the project.
  const project = named !== null && builtInProfiles.includes(named) ? null : await findProjectFile(context)
  const given = [flagLayer(flags, flagSettings), environmentLayer(env)]
  const chosen = await chooseProfile(context, named, project, given)
  const above = mergeLayers([
    ...given,
    ...(chosen.layer ? [chosen.layer] : []),
    ...projectLayer(project, chosen),
  ])
  const presetName = above.settings.preset
  const preset = presetName === undefined ? undefined : requirePreset(presetName)
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
    projectPath: chosen.isOfProject ? (project?.path ?? null) : null,
    missing,
    notes: [
      ...describeSources(context, project, chosen, given),
      ...describePairing(chosen, { settings, origins }, clientSecret),
    ],
    warnings: [
      ...describeDestination(project, chosen, { settings, origins }, clientSecret),
      ...chosen.unknown.map(
        (member) =>
          `${member} of profile ${chosen.name} is ignored: it is not a setting that nv knows. To take it out: nv profile edit ${chosen.name} --unset ${member}`,
      ),
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
  const key = needsKey(settings) ? await readNamedFile(context, 'key', settings.key) : null
  if (key !== null) checkKey(settings, key)
  const ca = await readNamedFile(context, 'ca', settings.ca)
  return { clientSecret, key: key ?? '', ca, headers, secretValues }
}

/** Says where values come from that the user may not expect. */
function describeSources(
  { env }: Context,
  project: ProjectFile | null,
  chosen: ChosenProfile,
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
  { name }: ChosenProfile,
  { settings, origins }: Merged,
  clientSecret: Sourced | null,
): string[] {
  if (name === null || !clientSecret?.value || clientSecret.from === 'NV_CLIENT_SECRET') return []
  const secret = `the client secret is that of profile ${name}`
  const [url, origin] = tokenEndpoint({ settings, origins })
  const isElsewhere = origin === environmentNameOf('tokenUrl') || origin === environmentNameOf('issuer')
  return [
    ...(origins.clientId === environmentNameOf('clientId')
      ? [`The client id is that of ${origins.clientId}, and ${secret}`]
      : []),
    ...(isElsewhere ? [`The secret of profile ${name} goes to ${new URL(url).host}, as ${origin} says`] : []),
  ]
}

/** Says where credentials of the environment go when the project's file decides it: it came with a repository. */
function describeDestination(
  project: ProjectFile | null,
  { isOfProject }: ChosenProfile,
  { settings, origins }: Merged,
  clientSecret: Sourced | null,
): string[] {
  const [url, origin] = tokenEndpoint({ settings, origins })
  const isTheirs = origin !== environmentNameOf('tokenUrl') && origin !== environmentNameOf('issuer')
  if (!project || !isOfProject || !isTheirs || url === '') return []
  const usesSecret = !keyMethods.includes(settings.authMethod ?? 'none')
  const credentials = [
    ...(clientSecret?.from === 'NV_CLIENT_SECRET' && usesSecret ? ['The secret in NV_CLIENT_SECRET'] : []),
    ...(origins.key === environmentNameOf('key') && needsKey(settings)
      ? ['What is signed with the key of NV_KEY']
      : []),
  ]
  return credentials.map((what) => `${what} goes to ${new URL(url).host}, as ${project.path} says`)
}

/** Gives the URL that gets the credentials, or the issuer that names it, with its source; '' when there is none. */
function tokenEndpoint({ settings, origins }: Merged): [url: string, origin: string | undefined] {
  return settings.tokenUrl ? [settings.tokenUrl, origins.tokenUrl] : [settings.issuer ?? '', origins.issuer]
}

function incomplete({
  name,
  projectPath,
  missing,
  settings,
  clientSecret,
  headers,
}: Configuration): UsageError {
  const label = (setting: string) => {
    const header = headerOf(setting)
    if (header !== null) {
      const variable = headers.unset.find((unset) => unset.name === header)?.variable
      return `the header ${header}${variable ? ` (environment variable ${variable})` : ''}`
    }
    if (setting === 'clientSecret') return `the client secret (${clientSecret?.from ?? 'NV_CLIENT_SECRET'})`
    const isForRequestObject = setting === 'key' && !keyMethods.includes(settings.authMethod ?? 'none')
    const purpose = isForRequestObject ? `, which signs the request object` : ''
    return `${flagOf(setting)} (${environmentNameOf(setting)})${purpose}`
  }
  return new UsageError({
    code: 'missing_setting',
    title: name === null ? 'The configuration is not complete' : `Profile ${name} is not complete`,
    cause: `Not set: ${missing.map(label).join(', ')}.`,
    fix: `Set the variables in brackets, ${remedy(name, projectPath)}`,
  })
}

/** Says where a profile is mended: in the project's file, in the store, or by making one. */
function remedy(name: string | null, projectPath: string | null): string {
  if (projectPath !== null) return `or add what is no secret to ${projectPath}.`
  return name === null || builtInProfiles.includes(name)
    ? 'or save a profile with:\nnv profile add'
    : `or mend the profile with:\nnv profile edit ${name}`
}
