// The network interfaces of this machine, by what a phone could do with them.
import type { Context, NetworkInterface } from '../../context.ts'
import { classifyInterface, type InterfaceKind, kindWords } from '../../reach/interface-kind.ts'
import { type Check, note, ok } from './check.ts'
import type { Surroundings } from './surroundings.ts'

interface Meaning {
  /** What follows: a sentence. */
  consequence: string
  fix?(address: string): string
}

const listen = (address: string) => `--listen ${address}:8080`

const meanings: Readonly<Record<InterfaceKind, Meaning>> = {
  loopback: {
    consequence: 'nv listens there by default. A phone only reaches it through adb reverse or a tunnel',
  },
  'iphone-hotspot': {
    consequence: 'That iPhone may reach nv there and stay on mobile data',
    fix: (address) => `${listen(address)}, with a registered redirect_uri of that address`,
  },
  'android-hotspot': {
    consequence: 'That phone may reach nv there and stay on mobile data',
    fix: (address) => `${listen(address)}, with a registered redirect_uri of that address`,
  },
  'usb-tethering': {
    consequence: 'The phone on the cable may reach nv there and stay on mobile data',
    fix: (address) => `${listen(address)}, with a registered redirect_uri of that address`,
  },
  modem: {
    consequence: "With --interface, nv sends the phone's requests from there",
  },
  vpn: {
    consequence: 'A phone in that network may reach nv there, but no operator recognises a line through it',
  },
  virtual: {
    consequence: 'No phone reaches it',
  },
  'private-network': {
    consequence:
      'A phone on its Wi-Fi may reach nv there. The operator only recognises a line on mobile data, with Wi-Fi off',
  },
  'carrier-network': {
    consequence: 'Nothing from outside reaches it',
  },
  'link-local': {
    consequence: 'No phone reaches nv there, and no request can leave from it',
  },
  public: {
    consequence: 'A phone on mobile data may reach nv there, unless a firewall or NAT blocks it',
  },
}

/** Says of each kind of interface which there are, and what a phone could do with them. */
export function checkInterfaces(
  { network }: Pick<Context, 'network'>,
  { container, isWsl }: Surroundings,
): Check[] {
  const found = network.interfaces().map((known) => ({ ...known, kind: classifyInterface(known) }))
  const kinds = (Object.keys(meanings) as InterfaceKind[]).filter((kind) =>
    found.some((known) => known.kind === kind),
  )
  const checks = kinds.map((kind) => {
    const members = found.filter((known) => known.kind === kind)
    const { consequence, fix } = meanings[kind]
    const [first = ''] = members.flatMap(({ addresses }) => addresses)
    const detail = `${members.map(describe).join('; ')}: ${kindWords[kind]}`
    const isInside = container !== null || isWsl
    if (isInside && (kind === 'private-network' || kind === 'public')) {
      const owner = container === null ? 'WSL' : 'the container'
      return ok(
        kind,
        `${detail}, in ${owner}`,
        'A phone only reaches nv there through a port that the host forwards',
      )
    }
    const make = kind === 'link-local' ? note : ok
    return { ...make(kind, detail, consequence), fix: fix?.(first) ?? null }
  })
  const isOffline = kinds.every((kind) => kind === 'loopback' || kind === 'virtual' || kind === 'link-local')
  return isOffline
    ? [
        ...checks,
        note(
          'network',
          'No interface leads to a network',
          'nv only reaches the simulator',
          'Connect this machine, then run nv doctor again.',
        ),
      ]
    : checks
}

/** A link-local address says nothing beside another one. */
function describe({ name, addresses }: NetworkInterface): string {
  const others = addresses.filter((address) => !/^(?:fe[89ab]|169\.254\.)/i.test(address))
  return [name, (others.length > 0 ? others : addresses).join(', ')].join(' ')
}
