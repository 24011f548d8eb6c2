// Takes a profile from where people have one: Postman, a .env, a .properties, JSON of any shape, an export of nv.
import { KeyProblem, readPrivateKey } from '../oauth/private-key.ts'
import { isObject } from '../wire/body.ts'
import { shellQuote } from '../wire/escape.ts'
import { readLiteral } from '../wire/literal.ts'
import { capitalize, isBase64 } from '../wire/text.ts'
import { assemble } from './import/assemble.ts'
import { type Found, type Imported, unreadable, type Wanted } from './import/candidate.ts'
import { isCollection, readCollection } from './import/collection.ts'
import { readEnv } from './import/env.ts'
import { readJson } from './import/json.ts'
import { readDeployment } from './import/manifest.ts'
import { readExport } from './import/nv-export.ts'
import { readPostman } from './import/postman.ts'
import { looksLikeYaml, readYaml } from './import/yaml.ts'

export type { Imported }

export const exportSchema = 'nv.profile/1'

/** Reads a file of any kind. Throws a UsageError when nothing in it can be used; its text never appears. */
export function parseImport(path: string, content: string, wanted: Wanted = {}): Imported {
  const text = content.replace(/^\uFEFF/, '')
  if (/^\uFFFD\uFFFD|\0/.test(text))
    throw unreadable(path, 'It is not UTF-8; it may be UTF-16, which Windows often writes.')
  if (/^\s*<(!doctype|html|\?xml|[a-z]+[ >])/i.test(text)) throw unreadable(path, 'It is HTML or XML.')
  const json = parseJson(text)
  if (json === null && text.trimStart().startsWith('{'))
    throw unreadable(path, 'It starts like JSON, but it is not valid JSON.')
  if (isKey(text, json)) throw keyAlone(path, text)
  if (json?.['schema'] === exportSchema) return readExport(path, json, wanted)
  const found = json === null ? readText(path, text) : readObject(json)
  return assemble({ path, text }, { ...found, entries: readDeployment(found.entries) }, wanted)
}

function readText(path: string, text: string): Found {
  return looksLikeYaml(text) ? readYaml(text) : readEnv(path, text)
}

function readObject(json: Record<string, unknown>): Found {
  if (Array.isArray(json['values'])) return readPostman(json['name'], json['values'])
  return isCollection(json) ? readCollection(json) : readJson(json)
}

/** Tells whether a file is a key, and nothing else. */
function isKey(text: string, json: Record<string, unknown> | null): boolean {
  if (json !== null) return json['kty'] !== undefined || Array.isArray(json['keys'])
  return (
    /^\s*(-----BEGIN |PuTTY-User-Key-File-)/.test(text) ||
    (text.trim().length >= 200 && isBase64(text.trim()))
  )
}

/** Makes the error for a file that is only a key, and doesn't name a gateway. */
export function keyAlone(path: string, text: string): Error {
  try {
    readPrivateKey(text)
  } catch (error) {
    if (!(error instanceof KeyProblem)) throw error
    const { message, command } = error
    const isOther = message === 'it is neither PEM nor JWK'
    const cause = `${capitalize(isOther ? 'it is a file of another kind' : message)}.`
    return command === undefined
      ? unreadable(path, cause)
      : unreadable(path, cause, `Convert it, then name it with --key in nv profile add:\n${command(path)}`)
  }
  return unreadable(
    path,
    'It is a private key, without the client and the gateway.',
    `Name it with the rest:\nnv profile add --preset camara --issuer <url> --client-id <id> --key ${shellQuote(path)}`,
  )
}

function parseJson(text: string): Record<string, unknown> | null {
  const value = parseLiteral(text)
  // A list of variables: of Postman by their key, of Azure and others by their name.
  if (Array.isArray(value))
    return value.some((item) => isObject(item) && 'key' in item) ? { values: value } : { list: value }
  return isObject(value) ? { ...value } : null
}

/** Reads JSON, also with comments, or as what a module of JavaScript exports. */
function parseLiteral(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return readLiteral(text.trim().replace(/^(?:module\.exports\s*=|export default)\s*(?=[[{])/, ''))
  }
}
