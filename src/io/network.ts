// The network interfaces and addresses of this machine.
import { networkInterfaces } from 'node:os'
import type { Network } from '../context.ts'

export const network: Network = {
  interfaces: () =>
    Object.entries(networkInterfaces()).map(([name, addresses = []]) => ({
      name,
      addresses: addresses.map(({ address }) =>
        /^fe[89ab]/i.test(address) ? `${address}%${name}` : address,
      ),
    })),
  isLocal: async (address) => {
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
