// Says where credentials go, when a source decides it that the user may not expect.
import { keyMethods } from '../oauth/client-authentication.ts'
import { type Endpoint, endpointsOf, type Grant } from '../oauth/grants.ts'
import type { ProjectFile } from '../settings/project-file.ts'
import type { ChosenProfile } from './choose-profile.ts'
import type { Merged, Sourced } from '../settings/layers.ts'
import { needsKey } from '../settings/missing.ts'
import { environmentNameOf } from '../settings/flags.ts'

/** Says when client id, secret and gateway come from different sources, which may be different customers. */
export function describePairing(
  { name }: ChosenProfile,
  merged: Merged,
  grants: readonly Grant[],
  clientSecret: Sourced | null,
): string[] {
  if (name === null || !clientSecret?.value || clientSecret.from === 'NV_CLIENT_SECRET') return []
  const secret = `the client secret is that of profile ${name}`
  const { clientId } = merged.origins
  const elsewhere = destinations(merged, grants).filter(({ isOfEnvironment }) => isOfEnvironment)
  return [
    ...(clientId === environmentNameOf('clientId')
      ? [`The client id is that of ${clientId}, and ${secret}`]
      : []),
    ...elsewhere.map(({ host, from }) => `The secret of profile ${name} goes to ${host}, as ${from} says`),
  ]
}

/** Says where credentials of the user go when the project's file decides it: it came with a repository. */
export function describeDestination(
  project: ProjectFile | null,
  { isOfProject }: ChosenProfile,
  merged: Merged,
  grants: readonly Grant[],
  clientSecret: Sourced | null,
): string[] {
  if (!project || !isOfProject) return []
  const { settings, origins } = merged
  const theirs = destinations(merged, grants).filter(({ isOfEnvironment }) => !isOfEnvironment)
  const hosts = [...new Set(theirs.map(({ host }) => host))].join(' and ')
  if (hosts === '') return []
  const usesSecret = !keyMethods.includes(settings.authMethod ?? 'none')
  const usesKey = grants.some((grant) => needsKey(settings, grant))
  const credentials = [
    ...(clientSecret?.from === 'NV_CLIENT_SECRET' && usesSecret ? ['The secret in NV_CLIENT_SECRET'] : []),
    ...(origins.key === environmentNameOf('key') && usesKey ? ['What is signed with the key of NV_KEY'] : []),
    ...(grants[0] === 'authorization-code' ? [] : ['The operator token']),
  ]
  return credentials.map((what) => `${what} goes to ${hosts}, as ${project.path} says`)
}

interface Destination {
  host: string
  from: string | undefined
  isOfEnvironment: boolean
}

/** Lists the endpoints that get credentials, or the issuer that names them, with the source of each. */
function destinations({ settings, origins }: Merged, grants: readonly Grant[]): Destination[] {
  const endpoints = new Set(grants.flatMap((grant) => endpointsOf[grant].filter(isForClients)))
  const names = [...endpoints].map((name) => (settings[name] ? name : 'issuer'))
  return [...new Set(names)].flatMap((name) => {
    const url = settings[name]
    const from = origins[name]
    return url ? [{ host: new URL(url).host, from, isOfEnvironment: from === environmentNameOf(name) }] : []
  })
}

/** Tells whether the client authenticates at an endpoint. */
function isForClients(endpoint: Endpoint): endpoint is Exclude<Endpoint, 'authorizeUrl'> {
  return endpoint !== 'authorizeUrl'
}
