// The building blocks of nv's JSON Schemas.

/** A schema, as it is printed. */
export type Schema = Readonly<Record<string, unknown>>

export const text: Schema = { type: 'string' }
export const yesOrNo: Schema = { type: 'boolean' }
export const count: Schema = { type: 'integer' }
export const duration: Schema = { type: 'number', description: 'milliseconds' }
export const time: Schema = { type: 'string', format: 'date-time', description: 'UTC, to the millisecond' }

/** Describes what a value means. */
export function described(description: string, schema: Schema): Schema {
  return { ...schema, description }
}

/** An object that has all of these members, perhaps the optional ones, and may get others in a later version. */
export function object(
  properties: Readonly<Record<string, Schema>>,
  optional: Readonly<Record<string, Schema>> = {},
): Schema {
  return {
    type: 'object',
    properties: { ...properties, ...optional },
    required: Object.keys(properties),
  }
}

export function list(items: Schema): Schema {
  return { type: 'array', items }
}

/** An object whose names are not known beforehand. */
export function mapOf(values: Schema): Schema {
  return { type: 'object', additionalProperties: values }
}

export function oneOf(...values: ReadonlyArray<string | number>): Schema {
  return { enum: values }
}

export function nullable(schema: Schema): Schema {
  return { anyOf: [schema, { type: 'null' }] }
}

export function either(...schemas: readonly Schema[]): Schema {
  return { anyOf: schemas }
}
