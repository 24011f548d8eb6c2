// Behaviours of the token response, and of the token that it brings.
import type { Reply } from '../response.ts'
import type { AccessToken, GatewayState } from '../state.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { changeMembers, doubleMember, readMembers } from './changes.ts'

/** What every answer with a token has. */
const marker = 'access_token'

export const token: Behaviours = {
  'token-expired': {
    does: 'lets an access token expire at once, and says that it lives 300 s',
    shows: '401 UNAUTHENTICATED at the API',
    steps: ['token'],
    changeReply: (reply, _call, { state, ports }) => {
      const issued = findIssued(reply, state)
      if (!issued) return reply
      issued.expiresAtMs = ports.clock.now()
      return { ...reply }
    },
  },
  'token-used-before': {
    does: 'counts an access token as used from the start',
    shows: '401 UNAUTHENTICATED at the API',
    steps: ['token'],
    changeReply: (reply, _call, { state }) => {
      const issued = findIssued(reply, state)
      if (!issued) return reply
      issued.isUsed = true
      return { ...reply }
    },
  },
  'scope-reduced': {
    does: 'grants the purpose only, and says so',
    shows: '403 PERMISSION_DENIED',
    steps: ['token'],
    changeReply: (reply, call, gateway) => {
      const issued = findIssued(reply, gateway.state)
      if (!issued) return reply
      const scope = issued.scope.split(/[ #]/).find((value) => value.startsWith('dpv:')) ?? ''
      issued.scope = scope
      return changeMembers(marker, () => ({ scope }))(reply, call, gateway)
    },
  },
  'token-type-missing': members('leaves token_type out', { token_type: undefined }),
  'token-type-dpop': members('says token_type DPoP, though nobody asked for it', {
    token_type: 'DPoP',
  }),
  'expires-in-3600': members('says that the token lives an hour', { expires_in: 3600 }),
  'expires-in-string': members('writes expires_in as a string', { expires_in: '300' }),
  'expires-in-null': members('writes expires_in as null', { expires_in: null }),
  'expires-in-missing': members('leaves expires_in out', { expires_in: undefined }),
  'refresh-token': members('adds a refresh token', { refresh_token: 'simulator-refresh-token' }),
  'scope-different': members('says that it granted another scope', { scope: 'openid profile' }),
  'scope-missing': members('leaves the scope out', { scope: undefined }),
  'access-token-empty': members('gives an empty access token', { access_token: '' }),
  'access-token-line-break': irregular(
    'gives an access token with a line break in it',
    changeMembers(marker, ({ access_token }) => ({
      access_token: `${String(access_token).slice(0, 20)}\r\n${String(access_token).slice(20)}`,
    })),
  ),
  'access-token-missing': members('leaves the access token out', { access_token: undefined }),
  'access-token-doubled': irregular(
    'gives two access tokens under the same name',
    doubleMember(marker, 'simulator-other-token'),
  ),
  'status-201': irregular('answers a token request with 201', (reply) =>
    reply.status === 200 ? { ...reply, status: 201 } : reply,
  ),
}

/** Finds the access token that an answer brings, as the gateway remembers it. */
function findIssued(reply: Reply, { tokens }: GatewayState): AccessToken | undefined {
  return tokens.find(String(readMembers(reply, marker)?.[marker]))
}

function members(does: string, changes: Readonly<Record<string, unknown>>): Behaviour {
  return irregular(
    does,
    changeMembers(marker, () => changes),
  )
}

function irregular(does: string, changeReply: NonNullable<Behaviour['changeReply']>): Behaviour {
  return { does, shows: 'an irregular token response', steps: ['token'], changeReply }
}
