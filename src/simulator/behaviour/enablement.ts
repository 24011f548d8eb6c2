// Behaviours of network enablement: numbers that a provider does not reach, and authorize URLs that nobody should open.
import { readBody } from '../../wire/body.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { changeMembers } from './changes.ts'

export const enablement: Behaviours = {
  'operator-not-covered': refuse(
    'does not cover the operator of the number',
    'Not Found',
    'The network of this phone number is not supported.',
    'NETWORK_NOT_SUPPORTED',
  ),
  'number-not-allowed': refuse(
    "says that the number is not on the application's list",
    'Forbidden',
    'The Network API application can only be used with verified phone numbers. Blocked by allowlist.',
    'UNAUTHORIZED',
  ),
  'auth-url-missing': change('leaves the authorize URL out', 'JSON of the wrong shape', () => ({})),
  'auth-url-script': changeUrl('gives a script in place of an authorize URL', () => 'javascript:alert(1)'),
  'auth-url-plain': changeUrl('gives an authorize URL with plain http', (url) =>
    url.replace(/^https?:\/\/[^/]*/, 'http://gateway.example'),
  ),
  'auth-url-state-different': changeUrl('gives an authorize URL with another state', (url) =>
    url.replace(/state=[^&]*/, 'state=of-somebody-else'),
  ),
  'auth-url-state-missing': changeUrl('gives an authorize URL without a state', (url) =>
    url.replace(/&state=[^&]*/, ''),
  ),
  'auth-url-redirect-different': changeUrl('gives an authorize URL with another redirect_uri', (url) =>
    url.replace(/redirect_uri=[^&]*/, 'redirect_uri=https%3A%2F%2Felsewhere.example%2Fcallback'),
  ),
}

type Members = Readonly<Record<string, unknown>>

/** Changes what is said of each scope. */
function change(does: string, shows: string, changeScope: (members: Members) => Members): Behaviour {
  return {
    does,
    shows,
    steps: ['enablement'],
    changeReply: changeMembers('scopes', ({ scopes }) => ({ scopes: mapMembers(scopes, changeScope) })),
  }
}

function mapMembers(scopes: unknown, changeScope: (members: Members) => Members): Members {
  const read = readBody(JSON.stringify(scopes))
  const entries = read.kind === 'object' ? Object.entries(read.object) : []
  return Object.fromEntries(entries.map(([scope, members]) => [scope, changeScope(members as Members)]))
}

function refuse(does: string, title: string, detail: string, type: string): Behaviour {
  const error = { title, instance: 'simulated', detail, error_type: type }
  return change(does, 'no authorize URL, before the phone is touched', () => ({ error }))
}

function changeUrl(does: string, changed: (url: string) => string): Behaviour {
  return change(does, 'an authorize URL that is not opened', (members) => ({
    ...members,
    auth_url: changed(String(members['auth_url'])),
  }))
}
