// Words that look like a meaning and have another one, or none.
import { expect, test } from 'vitest'
import { type Meaning, meaningOf } from '../../../src/diagnosis/meaning.ts'
import { readPage } from '../../../src/diagnosis/page.ts'

test.each<[words: string, meaning: Meaning | null]>([
  ['Zeitlimit überschritten', null],
  ['Límite de tiempo superado', null],
  ['The client secret is required', 'secret-wanted'],
  ['Client identified by IP 192.0.2.1 is not allowed', 'address'],
  ['IP address 203.0.113.9 is not in the allowed list', 'address'],
  ['Your IP address 192.0.2.7 has been logged. You are not authorized.', null],
  ['Invalid client id or secret', 'credentials'],
  ['Either client_id or client_secret is invalid', 'credentials'],
  ['Client credentials are invalid', 'credentials'],
  ['Invalid client secret provided', 'secret'],
  ['The client is unknown', 'client'],
  ['Unknown client certificate', 'client-certificate'],
  ['The application is not active', 'suspended'],
  ['Token is not active', 'clock'],
  ['An active session is required', null],
  ['Assertion lifetime exceeds 60 seconds', 'lifetime'],
  ['Service temporarily not available, try again later', null],
  ['The operator is not supported', 'not-served'],
  ['Offline access not recognised', null],
  ['Client authentication failed (e.g., unknown client). The requested client does not exist.', 'client'],
  ['Client authentication failed', 'credentials'],
  ['The refresh token has expired', 'expired'],
  ['The client assertion has expired', 'clock'],
  ['JWT expiration time is too far in the future', 'lifetime'],
  ['Authorization header missing', 'header-missing'],
  ['Authorization field is missing', 'header-missing'],
  ['Access token is missing', 'token-wanted'],
  ['no client_secret found in the request body', 'secret-wanted'],
  ['Client secret was not provided', 'secret-wanted'],
  ["token_endpoint_auth_method does not allow 'client_secret_basic'", 'auth-method'],
  ['Unable to fetch the JWKS of the client: connection refused', 'keys-unreachable'],
  ['JWKS retrieval timed out', 'keys-unreachable'],
  ['The public key has been revoked', 'key-retired'],
  ['The API key has expired', 'api-key'],
  ['The iss claim must be the client_id', 'claims'],
  ['jti must not exceed 36 characters', 'claim-form'],
  ['nbf claim is required', 'claim-form'],
  ['jti has already been used', 'jti'],
  ['exp must not exceed 300 seconds', null],
  ['Request origin 198.51.100.7 not whitelisted', 'address'],
  ['The number is not whitelisted', 'not-allowed-line'],
  ['IP Address 198.51.100.7 rejected', 'address'],
  ['La dirección IP 198.51.100.7 no está autorizada', 'address'],
  ['MSISDN and IP mapping not found', 'mobile-network'],
  ['Token was issued by tenant sandbox, this is production', 'other-token'],
  ['Aplicativo inativo. Aguarde a aprovação.', 'suspended'],
  ['O segredo do cliente expirou', 'secret'],
  ['La aplicación no está suscrita al producto', 'not-subscribed'],
  ['La aplicación no tiene contratado este producto', 'not-subscribed'],
  ['Die Anwendung ist für diese API nicht freigeschaltet.', 'not-subscribed'],
  ['Diese Schnittstelle wurde nicht gebucht', 'not-subscribed'],
  ["Votre application n'est pas souscrite à ce produit", 'not-subscribed'],
  ["L'applicazione non è abilitata per questa API", 'not-subscribed'],
  ['A aplicação não tem acesso a este produto', 'not-subscribed'],
  ['Die Rufnummer ist für diese API nicht freigeschaltet.', 'not-allowed-line'],
  ['Codice di autorizzazione già utilizzato', 'used'],
])('%s', (words, meaning) => {
  expect(meaningOf(words)).toBe(meaning)
})

test.each<[title: string, body: string, status: number, kind: string]>([
  ['Anfrage abgelehnt', 'Ihre Anfrage wurde vom Nutzer abgelehnt.', 200, 'other'],
  ['Sign in', 'Protected by Acme. <input type="password">', 200, 'login'],
  ['Forbidden', 'You may not see this. Reference: your manager.', 403, 'error'],
])('a page: %s', (title, body, status, kind) => {
  const text = `<!doctype html><html><head><title>${title}</title></head><body>${body}</body></html>`
  expect(readPage({ status, headers: [], body: { text, byteLength: text.length, isCut: false } })?.kind).toBe(
    kind,
  )
})
