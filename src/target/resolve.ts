// Gathers what a run needs: flags over environment over profile over the project's defaults over the preset.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { keyMethods } from '../oauth/client-authentication.ts'
import type { Grant } from '../oauth/grants.ts'
import { builtInProfiles, type Preset, requirePreset } from '../settings/presets.ts'
import type { ProjectFile } from '../settings/project-file.ts'
import { createTarget, type Material, type Target } from './target.ts'
import type { SettingName, Settings } from '../settings/settings.ts'
import type { Command } from '../run/run.ts'
import { chooseProfile, type ChosenProfile, findProjectFile, projectLayer } from './choose-profile.ts'
import { describeDestination, describePairing } from './credential-destinations.ts'
import {
  checkKey,
  chooseClientSecret,
  readNamedFile,
  readStoredSecrets,
  type ResolvedHeaders,
  resolveHeaders,
} from './material.ts'
import {
  headerOf,
  headerSetting,
  type Layer,
  type Merged,
  mergeLayers,
  type Sourced,
} from '../settings/layers.ts'
import { isSimulated, missingSettings, needsKey } from '../settings/missing.ts'
import { presetLayer } from '../settings/preset-layer.ts'
import { environmentLayer, environmentNameOf, flagLayer, flagOf } from '../settings/flags.ts'

/** What a configuration is for. */
export interface Purpose {
  command: Command
  /** The grants that would do, the preferred one first. */
  grants: readonly [Grant, ...Grant[]]
}

const verifyByPhone: Purpose = { command: 'verify', grants: ['authorization-code'] }

/** A profile before anything was started or asked for. */
export interface Configuration extends Merged, Purpose {
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
  profile: Target
  /** Ends what was started for the profile. */
  close(): Promise<void>
}

/** Reads all sources. Throws a UsageError when there is no profile of that name, or nothing at all. */
export async function readConfiguration(
  context: Context,
  profileName: string | undefined,
  flags: object,
  flagSettings: readonly SettingName[],
  purpose: Purpose = verifyByPhone,
): Promise<Configuration> {
  const { command } = purpose
  const { env } = context
  const named = profileName ?? (env['NV_PROFILE'] || null)
  // A built-in profile works whatever is in the project.
  const project = named !== null && builtInProfiles.includes(named) ? null : await findProjectFile(context)
  const given = [flagLayer(flags, flagSettings), environmentLayer(env)]
  const chosen = await chooseProfile(context, named, project, given)
  const kept = [...(chosen.layer ? [chosen.layer] : []), ...projectLayer(project, chosen)]
  const above = mergeLayers([...given, ...(command === 'number' ? kept.map(withoutScope) : kept)])
  const presetName = above.settings.preset
  const preset = presetName === undefined ? undefined : requirePreset(presetName)
  const { settings, origins } = mergeLayers([
    { settings: above.settings, nameOf: (name) => above.origins[name] ?? '' },
    presetLayer(presetName, preset, above.settings, command),
  ])
  const grants = settleGrants(purpose.grants, settings)
  const stored = await readStoredSecrets(context, settings, chosen.owner)
  const clientSecret = chooseClientSecret(context, settings, stored, preset)
  const headers = resolveHeaders(context, settings, stored)
  const missing = [
    ...missingSettings(settings, preset, { clientSecret, key: settings.key ?? '' }, grants),
    ...headers.unset.map(({ name }) => headerSetting(name)),
  ]
  return {
    command,
    grants,
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
      ...describePairing(chosen, { settings, origins }, grants, clientSecret),
      ...(command === 'number' ? describeScope(given, kept, settings) : []),
    ],
    warnings: [
      ...describeDestination(project, chosen, { settings, origins }, grants, clientSecret),
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
  const { name, preset, command, settings } = configuration
  if (configuration.missing.length > 0) throw incomplete(configuration)
  const material = await readMaterial(context, configuration)
  if (!isSimulated(settings))
    return {
      profile: createTarget({ name, preset, command }, settings, material),
      close: () => Promise.resolve(),
    }
  const { startSimulator } = await import('../simulator/simulator.ts')
  const { authorizeUrl, tokenUrl, backchannelUrl, apiUrl, close } = await startSimulator(context, {
    host: '127.0.0.1',
    port: 0,
  })
  const addresses = { authorizeUrl, tokenUrl, backchannelUrl, apiUrl }
  return {
    profile: createTarget({ name, preset, command }, { ...addresses, ...settings }, material),
    close,
  }
}

/** A scope that is kept is that of /verify. */
function withoutScope({ settings: { scope: _scope, ...settings }, nameOf }: Layer): Layer {
  return { settings, nameOf }
}

/** Says that the scope of a profile is not used, where it has one and nothing above it. */
function describeScope(given: readonly Layer[], kept: readonly Layer[], { scope }: Settings): string[] {
  const hasScope = ({ settings }: Layer) => settings.scope !== undefined
  if (given.some(hasScope) || !kept.some(hasScope)) return []
  return [
    `Asking for ${scope}: the scope of the profile is that of nv verify. For another one: --scope, NV_SCOPE`,
  ]
}

/** Leaves of several grants those between which only the gateway can decide. */
function settleGrants(grants: Purpose['grants'], settings: Settings): Purpose['grants'] {
  if (grants.length === 1) return grants
  if (settings.backchannelUrl !== undefined || isSimulated(settings)) return ['ciba']
  return settings.issuer === undefined && settings.key !== undefined ? ['jwt-bearer'] : grants
}

/** Reads the files that the settings name; the key only where it signs something. */
async function readMaterial(
  context: Context,
  { settings, grants, clientSecret, headers: { headers, secretValues } }: Configuration,
): Promise<Material> {
  const usesKey = grants.some((grant) => needsKey(settings, grant))
  const key = usesKey ? await readNamedFile(context, 'key', settings.key) : null
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

function incomplete({
  name,
  projectPath,
  missing,
  grants,
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
    const named = `${flagOf(setting)} (${environmentNameOf(setting)})`
    if (setting === 'backchannelUrl' && grants.includes('jwt-bearer'))
      return `${named} for CIBA, or ${flagOf('key')} (${environmentNameOf('key')}) for the JWT bearer grant`
    if (setting !== 'key' || keyMethods.includes(settings.authMethod ?? 'none')) return named
    return `${named}, which signs the ${grants[0] === 'jwt-bearer' ? 'assertion' : 'request object'}`
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
