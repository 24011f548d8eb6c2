// A chain of redirects that nv followed as the SDK in an app does.
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { isLoopback } from '../../wire/addresses.ts'
import { finding } from '../finding.ts'
import { chainOf, hostAsked, locationOf, placeOf, type Rule } from '../recorded.ts'

/** How many redirects SDKs follow, and how long they wait for each. */
const limits = { hops: 10, seconds: 5 }

/** Says that a chain ended because an SDK would have given up; null when that did not stop it. */
export function explainAppLimit({ request }: Recording, chain: readonly Exchange[]): Finding | null {
  const last = chain.at(-1)
  if (!request.isAsApp || last === undefined) return null
  const host = hostAsked(last)
  // A run that ended earlier doesn't tell what an SDK would have done.
  const isOfApp = last.timings.startedMs + limits.seconds * 1000 <= request.timeoutMs
  if (last.failure?.code === 'timeout' && isOfApp)
    return finding('app_hop_slow', placeOf(last), {
      hop: chain.length,
      host,
      seconds: limits.seconds,
      status: last.response?.status ?? null,
    })
  const isFollowable = /^https?:/.test(locationOf(last) ?? '')
  return last.failure === null && isFollowable && chain.length >= limits.hops
    ? finding('app_redirect_limit', placeOf(last), { hops: limits.hops, host })
    : null
}

/** Notes a hop on plain http, which an app may refuse; one on this machine is a simulator. */
export const noteAppHops: Rule = (recording) => {
  if (!recording.request.isAsApp) return []
  const plain = chainOf(recording).find(({ request: { url } }) => {
    const { protocol, hostname } = URL.canParse(url) ? new URL(url) : { protocol: '', hostname: '' }
    return protocol === 'http:' && !isLoopback(hostname)
  })
  return plain === undefined ? [] : [finding('app_plain_http', placeOf(plain), { host: hostAsked(plain) })]
}
