// Reads a Postman environment: that of Telefónica's collection, and others with the usual names.
import type { Entry, Found, Ignored } from './candidate.ts'
import { decodeFully } from './values.ts'

/** A variable of Postman, with its current value where that was exported. */
export interface Variable {
  key: string
  value: string
  isEnabled: boolean
}

/** Takes the variables of an environment. */
export function readPostman(name: unknown, values: readonly unknown[]): Found {
  const variables = readVariables(values)
  const ignored: Ignored[] = []
  const entries = variables.flatMap(({ key, value, isEnabled }): Entry[] => {
    const reason = refuse({ key, value, isEnabled })
    if (reason !== null) ignored.push({ key, reason })
    return reason === null ? expand(key, resolveVariables(value, variables)) : []
  })
  return { name: typeof name === 'string' ? name : null, entries: withLogin(entries), ignored }
}

export function readVariables(values: readonly unknown[]): Variable[] {
  return values.flatMap((entry) => {
    if (typeof entry !== 'object' || entry === null) return []
    const { key, value, currentValue, enabled, disabled } = entry as Record<string, unknown>
    const current = typeof currentValue === 'string' && currentValue !== '' ? currentValue : value
    if (typeof key !== 'string') return []
    const isEnabled = enabled !== false && disabled !== true
    return [{ key, value: typeof current === 'string' ? current.trim() : '', isEnabled }]
  })
}

/** Puts the values of variables in the place of `{{name}}`, as Postman does; unknown ones stay. */
export function resolveVariables(text: string, variables: readonly Variable[], depth = 0): string {
  const resolved = text.replace(
    /\{\{\s*([^{}]+?)\s*\}\}/g,
    (whole, name: string) =>
      variables.find(({ key, isEnabled, value }) => key === name && isEnabled && value !== '')?.value ??
      whole,
  )
  return resolved === text || depth > 5 ? resolved : resolveVariables(resolved, variables, depth + 1)
}

/** Gives the settings of the variables that Telefónica's collection alone has. */
export function expand(key: string, value: string): Entry[] {
  if (key === 'auth-gateway-url') {
    const base = value.replace(/\/+$/, '')
    return [
      { key, value: `${base}/authorize`, setting: 'authorizeUrl' },
      { key, value: `${base}/token`, setting: 'tokenUrl' },
    ]
  }
  if (key === 'api-gateway-url') return [{ key, value, setting: 'apiUrl' }]
  return [key === 'api-product-purpose' ? { key, value, setting: 'scope' } : { key, value }]
}

function refuse({ key, value, isEnabled }: Variable): string | null {
  if (!isEnabled) return 'it is switched off'
  if (key === 'enduser-identifier') return 'the number is given with each run'
  const isOfOther =
    key === 'api-product-purpose' && value !== '' && !/number-verification/.test(decodeFully(value))
  return isOfOther ? 'it is the scope of another API' : null
}

/** Some write id and secret as the user name and the password of Basic authentication. */
function withLogin(entries: readonly Entry[]): Entry[] {
  const find = (name: RegExp) => entries.find(({ key }) => name.test(key))
  if (find(/client[-_ ]?id$|app(lication)?[-_ ]?id$/i) || !find(/^user_?name$/i) || !find(/^password$/i))
    return [...entries]
  return entries.map((entry) => {
    if (/^user_?name$/i.test(entry.key)) return { ...entry, setting: 'clientId' as const }
    return /^password$/i.test(entry.key) ? { ...entry, setting: 'clientSecret' as const } : entry
  })
}
