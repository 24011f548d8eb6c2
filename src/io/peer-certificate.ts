// Reads what a server proved itself with in TLS.
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls'
import type { Certificate } from '../wire/exchange.ts'

/** Reads the certificate of the server, trusted or not; null when it sent none. */
export function readCertificate(socket: TLSSocket): Certificate | null {
  // Without a certificate Node gives an object without members, and null once the connection is gone.
  const leaf = socket.getPeerCertificate(true) as Partial<DetailedPeerCertificate> | null
  if (!leaf?.subject || !leaf.issuer) return null
  return {
    subject: nameOf(leaf.subject) ?? leaf.subjectaltname ?? '',
    issuer: nameOf(leaf.issuer) ?? '',
    validFrom: toIso(leaf.valid_from),
    validTo: toIso(leaf.valid_to),
    root: nameOf(lastOf(leaf).issuer),
  }
}

/** Goes up the chain as far as it was sent or is known; a root is its own issuer. */
function lastOf(leaf: Partial<DetailedPeerCertificate>): Partial<DetailedPeerCertificate> {
  const seen = new Set<string | undefined>()
  let last = leaf
  while (last.issuerCertificate && !seen.has(last.fingerprint256)) {
    seen.add(last.fingerprint256)
    last = last.issuerCertificate
  }
  return last
}

/** Gives a short name; a certificate may name several. */
function nameOf(name: Partial<Record<string, string | string[]>> | undefined): string | null {
  const values = [name?.['CN'], name?.['O'], name?.['OU']].flatMap((value) => value ?? [])
  return values[0] ?? null
}

function toIso(time: string | undefined): string {
  const date = new Date(time ?? '')
  return Number.isNaN(date.getTime()) ? '' : date.toISOString()
}
