// What stays while one phone comes after the other: an address that is registered, a certificate that is trusted.
import type { Certificate } from '../../reach/certificate.ts'
import type { OpenTunnel } from '../../reach/open-tunnel.ts'
import type { ListenAddress } from '../../settings/rules.ts'

export interface Standing {
  certificate: Certificate | null
  /** Null: none was asked for, or it is not open yet. */
  tunnel: OpenTunnel | null
  /** What is listened on each time; null: it was not chosen yet. */
  address: ListenAddress | null
  close(): Promise<void>
}

/** Starts with nothing. */
export function createStanding(): Standing {
  const standing: Standing = {
    certificate: null,
    tunnel: null,
    address: null,
    close: async () => {
      await Promise.all([standing.tunnel?.close(), standing.certificate?.remove()])
    },
  }
  return standing
}
