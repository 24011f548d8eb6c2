// Makes one profile of what was found in a foreign file.
import { parseSettings, type SettingName } from '../settings.ts'
import {
  type Candidate,
  type Found,
  type Ignored,
  type Imported,
  unreadable,
  type Wanted,
} from './candidate.ts'
import { chooseClient } from './clients.ts'
import { recognizeGateway } from './gateway.ts'
import { readKey, settingOrder } from './key-names.ts'
import { findSecretHeaders, isHostOfNokia } from './secret-headers.ts'
import { checkValue, type Source } from './values.ts'

/** Variables of nv that say how it runs. */
const runVariables = /^NV_(PROFILE|GRANT|TIMEOUT|SECRET_STORE|CONFIG_DIR)$/

/**
 * Makes one profile of the entries; `NV_…` wins over other keys. Throws a UsageError when nothing can be taken, when
 * two keys contradict each other, and when they are those of two clients.
 */
export function assemble(source: Source, found: Found, wanted: Wanted = {}): Imported {
  const { name, entries, ignored } = found
  const candidates: Candidate[] = []
  const left: Ignored[] = [...ignored]
  const broken: Array<readonly [setting: string, key: string, value: string]> = []
  for (const { key, value, setting: known, owner = '' } of entries) {
    const named = known === undefined ? readKey(key) : { setting: known, owner, rank: 0 }
    if (named === null) {
      left.push({ key, reason: uselessness(key) })
      continue
    }
    const checked = checkValue(named.setting, key, value, source)
    if ('value' in checked) candidates.push({ ...named, key, value: checked.value })
    else {
      left.push({ key, ...checked })
      if (checked.reason.startsWith('must ')) broken.push([named.setting, key, value])
    }
  }
  const own = basesOfOwn(candidates)
  left.push(...own.map(({ key }) => ({ key, reason: 'it looks like the address of your own server' })))
  const foreign = candidates.filter((candidate) => !own.includes(candidate))
  const { chosen, ignored: others } = chooseClient(source.path, foreign, wanted.prefix)
  left.push(...others)
  const inOrder = settingOrder.flatMap((setting) => chosen.get(setting) ?? [])
  const { clientSecret, ...values } = Object.fromEntries(
    inOrder.map(({ setting, value }) => [setting, value]),
  )
  const gateway = recognizeGateway(values, {
    preset: wanted.preset,
    keys: new Map(inOrder.map(({ setting, key }) => [setting, key])),
    names: [name ?? '', source.path.replace(/^.*[\\/]/, ''), entries.some(isHostOfNokia) ? 'nokia' : ''],
    hasSecret: clientSecret !== undefined,
  })
  const headers = findSecretHeaders(gateway.values['preset'], entries)
  const isFound = inOrder.length > 0 || headers.names.length > 0
  if (!isFound) throw nothingTaken(source.path, left, broken, found.advice)
  const settings = parseSettings(
    { ...gateway.values, ...(headers.names.length > 0 ? { secretHeaders: headers.names } : {}) },
    (setting) => chosen.get(setting as SettingName)?.key ?? setting,
  )
  const taken = [...inOrder.map(({ setting, key }) => ({ setting, key })), ...headers.taken]
  return {
    name: name === null ? null : toProfileName(name),
    settings,
    secrets: { ...(clientSecret === undefined ? {} : { clientSecret }), ...headers.secrets },
    taken:
      gateway.by === null ? taken : [{ setting: `preset ${settings.preset}`, key: gateway.by }, ...taken],
    ignored: left.filter(({ key }) => !headers.taken.some((other) => other.key === key)),
  }
}

/**
 * Finds values named like the base of the API that belong to a program's
 * own server: on loopback, or the callback's host.
 */
function basesOfOwn(candidates: readonly Candidate[]): Candidate[] {
  const callbacks = candidates.flatMap(({ setting, value }) =>
    setting === 'redirectUri' ? [hostOf(value)] : [],
  )
  return candidates.filter(
    ({ setting, rank, value }) =>
      setting === 'apiUrl' &&
      rank > 0 &&
      (/^(localhost|127\.|\[::1\])/.test(hostOf(value)) || callbacks.includes(hostOf(value))),
  )
}

function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

function uselessness(key: string): string {
  return runVariables.test(key) ? 'it belongs to a run, not to a profile' : 'nv does not need it'
}

/** Says of each key that nv knows why it was left; a value that breaks a rule is shown with it. */
function nothingTaken(
  path: string,
  left: readonly Ignored[],
  broken: ReadonlyArray<readonly [string, string, string]>,
  advice?: string,
): Error {
  if (broken.length > 0) {
    try {
      parseSettings(
        Object.fromEntries(broken.map(([setting, , value]) => [setting, value])),
        (setting) => broken.find(([name]) => name === setting)?.[1] ?? setting,
      )
    } catch (error) {
      return error as Error
    }
  }
  const known = left.filter(({ reason }) => reason !== uselessness(''))
  const command = known.find((entry) => entry.command !== undefined)?.command
  const reasons = known.slice(0, mostReasons).map(({ key, reason }) => `${key}: ${reason}.`)
  const cause = reasons.length === 0 ? emptiness(left) : reasons.join('\n')
  return command === undefined
    ? unreadable(path, cause, advice)
    : unreadable(path, cause, `Write it to a file, and name that with --key in nv profile add:\n${command}`)
}

/** How many keys are named when nothing can be imported. */
const mostReasons = 5

function emptiness(left: readonly Ignored[]): string {
  return left.length === 0
    ? 'It has no values.'
    : 'None of its names is one that nv knows for a client id or a URL of a gateway.'
}

/** Makes a profile name of a title: `Open Gateway Sandbox` becomes `open-gateway-sandbox`. */
function toProfileName(title: string): string | null {
  const name = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
  return name === '' ? null : name
}
