// Settings: everything about a gateway that a flag, the environment, a profile or a preset can say.
import * as v from 'valibot'
import { apiVersions } from '../camara/api.ts'
import { UsageError } from '../errors.ts'
import { isLoopback } from '../oauth/loopback.ts'

/** Schemes that run code or read files in the browser that follows a redirect to them. */
const dangerousSchemes = new Set(['javascript:', 'data:', 'file:', 'vbscript:', 'blob:', 'about:'])

const text = v.pipe(v.string('must be a text'), v.trim(), v.nonEmpty('is empty'))

const singleLine = v.pipe(
  text,
  // oxlint-disable-next-line no-control-regex
  v.regex(/^[^\u0000-\u001f\u007f]*$/, 'holds control characters'),
)

const endpoint = v.pipe(
  singleLine,
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const rule = endpointRule(dataset.value)
    if (rule) addIssue({ message: rule })
  }),
)

const redirectUri = v.pipe(
  singleLine,
  v.check((value) => URL.canParse(value), 'must be an absolute URL, as in https://example.com/callback'),
  v.check(
    (value) => !URL.canParse(value) || !dangerousSchemes.has(new URL(value).protocol),
    'has a scheme that no gateway may redirect to',
  ),
)

const listenAddress = v.pipe(
  singleLine,
  v.check(
    (value) => parseListen(value) !== null,
    'must be <host>:<port> or <port>, with a port from 0 to 65535',
  ),
)

/** The settings of one layer; every one of them is optional. */
export const settingsSchema = v.object({
  preset: v.optional(singleLine),
  authorizeUrl: v.optional(endpoint),
  tokenUrl: v.optional(endpoint),
  apiUrl: v.optional(endpoint),
  clientId: v.optional(singleLine),
  redirectUri: v.optional(redirectUri),
  listen: v.optional(listenAddress),
  scope: v.optional(singleLine),
  apiVersion: v.optional(v.picklist(apiVersions, `must be one of ${apiVersions.join(', ')}`)),
  loginHint: v.optional(singleLine),
  prompt: v.optional(singleLine),
})

export type Settings = v.InferOutput<typeof settingsSchema>
export type SettingName = keyof Settings

/**
 * Checks the raw values of one layer. Throws a UsageError that names each field as the user wrote it,
 * its value and the rule.
 */
export function parseSettings(raw: Record<string, unknown>, nameOf: (key: string) => string): Settings {
  const result = v.safeParse(settingsSchema, raw)
  if (result.success) return result.output
  const broken = result.issues.map((issue) => {
    const key = v.getDotPath(issue) ?? ''
    return `${nameOf(key)}=${JSON.stringify(raw[key])} ${issue.message}`
  })
  throw new UsageError({
    code: 'invalid_setting',
    title: broken.length === 1 ? `A setting can't be used` : `${broken.length} settings can't be used`,
    cause: broken.join('\n'),
    fix: 'Correct it; nothing was sent.',
  })
}

function endpointRule(value: string): string | null {
  if (!URL.canParse(value)) return 'must be an absolute URL, as in https://gateway.example/authorize'
  const url = new URL(value)
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'must be an https URL'
  if (url.protocol === 'http:' && !isLoopback(url.hostname)) {
    return 'must be an https URL: plain http is allowed to this machine only, because it carries credentials'
  }
  if (url.username || url.password) return 'must not hold a user name or a password'
  if (value.includes('#')) return 'must not hold a fragment (#…)'
  return null
}

export interface ListenAddress {
  host: string
  port: number
}

/** Reads `<host>:<port>`, `[<ipv6>]:<port>` or `<port>` (on 127.0.0.1); null when it is none of them. */
export function parseListen(value: string): ListenAddress | null {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([a-z0-9.-]+)):)?(\d{1,5})$/i.exec(value)
  const port = Number(match?.[3])
  if (!match || port > 65535) return null
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port }
}
