// Tells where the phone's browser is when the gateway has redirected it.
import { isLoopback } from '../wire/addresses.ts'

/** Who opens the link. */
export type Opener =
  /** A person, on a phone that has to find its own way to nv. */
  | 'person'
  /** nv, on a phone whose loopback can lead here over a cable. */
  | 'cable'
  /** nv or this machine: nothing has to find its way here. */
  | 'machine'

export type Landing =
  /** At nv. */
  | 'here'
  /** At an address that means the phone itself: its browser shows an error. */
  | 'itself'
  /** At another server, or in an app. */
  | 'elsewhere'

/** Tells where a redirect_uri brings the phone; `leadsHere`: it is the listener's, as far as this machine goes. */
export function findLanding(facts: { opener: Opener; redirectUri: string; leadsHere: boolean }): Landing {
  const { opener, redirectUri, leadsHere } = facts
  const isOnPhone = URL.canParse(redirectUri) && isLoopback(new URL(redirectUri).hostname)
  if (!isOnPhone) return leadsHere ? 'here' : 'elsewhere'
  return leadsHere && opener !== 'person' ? 'here' : 'itself'
}
