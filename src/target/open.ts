// Opens a target: reads what its settings refer to, and starts the simulator where that is its gateway.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { keyMethods } from '../oauth/client-authentication.ts'
import { environmentNameOf, flagOf } from '../settings/flags.ts'
import { headerOf } from '../settings/layers.ts'
import { isSimulated, needsKey, usesIssuerAsAudience } from '../settings/missing.ts'
import { builtInProfiles } from '../settings/presets.ts'
import type { Settings } from '../settings/settings.ts'
import { confirmStrangers } from './confirm-strangers.ts'
import { checkKey, readNamedFile } from './material.ts'
import type { Resolution } from './resolve.ts'
import { secretVariable } from './secrets.ts'
import { createTarget, type Material, type Target } from './target.ts'

export interface OpenTarget {
  target: Target
  /** Ends what was started for it. */
  close(): Promise<void>
}

/**
 * Opens a target. Throws a UsageError for what is missing, or can't be used, and where credentials would go to a host
 * that nobody but a repository names; with `canAsk` the user is asked first.
 */
export async function openTarget(
  context: Context,
  resolution: Resolution,
  { canAsk = false }: { canAsk?: boolean } = {},
): Promise<OpenTarget> {
  if (resolution.missing.length > 0) throw incomplete(resolution)
  await confirmStrangers(context, resolution, canAsk)
  const { settings, clientSecret } = resolution
  const material = await readMaterial(context, resolution)
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

/** Reads the files that the settings name; the key only where it signs something. */
async function readMaterial(
  context: Context,
  { settings, grants, clientSecret, headers: { headers, secretValues } }: Resolution,
): Promise<Material> {
  const usesKey = grants.some((grant) => needsKey(settings, grant))
  const key = usesKey ? await readNamedFile(context, 'key', settings.key) : null
  if (key !== null) checkKey(settings, key)
  const ca = await readNamedFile(context, 'ca', settings.ca)
  return { clientSecret, key: key ?? '', ca, headers, secretValues }
}

function incomplete(resolution: Resolution): UsageError {
  const { name, projectPath, missing } = resolution
  return new UsageError({
    code: 'missing_setting',
    title: name === null ? 'The configuration is not complete' : `Profile ${name} is not complete`,
    cause: `Not set: ${missing.map((setting) => nameMissing(setting, resolution)).join(', ')}.`,
    fix: `Set the variables in brackets, ${remedy(name, projectPath)}`,
  })
}

/** Names a missing setting by its flag and its variable, and says what it is needed for where that may surprise. */
function nameMissing(setting: string, { grants, settings, clientSecret, headers }: Resolution): string {
  const header = headerOf(setting)
  if (header !== null) {
    const variable = headers.unset.find((unset) => unset.name === header)?.variable
    return `the header ${header}${variable ? ` (environment variable ${variable})` : ''}`
  }
  if (setting === 'clientSecret') return `the client secret (${clientSecret?.from ?? secretVariable})`
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
