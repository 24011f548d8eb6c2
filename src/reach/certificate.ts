// The certificate of a run's listener, for a redirect_uri that starts with https.
import type { Context, TlsIdentity } from '../context.ts'
import { isWildcard } from '../wire/addresses.ts'

export interface Certificate {
  identity: TlsIdentity
  /** The authority's certificate, without its key; PEM. */
  ca: string
  /** What to tell the user, a line each. */
  notes: string[]
  /** Removes the file of the authority. */
  remove(): Promise<void>
}

/** Makes one for a host, signed by an authority for this run alone, and puts that where a phone can be given it. */
export async function prepareCertificate(
  { certify, clock, files }: Pick<Context, 'certify' | 'clock' | 'files'>,
  host: string,
): Promise<Certificate> {
  const { identity, ca } = await certify(host, clock.now(), null)
  const file = await files.writeTemporary('ca.pem', ca)
  return {
    identity,
    ca,
    notes: [
      `nv speaks TLS for ${isWildcard(host) ? 'each address of this machine' : host} with a certificate of this run. Browsers warn about it: compare its SHA-256 fingerprint, then continue.`,
      await fingerprintOf(identity.cert),
      `A phone that has this authority installed shows no warning: ${file.path}`,
    ],
    remove: () => file.remove(),
  }
}

/** Gives the fingerprint as browsers show it. */
async function fingerprintOf(pem: string): Promise<string> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', der))
  return [...digest].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':')
}
