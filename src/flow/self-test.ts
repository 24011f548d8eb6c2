// Asks for a redirect_uri that something forwards to nv, before a phone is sent there.
import type { Context } from '../context.ts'
import type { Target } from '../target/target.ts'
import type { Listening } from './await-callback.ts'
import type { Recorder } from './recorder.ts'
import type { Send } from './send.ts'

const limitMs = 5000

/** Asks for the redirect_uri once, with nothing but a state of its own, and records whether that arrives here. */
export async function askRedirectUri(
  { context, recorder, send }: { context: Pick<Context, 'random'>; recorder: Recorder; send: Send },
  { expectOwn }: Pick<Listening, 'expectOwn'>,
  { redirectUri }: { redirectUri: string },
): Promise<number> {
  const state = Buffer.from(context.random(16)).toString('base64url')
  const hasArrived = expectOwn(state)
  const url = new URL(redirectUri)
  url.searchParams.set('state', state)
  const request = { method: 'GET', url: url.href, isPublic: true, limitMs }
  const { exchange } = await send({ ...request, step: 'callback', kind: 'probe' })
  const isRefused = recorder
    .recording()
    .arrivals.some(({ via, what }) => via === 'listener' && what.state === 'ours')
  const arrived = hasArrived() ? 'taken' : isRefused ? 'refused' : null
  recorder.observe({ code: 'redirect_uri_asked', step: 'callback', exchange, facts: { arrived } })
  return exchange
}

/** Asks for the short link once, and tells whether that arrived: a proxy may forward the redirect_uri's path alone. */
export async function askShortLink(
  { recorder, send }: { recorder: Recorder; send: Send },
  { isAsked }: Pick<Listening, 'isAsked'>,
  shortLink: string,
): Promise<boolean> {
  recorder.redactor.conceal(shortLink.slice(shortLink.lastIndexOf('/') + 1))
  await send({ method: 'HEAD', url: shortLink, isPublic: true, limitMs, step: 'callback', kind: 'probe' })
  return isAsked()
}

/** Tells whether something else than nv hears the redirect_uri first: only then is there anything to ask. */
export function isForwarded({ redirectUri, listen }: Pick<Target, 'redirectUri' | 'listen'>): boolean {
  return redirectUri !== null && listen !== null
}
