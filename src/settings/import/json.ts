// Reads the JSON of an application, whatever its shape: the file of a provider, or the settings of a program.
import type { Entry, Found, Ignored } from './candidate.ts'
import { normalizeKey } from './key-names.ts'
import { isObject } from '../../wire/body.ts'

/** Nobody nests settings deeper than this. */
const maxDepth = 8

/** Finds the values, each under all its keys, joined by dots. */
export function readJson(json: Readonly<Record<string, unknown>>): Found {
  const entries: Entry[] = []
  const ignored: Ignored[] = []
  flatten(json, '', entries, ignored)
  const { id, name, keys } = json
  // Vonage calls the id of an application so where it gives the keys, too.
  const isApplication = typeof id === 'string' && isObject(keys) && typeof keys['private_key'] === 'string'
  if (isApplication) {
    const own = entries.findIndex(({ key }) => key === 'id')
    entries.splice(own, 1, { key: 'id', value: id, setting: 'clientId' })
  }
  const { resource, realm } = json
  const server = json['auth-server-url']
  // Keycloak calls a client a resource.
  if (typeof resource === 'string' && typeof realm === 'string' && typeof server === 'string') {
    const issuer = `${server.replace(/\/$/, '')}/realms/${realm}`
    entries.unshift(
      { key: 'resource', value: resource, setting: 'clientId' },
      { key: 'realm', value: issuer, setting: 'issuer' },
    )
    const others = entries.filter(
      ({ key, setting }) => setting !== undefined || !['resource', 'realm', 'auth-server-url'].includes(key),
    )
    return { name: realm, entries: others, ignored }
  }
  const { auth } = json
  // A session of HTTPie.
  if (isObject(auth) && auth['type'] === 'basic' && typeof auth['raw_auth'] === 'string') {
    const [user = '', ...password] = auth['raw_auth'].split(':')
    const pair: Entry[] = [
      { key: 'auth.raw_auth', value: user, setting: 'clientId' },
      { key: 'auth.raw_auth', value: password.join(':'), setting: 'clientSecret' },
    ]
    return {
      name: null,
      entries: [...pair, ...entries.filter(({ key }) => key !== 'auth.raw_auth')],
      ignored,
    }
  }
  const given = ['name', 'application_name', 'client_name', 'project_id'].map((key) => json[key])
  const title = typeof name === 'string' ? name : given.find((one) => typeof one === 'string')
  return { name: typeof title === 'string' ? title : null, entries, ignored }
}

function flatten(value: unknown, path: string, entries: Entry[], ignored: Ignored[], depth = 0): void {
  if (typeof value === 'string' || typeof value === 'number')
    entries.push({ key: path, value: String(value) })
  else if (Array.isArray(value)) {
    const texts = value.filter((item) => typeof item === 'string')
    if (/(^|_)SCOPES?$/.test(normalizeKey(path))) entries.push({ key: path, value: texts.join(' ') })
    else if (texts.length === 1) entries.push({ key: path, value: texts.join() })
    else if (texts.length > 1)
      ignored.push({ key: path, reason: `it has ${texts.length} values, and a profile has one` })
    else value.forEach((item, index) => flatten(item, join(path, String(index)), entries, ignored, depth + 1))
  } else if (isObject(value) && depth < maxDepth) {
    // A JWK is one value.
    if (value['kty'] !== undefined) entries.push({ key: path, value: JSON.stringify(value) })
    else
      for (const [key, member] of Object.entries(value))
        flatten(member, join(path, key), entries, ignored, depth + 1)
  }
}

function join(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`
}
