// Validates JSON outputs by the schemas that nv prints, with the validator that openapi-backend brings.
import { createRequire } from 'node:module'
import { expect } from 'vitest'
import { type SchemaName, schemaNames, schemaOf } from '../../src/report/schema/schemas.ts'

interface Validate {
  (value: unknown): boolean
  errors?: unknown
}
interface Ajv {
  compile(schema: unknown): Validate
}

const load = createRequire(import.meta.resolve('openapi-backend'))
const { default: Ajv2020 } = load('ajv/dist/2020') as { default: new (options: object) => Ajv }
const ajv = new Ajv2020({ allErrors: true, strictTypes: false, validateFormats: false })

/** Lets an object have no member that the schema doesn't name: what is printed is to be described. */
function close(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(close)
  if (typeof schema !== 'object' || schema === null) return schema
  const closed = Object.fromEntries(Object.entries(schema).map(([name, inner]) => [name, close(inner)]))
  return 'properties' in closed ? { ...closed, additionalProperties: false } : closed
}

const validators = new Map<string, Validate>()

function validatorOf(name: SchemaName): Validate {
  const known = validators.get(name) ?? ajv.compile(close(schemaOf(name)))
  validators.set(name, known)
  return known
}

/** Checks an output of `--json` by the schema that it names. */
export function expectSchema(value: unknown, name: SchemaName): void {
  expect(value).toMatchObject({ schema: `nv.${name}/1` })
  const validate = validatorOf(name)
  expect({ isValid: validate(value), errors: validate.errors }).toEqual({ isValid: true, errors: null })
}

/** Checks what was written to stdout, if it is one JSON object that names a schema; that of which there is none fails. */
export function expectOwnSchema(stdout: string): void {
  if (!/^\{\s*"schema":\s*"nv\./.test(stdout)) return
  let value: { schema: string }
  try {
    value = JSON.parse(stdout) as { schema: string }
  } catch {
    // It is not complete yet, or there is more than one object.
    return
  }
  const name = schemaNames.find((known) => value.schema === `nv.${known}/1`)
  if (name === undefined) throw new Error(`No schema describes ${value.schema}: add it to nv schema`)
  expectSchema(value, name)
}
