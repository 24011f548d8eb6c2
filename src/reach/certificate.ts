// The certificate of a run's listener, for a redirect_uri that starts with https.
import { X509Certificate } from 'node:crypto'
import type { Context, TlsIdentity } from '../context.ts'
import { isWildcard, normalizeAddress } from '../wire/addresses.ts'
import { escapeText } from '../wire/escape.ts'

export interface Certificate {
  identity: TlsIdentity
  /** Whether it is the user's own. */
  isOwn: boolean
  /** The certificate of an authority that is of this run alone, without its key, as PEM; null: it is the user's own. */
  ca: string | null
  /** What to tell the user, a line each. */
  notes: string[]
  /** Removes the file of the authority. */
  remove(): Promise<void>
}

/**
 * Takes the user's own, or makes one for a host, signed by an authority for this run alone, and puts that where a phone
 * can be given it.
 */
export async function prepareCertificate(
  { certify, clock, files }: Pick<Context, 'certify' | 'clock' | 'files'>,
  host: string,
  asked: TlsIdentity | 'temporary',
): Promise<Certificate> {
  if (asked !== 'temporary')
    return {
      identity: asked,
      isOwn: true,
      ca: null,
      notes: describeOwn(asked.cert, host, clock.now()),
      remove: () => Promise.resolve(),
    }
  const { identity, ca } = await certify(host, clock.now(), null)
  const file = await files.writeTemporary('ca.pem', ca)
  return {
    identity,
    isOwn: false,
    ca,
    notes: [
      `nv speaks TLS for ${isWildcard(host) ? 'each address of this machine' : host} with a certificate of this run. Browsers warn about it: compare its SHA-256 fingerprint, then continue.`,
      await fingerprintOf(identity.cert),
      `A phone that has this authority installed shows no warning: ${file.path}`,
    ],
    remove: () => file.remove(),
  }
}

/** Says what a phone will object to in a certificate of the user's; whether it can be used at all, the listener finds. */
function describeOwn(pem: string, host: string, nowMs: number): string[] {
  const certificate = readCertificate(pem)
  if (certificate === null) return []
  const { subjectAltName, subject, validTo } = certificate
  const isName = normalizeAddress(host) === null
  const found = isName ? certificate.checkHost(host) : certificate.checkIP(host)
  const isForHost = isWildcard(host) || found !== undefined
  const names = escapeText(subjectAltName ?? subject, 200)
  return [
    ...(isForHost
      ? []
      : [`Browsers will refuse that certificate: it is for ${names}, and the phone asks for ${host}.`]),
    ...(Date.parse(validTo) > nowMs
      ? []
      : [`Browsers will refuse that certificate: it ended on ${validTo}.`]),
  ]
}

function readCertificate(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}

/** Gives the fingerprint as browsers show it. */
async function fingerprintOf(pem: string): Promise<string> {
  const der = Buffer.from(pem.replace(/-----[A-Z ]+-----|\s/g, ''), 'base64')
  const digest = Buffer.from(await crypto.subtle.digest('SHA-256', der))
  return [...digest].map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(':')
}
