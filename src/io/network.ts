// The network interfaces and addresses of this machine.
import { networkInterfaces } from 'node:os'
import type { Network } from '../context.ts'
import { isLoopback } from '../wire/addresses.ts'

export const network: Network = {
  interfaces: () =>
    Object.entries(networkInterfaces()).map(([name, addresses = []]) => ({
      name,
      addresses: addresses.map(({ address }) =>
        /^fe[89ab]/i.test(address) ? `${address}%${name}` : address,
      ),
    })),
  isLocal: async (address) => {
    // Sockets bind to broadcast and multicast addresses too, and then send from another one.
    const own = Object.values(networkInterfaces()).flatMap((addresses = []) => addresses)
    const [withoutZone = ''] = address.split('%')
    if (!isLoopback(address) && !own.some((known) => isSameAddress(known.address, withoutZone))) return false
    const { createSocket } = await import('node:dgram')
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    try {
      return await new Promise((resolve) => {
        socket.once('error', () => resolve(false))
        socket.bind({ address, port: 0, exclusive: true }, () => resolve(true))
      })
    } finally {
      socket.close()
    }
  },
}

/** Compares addresses by what they mean: an IPv6 one can be written in many ways. */
function isSameAddress(one: string, other: string): boolean {
  const canonical = (address: string) =>
    address.includes(':') && URL.canParse(`http://[${address}]`)
      ? new URL(`http://[${address}]`).host
      : address
  return canonical(one) === canonical(other)
}
