// Resolves what a run is against: flags over environment over profile over the project's defaults over the preset.
// For a profile that was named on the command line the environment only fills in what it lacks.
import { type OperationName, readApiBase } from '../camara/api.ts'
import type { Context } from '../context.ts'
import type { Grant } from '../oauth/grants.ts'
import { environmentLayer, environmentNameOf } from '../settings/flags.ts'
import { headerSetting, type Layer, type Merged, mergeLayers, type Sourced } from '../settings/layers.ts'
import { isSimulated, missingSettings } from '../settings/missing.ts'
import { presetLayer } from '../settings/preset-layer.ts'
import { builtInProfiles, findPreset, type Preset, requirePreset } from '../settings/presets.ts'
import { referencesIn } from '../settings/secret.ts'
import type { Settings } from '../settings/settings.ts'
import { describeMisspelt } from '../settings/variables.ts'
import { chooseProfile, type ChosenProfile, findProjectFile, projectLayer } from './choose-profile.ts'
import {
  describeEntrusted,
  describePairing,
  type Entrusted,
  findEntrusted,
} from './credential-destinations.ts'
import { admitEnvironment, listIgnored } from './environment.ts'
import {
  findClientSecret,
  findHeldSecrets,
  readStoredSecrets,
  type ResolvedHeaders,
  resolveHeaders,
  secretIn,
  secretVariable,
} from './secrets.ts'

/** What a target is for. */
export interface Purpose {
  operation: OperationName
  /** The possible grants, the preferred one first. */
  grants: readonly [Grant, ...Grant[]]
}

/** What a target is resolved from, beside the environment and the stores. */
export interface TargetRequest extends Purpose {
  /** The profile that was named for this run; null: that of NV_PROFILE, of the project, or the default one. */
  profile: string | null
  /** What was given for this run. */
  given: Layer
}

/** What a run would be against, before anything was started or asked for. */
export interface Resolution extends Merged, Purpose {
  name: string | null
  preset: Preset | undefined
  clientSecret: Sourced | null
  headers: ResolvedHeaders
  /** The project's file, where the gateway is that of the file. */
  projectPath: string | null
  /** The user's credentials that go where the project's file says; null if none do. */
  entrusted: Entrusted | null
  /** What no source gives, by setting. */
  missing: readonly string[]
  /** The variables that a named profile ignores, by setting. */
  ignored: Readonly<Record<string, string>>
  /** The settings that the environment can't give a named profile. */
  sealed: readonly string[]
  /** Things the user should know: a project file was used, the environment hides a profile's value. */
  notes: readonly string[]
  /** What the user must know, even if notes are not wanted. */
  warnings: readonly string[]
}

/** Nothing given for a run. */
export const nothingGiven: Layer = { settings: {}, nameOf: String }

/** Reads all sources. Throws a UsageError when there is no profile of that name, or nothing at all. */
export async function resolveTarget(context: Context, request: TargetRequest): Promise<Resolution> {
  const { given, operation } = request
  const { env } = context
  const isNamed = request.profile !== null
  const name = request.profile ?? (env['NV_PROFILE'] || null)
  // A built-in profile works whatever is in the project.
  const project = name !== null && builtInProfiles.includes(name) ? null : await findProjectFile(context)
  const environment = environmentLayer(env)
  const chosen = await chooseProfile(context, name, project, [given, environment])
  const kept = [...(chosen.layer ? [chosen.layer] : []), ...projectLayer(project, chosen)]
  const usable = operation === 'verify' ? kept : kept.map(withoutScope)
  const admitted = admitEnvironment(
    environment,
    [given, ...usable],
    findPreset(mergeLayers([given, ...usable]).settings.preset),
    findHeldSecrets(chosen),
  )
  const above = mergeLayers(
    isNamed ? [given, admitted.ofMachine, ...usable, admitted.filling] : [given, environment, ...usable],
  )
  const presetName = above.settings.preset
  const preset = presetName === undefined ? undefined : requirePreset(presetName)
  const merged = mergeLayers([
    { settings: above.settings, nameOf: (setting) => above.origins[setting] ?? '' },
    presetLayer(presetName, preset, above.settings, operation),
  ])
  const grants = settleGrants(request.grants, merged.settings)
  const { clientSecret, headers, isSecretIgnored } = await readSecretsOf(
    context,
    merged,
    chosen,
    preset,
    isNamed,
  )
  const entrusted = findEntrusted(project, chosen, merged, grants, clientSecret, name !== null)
  const ignored = isNamed
    ? {
        ...listIgnored(environment, merged),
        ...(isSecretIgnored ? { clientSecret: secretVariable } : {}),
      }
    : {}
  return {
    operation,
    grants,
    name: chosen.name,
    preset,
    ...merged,
    clientSecret,
    headers,
    projectPath: chosen.isOfProject ? (project?.path ?? null) : null,
    entrusted,
    missing: [
      ...missingSettings(merged.settings, preset, { clientSecret, key: merged.settings.key ?? '' }, grants),
      ...headers.unset.map(({ name: header }) => headerSetting(header)),
    ],
    ignored,
    sealed: isNamed ? admitted.sealed : [],
    notes: [
      ...(project ? [`Using ${project.path}`] : []),
      ...describeEnvironment(chosen, merged, clientSecret, isNamed ? admitted.filling : null),
      ...describePairing(chosen, merged, grants, clientSecret),
      ...(operation === 'verify' ? [] : describeScope([given, environment], kept, merged, isNamed)),
      ...describeCut(merged),
    ],
    warnings: [
      ...describeMisspelt(
        env,
        referencesIn(merged.settings).flatMap(({ variable }) => variable ?? []),
      ),
      ...describeEntrusted(entrusted),
      ...chosen.unknown.map(
        (member) =>
          `${member} of profile ${chosen.name} is ignored: nv does not know this setting. To remove it: nv profile edit ${chosen.name} --unset ${member}`,
      ),
      ...(chosen.owner ? (await context.openStore()).warnings() : []),
    ],
  }
}

/** Reads the secrets; that of the environment is over the profile's, or beneath it where the profile was named. */
async function readSecretsOf(
  context: Context,
  { settings }: Merged,
  { owner }: ChosenProfile,
  preset: Preset | undefined,
  isNamed: boolean,
): Promise<{ clientSecret: Sourced | null; headers: ResolvedHeaders; isSecretIgnored: boolean }> {
  const { env } = context
  const isGiven = Boolean(env[secretVariable])
  const stored = await readStoredSecrets(context, settings, owner, isGiven && !isNamed)
  const headers = resolveHeaders(context, settings, stored)
  if (isGiven && !isNamed)
    return { clientSecret: secretIn(env, secretVariable), headers, isSecretIgnored: false }
  const own = findClientSecret(context, settings, stored, preset)
  const isUsed = settings.authMethod?.startsWith('client_secret') === true
  const isFetched = settings.clientId === undefined && preset?.credentialsUrl !== undefined
  if (own === null && isGiven && isUsed && !isFetched)
    return { clientSecret: secretIn(env, secretVariable), headers, isSecretIgnored: false }
  const isSecretIgnored = isGiven && isUsed && env[secretVariable] !== own?.value
  return { clientSecret: own, headers, isSecretIgnored }
}

/** A scope that is kept is that of /verify. */
function withoutScope({ settings: { scope: _scope, ...settings }, nameOf }: Layer): Layer {
  return { settings, nameOf }
}

/** Keeps, of several grants, those between which only the gateway can choose. */
function settleGrants(grants: Purpose['grants'], settings: Settings): Purpose['grants'] {
  if (grants.length === 1) return grants
  if (settings.backchannelUrl !== undefined || isSimulated(settings)) return ['ciba']
  return settings.issuer === undefined && settings.key !== undefined ? ['jwt-bearer'] : grants
}

/** Says that the scope of a profile is not used, if it has one that nothing overrides. */
function describeScope(
  given: readonly Layer[],
  kept: readonly Layer[],
  { settings: { scope }, origins }: Merged,
  isNamed: boolean,
): string[] {
  const isGiven = given.some((layer) => origins.scope === layer.nameOf('scope'))
  if (isGiven || !kept.some(({ settings }) => settings.scope !== undefined)) return []
  const sources = isNamed ? '--scope' : '--scope, NV_SCOPE'
  return [`Asking for ${scope}: the scope of the profile is for nv verify. To set another one: ${sources}`]
}

/** Says what comes from the environment although there is a profile; `filling` is what a named profile lacks. */
function describeEnvironment(
  { name }: ChosenProfile,
  { origins }: Merged,
  clientSecret: Sourced | null,
  filling: Layer | null,
): string[] {
  if (name === null) return []
  const isFilling = (setting: string) => filling !== null && setting in filling.settings
  const used = Object.entries(origins).filter(([setting, from]) => from === environmentNameOf(setting))
  const secret = clientSecret?.from === secretVariable ? [secretVariable] : []
  const over = [
    ...used.flatMap(([setting, from]) => (isFilling(setting) ? [] : [from])),
    ...(filling === null ? secret : []),
  ]
  const filled = [
    ...used.flatMap(([setting, from]) => (isFilling(setting) ? [from] : [])),
    ...(filling === null ? [] : secret),
  ]
  return [
    ...(over.length === 0 ? [] : [`From the environment, over profile ${name}: ${over.join(', ')}`]),
    ...(filled.length === 0
      ? []
      : [`From the environment, not set in profile ${name}: ${filled.join(', ')}`]),
  ]
}

/** Says which variables a named profile ignores. */
export function describeIgnored({ name, ignored }: Pick<Resolution, 'name' | 'ignored'>): string[] {
  const variables = Object.values(ignored)
  if (variables.length === 0) return []
  const [are, they] = variables.length === 1 ? ['is', 'it counts'] : ['are', 'they count']
  return [
    `${variables.join(', ')} ${are} ignored: profile ${name} decides. Flags override a profile. Without a named profile ${they}.`,
  ]
}

/** Says that the operation was cut off the base of the API. */
function describeCut({ settings: { apiUrl }, origins }: Merged): string[] {
  const { url, operation } = apiUrl === undefined ? { url: '', operation: null } : readApiBase(apiUrl)
  if (operation === null) return []
  return [`The API URL (${origins.apiUrl}) ends in /${operation}, which nv adds itself. The base is ${url}`]
}
