// The profile that a run would use, and what stands over it.
import { capitalize } from '../../wire/text.ts'
import type { Context } from '../../context.ts'
import type { Problem } from '../../errors.ts'
import { environmentNameOf } from '../../settings/flags.ts'
import type { Origins } from '../../settings/layers.ts'
import { settingNames, type Settings } from '../../settings/settings.ts'
import { type Check, note, ok, problem } from './check.ts'

/** Who chooses a profile. */
export type Chooser = 'command line' | 'NV_PROFILE' | 'project' | 'default'

/** What was found of the profile; the command line resolves it. */
export type ProfileState =
  | {
      kind: 'found'
      /** Null: the environment, or the project, names a gateway by itself. */
      name: string | null
      chosenBy: Chooser
      settings: Settings
      origins: Origins
      /** What is not set, as the user may call it. */
      missing: readonly string[]
      needsPhone: boolean
      /** The hosts that nv would ask, with their ports; none for the simulator. */
      hosts: readonly string[]
      /** Variables that are not let in, as the profile was named. */
      ignored: readonly string[]
    }
  | { kind: 'none' }
  | { kind: 'broken'; problem: Problem }

/** The file of the project, or why it can't be used. */
export type ProjectState =
  | { kind: 'found'; path: string; profile: string | null }
  | { kind: 'none' }
  | { kind: 'broken'; problem: Problem }

const chosenBy = {
  'command line': 'was named',
  NV_PROFILE: 'is named by NV_PROFILE',
  project: 'is named by the project',
  default: 'is the default',
} as const

/** Says which profile a run would use. */
export function checkProfile(state: ProfileState): Check {
  if (state.kind === 'none') {
    return note(
      'profile',
      'No default profile is set',
      'Commands need --profile, as in --profile simulator',
      'nv profile add',
    )
  }
  if (state.kind === 'broken') {
    const { title, cause, fix } = state.problem
    const joined = cause.replaceAll('\n', '; ')
    return problem('profile', `${title}. ${joined}`, 'A run stops before anything is sent', fix)
  }
  const { name, missing, hosts } = state
  const subject =
    name === null ? 'A gateway is configured without a profile' : `${name} ${chosenBy[state.chosenBy]}`
  if (missing.length > 0) {
    return problem(
      'profile',
      `${subject}, and lacks ${missing.join(', ')}`,
      'A run stops before anything is sent',
      name === null ? 'nv profile add' : `nv profile edit ${name}`,
    )
  }
  return ok(
    'profile',
    subject,
    hosts.length === 0
      ? 'nv starts its own simulator and sends nothing elsewhere'
      : `nv would send requests to ${hosts.join(', ')}`,
  )
}

/** Says what the project's file decides. */
export function checkProject(state: ProjectState): Check {
  if (state.kind === 'none')
    return ok('project', 'No nv.config.json in this folder or above it', 'No project changes a setting')
  if (state.kind === 'broken') {
    const { title, cause, fix } = state.problem
    return problem('project', `${title}. ${cause}`, 'A run stops before anything is sent', fix)
  }
  return note(
    'project',
    `${state.path} is in effect`,
    state.profile === null
      ? 'Its settings fill in what your profile leaves open'
      : `Its profile ${state.profile} is used unless you name another`,
  )
}

/** Variables that say where things are kept. */
const places = { 'profiles and secrets': ['NV_CONFIG_DIR', 'NV_SECRET_STORE'], runs: ['NV_STATE_DIR'] }

/** Variables that stand for a flag of a run, and are not settings of a profile. */
const flagsOfRuns = ['NV_GRANT', 'NV_TIMEOUT']

/** Says which variables of nv are set, and what they do; by name only, since a value may be a secret. */
export function checkVariables({ env }: Pick<Context, 'env'>, state: ProfileState): Check[] {
  const set = Object.keys(env).filter((name) => name.startsWith('NV_') && env[name])
  if (set.length === 0)
    return [ok('variables', 'No NV_ variable is set', 'The environment changes no setting')]
  const ofSettings = settingNames.map(environmentNameOf)
  const kept = Object.entries(places)
    .map(([what, names]) => ({ what, names: names.filter((name) => set.includes(name)) }))
    .filter(({ names }) => names.length > 0)
  const known = set.filter((name) => ofSettings.includes(name) || name === 'NV_CLIENT_SECRET')
  const ofRuns = set.filter((name) => flagsOfRuns.includes(name))
  const others = [...known, ...kept.flatMap(({ names }) => names), ...ofRuns, 'NV_PROFILE']
  const unknown = set.filter((name) => !others.includes(name))
  const ignored = state.kind === 'found' ? known.filter((name) => state.ignored.includes(name)) : []
  const used = known.filter((name) => !ignored.includes(name))
  const profile = state.kind === 'found' && state.name !== null ? `profile ${state.name}` : 'any profile'
  const isNamed = state.kind === 'found' && state.chosenBy === 'command line'
  return [
    ...kept.map(({ what, names }) =>
      ok(
        'variables',
        `${list(names)} set`,
        `${capitalize(what)} are kept where ${names.length > 1 ? 'they say' : 'it says'}`,
      ),
    ),
    ...(ofRuns.length === 0
      ? []
      : [
          note(
            'variables',
            `${list(ofRuns)} set`,
            `${ofRuns.length > 1 ? 'They count' : 'It counts'} in every run, unless a flag says otherwise`,
            `Unset what you don't mean: unset ${ofRuns.join(' ')}`,
          ),
        ]),
    ...(set.includes('NV_PROFILE')
      ? [
          ok(
            'variables',
            'NV_PROFILE is set',
            isNamed ? 'It has no effect next to --profile' : 'It chooses the profile instead of the default',
          ),
        ]
      : []),
    ...(used.length === 0
      ? []
      : [
          note(
            'variables',
            `${list(used)} set`,
            isNamed
              ? `${used.length > 1 ? 'They fill' : 'It fills'} in what ${profile} lacks`
              : `${used.length > 1 ? 'They override' : 'It overrides'} ${profile}`,
            `Unset what you don't need: unset ${used.join(' ')}`,
          ),
        ]),
    ...(ignored.length === 0
      ? []
      : [
          note(
            'variables',
            `${list(ignored)} set, and ignored`,
            `${capitalize(profile)} keeps its own ${ignored.length > 1 ? 'values' : 'value'}`,
          ),
        ]),
    ...(unknown.length === 0
      ? []
      : [
          note(
            'variables',
            `${list(unknown)} set, which nv does not know`,
            'It has no effect, unless a profile reads a secret from it',
            'Check the spelling: nv verify --help lists the settings.',
          ),
        ]),
  ]
}

function list(names: readonly string[]): string {
  return `${names.join(', ')} ${names.length > 1 ? 'are' : 'is'}`
}
