// Reads the scope: exactly one purpose, and operations in the form of v0 or in that of v1 and v2.
import type { OAuthProblem } from '../response.ts'

const hashOperations = ['number-verification-verify-read', 'number-verification-share-read']
const spaceOperations = ['number-verification:verify', 'number-verification:device-phone-number:read']

const purpose = 'dpv:FraudPreventionAndDetection'

/** Scopes that can be asked for, with one of the purposes there are. */
export const supportedScopes = [
  'openid',
  purpose,
  'dpv:ServiceProvision',
  ...hashOperations.map((operation) => `${purpose}#${operation}`),
  ...spaceOperations,
]

/**
 * Takes out of a scope what the gateway ignores, and says so: Number Verification has no use for a refresh token.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess
 */
export function dropIgnoredScopes(scope: string): { granted: string; broken: readonly string[] } {
  const values = scope.split(' ')
  return values.includes('offline_access')
    ? {
        granted: values.filter((value) => value !== 'offline_access').join(' '),
        broken: ['the scope offline_access'],
      }
    : { granted: scope, broken: [] }
}

/**
 * Finds what is wrong with a requested scope; null when nothing is. The v0 form joins purpose and operation with `#`,
 * that of v1 and v2 separates them with a space. The same purpose may stand there twice.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-3.3
 * @see https://github.com/camaraproject/IdentityAndConsentManagement (purpose as a scope)
 */
export function findScopeProblem(scope: string | undefined): OAuthProblem | null {
  const cause = scope === undefined ? 'The scope is missing.' : findCause(scope)
  return cause === null ? null : { error: 'invalid_scope', description: cause }
}

function findCause(scope: string): string | null {
  if (/%[0-9a-f]{2}/i.test(scope)) {
    return 'The scope holds a literal percent-encoding such as %23: it was encoded twice.'
  }
  const values = scope.split(' ').filter((value) => value !== '' && value !== 'openid')
  const purposes = values.filter((value) => value.startsWith('dpv:'))
  const names = new Set(purposes.map((purpose) => purpose.split('#')[0] ?? ''))
  if (names.size === 0) return 'The scope has no purpose: one value must start with dpv: and name it.'
  if (names.size > 1) return 'The scope has two purposes: exactly one is allowed.'
  if (![...names].every((name) => /^dpv:[A-Za-z]+$/.test(name)))
    return 'The purpose after dpv: must be one word.'
  return findOperationCause(
    purposes.flatMap((purpose) => (purpose.includes('#') ? [purpose.slice(purpose.indexOf('#') + 1)] : [])),
    values.filter((value) => !value.startsWith('dpv:')),
  )
}

function findOperationCause(afterHash: readonly string[], afterSpace: readonly string[]): string | null {
  const all = [...afterHash, ...afterSpace]
  if (all.length === 0) {
    return 'The scope ends after the purpose. Either the operation is missing, or a # in the URL was not encoded as %23.'
  }
  if (afterHash.length > 0 && afterSpace.length > 0) {
    return 'The scope mixes two forms: v0 joins purpose and operation with #, v1 and v2 separate them with a space.'
  }
  if (afterHash.some((operation) => spaceOperations.includes(operation))) {
    return 'The scope joins purpose and operation with #, as v0 does, but the operation is one of v1 and v2: use a space.'
  }
  if (afterSpace.some((operation) => hashOperations.includes(operation))) {
    return 'The scope separates purpose and operation with a space, as v1 and v2 do, but the operation is one of v0: use #.'
  }
  if (all.every((operation) => hashOperations.includes(operation) || spaceOperations.includes(operation)))
    return null
  return 'The scope asks for an operation that Number Verification does not have.'
}

/** Tells whether a granted scope holds an operation, in whichever form it was asked for. */
export function holdsOperation(scope: string, operation: string): boolean {
  return scope.split(' ').some((value) => value === operation || value.endsWith(`#${operation}`))
}
