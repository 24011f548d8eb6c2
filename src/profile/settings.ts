// Settings: everything about a gateway and a client that a flag, the environment, a profile or a preset can say.
import * as v from 'valibot'
import { apiVersions } from '../camara/api.ts'
import { UsageError } from '../errors.ts'
import { authMethods } from '../oauth/client-authentication.ts'
import { endpointRule } from '../wire/addresses.ts'
import { keyAlgorithms } from '../oauth/signing-key.ts'

/** Schemes that run code or read files in the browser that follows a redirect to them. */
const dangerousSchemes = new Set(['javascript:', 'data:', 'file:', 'vbscript:', 'blob:', 'about:'])

const singleLine = v.pipe(
  v.string('must be a text'),
  v.trim(),
  v.nonEmpty('must not be empty'),
  // oxlint-disable-next-line no-control-regex
  v.regex(/^[^\u0000-\u001f\u007f]*$/, 'must not hold control characters'),
)

const endpoint = v.pipe(
  singleLine,
  v.rawCheck(({ dataset, addIssue }) => {
    const rule = dataset.typed ? endpointRule(dataset.value) : null
    if (rule) addIssue({ message: rule })
  }),
)

/** A base, without the path that nv adds. After a version `number-verification` is a part of Nokia's base. */
const apiBase = v.pipe(
  endpoint,
  v.check((value) => !value.includes('?'), 'must not hold a query'),
  v.check(
    (value) => !/(?<!\/v\d+)\/number-verification(\/v\d+)?\/*$/.test(value),
    'must be the base before /number-verification',
  ),
)

const redirectUri = v.pipe(
  singleLine,
  v.check((value) => URL.canParse(value), 'must be an absolute URL, as in https://example.com/callback'),
  v.check(
    (value) => !URL.canParse(value) || !dangerousSchemes.has(new URL(value).protocol),
    'must not have a scheme that runs code or reads files',
  ),
  v.check(
    (value) => !URL.canParse(value) || new URL(value).port !== '0',
    'must not have port 0, where nothing listens',
  ),
)

const listenAddress = v.pipe(
  singleLine,
  v.check(
    (value) => parseListen(value) !== null,
    'must be <host>:<port> or <port>, with a port from 0 to 65535',
  ),
)

const proxy = v.pipe(
  singleLine,
  v.check(
    (value) => URL.canParse(value) && ['http:', 'https:'].includes(new URL(value).protocol),
    'must be an http or https URL, as in http://proxy.example:3128',
  ),
  v.check(
    (value) => !URL.canParse(value) || !(new URL(value).username || new URL(value).password),
    'must not hold a user name or a password: give them in HTTPS_PROXY instead',
  ),
)

const onOff = v.picklist(['on', 'off'], 'must be on or off')

const environmentName = v.pipe(
  singleLine,
  v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be the name of an environment variable, as in ACME_SECRET'),
)

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.6.2 */
const headerName = v.pipe(
  v.string(),
  v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, 'must have a header name, as in X-Customer'),
  v.check(
    (name) => !transportHeaders.has(name.toLowerCase()),
    'must not set a header of the connection itself',
  ),
)

/** Headers that frame a message or belong to the connection; fetch fails with one of them, or ignores it. */
const transportHeaders = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

const headerValue = v.pipe(
  singleLine,
  v.rawCheck(({ dataset, addIssue }) => {
    const rule = dataset.typed ? headerValueRule(dataset.value) : null
    if (rule) addIssue({ message: rule })
  }),
)

/** The settings of one layer; every one of them is optional. */
const settingsSchema = v.strictObject({
  preset: v.optional(singleLine),
  authorizeUrl: v.optional(endpoint),
  tokenUrl: v.optional(endpoint),
  apiUrl: v.optional(apiBase),
  /** The backchannel authentication endpoint of CIBA. */
  backchannelUrl: v.optional(endpoint),
  issuer: v.optional(endpoint),
  clientId: v.optional(singleLine),
  /** The name of the environment variable that holds the secret. */
  clientSecretEnv: v.optional(environmentName),
  authMethod: v.optional(v.picklist(authMethods, `must be one of ${authMethods.join(', ')}`)),
  /** The path of a private key. */
  key: v.optional(singleLine),
  /** The kid of the key, where the key does not name itself. */
  keyId: v.optional(singleLine),
  keyAlgorithm: v.optional(v.picklist(keyAlgorithms, `must be one of ${keyAlgorithms.join(', ')}`)),
  redirectUri: v.optional(redirectUri),
  listen: v.optional(listenAddress),
  scope: v.optional(singleLine),
  apiVersion: v.optional(v.picklist(apiVersions, `must be one of ${apiVersions.join(', ')}`)),
  loginHint: v.optional(singleLine),
  prompt: v.optional(singleLine),
  pkce: v.optional(onOff),
  /** Whether the authorization request is a signed request object (JAR). */
  requestObject: v.optional(onOff),
  dpop: v.optional(onOff),
  /** By name; `$NAME` is read from the environment when it is used. */
  headers: v.optional(v.record(headerName, headerValue)),
  /** The names of the headers whose values are kept with the secrets. */
  secretHeaders: v.optional(v.array(headerName)),
  /** The path of PEM certificates to trust. */
  ca: v.optional(singleLine),
  proxy: v.optional(proxy),
})

export type Settings = v.InferOutput<typeof settingsSchema>
export type SettingName = keyof Settings

/** The names of all settings, in the order in which they are shown. */
export const settingNames = Object.keys(settingsSchema.entries) as SettingName[]

/**
 * Checks the raw values of one layer. Throws a UsageError that names each field as the user wrote it,
 * its value and the rule.
 */
export function parseSettings(raw: Record<string, unknown>, nameOf: (key: string) => string): Settings {
  const result = v.safeParse(settingsSchema, raw, { abortPipeEarly: true })
  if (result.success) return result.output
  const broken = result.issues.map((issue) => {
    const key = (v.getDotPath(issue) ?? '').split('.', 1).join()
    const name = nameOf(key)
    if (issue.expected !== 'never') return `${name} ${issue.message}${describeInput(key, issue.input)}`
    const meant = settingNames.find((setting) => squeeze(setting) === squeeze(key))
    return `${name} is not a setting that nv knows${meant ? `; ${meant} is` : ''}`
  })
  throw new UsageError({
    code: 'invalid_setting',
    title: broken.length === 1 ? "A setting can't be used" : `${broken.length} settings can't be used`,
    cause: broken.join('\n'),
    fix: 'Correct it and run the command again; nothing was sent or saved.',
  })
}

/** Settings in whose place people put the secret itself. */
const secretPlaces: readonly string[] = ['clientSecretEnv', 'headers'] satisfies SettingName[]

/** Quotes a value that broke a rule, unless a secret may be in it. */
function describeInput(key: string, input: unknown): string {
  if (secretPlaces.includes(key)) return '; its value is not shown, since it may be a secret'
  const shown = JSON.stringify(input) ?? 'undefined'
  return `, and is ${shown.replace(/\/\/[^/?#@\s]*@/g, '//…@')}`
}

function squeeze(name: string): string {
  return name.replace(/[_-]/g, '').toLowerCase()
}

/** Checks one setting that someone types: true, or the rule that it breaks. */
export function checkSetting(name: SettingName, value: string): true | string {
  const result = v.safeParse(settingsSchema.entries[name], value)
  return result.success || `It ${result.issues[0].message}.`
}

export { endpointRule } from '../wire/addresses.ts'

export interface ListenAddress {
  host: string
  port: number
}

/** Writes an address as `<host>:<port>`, an IPv6 one in brackets. */
export function formatListen({ host, port }: ListenAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Reads `<host>:<port>`, `[<ipv6>]:<port>` or `<port>` (on 127.0.0.1); null when it is none of them. */
export function parseListen(value: string): ListenAddress | null {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):)?(\d{1,5})$/i.exec(value)
  const port = Number(match?.[3])
  if (!match || port > 65535) return null
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
}

/**
 * Says which rule the value of a header breaks; null when it will do.
 * @see https://fetch.spec.whatwg.org/#concept-header-value
 */
export function headerValueRule(value: string): string | null {
  if (value !== value.trim()) return 'must not start or end with white space'
  // A byte each, and no line break: with one the rest of the value would be a header of its own.
  return /^[\t\x20-\x7e\x80-\xff]*$/.test(value) ? null : 'must hold characters of Latin-1 only, on one line'
}

/** Names the value of a header among the secrets of a profile. */
export function secretHeaderKey(name: string): string {
  return `header:${name.toLowerCase()}`
}

/** Gives the variable that a header's value is read from; null when the value stands for itself. */
export function variableIn(value: string): string | null {
  return /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.[1] ?? null
}

/** Tells whether a header's name says that its value is a secret. */
export function isSecretHeaderName(name: string): boolean {
  return /key|token|secret|auth(?!ors?$)|cookie|passw|credential|session|signature|jwt/i.test(name)
}
