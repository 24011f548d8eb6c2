// The map of the ways, and the choice of one.
import { adb } from './ways/adb.ts'
import { browser } from './ways/browser.ts'
import { chrome } from './ways/chrome.ts'
import { direct } from './ways/direct.ts'
import { paste } from './ways/paste.ts'
import { qr } from './ways/qr.ts'
import type { Landing } from './landing.ts'
import type { Way } from './way.ts'

export const ways = { qr, browser, adb, chrome, direct, paste } as const satisfies Record<string, Way>

export type WayName = keyof typeof ways

/** A way, or the choice left to nv. */
export type Via = WayName | 'auto'

/** Everything `--via` takes. */
export const wayNames: readonly Via[] = ['auto', ...(Object.keys(ways) as WayName[])]

/** What decides the way when nobody names one. */
export interface Situation {
  needsPhone: boolean
  isTerminal: boolean
  /** What makes nv send the phone's requests itself: a modem's interface, or the manner of an SDK. */
  hasSource: boolean
  /** The program that forwards a public address to nv; null: none was asked for. */
  tunnel: string | null
  redirectUri: string
  /** Where the gateway's redirect leaves a phone that is not on a cable. */
  landing: Landing
  /** Tells whether a way can be used: a phone is plugged in, a program is installed. */
  isReady(way: WayName): Promise<boolean>
}

/** A way with a clause that says why it was chosen, and what else there is. */
export interface Choice {
  way: WayName
  /** Null: the user said so. */
  why: string | null
}

/**
 * Chooses for `auto`. A gateway that takes any device is asked directly, and so is any gateway where nobody could scan
 * a QR code, or where nv is told to send the requests itself. Otherwise a phone takes part: one on a cable where only
 * that spares pasting, else one that scans.
 */
export async function chooseWay(via: Via, situation: Situation): Promise<Choice> {
  if (via !== 'auto') return { way: via, why: null }
  const { needsPhone, isTerminal, hasSource, tunnel, redirectUri, landing, isReady } = situation
  if (hasSource) return { way: 'direct', why: 'nv sends the requests of the phone itself' }
  if (tunnel !== null) return { way: 'qr', why: `${tunnel} lets the phone reach nv` }
  if (!needsPhone) return { way: 'direct', why: 'this gateway takes any device' }
  if (!isTerminal)
    return { way: 'direct', why: 'there is no terminal to show a link on; with a phone: --via paste' }
  const onCable = cables[landing]
  if (onCable !== null && (await isReady(onCable))) return { way: onCable, why: 'a phone is on the cable' }
  return { way: 'qr', why: endings[landing](redirectUri) }
}

/** The way on a cable that spares pasting. */
const cables = { here: null, itself: 'adb', elsewhere: 'chrome' } as const

const endings: Readonly<Record<Landing, (redirectUri: string) => string>> = {
  here: (redirectUri) => `${redirectUri} leads the phone back to nv`,
  itself: (redirectUri) =>
    `${redirectUri} leads the phone to itself, where its last page won't load: paste the address of that page, or use --via adb or --tunnel`,
  elsewhere: (redirectUri) => `${redirectUri} is not nv: paste the address of the phone's last page`,
}
