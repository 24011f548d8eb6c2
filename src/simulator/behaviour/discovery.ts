// Behaviours of the discovery document and of the keys.
import { replyApiError } from '../response.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { changeMembers, closedPort } from './changes.ts'

type Members = Readonly<Record<string, unknown>>

export const discovery: Behaviours = {
  'discovery-missing': {
    does: 'has no discovery document',
    shows: '404 at discovery',
    steps: ['discovery'],
    changeReply: () => replyApiError(404, 'NOT_FOUND', 'There is nothing at this path.'),
  },
  'endpoint-refused': describe('names a token endpoint that refuses connections', 'refused', (members) => ({
    token_endpoint: changeUrl(members['token_endpoint'], (url) => (url.port = closedPort)),
  })),
  'endpoint-unresolvable': describe(
    'names a token endpoint on a host that has no address',
    'unresolvable',
    () => ({ token_endpoint: 'https://gateway.invalid/token' }),
  ),
  'endpoint-missing': describe('names no token endpoint', 'an incomplete document', () => ({
    token_endpoint: undefined,
  })),
  'endpoint-plain': describe('names a token endpoint on plain http', 'an endpoint that is not https', () => ({
    token_endpoint: 'http://gateway.invalid/token',
  })),
  'issuer-different': describe('names another issuer', 'an issuer that differs', () => ({
    issuer: 'https://another-issuer.invalid',
  })),
  'issuer-slash': describe(
    'names its issuer with a slash at the end',
    'an issuer that differs',
    (members) => ({
      issuer: `${String(members['issuer'])}/`,
    }),
  ),
  'keys-missing': {
    does: 'publishes no keys',
    shows: 'an ID token that nobody can check',
    steps: ['jwks'],
    changeReply: changeMembers('keys', () => ({ keys: [] })),
  },
}

function describe(does: string, shows: string, change: (members: Members) => Members): Behaviour {
  return { does, shows, steps: ['discovery'], changeReply: changeMembers('issuer', change) }
}

function changeUrl(value: unknown, change: (url: URL) => void): string {
  const url = new URL(String(value))
  change(url)
  return url.href
}
