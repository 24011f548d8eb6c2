// Takes a profile from where people have one: a Postman environment, a .env, an export of nv.
import { parseEnv } from 'node:util'
import { type ApiVersion, apiVersions } from '../camara/api.ts'
import { UsageError } from '../errors.ts'
import { type Preset, presets } from './presets.ts'
import {
  isSecretHeaderName,
  parseSettings,
  secretHeaderKey,
  type SettingName,
  type Settings,
  variableIn,
} from './settings.ts'
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
  /** What stands before a known name in the key, as `ACME` in ACME_CLIENT_ID. */
  owner: string
}

/** Reads a file of any of the three kinds. Throws a UsageError when it is none of them; its text appears nowhere. */
export function parseImport(path: string, content: string): Imported {
  const text = content.replace(/^\uFEFF/, '')
  if (/^\uFFFD\uFFFD|\0/.test(text))
    throw unreadable(path, 'It is no UTF-8; it may be UTF-16, as Windows writes it.')
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
  return (postmanKeys[key]?.(value) ?? []).map(([setting, taken]) => ({
    setting,
    key,
    value: taken,
    owner: '',
  }))
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
  ['authMethod', /^NV_AUTH_METHOD$/],
  ['key', /^NV_KEY$/],
  ['pkce', /^NV_PKCE$/],
  ['ca', /^NV_CA$/],
  ['proxy', /^NV_PROXY$/],
  ['listen', /^NV_LISTEN$/],
  ['loginHint', /^NV_LOGIN_HINT$/],
  ['prompt', /^NV_PROMPT$/],
]

/** A key of a private key's lines, which end in `=`, must not be shown as a name. */
const pemBlock = /-----BEGIN [^]*?(-----END [^\n]*|$)/g
const shownKey = /^[A-Za-z_][\w.-]{0,63}$/

function importEnv(path: string, text: string): Imported {
  const candidates: Candidate[] = []
  const ignored: Imported['ignored'] = []
  for (const [key, value = ''] of Object.entries(parseEnv(quoteHashes(text.replace(pemBlock, ''))))) {
    const [setting, pattern] = envPatterns.find(([, known]) => known.test(key)) ?? []
    const reason = setting ? refuseEnvValue(value) : 'nv has no use for it'
    const owner = pattern ? key.replace(pattern, '').toUpperCase() : ''
    if (setting && reason === null) candidates.push({ setting, key, value: value.trim(), owner })
    else if (shownKey.test(key)) ignored.push({ key, reason: reason ?? '' })
  }
  if (candidates.length === 0)
    throw unreadable(path, 'There is nothing in it that nv knows: no client id, no URL.')
  return assemble(path, null, candidates, ignored)
}

/** Quotes values with a `#` inside: node ends a value there, though a comment starts only after white space. */
function quoteHashes(text: string): string {
  return text.replace(
    /^([ \t]*(?:export[ \t]+)?[\w.-]+[ \t]*=)(.*)$/gm,
    (line, key: string, rest: string) => {
      const value = rest.replace(/[ \t]#.*/, '').trim()
      const quote = ["'", '`', '"'].find((mark) => !value.includes(mark))
      return value.includes('#') && !/^['"`]/.test(value) && quote ? key + quote + value + quote : line
    },
  )
}

function refuseEnvValue(value: string): string | null {
  if (value.trim() === '') return 'it is empty'
  if (/^\$(\w+|\{[^}]*\}|\([^)]*\))$/.test(value))
    return 'it stands for another variable, which nv does not look up'
  return isPlaceholder(value) ? 'it is a placeholder' : null
}

/** Takes an export. The values of secret headers, which an export of nv lacks, go to the secrets. */
function importExport(path: string, json: Record<string, unknown>): Imported {
  const { name, settings } = json
  if (typeof settings !== 'object' || settings === null) throw unreadable(path, 'It has no settings.')
  const { secretHeaders, ...parsed } = parseSettings(
    { preset: 'generic', ...settings },
    (key) => `settings.${key} in ${path}`,
  )
  const isSecret = ([header, value]: [string, string]) =>
    isSecretHeaderName(header) && variableIn(value) === null
  const headers = Object.entries(parsed.headers ?? {})
  const secret = headers.filter(isSecret)
  const harmless = headers.filter((header) => !isSecret(header))
  const { headers: _, ...others } = parsed
  return {
    name: typeof name === 'string' ? name : null,
    settings: {
      ...others,
      ...(harmless.length > 0 ? { headers: Object.fromEntries(harmless) } : {}),
      ...(secret.length > 0 ? { secretHeaders: secret.map(([header]) => header) } : {}),
    },
    secrets: Object.fromEntries(secret.map(([header, value]) => [secretHeaderKey(header), value])),
    taken: Object.keys(parsed).map((setting) => ({ setting, key: `settings.${setting}` })),
    ignored: (secretHeaders ?? []).map((header) => ({
      key: `header ${header}`,
      reason: 'an export has no secrets',
    })),
  }
}

/**
 * Makes one profile of the candidates; `NV_…` wins over other keys. Throws a UsageError when two keys contradict
 * each other, or when they may be those of two clients.
 */
function assemble(
  path: string,
  name: string | null,
  candidates: readonly Candidate[],
  ignored: Imported['ignored'],
): Imported {
  const chosen = new Map<Candidate['setting'], Candidate>()
  for (const candidate of [...candidates].sort(
    (one, other) => Number(isOurs(other.key)) - Number(isOurs(one.key)),
  )) {
    const other = chosen.get(candidate.setting)
    if (!other) chosen.set(candidate.setting, candidate)
    else if (isOurs(other.key) && !isOurs(candidate.key))
      ignored.push({ key: candidate.key, reason: `${other.key} is there` })
    else if (other.value !== candidate.value)
      throw contradictory(path, candidate.setting, other.key, candidate.key)
  }
  refuseTwoOwners(path, chosen)
  const { clientSecret, ...values } = Object.fromEntries(
    [...chosen.values()].map(({ setting, value }) => [setting, value]),
  )
  const settings = parseSettings(
    recognizeGateway(values, clientSecret !== undefined),
    (setting) => chosen.get(setting as SettingName)?.key ?? setting,
  )
  const taken = [...chosen.values()].map(({ setting, key }) => ({ setting, key }))
  const presetKey = chosen.get('authorizeUrl')?.key ?? chosen.get('issuer')?.key
  return {
    name: name === null ? null : toProfileName(name),
    settings,
    secrets: clientSecret === undefined ? {} : { clientSecret },
    taken:
      settings.preset === 'generic' || presetKey === undefined
        ? taken
        : [{ setting: `preset ${settings.preset}`, key: presetKey }, ...taken],
    ignored,
  }
}

/** Throws when the keys have different beginnings, as in GOOGLE_CLIENT_ID and ACME_CLIENT_SECRET; `NV_` goes with any. */
function refuseTwoOwners(path: string, chosen: ReadonlyMap<Candidate['setting'], Candidate>): void {
  const inOrder = envPatterns.flatMap(([setting]) => chosen.get(setting) ?? [])
  const others = inOrder.filter(({ key }) => !isOurs(key))
  const [first] = others
  const strangers = others.filter(({ owner }) => owner !== first?.owner)
  if (!first || strangers.length === 0) return
  throw new UsageError({
    code: 'import_contradictory',
    title: `${path} has the settings of more than one client`,
    cause: `${[first, ...strangers].map(({ key }) => key).join(' and ')} do not start alike.`,
    fix: 'Take the wrong ones out, or let the right ones start with NV_, and import again.',
  })
}

function isOurs(key: string): boolean {
  return key.startsWith('NV_')
}

/** Takes `/number-verification/v1` off an API URL, and the version from it. */
function splitApiUrl(values: Readonly<Record<string, string>>, preset: Preset | undefined) {
  const match = /^(.*?)\/(number-verification(?:\/(v\d+))?)\/?(?:verify|device-phone-number)?$/.exec(
    values['apiUrl'] ?? '',
  )
  const [, apiUrl, apiPath, named] = match ?? []
  if (apiUrl === undefined) return values
  const ofPreset = Object.entries(preset?.apiPaths ?? {}).find(([, path]) => path === apiPath)?.[0]
  const version = ofPreset ?? named
  if (version !== undefined && !apiVersions.includes(version as ApiVersion)) return values
  return { ...(version === undefined ? {} : { apiVersion: version }), ...values, apiUrl }
}

/** Replaces the URLs of a gateway that nv knows by its preset, which knows the rest too. */
function recognizeGateway(
  values: Readonly<Record<string, string>>,
  hasSecret: boolean,
): Record<string, string> {
  const known = Object.entries(presets).find(
    ([, { settings, publishedSecret }]) =>
      (['authorizeUrl', 'issuer'] as const).some(
        (name) => settings[name] !== undefined && settings[name] === values[name],
      ) &&
      (publishedSecret === undefined || settings.clientId === values['clientId']),
  )
  if (!known) {
    const isDiscovered = values['issuer'] !== undefined && values['authorizeUrl'] === undefined && !hasSecret
    return { preset: isDiscovered ? 'camara' : 'generic', ...splitApiUrl(values, undefined) }
  }
  const [name, preset] = known
  const differing = Object.entries(splitApiUrl(values, preset)).filter(
    ([setting, value]) => value !== preset.settings[setting as SettingName],
  )
  return { preset: name, ...Object.fromEntries(differing) }
}

function isPlaceholder(value: string): boolean {
  return value === '' || /^<.*>$|^\{\{.*\}\}$|^(?:https?:\/\/)?your[_-]|^change[_-]?me$|^x{3,}$/i.test(value)
}

/** Undoes percent-encoding, also a repeated one: running the collection's script again encodes a scope again. */
function decodeFully(value: string, rounds = 5): string {
  try {
    const decoded = decodeURIComponent(value)
    return decoded === value || rounds === 0 ? value : decodeFully(decoded, rounds - 1)
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
    const value: unknown = JSON.parse(text)
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
