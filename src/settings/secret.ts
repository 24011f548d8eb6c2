// The secrets of a profile, and where each of them is. Settings hold references to them, never their values.
import type { Settings } from './settings.ts'

/** Where a secret is; a profile never holds the secret itself. */
export interface SecretReference {
  /** Its name among the secrets of a profile: `clientSecret`, `header:x-rapidapi-key`. */
  key: string
  /** The header whose value it is, as the settings write it; null: it is the client secret. */
  header: string | null
  /** The environment variable that holds it; null: it is with the stored secrets. */
  variable: string | null
}

/** Lists the references of settings: `clientSecretEnv` and `$NAME` in a header are variables, the others are stored. */
export function referencesIn({
  clientSecretEnv,
  headers = {},
  secretHeaders = [],
}: Settings): SecretReference[] {
  const headersOfVariables = Object.entries(headers).flatMap(([header, value]) => {
    const variable = variableIn(value)
    return variable === null ? [] : [{ key: secretHeaderKey(header), header, variable }]
  })
  return [
    { key: 'clientSecret', header: null, variable: clientSecretEnv ?? null },
    ...headersOfVariables,
    ...secretHeaders.map((header) => ({ key: secretHeaderKey(header), header, variable: null })),
  ]
}

/** Names the value of a header among the secrets of a profile. */
export function secretHeaderKey(name: string): string {
  return `header:${name.toLowerCase()}`
}

/** Gives the variable that a header's value is read from; null when the value stands for itself. */
export function variableIn(value: string): string | null {
  return /^\$([A-Za-z_][A-Za-z0-9_]*)$/.exec(value)?.[1] ?? null
}

/** Tells whether a header's name says that its value is a secret. */
export function isSecretHeaderName(name: string): boolean {
  return /key|token|secret|auth(?!ors?$)|cookie|passw|credential|session|signature|jwt/i.test(name)
}

/** Checks a secret that someone typed or piped: true, or the rule that it breaks. */
export function checkSecret(secret: string): true | string {
  if (secret === '') return 'It is empty.'
  if (secret !== secret.trim()) return 'It starts or ends with white space.'
  return (
    [...secret].every((character) => character >= ' ' && character !== '\u007f') ||
    'It holds a line break or another control character.'
  )
}
