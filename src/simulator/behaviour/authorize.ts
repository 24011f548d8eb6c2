// Behaviours along the redirects, from the authorization request to the operator and back.
import { renderErrorPage } from '../pages/error-page.ts'
import { replyRedirect } from '../response.ts'
import type { Behaviours } from './behaviour.ts'
import { changeNextHop, changeQuery, closedPort, page } from './changes.ts'

const unregistered = {
  error: 'invalid_request',
  description: 'The client_id or the redirect_uri is not registered.',
}

const hops = ['authorize', 'operator'] as const

export const authorize: Behaviours = {
  'error-page': {
    does: 'shows an error page instead of redirecting',
    shows: 'an error page on the phone, nothing at the callback',
    steps: hops,
    answer: () => renderErrorPage(unregistered, { status: 400, place: 'gateway', detail: 'error page' }),
  },
  'blank-page': {
    does: 'answers with an empty page and never redirects',
    shows: 'nothing at the callback, no error page',
    steps: hops,
    answer: () => ({ status: 200, headers: { 'content-type': 'text/html; charset=utf-8' }, body: '' }),
  },
  'redirect-circle': {
    does: 'redirects to the address that was asked for',
    shows: 'a chain that never ends',
    steps: hops,
    answer: ({ path, query }) => replyRedirect(`${path}?${query}`, '→ itself'),
  },
  'one-time-link': {
    does: 'answers each address once; a preview, a prefetch or a HEAD counts',
    shows: 'second try fails, first worked',
    steps: ['authorize'],
    answer: ({ query }, { state }) =>
      state.isFirstVisit(query)
        ? undefined
        : page(400, 'This link was already used', 'Start again in the app.'),
  },
  'plus-as-space': {
    does: 'reads the + of a number as a space',
    shows: '+ arrives as a space',
    steps: ['authorize', 'api'],
    changeCall: (call) => {
      const query = call.query.replaceAll(/%2B/gi, '+')
      const body = call.body.replace(/"\+(?=\d)/, '" ')
      return query === call.query && body === call.body ? call : { ...call, query, body }
    },
  },
  'scope-cut': {
    does: 'reads the address up to a # in the scope, as if it had come unencoded',
    shows: 'scope arrives cut at the purpose',
    steps: ['authorize'],
    changeCall: (call) => {
      const [query = ''] = call.query.split(/%23/)
      return query === call.query ? call : { ...call, query }
    },
  },
  'scope-encoded-twice': {
    does: 'reads the scope without decoding it',
    shows: 'scope arrives with %23 inside',
    steps: ['authorize'],
    changeCall: changeQuery('scope', encodeURIComponent),
  },
  'https-forced': {
    does: 'redirects the phone to https, where only http is served',
    shows: 'stops halfway through the redirects',
    steps: hops,
    changeReply: changeNextHop((target) => (target.protocol = 'https:')),
  },
  'hop-refused': {
    does: 'redirects the phone to a port where nothing listens',
    shows: 'stops halfway through the redirects',
    steps: hops,
    changeReply: changeNextHop((target) => (target.port = closedPort)),
  },
  'hop-unresolvable': {
    does: 'redirects the phone to a host that has no address',
    shows: 'stops halfway through the redirects',
    steps: hops,
    changeReply: changeNextHop((target) => (target.host = 'operator.invalid')),
  },
  'cookie-lost': {
    does: 'forgets the cookie that ties the hops together',
    shows: 'stops halfway through the redirects',
    steps: ['operator'],
    changeCall: (call) => {
      // Without this mark, a script's fetch is refused for the missing cookie.
      const headers = call.headers.filter(([name]) => name !== 'cookie' && name !== 'sec-fetch-mode')
      return headers.length === call.headers.length ? call : { ...call, headers }
    },
  },
}
