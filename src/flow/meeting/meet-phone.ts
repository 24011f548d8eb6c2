// Finds out how the phone reaches nv before it is sent anywhere: by a short link, or not at all.
import type { Context } from '../../context.ts'
import { findLanding, type Landing } from '../../reach/landing.ts'
import { findPhoneBase, type Meeting } from '../../reach/phone-base.ts'
import { type WayName, ways } from '../../reach/ways.ts'
import type { Listening } from './listening.ts'
import type { Recorder } from '../recorder.ts'
import { askRedirectUri, askShortLink } from './self-test.ts'
import type { Send } from '../send.ts'

/**
 * Asks for a redirect_uri that is forwarded, and then for the short link where only that redirect_uri says that it
 * leads here too. Gives the listener its short link, and tells where the redirect will leave the phone.
 */
export async function meetPhone(
  sending: { context: Pick<Context, 'random' | 'clock' | 'signal'>; recorder: Recorder; send: Send },
  listener: Listening | null,
  facts: { via: WayName; redirectUri: string; isForwarded: boolean },
): Promise<Landing> {
  const { redirectUri } = facts
  const { opener, listens } = ways[facts.via]
  const tunnelUrl = listener?.tunnel?.url ?? null
  const isThroughTunnel = tunnelUrl !== null && redirectUri.startsWith(`${tunnelUrl}/`)
  // Nobody but nv has the user's own certificate, and nv may not know its authority, which the phone trusts.
  const isOwnTls = listener?.certificate?.isOwn === true
  const isForwarded = (facts.isForwarded && !isOwnTls) || isThroughTunnel
  const listening = listener?.address ?? { host: '127.0.0.1', port: 0 }
  const meeting: Meeting = {
    opener,
    redirectUri,
    leadsHere: false,
    listening,
    isTls: (listener?.certificate ?? null) !== null,
    tunnelUrl,
  }
  if (listener === null || listens === 'never') return findLanding(meeting)
  if (isForwarded) await askRedirectUri(sending, listener, { redirectUri })
  meeting.leadsHere = listener.leadsHere && !isMissed(sending.recorder)
  const base = findPhoneBase(meeting)
  if (base !== null) {
    const shortLink = listener.reachAt(base)
    const isCertain = tunnelUrl === null ? !isForwarded : isThroughTunnel
    // What a tunnel of ours does not bring yet, it may bring in a minute; a finding says so.
    if (isCertain || (await askShortLink(sending, listener, shortLink)) || tunnelUrl !== null)
      listener.shortLink = shortLink
  }
  return findLanding(meeting)
}

/** Tells whether nv asked for the redirect_uri, and nothing arrived. */
function isMissed(recorder: Recorder): boolean {
  const { observations } = recorder.recording()
  return observations.some((seen) => seen.code === 'redirect_uri_asked' && seen.facts.arrived === null)
}
