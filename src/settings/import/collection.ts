// Reads a Postman collection: its OAuth 2 settings, at whatever level, and the requests that show a gateway.
import type { Entry, Found } from './candidate.ts'
import { expand, readVariables, resolveVariables, type Variable } from './postman.ts'
import { isObject } from '../../wire/body.ts'

/** Tells whether JSON is a collection, of version 2.0 or 2.1. */
export function isCollection(json: Readonly<Record<string, unknown>>): boolean {
  return Array.isArray(json['item']) && isObject(json['info'])
}

/** Finds the settings; those of a folder or a request are named after it, since it may be that of another client. */
export function readCollection(json: Readonly<Record<string, unknown>>): Found {
  const variables = readVariables(listOf(json['variable']))
  const { name } = json['info'] as Record<string, unknown>
  const found = collect(json, '')
  const resolved = [...found, ...variablesOf(variables, found)].map((entry) => ({
    ...entry,
    value: resolveVariables(entry.value, variables),
  }))
  const ids = new Set(resolved.flatMap(({ setting, value }) => (isId(setting, value) ? [value] : [])))
  // The same settings stand on many requests; where they are those of several clients, each has its folder.
  const entries = resolved
    .map((entry) => ({ ...entry, ...(ids.size > 1 ? { owner: folderOf(entry.key) } : {}) }))
    .filter((entry, index, all) => all.findIndex((other) => isSame(other, entry)) === index)
  const isUnresolved = entries.length > 0 && entries.every(({ value }) => value.includes('{{'))
  return {
    name: typeof name === 'string' ? name : null,
    entries,
    ignored: [],
    ...(isUnresolved
      ? {
          advice: 'Its values are in the variables of an environment: export that in Postman, and import it.',
        }
      : {}),
  }
}

function isId(setting: Entry['setting'], value: string): boolean {
  return setting === 'clientId' && !value.includes('{{')
}

function isSame(one: Entry, other: Entry): boolean {
  const name = ({ setting, key }: Entry) => setting ?? lastOf(key)
  return name(one) === name(other) && one.value === other.value && one.owner === other.owner
}

function folderOf(key: string): string {
  return key.includes(' / ')
    ? key
        .replace(/ \/ .*/, '')
        .toUpperCase()
        .replace(/[^A-Z0-9]+/g, '_')
    : ''
}

/** Variables with the usual names count where no request uses OAuth 2 of its own. */
function variablesOf(variables: readonly Variable[], found: readonly Entry[]): Entry[] {
  const isUsed = ({ key }: Variable) => found.some(({ value }) => value.includes(`{{${key}}}`))
  return variables
    .filter((variable) => variable.isEnabled && !isUsed(variable))
    .flatMap(({ key, value }) => expand(key, value))
}

function collect(item: Readonly<Record<string, unknown>>, path: string): Entry[] {
  const { request } = item
  const inner = listOf(item['item']).flatMap((child) => {
    if (!isObject(child)) return []
    const name = typeof child['name'] === 'string' ? child['name'] : ''
    return collect(child, [path, name].filter(Boolean).join(' / '))
  })
  const own = isObject(request) ? readRequest(request, path) : []
  return [...readAuth(item['auth'], path), ...own, ...inner]
}

/** What Postman calls the settings of OAuth 2, in whatever version of its format. */
const authSettings: Readonly<Record<string, Entry['setting']>> = {
  authUrl: 'authorizeUrl',
  accessTokenUrl: 'tokenUrl',
  clientId: 'clientId',
  clientSecret: 'clientSecret',
  scope: 'scope',
  redirect_uri: 'redirectUri',
  callBackUrl: 'redirectUri',
  callbackUrl: 'redirectUri',
  client_authentication: 'authMethod',
}

function readAuth(auth: unknown, path: string): Entry[] {
  if (!isObject(auth) || auth['type'] !== 'oauth2') return []
  return membersOf(auth['oauth2']).flatMap(([name, value]) => {
    const setting = authSettings[name]
    return setting === undefined || value === ''
      ? []
      : [{ key: [path, name].filter(Boolean).join(' / '), value, setting }]
  })
}

/** Version 2.1 of the format lists members, version 2.0 has an object of them. */
function membersOf(members: unknown): Array<[name: string, value: string]> {
  if (Array.isArray(members)) return readVariables(members).map(({ key, value }) => [key, value])
  if (!isObject(members)) return []
  return Object.entries(members).map(([name, value]) => [name, typeof value === 'string' ? value : ''])
}

function readRequest(request: Readonly<Record<string, unknown>>, path: string): Entry[] {
  const auth = readAuth(request['auth'], path)
  const url = urlOf(request['url'])
  const [address = '', query = ''] = url.split('?')
  const named = (setting: Entry['setting'], value: string): Entry[] =>
    value === '' || setting === undefined ? [] : [{ key: path, value, setting }]
  const base = /^(.*\/number-verification\/v\w+)\/(?:verify|device-phone-number)\/?$/.exec(address)?.[1]
  if (base !== undefined) return [...auth, ...named('apiUrl', base)]
  const form = new Map(isObject(request['body']) ? membersOf(request['body']['urlencoded']) : [])
  if (address.endsWith('/authorize') || /response_type=code/.test(query)) {
    const parameters = new Map(query.split('&').map((pair) => pair.split(/=(.*)/s, 2) as [string, string]))
    return [
      ...auth,
      ...named('authorizeUrl', address),
      ...named('clientId', decode(parameters.get('client_id'))),
      ...named('redirectUri', decode(parameters.get('redirect_uri'))),
      ...named('scope', decode(parameters.get('scope'))),
    ]
  }
  if (!address.endsWith('/token')) return auth
  const basic =
    isObject(request['auth']) && request['auth']['type'] === 'basic' ? request['auth']['basic'] : undefined
  const login = new Map(membersOf(basic))
  return [
    ...auth,
    ...named('tokenUrl', address),
    ...named('clientId', login.get('username') ?? form.get('client_id') ?? ''),
    ...named('clientSecret', login.get('password') ?? form.get('client_secret') ?? ''),
    ...named('redirectUri', form.get('redirect_uri') ?? ''),
  ]
}

function decode(text = ''): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function urlOf(url: unknown): string {
  if (typeof url === 'string') return url
  return isObject(url) && typeof url['raw'] === 'string' ? url['raw'] : ''
}

function lastOf(key: string): string {
  return key.replace(/^.* \/ /, '')
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
