// Chooses the profile of a run: the one that is named, else that of the project, else the default one.
import { dirname, join, relative } from 'node:path'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { builtInProfiles, findPreset } from '../settings/presets.ts'
import {
  harmlessSettings,
  parseProjectFile,
  type ProjectFile,
  projectFileName,
} from '../settings/project-file.ts'
import { listProfiles, parseStored, type ProfileRecord } from '../settings/record.ts'
import type { Settings } from '../settings/settings.ts'
import type { Layer } from '../settings/layers.ts'
import { suggest } from '../wire/similar.ts'
import type { SecretOwner } from './secrets.ts'

/** Where a chosen profile stands. */
export interface ChosenProfile {
  name: string | null
  layer: Layer | null
  /** Who has secrets in the store: only a profile of the user's own. */
  owner: SecretOwner | null
  /** Whether the gateway is that of the project's file, so that all of the file's defaults belong to it. */
  isOfProject: boolean
  /** What in the stored profile is not used. */
  unknown: readonly string[]
}

/** Looks for the project's file from the working folder upwards. */
export async function findProjectFile({ files }: Pick<Context, 'files'>): Promise<ProjectFile | null> {
  for (let folder = files.workingFolder; ; folder = dirname(folder)) {
    const path = join(folder, projectFileName)
    const text = await files.readTrusted(path)
    if (text !== null) return parseProjectFile(relative(files.workingFolder, path) || projectFileName, text)
    if (dirname(folder) === folder) return null
  }
}

/**
 * Chooses the profile. Where the environment or the flags name a gateway themselves, a default must not mix into it.
 * Throws a UsageError when there is no profile of that name, or nothing to use at all.
 */
export async function chooseProfile(
  context: Context,
  named: string | null,
  project: ProjectFile | null,
  given: readonly Layer[],
): Promise<ChosenProfile> {
  const isGatewayGiven = given.some(({ settings: { authorizeUrl, tokenUrl, apiUrl, issuer, preset } }) =>
    Boolean(authorizeUrl ?? tokenUrl ?? apiUrl ?? issuer ?? preset),
  )
  if (named === null && isGatewayGiven) return nobody
  const hasProjectDefaults = project !== null && namesGateway(project.defaults)
  const stored = await readStored(context, named, project)
  const name = named ?? project?.profile ?? (hasProjectDefaults ? null : stored.default)
  if (name === '') throw emptyName()
  if (name === null) {
    if (!hasProjectDefaults) throw nothingConfigured()
    return { ...nobody, isOfProject: true }
  }
  const nameOf = () => `profile ${name}`
  if (builtInProfiles.includes(name))
    return { ...nobody, name, layer: { settings: { preset: name }, nameOf } }
  const own = stored.profiles.get(name)
  if (own) {
    const { settings, unknown } = parseStored(name, own.settings)
    return {
      ...nobody,
      name,
      layer: { settings, nameOf },
      owner: { name, ...own },
      unknown: Object.keys(unknown),
    }
  }
  const shared = project && Object.hasOwn(project.profiles, name) ? project.profiles[name] : undefined
  if (!shared)
    throw unknownProfile(name, [...stored.profiles.keys(), ...Object.keys(project?.profiles ?? {})])
  const ofProject = { settings: shared, nameOf: () => project?.path ?? '' }
  return { ...nobody, name, layer: ofProject, isOfProject: true }
}

const nobody: ChosenProfile = { name: null, layer: null, owner: null, isOfProject: false, unknown: [] }

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

/** Makes the layer of the project's defaults: beneath a profile that is not the project's, the harmless ones only. */
export function projectLayer(project: ProjectFile | null, chosen: ChosenProfile): Layer[] {
  if (!project) return []
  const isAllowed = ([name]: [string, unknown]) =>
    chosen.isOfProject || harmlessSettings.some((harmless) => harmless === name)
  const settings: Settings = Object.fromEntries(Object.entries(project.defaults).filter(isAllowed))
  return [{ settings, nameOf: () => project.path }]
}

function unknownProfile(name: string, known: readonly string[]): UsageError {
  const names = [...new Set([...known, ...builtInProfiles])]
  return new UsageError({
    code: 'unknown_profile',
    title: `Unknown profile ${JSON.stringify(name)}`,
    cause: `The profiles are ${names.join(', ')}.`,
    fix: findPreset(name)
      ? `${name} is a preset, the gateway of a profile of yours. Make one with:\nnv profile add ${name} --preset ${name}`
      : `${suggest(name, names) ?? 'Name one of them with --profile'}, or make this one with:\nnv profile add ${name}`,
  })
}

function emptyName(): UsageError {
  return new UsageError({
    code: 'missing_value',
    title: '--profile has no value',
    cause: 'The name of the profile is empty.',
    fix: 'See the names with: nv profile list',
  })
}

function nothingConfigured(): UsageError {
  return new UsageError({
    code: 'no_profile',
    title: 'No profile was chosen',
    cause:
      'Neither --profile nor NV_PROFILE names one, there is no default, and no flag or variable names a gateway.',
    fix: [
      'Without an account:     nv verify +34600000001 --profile simulator',
      "Telefónica's mock mode: nv verify +34600000001 --profile sandbox-mock",
      'Your own credentials:   nv profile add',
    ].join('\n'),
  })
}
