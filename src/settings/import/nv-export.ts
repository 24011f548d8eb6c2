// Reads what `nv profile export` printed.
import { parseSettings } from '../settings.ts'
import { type Imported, unreadable, type Wanted } from './candidate.ts'
import { isSecretHeaderName, secretHeaderKey, variableIn } from '../secret.ts'

/** Takes an export. The values of secret headers, which an export of nv lacks, go to the secrets. */
export function readExport(path: string, json: Record<string, unknown>, { preset }: Wanted = {}): Imported {
  const { name, settings } = json
  if (typeof settings !== 'object' || settings === null) throw unreadable(path, 'It has no settings.')
  const { secretHeaders, ...parsed } = parseSettings(
    { preset: 'generic', ...settings, ...(preset === undefined ? {} : { preset }) },
    (key) => `settings.${key} in ${path}`,
  )
  const isSecret = ([header, value]: [string, string]) =>
    isSecretHeaderName(header) && variableIn(value) === null
  const headers = Object.entries(parsed.headers ?? {})
  const secret = headers.filter(isSecret)
  const harmless = headers.filter((header) => !isSecret(header))
  const { headers: _, ...others } = parsed
  return {
    name: typeof name === 'string' ? name : null,
    settings: {
      ...others,
      ...(harmless.length > 0 ? { headers: Object.fromEntries(harmless) } : {}),
      ...(secret.length > 0 ? { secretHeaders: secret.map(([header]) => header) } : {}),
    },
    secrets: Object.fromEntries(secret.map(([header, value]) => [secretHeaderKey(header), value])),
    taken: Object.keys(parsed).map((setting) => ({ setting, key: `settings.${setting}` })),
    ignored: (secretHeaders ?? []).map((header) => ({
      key: `header ${header}`,
      reason: 'an export has no secrets',
    })),
  }
}
