// Reads and changes the form that the token and the backchannel endpoint take, and what the samples send in its place.
import { readBody } from '../../wire/body.ts'
import type { Gateway } from '../gateway.ts'
import { isWellFormed, mediaType, readParameters, type Call, type Parameters } from '../request.ts'
import { invalidRequest, type OAuthProblem } from '../response.ts'

export interface Form {
  parameters: Parameters
  /** The rules that it breaks and that were overlooked. */
  broken: string[]
}

const formType = 'application/x-www-form-urlencoded'

/**
 * Reads a form. Telefónica's Node.js sample sends JSON and calls it a form: unless the gateway is strict, JSON is
 * taken too.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.3
 */
export function readForm(call: Call, gateway: Gateway): Form | OAuthProblem {
  const type = mediaType(call)
  const isJson = type === 'application/json'
  if (isJson && !holdsJson(call)) {
    return invalidRequest(`The body is a form, but its Content-Type says JSON. It must be ${formType}.`)
  }
  if (type !== formType && !isJson) return invalidRequest(`The Content-Type must be ${formType}.`)
  if (!holdsJson(call)) {
    return checkDoubles(readParameters(new URLSearchParams(call.body)), [])
  }
  if (gateway.isStrict) {
    return invalidRequest(`The body is JSON, but it must be a form: ${formType} (RFC 6749, section 4.1.3).`)
  }
  const body = readBody(call.body)
  if (body.kind !== 'object')
    return invalidRequest(`The body is JSON, which is broken. It must be a form: ${formType}.`)
  const pairs = Object.entries(body.object)
  if (!pairs.every((pair): pair is [string, string] => typeof pair[1] === 'string')) {
    return invalidRequest(
      `The body is JSON, but it must be a form: ${formType}. Every parameter must be a string.`,
    )
  }
  if (!pairs.every(([, value]) => isWellFormed(value))) {
    return invalidRequest('A parameter holds text that is not Unicode.')
  }
  return checkDoubles(readParameters(pairs), [
    isJson ? 'a JSON body in place of a form' : 'a JSON body under a form content type',
  ])
}

/**
 * Reads the fields of a body before it is known whether it will do: of a form, or of JSON in its place, whatever the
 * Content-Type says.
 */
export function readFields(call: Call): URLSearchParams {
  if (!holdsJson(call)) return new URLSearchParams(call.body)
  const body = readBody(call.body)
  const pairs = body.kind === 'object' ? Object.entries(body.object) : []
  return new URLSearchParams(pairs.filter((pair): pair is [string, string] => typeof pair[1] === 'string'))
}

/** Writes a field into a body, which stays the form or the JSON that it is. */
export function writeField(call: Call, name: string, value: string): Call {
  const body = holdsJson(call) ? readBody(call.body) : undefined
  if (body?.kind === 'object') return { ...call, body: JSON.stringify({ ...body.object, [name]: value }) }
  const form = new URLSearchParams(call.body)
  form.set(name, value)
  return { ...call, body: form.toString() }
}

function holdsJson({ body }: Call): boolean {
  return body.trimStart().startsWith('{')
}

function checkDoubles(parameters: Parameters, broken: string[]): Form | OAuthProblem {
  return parameters.hasDoubles ? invalidRequest('A parameter was sent twice.') : { parameters, broken }
}
