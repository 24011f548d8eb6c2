// Compares what is configured with what the discovery document of the gateway offers.
import { dpopAlgorithm } from './dpop.ts'

/** What a flow is about to use. */
export interface Wanted {
  /** As the token endpoint gets it. */
  grantType: string
  /** A name of nv's own; null: not known. */
  authMethod: string | null
  /** The key that signs assertions and request objects; null if there is none. */
  algorithm: string | null
  scope: string
  usesPkce: boolean
  usesRequestObject: boolean
  usesDpop: boolean
}

type Metadata = Readonly<Record<string, unknown>>
type Rule = (wanted: Wanted, metadata: Metadata) => Difference | null

/** What is wanted, and what is offered in its place; both are empty where that is a matter of yes or no. */
interface Difference {
  wanted: string
  offered: string
}

const yesOrNo: Difference = { wanted: '', offered: '' }

/**
 * The rules by the code of the finding; each gives what is wanted and what is offered in its place. A list that the
 * document leaves out says nothing.
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-2
 */
const rules = {
  grant_type_not_offered: ({ grantType }, metadata) =>
    unlessOffered([grantType], metadata['grant_types_supported']),
  auth_method_not_offered: ({ authMethod }, metadata) => {
    const method = registeredMethod(authMethod)
    return method === null ? null : unlessOffered([method], metadata['token_endpoint_auth_methods_supported'])
  },
  key_algorithm_not_offered: (wanted, metadata) =>
    wanted.authMethod === 'private_key_jwt'
      ? unlessSignable(wanted, metadata['token_endpoint_auth_signing_alg_values_supported'])
      : null,
  scope_not_offered: ({ scope }, metadata) =>
    unlessOffered(scope.split(' ').filter(Boolean), metadata['scopes_supported']),
  pkce_not_offered: ({ usesPkce }, metadata) =>
    usesPkce ? unlessOffered(['S256'], metadata['code_challenge_methods_supported']) : null,
  request_object_not_offered: ({ usesRequestObject }, metadata) =>
    usesRequestObject && metadata['request_parameter_supported'] === false ? yesOrNo : null,
  pushed_request_required: (_wanted, metadata) =>
    metadata['require_pushed_authorization_requests'] === true ? yesOrNo : null,
  request_object_required: ({ usesRequestObject }, metadata) =>
    !usesRequestObject && metadata['require_signed_request_object'] === true ? yesOrNo : null,
  request_object_algorithm_not_offered: (wanted, metadata) =>
    wanted.usesRequestObject
      ? unlessSignable(wanted, metadata['request_object_signing_alg_values_supported'])
      : null,
  dpop_not_offered: ({ usesDpop }, metadata) =>
    usesDpop ? unlessOffered([dpopAlgorithm], metadata['dpop_signing_alg_values_supported']) : null,
} as const satisfies Readonly<Record<string, Rule>>

export type OfferCode = keyof typeof rules

/** The rules that are about the authorization request. */
const rulesOfAuthorization: ReadonlySet<string> = new Set([
  'pkce_not_offered',
  'request_object_not_offered',
  'pushed_request_required',
  'request_object_required',
  'request_object_algorithm_not_offered',
])

/** Lists what is configured but not offered. It may work all the same: documents are not always right. */
export function compareWithOffer(
  wanted: Wanted,
  metadata: Metadata,
): Array<Difference & { code: OfferCode }> {
  const isByPhone = wanted.grantType === 'authorization_code'
  return (Object.keys(rules) as OfferCode[]).flatMap((code) => {
    if (!isByPhone && rulesOfAuthorization.has(code)) return []
    const difference = rules[code](wanted, metadata)
    return difference === null ? [] : [{ code, ...difference }]
  })
}

/** Gives the name under which a method is registered; null for one that is not. */
function registeredMethod(method: string | null): string | null {
  if (method === 'application_jwt') return null
  return method === 'client_secret_basic_raw' ? 'client_secret_basic' : method
}

function unlessOffered(wanted: readonly string[], offered: unknown): Difference | null {
  if (!Array.isArray(offered)) return null
  const names = offered.filter((name) => typeof name === 'string')
  const missing = wanted.filter((name) => !names.includes(name))
  return missing.length === 0
    ? null
    : { wanted: missing.join(' '), offered: names.length === 0 ? 'nothing' : names.join(', ') }
}

function unlessSignable({ algorithm }: Wanted, offered: unknown): Difference | null {
  if (algorithm === null) return null
  const names: readonly string[] = namesOf(algorithm)
  return names.some((name) => unlessOffered([name], offered) === null)
    ? null
    : unlessOffered([algorithm], offered)
}

/** @see https://www.rfc-editor.org/rfc/rfc9864#section-2.2 */
function namesOf(algorithm: string): string[] {
  return algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [algorithm]
}
