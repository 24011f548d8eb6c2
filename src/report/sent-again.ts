// What the reports share from which a request can be sent again: its fields, and the names of the variables for secrets.
import { splitAtPlaceholders } from '../run/redaction/placeholder.ts'
import { headerOf, type RequestMessage } from '../wire/exchange.ts'

/** Headers that whoever sends the request again adds itself. */
export const ownHeaders: ReadonlySet<string> = new Set([
  'accept-encoding',
  'accept-language',
  'connection',
  'content-length',
  'cookie',
  'host',
  'sec-fetch-mode',
])

/** Variables whose name does not follow from that of the parameter. */
const variables: Readonly<Record<string, string>> = {
  phoneNumber: 'phone_number',
  hashedPhoneNumber: 'hashed_phone_number',
  request: 'request_object',
}

/** Gives the name of the variable for a parameter, in lower case with underscores. */
export function variableOf(name: string): string {
  return variables[name] ?? name.replace(/\W/g, '_').toLowerCase()
}

/** Splits a text at what was redacted and at masked numbers; these are every second part. */
export function splitAtHidden(text: string): string[] {
  return splitAtPlaceholders(text, /\+?\d+\*{2,}\d+/)
}

/** Tells whether the body of a request is a form. */
export function isForm(request: RequestMessage): boolean {
  return headerOf(request, 'content-type')?.startsWith('application/x-www-form-urlencoded') === true
}

/** Gives the parameters of a query or a form, in order. */
export function pairsOf(form: string): Array<readonly [name: string, value: string]> {
  return [...new URLSearchParams(form)]
}
