// Reads a Postman environment, as the one of Telefónica's collection.
import { type Candidate, type Found, type Imported, isPlaceholder } from './candidate.ts'

/** Takes the variables of a Postman environment, with their current values where those were exported. */
export function readPostman(name: unknown, values: readonly unknown[]): Found {
  const candidates: Candidate[] = []
  const ignored: Imported['ignored'] = []
  for (const entry of values) {
    const variable = readVariable(entry)
    if (!variable) continue
    const { key, value } = variable
    const reason = refusePostmanVariable(variable)
    if (reason !== null) ignored.push({ key, reason })
    else candidates.push(...postmanCandidates(key, value))
  }
  return { name: typeof name === 'string' ? name : null, candidates, ignored }
}

interface Variable {
  key: string
  value: string
  isEnabled: boolean
}

function readVariable(entry: unknown): Variable | null {
  if (typeof entry !== 'object' || entry === null) return null
  const { key, value, currentValue, enabled } = entry as Record<string, unknown>
  const current = typeof currentValue === 'string' && currentValue !== '' ? currentValue : value
  if (typeof key !== 'string') return null
  return { key, value: typeof current === 'string' ? current.trim() : '', isEnabled: enabled !== false }
}

/** What nv takes from the environment of Telefónica's collection, by variable. */
const postmanKeys: Readonly<Record<string, (value: string) => Array<[Candidate['setting'], string]>>> = {
  'application-client-id': (value) => [['clientId', value]],
  'application-client-secret': (value) => [['clientSecret', value]],
  'application-backend-callback-url': (value) => [['redirectUri', value]],
  'api-gateway-url': (value) => [['apiUrl', value]],
  'auth-gateway-url': (value) => [
    ['authorizeUrl', `${value.replace(/\/+$/, '')}/authorize`],
    ['tokenUrl', `${value.replace(/\/+$/, '')}/token`],
  ],
  'api-product-purpose': (value) => [['scope', decodeFully(value)]],
}

function postmanCandidates(key: string, value: string): Candidate[] {
  return (postmanKeys[key]?.(value) ?? []).map(([setting, taken]) => ({
    setting,
    key,
    value: taken,
    owner: '',
  }))
}

function refusePostmanVariable({ key, value, isEnabled }: Variable): string | null {
  if (!isEnabled) return 'it is switched off'
  if (key === 'enduser-identifier') return 'the number is given with each run'
  if (!Object.hasOwn(postmanKeys, key)) return 'nv has no use for it'
  if (isPlaceholder(value)) return value === '' ? 'it is empty' : 'it is a placeholder'
  if (key === 'api-product-purpose' && !/number-verification/.test(decodeFully(value))) {
    return 'it is the scope of another API'
  }
  return null
}

/** Undoes percent-encoding, also a repeated one: running the collection's script again encodes a scope again. */
function decodeFully(value: string, rounds = 5): string {
  try {
    const decoded = decodeURIComponent(value)
    return decoded === value || rounds === 0 ? value : decodeFully(decoded, rounds - 1)
  } catch {
    return value
  }
}
