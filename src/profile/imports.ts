// Takes a profile from where people have one: a Postman environment, a .env, an export of nv.
import { parseEnv } from 'node:util'
import { UsageError } from '../errors.ts'
import { presets } from './presets.ts'
import { parseSettings, type SettingName, type Settings } from './settings.ts'
import type { Secrets } from './store.ts'

export const exportSchema = 'nv.profile/1'

/** What a file gives: each value with the key it stood under, and the keys that were left. */
export interface Imported {
  /** A name for the profile, as far as the file suggests one. */
  name: string | null
  settings: Settings
  secrets: Secrets
  taken: Array<{ setting: string; key: string }>
  ignored: Array<{ key: string; reason: string }>
}

/** The values of a file, by the setting each is for. */
interface Candidate {
  setting: SettingName | 'clientSecret'
  key: string
  value: string
}

/** Reads a file of any of the three kinds. Throws a UsageError when it is none of them; its text appears nowhere. */
export function parseImport(path: string, text: string): Imported {
  const json = parseJson(text)
  if (json === null && text.trimStart().startsWith('{'))
    throw unreadable(path, 'It starts like JSON, and is not.')
  if (json === null) return importEnv(path, text)
  if (json['schema'] === exportSchema) return importExport(path, json)
  if (Array.isArray(json['values'])) return importPostman(path, json, json['values'])
  throw unreadable(path, 'It is JSON, but neither a Postman environment nor a profile that nv exported.')
}

/** Takes the variables of a Postman environment, with their current values where those were exported. */
function importPostman(path: string, { name }: Record<string, unknown>, values: unknown[]): Imported {
  const candidates: Candidate[] = []
  const ignored: Imported['ignored'] = []
  for (const entry of values) {
    const variable = readVariable(entry)
    if (!variable) continue
    const { key, value } = variable
    const reason = refusePostmanVariable(variable)
    if (reason !== null) ignored.push({ key, reason })
    else candidates.push(...postmanCandidates(key, value))
  }
  return assemble(path, typeof name === 'string' ? name : null, candidates, ignored)
}

interface Variable {
  key: string
  value: string
  isEnabled: boolean
}

function readVariable(entry: unknown): Variable | null {
  if (typeof entry !== 'object' || entry === null) return null
  const { key, value, currentValue, enabled } = entry as Record<string, unknown>
  const current = typeof currentValue === 'string' && currentValue !== '' ? currentValue : value
  if (typeof key !== 'string') return null
  return { key, value: typeof current === 'string' ? current.trim() : '', isEnabled: enabled !== false }
}

/** What nv takes from the environment of Telefónica's collection, by variable. */
const postmanKeys: Readonly<Record<string, (value: string) => Array<[Candidate['setting'], string]>>> = {
  'application-client-id': (value) => [['clientId', value]],
  'application-client-secret': (value) => [['clientSecret', value]],
  'application-backend-callback-url': (value) => [['redirectUri', value]],
  'api-gateway-url': (value) => [['apiUrl', value]],
  'auth-gateway-url': (value) => [
    ['authorizeUrl', `${value.replace(/\/+$/, '')}/authorize`],
    ['tokenUrl', `${value.replace(/\/+$/, '')}/token`],
  ],
  'api-product-purpose': (value) => [['scope', decodeFully(value)]],
}

function postmanCandidates(key: string, value: string): Candidate[] {
  return (postmanKeys[key]?.(value) ?? []).map(([setting, taken]) => ({ setting, key, value: taken }))
}

function refusePostmanVariable({ key, value, isEnabled }: Variable): string | null {
  if (!isEnabled) return 'it is switched off'
  if (key === 'enduser-identifier') return 'the number is given with each run'
  if (!Object.hasOwn(postmanKeys, key)) return 'nv has no use for it'
  if (isPlaceholder(value)) return value === '' ? 'it is empty' : 'it is a placeholder'
  if (key === 'api-product-purpose' && !/number-verification/.test(decodeFully(value))) {
    return 'it is the scope of another API'
  }
  return null
}

/** The names of variables in a .env, without what stands before them. */
const envPatterns: ReadonlyArray<readonly [Candidate['setting'], RegExp]> = [
  ['clientId', /(^|_)(CLIENT_?ID|APP_?ID|APPLICATION_?ID)$/i],
  ['clientSecret', /(^|_)(CLIENT_?SECRET|APP_?SECRET|APPLICATION_?SECRET)$/i],
  ['redirectUri', /(^|_)(REDIRECT_?UR[IL]|CALLBACK_?UR[IL])$/i],
  ['authorizeUrl', /(^|_)(AUTH|AUTHORIZE|AUTHORIZATION)_?(UR[IL]|ENDPOINT)$/i],
  ['tokenUrl', /(^|_)TOKEN_?(UR[IL]|ENDPOINT)$/i],
  ['apiUrl', /(^|_)API_?(BASE_?)?(UR[IL]|ENDPOINT)$/i],
  ['issuer', /(^|_)ISSUER(_?UR[IL])?$/i],
  ['scope', /(^|_)SCOPES?$/i],
  ['apiVersion', /(^|_)API_?VERSION$/i],
  ['listen', /^NV_LISTEN$/],
  ['loginHint', /^NV_LOGIN_HINT$/],
  ['prompt', /^NV_PROMPT$/],
]

function importEnv(path: string, text: string): Imported {
  const candidates: Candidate[] = []
  const ignored: Imported['ignored'] = []
  for (const [key, value = ''] of Object.entries(parseEnv(text))) {
    const setting = envPatterns.find(([, pattern]) => pattern.test(key))?.[0]
    if (!setting) ignored.push({ key, reason: 'nv has no use for it' })
    else if (isPlaceholder(value))
      ignored.push({ key, reason: value === '' ? 'it is empty' : 'it is a placeholder' })
    else candidates.push({ setting, key, value })
  }
  if (candidates.length === 0)
    throw unreadable(path, 'There is nothing in it that nv knows: no client id, no URL.')
  return assemble(path, null, candidates, ignored)
}

function importExport(path: string, json: Record<string, unknown>): Imported {
  const { name, settings } = json
  if (typeof settings !== 'object' || settings === null) throw unreadable(path, 'It has no settings.')
  const parsed = parseSettings({ ...settings }, (key) => `settings.${key} in ${path}`)
  return {
    name: typeof name === 'string' ? name : null,
    settings: parsed,
    secrets: {},
    taken: Object.keys(parsed).map((setting) => ({ setting, key: `settings.${setting}` })),
    ignored: [],
  }
}

/** Makes one profile of the candidates; `NV_…` wins over other keys. Throws a UsageError when two keys contradict each other. */
function assemble(
  path: string,
  name: string | null,
  candidates: readonly Candidate[],
  ignored: Imported['ignored'],
): Imported {
  const chosen = new Map<string, Candidate>()
  for (const candidate of candidates) {
    const other = chosen.get(candidate.setting)
    const isWeaker = other?.key.startsWith('NV_') && !candidate.key.startsWith('NV_')
    if (other && other.value !== candidate.value && !isWeaker && !candidate.key.startsWith('NV_')) {
      throw contradictory(path, candidate.setting, other.key, candidate.key)
    }
    if (isWeaker) ignored.push({ key: candidate.key, reason: `${other?.key} is there` })
    else chosen.set(candidate.setting, candidate)
  }
  const { clientSecret, ...values } = Object.fromEntries(
    [...chosen.values()].map(({ setting, value }) => [setting, value]),
  )
  const settings = parseSettings(
    recognizeGateway(splitApiUrl(values)),
    (setting) => chosen.get(setting)?.key ?? setting,
  )
  return {
    name: name === null ? null : toProfileName(name),
    settings,
    secrets: clientSecret === undefined ? {} : { clientSecret },
    taken: [...chosen.values()].map(({ setting, key }) => ({ setting, key })),
    ignored,
  }
}

/** Takes `/number-verification/v1` off an API URL, and the version from it. */
function splitApiUrl(values: Record<string, string>): Record<string, string> {
  const match = /^(.*?)\/number-verification(?:\/(v\d+))?\/?(?:verify|device-phone-number)?$/.exec(
    values['apiUrl'] ?? '',
  )
  if (!match) return values
  const version = match[2] === undefined ? {} : { apiVersion: match[2] }
  return { ...version, ...values, apiUrl: match[1] ?? '' }
}

/** Replaces the URLs of a gateway that nv knows by its preset, which knows the rest too. */
function recognizeGateway(values: Record<string, string>): Record<string, string> {
  const { authorizeUrl, tokenUrl, apiUrl, ...rest } = values
  const known = Object.entries(presets).find(
    ([, { settings, publishedSecret }]) =>
      settings.authorizeUrl !== undefined &&
      settings.authorizeUrl === authorizeUrl &&
      (publishedSecret === undefined || settings.clientId === values['clientId']),
  )
  if (!known) return { preset: 'generic', ...values }
  const [preset, { settings }] = known
  const differing = Object.entries({ tokenUrl, apiUrl }).filter(
    ([name, value]) => value !== undefined && value !== settings[name as SettingName],
  )
  return { preset, ...rest, ...(Object.fromEntries(differing) as Record<string, string>) }
}

function isPlaceholder(value: string): boolean {
  return value === '' || /^<.*>$|^\{\{.*\}\}$|your[_-]|change[_-]?me|^x{3,}$/i.test(value)
}

/** Undoes every percent-encoding: running the collection's script twice encodes a scope twice. */
function decodeFully(value: string): string {
  try {
    const decoded = decodeURIComponent(value)
    return decoded === value ? value : decodeFully(decoded)
  } catch {
    return value
  }
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

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''))
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

function unreadable(path: string, cause: string): UsageError {
  return new UsageError({
    code: 'import_unreadable',
    title: `Nothing can be imported from ${path}`,
    cause,
    fix: 'Give a Postman environment (exported as JSON), a .env, or the output of: nv profile export',
  })
}

function contradictory(path: string, setting: string, one: string, other: string): UsageError {
  return new UsageError({
    code: 'import_contradictory',
    title: `${path} gives ${setting} twice, with two values`,
    cause: `${one} and ${other} could both be meant.`,
    fix: 'Take one of them out, or name the right one NV_…, and import again.',
  })
}
