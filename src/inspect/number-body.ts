// The body of a request to /verify: the number or its hash.
import { parsePhoneNumber } from '../camara/phone-number.ts'
import { finding } from '../diagnosis/finding.ts'
import { readBody } from '../wire/body.ts'
import {
  type Given,
  type Inspection,
  inspectionOf,
  type Lint,
  type PlainFact,
  showValue,
} from './inspection.ts'

const atApi = { step: 'api' } as const
const maxLength = 100_000

/** Reads the body of an API request on its own; null for any other text. */
export function readApiBody(text: string, given: Given): Inspection | null {
  const body = text.length > maxLength ? null : readBody(text)
  if (body?.kind !== 'object') return null
  if (body.object['phoneNumber'] === undefined && body.object['hashedPhoneNumber'] === undefined) return null
  const { facts, lints } = explainNumberBody(body.object, given)
  return inspectionOf('api-request', 'The body of a request to /verify', facts, lints)
}

/** Explains and lints the members. */
export function explainNumberBody(
  body: Readonly<Record<string, unknown>>,
  given: Given,
): { facts: PlainFact[]; lints: Lint[] } {
  const { phoneNumber, hashedPhoneNumber } = body
  const facts = Object.entries(body)
    .slice(0, 20)
    .map(([name, value]) => ({
      name,
      value: typeof value === 'string' ? showValue(name, value, given) : typeof value,
      meaning:
        name === 'phoneNumber'
          ? 'the number to compare'
          : name === 'hashedPhoneNumber'
            ? 'the SHA-256 of the number to compare'
            : 'not a member of the API',
    }))
  const lints: Lint[] = []
  if (phoneNumber !== undefined && hashedPhoneNumber !== undefined)
    lints.push([
      'phoneNumber',
      finding('number_fields_wrong', atApi, { found: 'both phoneNumber and hashedPhoneNumber' }),
    ])
  if (phoneNumber === undefined && hashedPhoneNumber === undefined)
    lints.push([
      'phoneNumber',
      finding('number_fields_wrong', atApi, { found: 'neither phoneNumber nor hashedPhoneNumber' }),
    ])
  if (
    phoneNumber !== undefined &&
    !(typeof phoneNumber === 'string' && /^\+[1-9]\d{4,14}$/.test(phoneNumber))
  )
    lints.push(['phoneNumber', finding('phone_number_malformed', atApi, { rule: ruleOf(phoneNumber) })])
  if (
    hashedPhoneNumber !== undefined &&
    !(typeof hashedPhoneNumber === 'string' && /^[0-9a-f]{64}$/i.test(hashedPhoneNumber))
  )
    lints.push(['hashedPhoneNumber', finding('hash_malformed', atApi)])
  return { facts, lints }
}

function ruleOf(value: unknown): string {
  if (typeof value !== 'string') return 'It is not a JSON string.'
  const read = parsePhoneNumber(value.slice(0, 60))
  return typeof read === 'string'
    ? 'It has spaces, separators or a prefix that the API does not take.'
    : read.rule
}
