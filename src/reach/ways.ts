// The map of the ways, and the choice of one.
import { browser } from './ways/browser.ts'
import { direct } from './ways/direct.ts'
import { paste } from './ways/paste.ts'
import { qr } from './ways/qr.ts'
import type { Way } from './way.ts'

export const ways = { qr, browser, direct, paste } as const satisfies Record<string, Way>

export type WayName = keyof typeof ways

/** Everything `--via` takes. */
export const wayNames = ['auto', ...(Object.keys(ways) as WayName[])] as const

/**
 * Chooses for `auto`: a gateway that takes any device is asked directly, and so is any gateway where nobody
 * could scan a QR code, or where nv is told where to send from; else the QR code.
 */
export function chooseWay(
  via: (typeof wayNames)[number],
  situation: { needsPhone: boolean; isTerminal: boolean; hasSource: boolean },
): WayName {
  if (via !== 'auto') return via
  return situation.needsPhone && situation.isTerminal && !situation.hasSource ? 'qr' : 'direct'
}
