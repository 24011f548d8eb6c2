// Where the phone's requests leave this machine when nv sends them itself: a modem's interface, or an address.
import type { Context, NetworkInterface } from '../context.ts'
import { SetupError } from '../errors.ts'

export interface Source {
  /** The interface or the address, as it was asked for. */
  name: string
  /** One address of each family that it has. */
  addresses: readonly string[]
}

/**
 * Finds the addresses of an interface. Throws a SetupError that lists the
 * interfaces when it is unknown, or has no address.
 */
export function findInterface({ network }: Pick<Context, 'network'>, name: string): Source {
  const interfaces = network.interfaces()
  const found = interfaces.find((known) => known.name === name)
  if (!found) {
    throw new SetupError({
      code: 'interface_unknown',
      title: `This machine has no network interface ${name}`,
      cause: 'It does not exist, or it is down or has no address yet.',
      fix: `Those with an address are:\n${listInterfaces(interfaces)}`,
    })
  }
  const addresses = firstOfEachFamily(found.addresses)
  if (addresses.length > 0) return { name, addresses }
  throw new SetupError({
    code: 'interface_without_address',
    title: `The network interface ${name} has no address that leads anywhere`,
    cause: `It has only ${found.addresses.join(', ')}, which its own link alone understands.`,
    fix: `Wait until the modem is connected, or take another:\n${listInterfaces(interfaces)}`,
  })
}

/** Takes an IP address of this machine. Throws a SetupError for any other address. */
export async function takeAddress({ network }: Pick<Context, 'network'>, address: string): Promise<Source> {
  if (await network.isLocal(address)) return { name: address, addresses: [address] }
  throw new SetupError({
    code: 'address_not_local',
    title: `This machine has no address ${address}`,
    cause: 'nv can only send from an address of this machine.',
    fix: `Its addresses are:\n${listInterfaces(network.interfaces())}`,
  })
}

/** Explains that an address was there when the run began, and no longer is. */
export function addressGone(addresses: readonly string[]): SetupError {
  return new SetupError({
    code: 'address_not_local',
    title: `This machine can't send from ${addresses.join(' and ')}`,
    cause: 'The system refused the address: the interface went down, or has another one by now.',
    fix: 'Check that the modem is connected, then try again.',
  })
}

/** A link-local address needs its scope in every URL, and leads to no gateway. */
function firstOfEachFamily(addresses: readonly string[]): string[] {
  const global = addresses.filter((address) => !address.includes('%'))
  const families = [global.find((address) => !isIpv6(address)), global.find(isIpv6)]
  return families.filter((address) => address !== undefined)
}

function isIpv6(address: string): boolean {
  return address.includes(':')
}

function listInterfaces(interfaces: readonly NetworkInterface[]): string {
  return interfaces.map(({ name, addresses }) => `${name}  ${addresses.join(', ')}`).join('\n')
}
