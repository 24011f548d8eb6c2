// Chooses the address for `--listen lan`: of the network that a phone shares with this machine.
import type { Context } from '../context.ts'
import { SetupError } from '../errors.ts'
import { formatListen, type ListenAddress } from '../settings/rules.ts'
import { portOf, withoutBrackets } from '../wire/addresses.ts'
import { classifyInterface, type InterfaceKind, kindWords } from './interface-kind.ts'

export interface LanChoice {
  address: ListenAddress
  /** What was chosen, what else there is, and what to register; a line each. */
  notes: string[]
}

/** What is listened on where neither the option nor the redirect_uri says so: an address to register has to stay. */
const defaultPort = 8080

/** The kinds where a phone may be, the likeliest first: one that shares its own network stays on mobile data. */
const kinds: readonly InterfaceKind[] = [
  'iphone-hotspot',
  'android-hotspot',
  'usb-tethering',
  'private-network',
  'public',
  'carrier-network',
]

const ofPhone: ReadonlySet<InterfaceKind> = new Set(['iphone-hotspot', 'android-hotspot', 'usb-tethering'])

interface Candidate {
  name: string
  kind: InterfaceKind
  host: string
}

/**
 * Takes the address that the redirect_uri names, where it is one of this machine; else that of the likeliest network.
 * Port 0 is that of the redirect_uri, or 8080. Without a scheme another address is registered, and none is named here.
 * Throws a SetupError when no network has an address.
 */
export function chooseLan(
  { network }: Pick<Context, 'network'>,
  port: number,
  redirectUri: string | null,
  scheme: 'http' | 'https' | null = 'http',
): LanChoice {
  const candidates = network
    .interfaces()
    .flatMap(({ name, addresses }): Candidate[] => {
      const kind = classifyInterface({ name, addresses })
      return kinds.includes(kind) ? addresses.filter(isReachable).map((host) => ({ name, kind, host })) : []
    })
    .toSorted((one, other) => rank(one) - rank(other))
  const registered = redirectUri === null ? null : new URL(redirectUri)
  const named = candidates.find(
    ({ host }) => registered !== null && host === withoutBrackets(registered.hostname),
  )
  const chosen = named ?? candidates[0]
  if (chosen === undefined) throw noNetwork()
  const own = named === undefined || registered === null ? 0 : portOf(registered)
  const address = { host: chosen.host, port: port || own || defaultPort }
  return { address, notes: describe(chosen, candidates, address, redirectUri === null ? scheme : null) }
}

/** A link-local address means nothing to a phone's browser. */
function isReachable(address: string): boolean {
  return !/^(fe[89ab]|169\.254\.)/i.test(address)
}

/** A hotspot is joined over Wi-Fi, and an IPv4 address can be typed. */
function rank({ name, kind, host }: Candidate): number {
  const isWifi = /^(wl|wifi|wi-fi|en0$)/i.test(name)
  return kinds.indexOf(kind) * 4 + (host.includes(':') ? 2 : 0) + (isWifi ? 0 : 1)
}

function describe(
  chosen: Candidate,
  candidates: readonly Candidate[],
  address: ListenAddress,
  scheme: 'http' | 'https' | null,
): string[] {
  const { port } = address
  const others = candidates.filter(({ name, host }) => name !== chosen.name && !host.includes(':'))
  const flags = others.map(
    ({ name, kind, host }) => `${name} --listen ${formatListen({ host, port })} (${kindWords[kind]})`,
  )
  const isOfPhone = ofPhone.has(chosen.kind)
  return [
    `lan is ${chosen.name}, ${chosen.host}: ${kindWords[chosen.kind]}.${flags.length === 0 ? '' : ` Others: ${flags.join('; ')}`}`,
    ...(isOfPhone
      ? []
      : [
          "nv can't tell whether that is the phone's own hotspot. On another Wi-Fi the phone reaches nv, but the operator does not see its SIM.",
        ]),
    ...(scheme === null
      ? []
      : [`Register exactly this redirect_uri: ${scheme}://${formatListen(address)}/callback`]),
  ]
}

function noNetwork(): SetupError {
  return new SetupError({
    code: 'no_lan',
    title: 'This machine is in no network that a phone could share',
    cause: 'Besides loopback, VPNs, modems and bridges, no interface has an address.',
    fix: "Join the phone's hotspot, then try again. `nv doctor` lists the interfaces.",
  })
}
