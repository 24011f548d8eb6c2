// Secrets that settings refer to: which there are, and what they are read from.

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
