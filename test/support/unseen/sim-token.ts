// The token of a SIM in place of a phone.
import { generateKeyPairSync } from 'node:crypto'
import { json } from '../gateway.ts'
import { against, type Unseen } from './failure.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const ciba = { operatorToken: { value: 'canary-operator-token', grants: ['ciba'] as const } }
const either = { operatorToken: { value: 'canary-operator-token', grants: ['ciba', 'jwt-bearer'] as const } }
const bearer = {
  operatorToken: { value: 'canary-operator-token', grants: ['jwt-bearer'] as const },
  profile: { key },
}

export const simToken: readonly Unseen[] = [
  [
    'the backchannel wants a number for its login_hint',
    against(
      {
        backchannel: () =>
          json({ error: 'invalid_request', error_description: 'login_hint must be a tel: URI' }, 400),
      },
      ciba,
    ),
    'login_hint_refused',
    /operator token|operatortoken/,
  ],
  [
    'the token of the SIM was consumed, said under HTTP 200',
    against(
      {
        backchannel: () =>
          json({ error: 'access_denied', error_description: 'TS.43 temporary token already consumed' }),
      },
      ciba,
    ),
    'invalid_ts43_token',
    /already consumed/,
  ],
  [
    'the client is registered for another mode of CIBA',
    against(
      {
        backchannel: () =>
          json({ error: 'invalid_request', error_description: 'client_notification_token is required' }, 400),
      },
      ciba,
    ),
    'ciba_mode_differs',
    /poll/,
  ],
  [
    'the backchannel is a login page',
    against(
      {
        backchannel: () => ({
          status: 200,
          headers: { 'content-type': 'text/html' },
          body: '<html><title>Sign in</title><form><input type="password"></form></html>',
        }),
      },
      ciba,
    ),
    'backchannel_unreadable',
    /login page/,
  ],
  [
    'the assertion is too old there, and the clock is wrong',
    against(
      {
        token: () =>
          json({ error: 'invalid_grant', error_description: 'Assertion is expired' }, 400, {
            date: new Date(Date.now() + 900_000).toUTCString(),
          }),
      },
      bearer,
    ),
    'clock_differs',
    /15 minutes/,
  ],
  [
    'the subject of the assertion is not what the gateway reads',
    against(
      {
        token: () =>
          json(
            { error: 'invalid_grant', error_description: 'sub claim: operator token could not be decrypted' },
            400,
          ),
      },
      bearer,
    ),
    'invalid_ts43_token',
    /could not be decrypted/,
  ],
  [
    'the document offers the JWT bearer grant only, and has a backchannel endpoint',
    () =>
      against(
        {
          '/.well-known/openid-configuration': (request) => {
            const origin = `http://${request.headers.find(([name]) => name.toLowerCase() === 'host')?.[1]}`
            return json({
              issuer: origin,
              authorization_endpoint: `${origin}/authorize`,
              token_endpoint: `${origin}/token`,
              backchannel_authentication_endpoint: `${origin}/bc-authorize`,
              jwks_uri: `${origin}/jwks`,
              response_types_supported: ['code'],
              subject_types_supported: ['public'],
              id_token_signing_alg_values_supported: ['ES256'],
              grant_types_supported: ['authorization_code', 'urn:ietf:params:oauth:grant-type:jwt-bearer'],
            })
          },
          backchannel: () => json({ error: 'unauthorized_client' }, 400),
          token: () => json({ error: 'invalid_grant', error_description: 'Operator token expired' }, 400),
        },
        ({ origin }) => ({
          ...either,
          profile: { key, issuer: origin, authorizeUrl: '', tokenUrl: '', backchannelUrl: '' },
        }),
      )(),
    'invalid_ts43_token',
    /Operator token expired/,
  ],
]
