// What is configured and not offered: this document, these codes.
import { expect, it, test } from 'vitest'
import { compareWithOffer, type Wanted } from '../../../src/oauth/offered.ts'

const wanted: Wanted = {
  grantType: 'authorization_code',
  authMethod: 'client_secret_basic',
  scope: 'openid dpv:FraudPreventionAndDetection number-verification:verify',
  usesPkce: true,
  usesRequestObject: false,
  usesDpop: false,
  algorithm: null,
}
const withKey = { authMethod: 'private_key_jwt', algorithm: 'RS256' } as const
const signing = 'token_endpoint_auth_signing_alg_values_supported'

it.each<[string, Partial<Wanted>, Record<string, unknown>, string[]]>([
  ['an empty document', { usesDpop: true }, {}, []],
  ['the grant', {}, { grant_types_supported: ['authorization_code', 'x'] }, []],
  ['not the grant', {}, { grant_types_supported: ['client_credentials'] }, ['grant_type_not_offered']],
  ['Basic', {}, { token_endpoint_auth_methods_supported: ['client_secret_basic'] }, []],
  [
    'Basic, for the raw form',
    { authMethod: 'client_secret_basic_raw' },
    { token_endpoint_auth_methods_supported: ['client_secret_basic'] },
    [],
  ],
  [
    'no Basic',
    {},
    { token_endpoint_auth_methods_supported: ['private_key_jwt'] },
    ['auth_method_not_offered'],
  ],
  [
    'no method, for one that is not registered',
    { authMethod: 'application_jwt' },
    { token_endpoint_auth_methods_supported: [] },
    [],
  ],
  ['RS256', withKey, { [signing]: ['RS256'] }, []],
  ['no RS256', withKey, { [signing]: ['ES256'] }, ['key_algorithm_not_offered']],
  ['PS256', { ...withKey, algorithm: 'PS256' }, { [signing]: ['PS256'] }, []],
  [
    'RS256, for PS256',
    { ...withKey, algorithm: 'PS256' },
    { [signing]: ['RS256'] },
    ['key_algorithm_not_offered'],
  ],
  ['EdDSA', { ...withKey, algorithm: 'EdDSA' }, { [signing]: ['EdDSA'] }, []],
  ['EdDSA by its newer name', { ...withKey, algorithm: 'EdDSA' }, { [signing]: ['Ed25519'] }, []],
  ['no RS256, where no key signs', {}, { [signing]: ['ES256'] }, []],
  ['the scope', {}, { scopes_supported: [...wanted.scope.split(' '), 'x'] }, []],
  ['not all of the scope', {}, { scopes_supported: ['openid'] }, ['scope_not_offered']],
  ['S256', {}, { code_challenge_methods_supported: ['S256'] }, []],
  ['plain', {}, { code_challenge_methods_supported: ['plain'] }, ['pkce_not_offered']],
  ['plain, where PKCE is off', { usesPkce: false }, { code_challenge_methods_supported: ['plain'] }, []],
  [
    'no request object',
    { usesRequestObject: true, algorithm: 'RS256' },
    { request_parameter_supported: false },
    ['request_object_not_offered'],
  ],
  ['no request object, where none is sent', {}, { request_parameter_supported: false }, []],
  ['signed requests alone', {}, { require_signed_request_object: true }, ['request_object_required']],
  [
    'signed requests alone, and one is sent',
    { usesRequestObject: true, algorithm: 'RS256' },
    { require_signed_request_object: true },
    [],
  ],
  [
    'request objects of another algorithm',
    { usesRequestObject: true, algorithm: 'RS256' },
    { request_object_signing_alg_values_supported: ['ES256'] },
    ['request_object_algorithm_not_offered'],
  ],
  ['DPoP', { usesDpop: true }, { dpop_signing_alg_values_supported: ['ES256'] }, []],
  [
    'DPoP without ES256',
    { usesDpop: true },
    { dpop_signing_alg_values_supported: ['RS256'] },
    ['dpop_not_offered'],
  ],
  ['DPoP without ES256, where it is off', {}, { dpop_signing_alg_values_supported: ['RS256'] }, []],
  ['lists that are none', {}, { grant_types_supported: 'x', scopes_supported: { a: 1 } }, []],
  [
    'nothing of the authorization request, for a grant without one',
    { grantType: 'urn:openid:params:grant-type:ciba' },
    { code_challenge_methods_supported: [], require_signed_request_object: true },
    [],
  ],
])('offered: %s', (_, changes, metadata, codes) => {
  expect(compareWithOffer({ ...wanted, ...changes }, metadata).map(({ code }) => code)).toEqual(codes)
})

test('what is wanted and what is offered are both named', () => {
  const [scope] = compareWithOffer(wanted, { scopes_supported: ['openid', 7, 'number-verification:verify'] })
  expect(scope).toEqual({
    code: 'scope_not_offered',
    wanted: 'dpv:FraudPreventionAndDetection',
    offered: 'openid, number-verification:verify',
  })
})
