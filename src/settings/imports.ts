// Takes a profile from where people have one: a Postman environment, a .env, an export of nv.
import { assemble } from './import/assemble.ts'
import { type Imported, unreadable } from './import/candidate.ts'
import { readEnv } from './import/env.ts'
import { readExport } from './import/nv-export.ts'
import { readPostman } from './import/postman.ts'

export type { Imported }

export const exportSchema = 'nv.profile/1'

/** Reads a file of any of the three kinds. Throws a UsageError when it is none of them; its text appears nowhere. */
export function parseImport(path: string, content: string): Imported {
  const text = content.replace(/^\uFEFF/, '')
  if (/^\uFFFD\uFFFD|\0/.test(text))
    throw unreadable(path, 'It is not UTF-8; it may be UTF-16, which Windows often writes.')
  const json = parseJson(text)
  if (json === null && text.trimStart().startsWith('{'))
    throw unreadable(path, 'It starts like JSON, but it is not valid JSON.')
  if (json === null) return assemble(path, readEnv(path, text))
  if (json['schema'] === exportSchema) return readExport(path, json)
  if (Array.isArray(json['values'])) return assemble(path, readPostman(json['name'], json['values']))
  throw unreadable(path, 'It is JSON, but neither a Postman environment nor a profile that nv exported.')
}

function parseJson(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}
