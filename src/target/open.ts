// Opens a target: reads what its settings refer to, and starts the simulator where that is its gateway.
import type { Context } from '../context.ts'
import { type Problem, SetupError, UsageError } from '../errors.ts'
import { keyMethods } from '../oauth/client-authentication.ts'
import { environmentNameOf, flagOf } from '../settings/flags.ts'
import { headerOf } from '../settings/layers.ts'
import { isSimulated, needsKey, usesIssuerAsAudience } from '../settings/missing.ts'
import { builtInProfiles } from '../settings/presets.ts'
import type { Settings } from '../settings/settings.ts'
import { readCertificates } from './certificates.ts'
import { confirmStrangers } from './confirm-strangers.ts'
import { checkKey, readKeyFile } from './material.ts'
import type { Resolution } from './resolve.ts'
import { secretVariable } from './secrets.ts'
import { createTarget, type Material, type Target } from './target.ts'

export interface OpenTarget {
  target: Target
  /** Ends what was started for it. */
  close(): Promise<void>
}

/** Something of a target that is missing or can't be used. */
export interface Obstacle {
  /** The setting whose file can't be used; null: something is missing. */
  setting: 'key' | 'ca' | null
  problem: Problem
}

/** Whether the user may be asked something on the way. */
export interface Opening {
  canAsk?: boolean
}

/**
 * Opens a target. Throws a UsageError for what is missing, or can't be used, and where credentials would go to a host
 * that nobody but a repository names; with `canAsk` the user is asked first.
 */
export async function openTarget(
  context: Context,
  resolution: Resolution,
  opening: Opening = {},
): Promise<OpenTarget> {
  if (resolution.missing.length > 0) throw incomplete(resolution)
  return open(context, resolution, await readMaterial(context, resolution), opening)
}

/**
 * Opens a target as far as it goes; what is missing, and a file that can't be used, are told beside it. Throws a
 * UsageError as `openTarget` does where credentials would go to a stranger.
 */
export async function openAsFarAsPossible(
  context: Context,
  resolution: Resolution,
  opening: Opening = {},
): Promise<OpenTarget & { obstacles: readonly Obstacle[] }> {
  const obstacles: Obstacle[] =
    resolution.missing.length > 0 ? [{ setting: null, problem: incomplete(resolution).problem }] : []
  const material = await readMaterial(context, resolution, async (setting, reading) => {
    try {
      return await reading
    } catch (error) {
      if (!(error instanceof UsageError || error instanceof SetupError)) throw error
      obstacles.push({ setting, problem: error.problem })
      return null
    }
  })
  return { ...(await open(context, resolution, material, opening)), obstacles }
}

async function open(
  context: Context,
  resolution: Resolution,
  material: Material,
  { canAsk = false }: Opening,
): Promise<OpenTarget> {
  await confirmStrangers(context, resolution, canAsk)
  const { settings, clientSecret } = resolution
  const origins: Record<string, string> = { ...resolution.origins }
  if (clientSecret !== null) origins['clientSecret'] = clientSecret.from
  const create = (complete: Settings) => createTarget({ ...resolution, origins }, complete, material)
  if (!isSimulated(settings)) return { target: create(settings), close: () => Promise.resolve() }
  const { startSimulator } = await import('../simulator/simulator.ts')
  const { authorizeUrl, tokenUrl, backchannelUrl, apiUrl, close } = await startSimulator(context, {
    host: '127.0.0.1',
    port: 0,
  })
  return { target: create({ authorizeUrl, tokenUrl, backchannelUrl, apiUrl, ...settings }), close }
}

type Reading = (setting: 'key' | 'ca', reading: Promise<string | null>) => Promise<string | null>

/** Reads the files that the settings name; the key only where it signs something. */
async function readMaterial(
  context: Context,
  { settings, grants, clientSecret, headers: { headers, secretValues } }: Resolution,
  attempt: Reading = (_setting, reading) => reading,
): Promise<Material> {
  const usesKey = grants.some((grant) => needsKey(settings, grant))
  const keyPath = usesKey ? settings.key : undefined
  const key = keyPath === undefined ? null : await attempt('key', readCheckedKey(context, settings, keyPath))
  const ca = settings.ca === undefined ? null : await attempt('ca', readCertificates(context, settings.ca))
  return { clientSecret, key: key ?? '', ca, headers, secretValues }
}

async function readCheckedKey(context: Context, settings: Settings, path: string): Promise<string> {
  const key = await readKeyFile(context, path)
  checkKey(settings, key)
  return key
}

function incomplete(resolution: Resolution): UsageError {
  const { name, projectPath, missing, sealed } = resolution
  return new UsageError({
    code: 'missing_setting',
    title: name === null ? 'The configuration is not complete' : `Profile ${name} is not complete`,
    cause: `Not set: ${missing.map((setting) => nameMissing(setting, resolution)).join(', ')}.`,
    fix: missing.every((setting) => sealed.includes(setting))
      ? `Give the flag, ${remedy(name, projectPath)}`
      : `Set the variables in brackets, ${remedy(name, projectPath)}`,
  })
}

/** Names a missing setting by its flag and its variable, and says what it is needed for where that may surprise. */
function nameMissing(
  setting: string,
  { grants, settings, clientSecret, headers, sealed }: Resolution,
): string {
  const header = headerOf(setting)
  if (header !== null) {
    const variable = headers.unset.find((unset) => unset.name === header)?.variable
    return `the header ${header}${variable ? ` (environment variable ${variable})` : ''}`
  }
  if (setting === 'clientSecret') return `the client secret (${clientSecret?.from ?? secretVariable})`
  if (sealed.includes(setting))
    return `${flagOf(setting)} (${environmentNameOf(setting)} can't decide where the secrets of a named profile go)`
  const named = `${flagOf(setting)} (${environmentNameOf(setting)})`
  if (setting === 'backchannelUrl' && grants.includes('jwt-bearer'))
    return `${named} for CIBA, or ${flagOf('key')} (${environmentNameOf('key')}) for the JWT bearer grant`
  if (setting === 'issuer' && usesIssuerAsAudience(settings))
    return `${named}, which ${flagOf('assertionAudience')} makes the audience of assertions`
  if (setting !== 'key' || keyMethods.includes(settings.authMethod ?? 'none')) return named
  return `${named}, which signs the ${grants[0] === 'jwt-bearer' ? 'assertion' : 'request object'}`
}

/** Says where a profile is fixed: in the project's file, in the store, or by making one. */
function remedy(name: string | null, projectPath: string | null): string {
  if (projectPath !== null) return `or add what is not secret to ${projectPath}.`
  return name === null || builtInProfiles.includes(name)
    ? 'or save a profile with:\nnv profile add'
    : `or fix the profile with:\nnv profile edit ${name}`
}
