// Says where credentials go, when a source decides it that the user may not expect.
import { keyMethods } from '../oauth/client-authentication.ts'
import { type Endpoint, endpointsOf, type Grant } from '../oauth/grants.ts'
import type { ProjectFile } from '../settings/project-file.ts'
import type { ChosenProfile } from './choose-profile.ts'
import type { Merged, Sourced } from '../settings/layers.ts'
import { needsKey } from '../settings/missing.ts'
import { environmentNameOf, flagOf } from '../settings/flags.ts'

/** Says when client id, secret and gateway come from different sources, which may be different customers. */
export function describePairing(
  { name }: ChosenProfile,
  merged: Merged,
  grants: readonly Grant[],
  clientSecret: Sourced | null,
): string[] {
  if (name === null || !clientSecret?.value || clientSecret.from === 'NV_CLIENT_SECRET') return []
  const secret = `the client secret is from profile ${name}`
  const { clientId } = merged.origins
  const elsewhere = destinations(merged, grants).filter(({ isOfEnvironment }) => isOfEnvironment)
  return [
    ...(clientId === environmentNameOf('clientId')
      ? [`The client id is from ${clientId}, and ${secret}`]
      : []),
    ...elsewhere.map(({ host, from }) => `The secret of profile ${name} goes to ${host}, as ${from} says`),
  ]
}

/** Credentials of the user that go where the project's file says. */
export interface Entrusted {
  /** As in "The secret in NV_CLIENT_SECRET". */
  credentials: readonly string[]
  /** All hosts that get them. */
  hosts: readonly string[]
  /** Those among them that nobody but the file names; none where the user named the profile. */
  strangers: readonly string[]
  /** The project's file. */
  path: string
}

/**
 * Finds which of the user's credentials go where the project's file says,
 * which came with a repository; null if none do.
 * The hosts of a preset are not strangers: nv knows whose they are.
 */
export function findEntrusted(
  project: ProjectFile | null,
  { isOfProject }: ChosenProfile,
  merged: Merged,
  grants: readonly Grant[],
  clientSecret: Sourced | null,
  isProfileNamed: boolean,
): Entrusted | null {
  if (!project || !isOfProject) return null
  const { settings, origins } = merged
  const theirs = destinations(merged, grants).filter(({ isOfUser }) => !isOfUser)
  const usesSecret = !keyMethods.includes(settings.authMethod ?? 'none')
  const usesKey = grants.some((grant) => needsKey(settings, grant))
  const isOurKey = [environmentNameOf('key'), flagOf('key')].some((name) => origins.key === name)
  const credentials = [
    ...(clientSecret?.from === 'NV_CLIENT_SECRET' && usesSecret ? ['The secret in NV_CLIENT_SECRET'] : []),
    ...(isOurKey && usesKey ? [`Anything signed with the key of ${origins.key}`] : []),
    ...(grants[0] === 'authorization-code' ? [] : ['The operator token']),
  ]
  if (theirs.length === 0 || credentials.length === 0) return null
  const hostsOf = (list: readonly Destination[]) => [...new Set(list.map(({ host }) => host))]
  const strangers = isProfileNamed ? [] : theirs.filter(({ from }) => from === project.path)
  return { credentials, hosts: hostsOf(theirs), strangers: hostsOf(strangers), path: project.path }
}

/** Says where the project's file sends credentials; a stranger gets none before the user agrees. */
export function describeEntrusted(entrusted: Entrusted | null): string[] {
  if (entrusted === null) return []
  const { credentials, hosts, strangers, path } = entrusted
  const goes = strangers.length === 0 ? 'goes' : 'is to go'
  return credentials.map((what) => `${what} ${goes} to ${hosts.join(' and ')}, as ${path} says`)
}

interface Destination {
  host: string
  from: string | undefined
  isOfEnvironment: boolean
  /** Whether the user named it for this run, in the environment or by a flag. */
  isOfUser: boolean
}

/** Lists the endpoints that get credentials, or the issuer that names them, with the source of each. */
function destinations({ settings, origins }: Merged, grants: readonly Grant[]): Destination[] {
  const endpoints = new Set(grants.flatMap((grant) => endpointsOf[grant].filter(isForClients)))
  const isEnabling = grants.includes('authorization-code') && settings.enablementUrl !== 'off'
  const names = [
    ...[...endpoints].map((name) => (settings[name] ? name : 'issuer')),
    ...(isEnabling ? (['enablementUrl'] as const) : []),
  ]
  return [...new Set(names)].flatMap((name) => {
    const url = settings[name]
    const from = origins[name]
    const isOfEnvironment = from === environmentNameOf(name)
    const isOfUser = isOfEnvironment || from === flagOf(name)
    return url ? [{ host: new URL(url).host, from, isOfEnvironment, isOfUser }] : []
  })
}

/** Tells whether the client authenticates at an endpoint. */
function isForClients(endpoint: Endpoint): endpoint is Exclude<Endpoint, 'authorizeUrl'> {
  return endpoint !== 'authorizeUrl'
}
