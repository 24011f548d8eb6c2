// Behaviours of the redirect that sends the phone back to the app.
import { headerValues } from '../request.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { changeCallback, closedPort, giveError } from './changes.ts'

const otherValue = 'simulator-of-another-attempt'

export const callback: Behaviours = {
  'redirect-to-localhost': back('sends the phone to itself instead of the registered host', {
    shows: "phone says it can't connect, address bar at localhost",
    change: (target) => {
      // The scheme of an app leads to no host.
      if (!/^https?:$/.test(target.protocol)) return
      target.protocol = 'http:'
      target.host = `localhost:${closedPort}`
    },
  }),
  'iphone-refused': {
    does: 'sends an iPhone back with access_denied, as if its address were hidden',
    shows: 'fails on iPhone Safari only',
    steps: ['callback'],
    changeReply: (reply, call, gateway) =>
      headerValues(call.headers, 'user-agent').some((agent) => agent.includes('iPhone'))
        ? giveError('access_denied', 'The line was not identified.')(reply, call, gateway)
        : reply,
  },
  'state-missing': back('leaves the state out', {
    change: ({ searchParams }) => searchParams.delete('state'),
  }),
  'state-different': back('sends back another state', {
    change: ({ searchParams }) => searchParams.set('state', otherValue),
  }),
  'state-doubled': back('sends back two states', {
    change: ({ searchParams }) => searchParams.append('state', otherValue),
  }),
  'state-different-error': back('sends back an error under another state', {
    change: ({ searchParams }) => {
      searchParams.delete('code')
      searchParams.set('error', 'access_denied')
      searchParams.set('state', otherValue)
    },
  }),
  'code-missing': back('leaves the code out', {
    change: ({ searchParams }) => searchParams.delete('code'),
  }),
  'code-doubled': back('sends back two codes', {
    change: ({ searchParams }) => searchParams.append('code', otherValue),
  }),
  'code-in-fragment': back('sends the code and the state after a #, where no server sees them', {
    change: (target) => {
      target.hash = target.search.slice(1)
      target.search = ''
    },
  }),
  'iss-missing': back('leaves the issuer out', {
    change: ({ searchParams }) => searchParams.delete('iss'),
  }),
  'iss-different': back('names another issuer', {
    change: ({ searchParams }) => searchParams.set('iss', 'https://another-issuer.invalid'),
  }),
  'iss-doubled': back('names two issuers', {
    change: ({ searchParams }) => {
      searchParams.append('iss', 'https://another-issuer.invalid')
      searchParams.append('iss', 'https://a-third-issuer.invalid')
    },
  }),
}

function back(
  does: string,
  { change, shows = 'an authorization response that must not be trusted' }: Change,
): Behaviour {
  return { does, shows, steps: ['callback'], changeReply: changeCallback(change) }
}

interface Change {
  change: (target: URL) => void
  shows?: string
}
