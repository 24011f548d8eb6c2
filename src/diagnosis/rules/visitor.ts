// Who brought the callback, as far as that tells whether it was the phone on mobile data.
import type { Finding } from '../../run/finding.ts'
import type { Arrival, Recording } from '../../run/recording.ts'
import { isLoopback, isPrivateHost } from '../../wire/addresses.ts'
import { describeVisitor, readForwardedFor, readVisitor } from '../../wire/visitor.ts'
import { finding } from '../finding.ts'
import { isByPhone, type Rule } from '../recorded.ts'

const atCallback = { step: 'callback' } as const

/** Notes what speaks against a phone on mobile data; with a gateway on this machine none of it matters. */
export const noteVisitor: Rule = (recording) => {
  const { via } = recording.request
  if (!isByPhone(recording) || via === 'direct' || isOnThisMachine(recording)) return []
  const visit = recording.arrivals.find(
    ({ verdict, what }) => verdict === 'taken' && (what.userAgent !== null || what.kind === 'request'),
  )
  return [...noteNetwork(recording), ...(visit === undefined ? [] : noteVisit(recording, visit))]
}

function noteVisit(recording: Recording, visit: Arrival): Finding[] {
  const visitor = readVisitor(visit.what)
  const isDesktop = visitor.device === 'desktop' && recording.request.via !== 'browser'
  const from = readForwardedFor(visit.what.forwardedFor)
  const isOurs = from !== null && ownAddresses(recording).includes(from)
  const isNear = visit.what.forwardedFor === null && isOfLan(visit.from)
  return [
    ...(isDesktop
      ? [finding('desktop_came_back', atCallback, { visitor: describeVisitor(visitor) ?? 'A browser' })]
      : []),
    ...(isOurs ? [finding('phone_at_our_address', atCallback, { address: from })] : []),
    ...(isNear ? [finding('phone_on_our_network', atCallback, { address: visit.from ?? '' })] : []),
  ]
}

/** Notes that the phone itself named Wi-Fi when it went on to the gateway. */
function noteNetwork({ observations }: Recording): Finding[] {
  const isOnWifi = observations.some(
    (observation) => observation.code === 'phone_left' && observation.facts.network === 'wifi',
  )
  return isOnWifi ? [finding('phone_says_wifi', { step: 'authorize' })] : []
}

/** Lists the addresses that this machine has for others: those that a tunnel gave for nv's own request. */
function ownAddresses({ observations }: Recording): string[] {
  return observations.flatMap((observation) => {
    if (observation.code !== 'own_request_arrived') return []
    const address = readForwardedFor(observation.facts.forwardedFor)
    return address === null ? [] : [address]
  })
}

/**
 * Tells an address of a local network from one of a phone's hotspot, which keeps its mobile data, and from that of a
 * router or a container's host, which forwards for others.
 */
function isOfLan(from: string | null): boolean {
  if (from === null || !isPrivateHost(from) || from.startsWith('100.') || from.endsWith('.1')) return false
  return !/^(?:172\.20\.10\.(?:\d|1[0-5])|192\.168\.4[239]\.\d+)$/.test(from)
}

/** Tells whether the gateway is on this machine, or takes any device. */
export function isOnThisMachine({ target }: Recording): boolean {
  const url = target.authorizeUrl ?? target.tokenUrl ?? target.issuer ?? ''
  const isLocal = URL.canParse(url) && isLoopback(new URL(url).hostname)
  return isLocal || target.preset === 'simulator' || target.preset === 'sandbox-mock'
}
