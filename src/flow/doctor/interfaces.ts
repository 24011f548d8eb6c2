// The network interfaces of this machine, by what a phone could do with them.
import type { Context, NetworkInterface } from '../../context.ts'
import { type Check, note, ok } from './check.ts'
import type { Surroundings } from './surroundings.ts'

export type InterfaceKind =
  | 'loopback'
  | 'iphone-hotspot'
  | 'android-hotspot'
  | 'usb-tethering'
  | 'modem'
  | 'vpn'
  | 'virtual'
  | 'private-network'
  | 'carrier-network'
  | 'link-local'
  | 'public'

/** By name: what the address alone does not tell. */
const names: ReadonlyArray<readonly [RegExp, InterfaceKind]> = [
  [
    /^(?:docker|br-|veth|virbr|vmnet|vboxnet|vnet|cni|flannel|cali|lxc|lxdbr|podman|kube|ifb|dummy)/i,
    'virtual',
  ],
  [/^(?:bridge\d+|awdl\d+|llw\d+|anpi\d+)$|vEthernet|VirtualBox|VMware|Hyper-V/i, 'virtual'],
  [/^(?:tun|tap|wg|utun|ipsec|ppp|zt|tailscale|nordlynx|proton)\w*$|OpenVPN|WireGuard|Tailscale/i, 'vpn'],
  [/^(?:ww(?:an|p|x)|rmnet|cdc-wdm)|^Cellular|^Mobile Broadband/i, 'modem'],
]

/** By address. @see https://www.iana.org/assignments/iana-ipv4-special-registry */
const networks: ReadonlyArray<readonly [network: string, bits: number, kind: InterfaceKind]> = [
  ['127.0.0.0', 8, 'loopback'],
  ['172.20.10.0', 28, 'iphone-hotspot'],
  ['192.168.43.0', 24, 'android-hotspot'],
  ['192.168.49.0', 24, 'android-hotspot'],
  ['192.168.42.0', 24, 'usb-tethering'],
  ['169.254.0.0', 16, 'link-local'],
  ['100.64.0.0', 10, 'carrier-network'],
  ['10.0.0.0', 8, 'private-network'],
  ['172.16.0.0', 12, 'private-network'],
  ['192.168.0.0', 16, 'private-network'],
]

/** Tells what an interface leads to, by its name first and then by the addresses it has. */
export function classifyInterface({ name, addresses }: NetworkInterface): InterfaceKind {
  const byName = names.find(([pattern]) => pattern.test(name))?.[1]
  if (byName !== undefined) return byName
  const kinds = addresses.map(classifyAddress)
  const [strongest = 'link-local'] = kinds.filter((kind) => kind !== 'link-local')
  const isTethered = /^(?:usb|rndis|ncm)\d/i.test(name)
  return isTethered && (strongest === 'private-network' || strongest === 'link-local')
    ? 'usb-tethering'
    : strongest
}

function classifyAddress(address: string): InterfaceKind {
  if (address.includes(':')) {
    if (address === '::1') return 'loopback'
    if (/^fe[89ab]/i.test(address)) return 'link-local'
    return /^f[cd]/i.test(address) ? 'private-network' : 'public'
  }
  const isIn = (network: string, bits: number) =>
    toNumber(address) >>> (32 - bits) === toNumber(network) >>> (32 - bits)
  return networks.find(([network, bits]) => isIn(network, bits))?.[2] ?? 'public'
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, byte) => (sum << 8) | Number(byte), 0) >>> 0
}

interface Meaning {
  /** What goes on after the list of addresses: a clause. */
  is: string
  so(address: string): string
  fix?(address: string): string
}

const listen = (address: string) => `--listen ${address}:8080`

const meanings: Readonly<Record<InterfaceKind, Meaning>> = {
  loopback: {
    is: 'this machine itself',
    so: () => 'nv listens there by default, and a phone only reaches it through adb reverse or a tunnel',
  },
  'iphone-hotspot': {
    is: "the range of an iPhone's hotspot",
    so: () => 'that iPhone may reach nv there and stay on mobile data',
    fix: (address) => `${listen(address)}, with a registered redirect_uri of that address`,
  },
  'android-hotspot': {
    is: "a usual range of an Android phone's hotspot",
    so: () => 'that phone may reach nv there and stay on mobile data',
    fix: (address) => `${listen(address)}, with a registered redirect_uri of that address`,
  },
  'usb-tethering': {
    is: 'usb-tethering',
    so: () => 'the phone on the cable may reach nv there and stay on mobile data',
    fix: (address) => `${listen(address)}, with a registered redirect_uri of that address`,
  },
  modem: {
    is: "a modem's mobile data",
    so: () => "nv can send the phone's requests from there with --interface",
  },
  vpn: {
    is: 'a VPN or tunnel, by its name',
    so: () => 'a phone only reaches it inside that network, where no operator recognises its line',
  },
  virtual: {
    is: 'a bridge of containers or virtual machines, by its name',
    so: () => 'no phone reaches it',
  },
  'private-network': {
    is: 'a private network',
    so: () =>
      'a phone on its Wi-Fi may reach nv there, but the operator recognises a line by its mobile data, with Wi-Fi off',
  },
  'carrier-network': {
    is: "a carrier's shared range (CGNAT), or Tailscale",
    so: () => 'nothing from outside reaches it',
  },
  'link-local': {
    is: 'link-local only: the network gave no address',
    so: () => 'no phone reaches nv there, and no request can leave from it',
  },
  public: {
    is: 'not a private range',
    so: () => 'a phone on mobile data may reach nv there, unless a firewall or NAT blocks it',
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
    const { is, so, fix } = meanings[kind]
    const [first = ''] = members.flatMap(({ addresses }) => addresses)
    const detail = `${members.map(describe).join('; ')}: ${is}`
    const isInside = container !== null || isWsl
    if (isInside && (kind === 'private-network' || kind === 'public')) {
      const owner = container === null ? 'WSL' : 'the container'
      return ok(
        kind,
        `${detail}, of ${owner}`,
        'a phone only reaches nv there through a port that the host forwards',
      )
    }
    const make = kind === 'link-local' ? note : ok
    return { ...make(kind, detail, so(first)), fix: fix?.(first) ?? null }
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
