// The lines about what is configured: the settings, and the private key.
import { keyMethods } from '../../oauth/client-authentication.ts'
import type { Finding } from '../../run/finding.ts'
import type { Problem } from '../../errors.ts'
import { type Check, type Checking, diagnosePart, explained, explainPart, type Outcome } from './checking.ts'

/** Gives the finding of what nv or this machine would not do. */
export function findingOf(checking: Pick<Checking, 'recorder'>, problem: Problem): Finding {
  const end = { kind: 'refused', step: 'prepare', by: 'usage', problem } as const
  const found = explainPart(checking, { exchanges: [], end })
  if (found === null) throw new Error(`Nothing explains ${problem.code}`)
  return found
}

/** The settings that the findings about settings are about. */
const settingsOf: Readonly<Record<string, readonly string[]>> = {
  scope_encoded: ['scope'],
  scope_two_purposes: ['scope'],
  scope_form_v0: ['scope', 'apiVersion'],
  scope_form_v1: ['scope', 'apiVersion'],
  scope_no_purpose: ['scope'],
  redirect_uri_fragment: ['redirectUri'],
  redirect_uri_plain: ['redirectUri'],
  redirect_uri_wildcard: ['redirectUri'],
  endpoints_equal: ['tokenUrl', 'authorizeUrl'],
  listening_elsewhere: ['listen', 'redirectUri'],
}

/** Checks that the settings are complete, and looks them over for what people mistype. */
export const checkSettings: Check = (checking) => {
  const { input } = checking
  const noted = diagnosePart(checking, { exchanges: [], end: null })
  const obstacles = input.obstacles.filter(({ setting }) => setting !== 'key')
  const [first, ...others] = obstacles.map(({ setting, problem }) => ({
    finding: findingOf(checking, problem),
    settings: setting === null ? input.missing : [setting],
  }))
  if (first !== undefined)
    return {
      ...explained(first.finding, first.settings),
      notes: [...others.map(({ finding }) => finding), ...noted],
    }
  const worst = noted.find(({ severity }) => severity !== 'info')
  if (worst !== undefined)
    return {
      ...explained(worst, settingsOf[worst.code] ?? []),
      notes: noted.filter((finding) => finding !== worst),
    }
  return { status: 'passed', detail: 'complete', notes: noted }
}

/** Checks that the private key can be read, and says under which kid and algorithm it signs. */
export const checkKey: Check = ({ input, recorder }): Outcome => {
  const obstacle = input.obstacles.find(({ setting }) => setting === 'key')
  if (obstacle !== undefined)
    return explained(findingOf({ recorder }, obstacle.problem), ['key', 'keyAlgorithm', 'keyId'])
  if (input.missing.includes('key')) return { status: 'skipped', detail: 'no key is set' }
  const { key, authMethod } = recorder.recording().target
  if (key === null) return { status: 'skipped', detail: `${authMethod ?? 'this profile'} needs no key` }
  const isNameless = key.keyId === null && keyMethods.includes(input.target.authMethod)
  return {
    status: 'passed',
    detail: `signs with ${key.algorithm}${key.keyId === null ? '' : ` under the kid ${key.keyId}`}${isNameless ? ', without a kid' : ''}`,
  }
}
