// Who sent a request, according to its headers: the browser, the system, whether it is a phone, and the address.
import { normalizeAddress } from './addresses.ts'

/** The headers by which a browser tells of its device and its network, in lower case. */
export const hintHeaders = [
  'sec-ch-ua-mobile',
  'sec-ch-ua-platform',
  'save-data',
  'ect',
  'downlink',
  'rtt',
] as const

export interface Visitor {
  /** As in `Chrome 126`; null: not recognised. So is the system. */
  browser: string | null
  system: string | null
  /** `desktop` also for a phone that asks for the desktop site; null: not known. */
  device: 'phone' | 'tablet' | 'desktop' | null
}

/** Recognises the sender by its user agent and client hints, both of which it can make up. */
export function readVisitor({
  userAgent,
  hints,
}: {
  userAgent: string | null
  hints: Readonly<Record<string, string>>
}): Visitor {
  const agent = userAgent?.startsWith('Mozilla/') ? userAgent : ''
  const platform = hints['sec-ch-ua-platform']?.replace(/"/g, '').slice(0, 40) ?? ''
  const system = firstOf(systems, agent) ?? (/^[A-Za-z][\w ]*$/.test(platform) ? platform : null)
  return {
    browser: firstOf(browsers, agent),
    system,
    device: deviceOf(agent, platform, hints['sec-ch-ua-mobile']),
  }
}

/** Names browser and system together; null where neither is known. */
export function describeVisitor({ browser, system }: Visitor): string | null {
  if (browser === null) return system
  return system === null ? browser : `${browser} on ${system}`
}

function deviceOf(agent: string, platform: string, mobile: string | undefined): Visitor['device'] {
  if (mobile === '?1' || /iPhone|iPod|Android.*Mobile|Windows Phone/.test(agent)) return 'phone'
  if (/iPad|Android/.test(agent) || platform === 'Android') return 'tablet'
  return /Windows NT|Macintosh|X11|CrOS/.test(agent) ? 'desktop' : null
}

type Pattern = readonly [pattern: RegExp, name: string]

function firstOf(patterns: readonly Pattern[], agent: string): string | null {
  for (const [pattern, name] of patterns) {
    const found = pattern.exec(agent)
    if (found) return [name, found[1]?.replaceAll('_', '.')].filter(Boolean).join(' ')
  }
  return null
}

/** In the order in which they are told apart: most name those before them too. */
const browsers: readonly Pattern[] = [
  [/\bEdg(?:A|iOS)?\/(\d{1,4})/, 'Edge'],
  [/\bOPR\/(\d{1,4})/, 'Opera'],
  [/\bSamsungBrowser\/(\d{1,4})/, 'Samsung Internet'],
  [/\b(?:Firefox|FxiOS)\/(\d{1,4})/, 'Firefox'],
  [/\bCriOS\/(\d{1,4})/, 'Chrome'],
  [/; wv\).*\bChrome\/(\d{1,4})/, 'an app, WebView'],
  [/\b(?:Headless)?Chrome\/(\d{1,4})/, 'Chrome'],
  [/\bVersion\/(\d{1,4})[\d.]* .*Safari\//, 'Safari'],
]

const systems: readonly Pattern[] = [
  [/\bAndroid (\d{1,3})/, 'Android'],
  [/\b(?:iPhone|iPod).* OS (\d{1,3}(?:_\d{1,3})?)/, 'iOS'],
  [/\biPad.* OS (\d{1,3}(?:_\d{1,3})?)/, 'iPadOS'],
  [/\bWindows NT\b/, 'Windows'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bMacintosh\b/, 'macOS'],
  [/\bX11; (?:Linux|Ubuntu)/, 'Linux'],
]

/** The headers by which a proxy or a tunnel says whom it forwards for; those first that a client can't set. */
export const forwardingHeaders = [
  'cf-connecting-ip',
  'true-client-ip',
  'x-forwarded-for',
  'forwarded',
  'x-real-ip',
] as const

/**
 * Reads the address of the first sender from what a proxy or a tunnel says; null where it names none.
 * @see https://www.rfc-editor.org/rfc/rfc7239#section-5.2
 */
export function readForwardedFor(text: string | null): string | null {
  if (text === null) return null
  const [first = ''] = text.split(',', 1)
  const named = /(?:^|;)\s*for\s*=\s*("[^"]*"|[^;\s]+)/i.exec(first)?.[1] ?? first
  const address = named.replace(/"/g, '').trim()
  return (
    normalizeAddress(address) ??
    normalizeAddress(/^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? address.replace(/^([\d.]+):\d+$/, '$1'))
  )
}
