// Makes connections that leave this machine from chosen addresses.
import { lookup } from 'node:dns/promises'
import { isIPv6 } from 'node:net'
import type { SecureContext } from 'node:tls'
import { callbackify } from 'node:util'
import { NetworkError } from '../errors.ts'
import { Agent, buildConnector } from './undici.ts'

type Connector = ReturnType<typeof buildConnector>
type Target = Parameters<Connector>[0]
type Connected = Exclude<Parameters<Parameters<Connector>[1]>[1], null>

/** The options of a connection that say whom it trusts. */
export interface Trust {
  secureContext: SecureContext
}

/**
 * Makes an agent whose connections leave from the address that has the family of the host's: of its addresses, in
 * the order of the resolver, those of other families are left out.
 */
export function createBoundAgent(localAddresses: readonly string[], trust: Trust | undefined): Agent {
  const connect = buildConnector(trust ?? {})
  const bound = callbackify((target: Target) => connectFrom(localAddresses, connect, target))
  return new Agent({ connect: bound as unknown as Connector })
}

async function connectFrom(
  localAddresses: readonly string[],
  connect: Connector,
  target: Target,
): Promise<Connected> {
  let failure: unknown
  for (const { address } of await lookup(target.hostname, { all: true })) {
    const localAddress = localAddresses.find((local) => isIPv6(local) === isIPv6(address))
    if (localAddress === undefined) continue
    try {
      return await connectOnce(connect, { ...target, hostname: address, localAddress })
    } catch (error) {
      failure = error
    }
  }
  throw (
    failure ??
    new NetworkError(
      'no_common_family',
      `No address of ${target.hostname} can be reached from ${localAddresses.join()}`,
    )
  )
}

function connectOnce(connect: Connector, target: Target): Promise<Connected> {
  return new Promise((resolve, reject) => {
    connect(target, (error, socket) => {
      if (socket) resolve(socket)
      else reject(error ?? new Error('There is neither a socket nor an error'))
    })
  })
}
