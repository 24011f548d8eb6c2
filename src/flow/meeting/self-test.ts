// Asks for nv's own public address, before a phone is sent there.
import type { Context } from '../../context.ts'
import { readTunnelPage } from '../../diagnosis/tunnel-page.ts'
import type { Target } from '../../target/target.ts'
import type { Listening } from './listening.ts'
import type { Recorder } from '../recorder.ts'
import type { Reply, Send } from '../send.ts'

const limitMs = 5000

/** The address of a tunnel that has just been started may take a while to be known everywhere. */
const tries = { count: 5, pauseMs: 2000 }

/** A tunnel's service may show browsers a page that nobody else gets to see: it is asked as the phone will. */
const asPhone = {
  'user-agent':
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0 Mobile Safari/537.36',
  accept: 'text/html,application/xhtml+xml,*/*;q=0.8',
}

interface Asking {
  context: Pick<Context, 'random' | 'clock' | 'signal'>
  recorder: Recorder
  send: Send
}

/** Asks for the redirect_uri, with nothing but a state of its own, and records whether that arrives here. */
export async function askRedirectUri(
  { context, recorder, send }: Asking,
  { expectOwn, tunnel }: Pick<Listening, 'expectOwn' | 'tunnel'>,
  { redirectUri }: { redirectUri: string },
): Promise<number> {
  const state = Buffer.from(context.random(16)).toString('base64url')
  const hasArrived = expectOwn(state)
  const url = new URL(redirectUri)
  url.searchParams.set('state', state)
  const ask = (headers: Record<string, string>) =>
    send({ method: 'GET', url: url.href, headers, isPublic: true, limitMs, step: 'callback', kind: 'probe' })
  const { exchange } = await askPatiently(context, {
    ask,
    hasArrived,
    host: url.hostname,
    isFresh: tunnel !== null,
  })
  const isRefused = recorder
    .recording()
    .arrivals.some(({ via, what }) => via === 'listener' && what.state === 'ours')
  const arrived = hasArrived() ? 'taken' : isRefused ? 'refused' : null
  recorder.observe({ code: 'redirect_uri_asked', step: 'callback', exchange, facts: { arrived } })
  return exchange
}

/**
 * Asks for the short link, and tells whether that arrived: a proxy may forward the redirect_uri's path alone, and a
 * tunnel may not have come up.
 */
export async function askShortLink(
  { context, recorder, send }: Asking,
  { isAsked, tunnel }: Pick<Listening, 'isAsked' | 'tunnel'>,
  shortLink: string,
): Promise<boolean> {
  recorder.redactor.conceal(shortLink.slice(shortLink.lastIndexOf('/') + 1))
  const ask = (headers: Record<string, string>) =>
    send({
      method: 'HEAD',
      url: shortLink,
      headers,
      isPublic: true,
      limitMs,
      step: 'callback',
      kind: 'probe',
    })
  const host = new URL(shortLink).hostname
  const { exchange } = await askPatiently(context, {
    ask,
    hasArrived: isAsked,
    host,
    isFresh: tunnel !== null,
  })
  const arrived = isAsked() ? 'taken' : null
  if (tunnel !== null)
    recorder.observe({ code: 'tunnel_asked', step: 'callback', exchange, facts: { arrived } })
  return isAsked()
}

interface Question {
  ask(headers: Record<string, string>): Promise<Reply>
  hasArrived(): boolean
  host: string
  /** Whether the address is so new that not everybody may know it yet. */
  isFresh: boolean
}

/** Asks as the phone would, once more without a browser's name where a page was in between, and again while it is new. */
async function askPatiently(
  { clock, signal }: Asking['context'],
  { ask, hasArrived, host, isFresh }: Question,
): Promise<Reply> {
  for (let tried = 1; ; tried++) {
    const reply = await ask(asPhone)
    if (hasArrived()) return reply
    const page = readTunnelPage(reply.sent.response, host)
    if (page?.kind === 'warning') return ask({})
    const { failure, response } = reply.sent
    const isUnknown = failure?.phase === 'resolve' || failure?.phase === 'proxy' || page?.kind === 'offline'
    const mayCome = isUnknown || (page === null && response !== null && response.status >= 502)
    if (!isFresh || !mayCome || tried === tries.count) return reply
    await clock.sleep(tries.pauseMs, signal)
  }
}

/** Tells whether something else than nv hears the redirect_uri first: only then is there anything to ask. */
export function isForwarded({ redirectUri, listen }: Pick<Target, 'redirectUri' | 'listen'>): boolean {
  return redirectUri !== null && listen !== null
}
