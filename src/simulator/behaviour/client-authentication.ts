// Behaviours that take one form of client authentication only, and call all others invalid_client.
import { formEncode } from '../../oauth/client-authentication.ts'
import type { Gateway } from '../gateway.ts'
import { readFields } from '../oauth/form.ts'
import { credentialsOf, type Call } from '../request.ts'
import { replyOAuthError } from '../response.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { giveError, whenSent } from './changes.ts'

export const clientAuthentication: Behaviours = {
  'basic-only': only('only HTTP Basic', (call) => basicCredentials(call) !== null),
  'basic-raw-only': only('only HTTP Basic whose id and secret were not form-encoded', (call, { clients }) =>
    clients.some(({ id, secret }) => basicCredentials(call) === `${id}:${secret}`),
  ),
  'basic-encoded-only': only('only HTTP Basic whose id and secret were form-encoded', (call, { clients }) =>
    clients.some(
      ({ id, secret = '' }) => basicCredentials(call) === `${formEncode(id)}:${formEncode(secret)}`,
    ),
  ),
  'secret-in-body-only': only('only a client_secret in the body', (call) =>
    readFields(call).has('client_secret'),
  ),
  'assertion-only': only('only a signed client_assertion', (call) =>
    readFields(call).has('client_assertion'),
  ),
  'assertion-audience-issuer': only('only an assertion whose aud is the issuer', (call, { issuer }) =>
    hasAudience(call, issuer(call.hostname)),
  ),
  'assertion-audience-endpoint': only(
    'only an assertion whose aud is the URL of the endpoint',
    (call, { issuer }) => hasAudience(call, new URL(call.path, issuer(call.hostname)).href),
  ),
  'assertion-used-before': {
    does: 'treats every client_assertion as seen before',
    shows: 'invalid_client',
    steps: ['token', 'bc-authorize'],
    changeReply: whenSent(
      'client_assertion',
      giveError('invalid_client', 'The jti of the assertion was used before.', 401),
    ),
  },
  'clock-behind': clock('behind', -10),
  'clock-ahead': clock('ahead', 10),
  'clock-intolerant': {
    does: 'rejects an assertion whose iat is in the future, even by 40 ms',
    shows: 'invalid_client, assertion looks right',
    steps: ['token'],
    rules: { clockToleranceMs: 0 },
  },
}

function only(
  form: string,
  isTaken: (call: Call, gateway: Gateway) => boolean | Promise<boolean>,
): Behaviour {
  return {
    does: `takes ${form}`,
    shows: 'invalid_client',
    steps: ['token', 'bc-authorize'],
    answer: async (call, gateway) =>
      (await isTaken(call, gateway))
        ? undefined
        : replyOAuthError(401, {
            error: 'invalid_client',
            description: 'The client did not authenticate as required.',
          }),
  }
}

function clock(how: 'behind' | 'ahead', minutes: number): Behaviour {
  return {
    does: `has a clock that is 10 minutes ${how}`,
    shows: 'invalid_client, assertion looks right',
    steps: ['token'],
    rules: { clockOffsetMs: minutes * 60_000 },
  }
}

function basicCredentials(call: Call): string | null {
  const encoded = credentialsOf(call, 'basic')
  return encoded === null ? null : Buffer.from(encoded, 'base64').toString('utf8')
}

async function hasAudience(call: Call, expected: string): Promise<boolean> {
  const { decodeJwt } = await import('jose')
  try {
    const { aud } = decodeJwt(readFields(call).get('client_assertion') ?? '')
    return [aud].flat().every((audience) => audience === expected)
  } catch {
    return false
  }
}
