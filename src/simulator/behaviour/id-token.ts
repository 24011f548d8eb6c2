// Behaviours of the ID token, which comes with the scope openid.
import type { JWTPayload } from 'jose'
import type { Gateway } from '../gateway.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { changeMembers, readMembers } from './changes.ts'

const marker = 'id_token'

export const idToken: Behaviours = {
  'id-token-missing': {
    ...claim('leaves the ID token out', () => ({})),
    changeReply: changeMembers(marker, () => ({ id_token: undefined })),
  },
  'id-token-nonce': claim('gives an ID token with the nonce of another attempt', () => ({
    nonce: 'simulator-other-nonce',
  })),
  'id-token-issuer': claim('gives an ID token of another issuer', () => ({
    iss: 'https://another-issuer.invalid',
  })),
  'id-token-audience': claim('gives an ID token for another client', () => ({ aud: 'another-client' })),
  'id-token-expired': claim('gives an ID token that expired an hour ago', ({ iat = 0, exp = 0 }) => ({
    iat: iat - 3600 - (exp - iat),
    exp: iat - 3600,
  })),
  'id-token-hash': claim('gives an ID token for another access token', () => ({
    at_hash: 'AAAAAAAAAAAAAAAAAAAAAA',
  })),
  'id-token-signature': rewrite(
    'gives an ID token whose signature is wrong',
    ([header, payload, signature]) => [header, payload, [...signature].toReversed().join('')],
  ),
  'id-token-unsigned': rewrite('gives an ID token that is not signed', ([, payload]) => [
    Buffer.from('{"alg":"none"}').toString('base64url'),
    payload,
    '',
  ]),
}

type Parts = [header: string, payload: string, signature: string]

/** Changes claims, and signs again with the gateway's own key. */
function claim(does: string, change: (claims: JWTPayload) => JWTPayload): Behaviour {
  return behave(does, async (jwt, { signingKey }) => {
    const { decodeJwt } = await import('jose')
    const claims = decodeJwt(jwt)
    return signingKey.sign({ ...claims, ...change(claims) })
  })
}

/** Changes the parts of the token as they are. */
function rewrite(does: string, change: (parts: Parts) => Parts): Behaviour {
  return behave(does, (jwt) => {
    const [header = '', payload = '', signature = ''] = jwt.split('.')
    return change([header, payload, signature]).join('.')
  })
}

function behave(
  does: string,
  change: (jwt: string, gateway: Gateway) => string | Promise<string>,
): Behaviour {
  return {
    does,
    shows: 'an ID token that must not be trusted',
    steps: ['token'],
    changeReply: async (reply, call, gateway) => {
      const members = readMembers(reply, marker)
      if (!members) return reply
      const changed = await change(String(members[marker]), gateway)
      return changeMembers(marker, () => ({ [marker]: changed }))(reply, call, gateway)
    },
  }
}
