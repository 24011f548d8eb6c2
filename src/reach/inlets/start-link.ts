// Answers at the short link: the start page, its button, and the form that takes the address the phone ended on.
import type { IncomingRequest, OutgoingResponse } from '../../context.ts'
import { nameServer } from '../../oauth/redirect-uri.ts'
import type { Arrive } from '../arrival.ts'
import { renderStartPage } from '../pages/start.ts'
import type { Landing } from '../landing.ts'
import { explainRefusal, judgePasted } from './pasted.ts'
import { readPastedForm } from './pasted-form.ts'
import { describeSender, isForeign, isNavigation, pathOf } from './request.ts'

/** What the link leads to. */
export interface Start {
  authorizeUrl: string
  /** Null: the journey is to find it out. */
  phoneNumber: string | null
  redirectUri: string
  state: string
  landing: Landing
  /** Whether the link leads to the authorize URL at once, without the page. */
  isSkipped: boolean
}

export interface StartLinkOptions {
  /** Unguessable; it is all that the link holds. */
  key: string
  arrive: Arrive
  /** Hands over what was pasted; gives the key of the result's page, or null when a callback was there before. */
  receive(state: string, parameters: URLSearchParams): string | null
  /** Tells whether a callback under the state was received. */
  isOver(state: string): boolean
  /** Answers with the page for a link that was used. */
  answerUsed(): OutgoingResponse
  /** Told when the phone goes on to the gateway, with the network it says it is on. */
  onLeave?(network: string | null): void
}

export interface StartLink {
  /** Says from now on where the link leads. */
  offer(start: Start): void
  /** Tells whether anything has asked for the link. */
  isAsked(): boolean
  /** Answers a request whose Host and form were checked; null when it is not for this link. */
  answer(request: IncomingRequest, hosts: ReadonlySet<string>): OutgoingResponse | null
}

/** Makes the link. Until something is offered, it leads nowhere. */
export function createStartLink(options: StartLinkOptions): StartLink {
  const { key } = options
  let start: Start | null = null
  let isAsked = false

  return {
    offer: (offered) => {
      start = offered
    },
    isAsked: () => isAsked,
    answer: (request, hosts) => {
      const query = new URLSearchParams(request.target.split('?')[1] ?? '')
      if (!pathOf(request).endsWith(`/s/${key}`)) return null
      isAsked = true
      if (start === null) return { status: 404 }
      if (!['GET', 'HEAD', 'POST'].includes(request.method))
        return { status: 405, headers: { allow: 'GET, HEAD, POST' } }
      if (options.isOver(start.state)) return options.answerUsed()
      if (request.method === 'POST') return take(request, hosts, start)
      const leaves = query.has('go') || start.isSkipped
      if (!leaves || !isNavigation(request)) return page(start, null)
      options.onLeave?.(networkOf(query))
      return {
        status: query.has('go') ? 303 : 302,
        headers: { ...leavingHeaders, location: start.authorizeUrl },
      }
    },
  }

  function take(request: IncomingRequest, hosts: ReadonlySet<string>, offered: Start): OutgoingResponse {
    if (isForeign(request, hosts)) return page(offered, 'That form was sent by another site.', 403)
    const form = readPastedForm(request)
    if ('problem' in form) return page(offered, form.problem, form.status)
    const { redirectUri, state } = offered
    const judged = judgePasted(form.pasted, redirectUri, state)
    const { verdict, parameters } = judged
    const what = { ...judged.what, ...describeSender(request) }
    options.arrive({ via: 'paste', from: request.remoteAddress, what, verdict })
    if (parameters === null) return page(offered, explainRefusal(judged, redirectUri), 422)
    const resultKey = options.receive(state, parameters)
    if (resultKey === null) return options.answerUsed()
    return { status: 303, headers: { ...leavingHeaders, location: `?result=${resultKey}` } }
  }

  function page(
    { phoneNumber, landing, redirectUri }: Start,
    problem: string | null,
    status = 200,
  ): OutgoingResponse {
    const { html, headers } = renderStartPage({
      phoneNumber,
      landing,
      redirectHost: nameServer(redirectUri),
      goTo: '?go',
      action: key,
      problem,
    })
    // A form of a page without referrer comes with the Origin `null`, which says nothing of where it was.
    return {
      status,
      headers: { ...headers, 'referrer-policy': 'same-origin', 'x-robots-tag': 'noindex, nofollow' },
      body: html,
    }
  }
}

const leavingHeaders = {
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
}

/** The kinds of network that a browser can name. @see https://wicg.github.io/netinfo/#connectiontype-enum */
const networks: ReadonlySet<string> = new Set([
  'bluetooth',
  'cellular',
  'ethernet',
  'none',
  'wifi',
  'wimax',
  'other',
])

function networkOf(query: URLSearchParams): string | null {
  const named = query.get('on')
  return named !== null && networks.has(named) ? named : null
}
