// Tells what a network interface of this machine leads to.
import type { NetworkInterface } from '../context.ts'

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

/** What each is, as a phrase. */
export const kindWords: Readonly<Record<InterfaceKind, string>> = {
  loopback: 'this machine itself',
  'iphone-hotspot': "the range of an iPhone's hotspot",
  'android-hotspot': "a usual range of an Android phone's hotspot",
  'usb-tethering': 'usb-tethering',
  modem: "a modem's mobile data",
  vpn: 'a VPN or tunnel, by its name',
  virtual: 'a bridge of containers or virtual machines, by its name',
  'private-network': 'a private network',
  'carrier-network': "a carrier's shared range (CGNAT), or Tailscale",
  'link-local': 'link-local only: the network gave no address',
  public: 'not a private range',
}
