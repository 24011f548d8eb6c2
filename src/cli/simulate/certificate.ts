// The certificate that nv simulate serves with, and the file by which other programs trust it.
import type { CertificateFlaw, Context, TemporaryFile, TlsIdentity } from '../../context.ts'
import { readIdentity } from '../tls-identity.ts'

export interface Certificate {
  identity: TlsIdentity
  /**
   * The authority's certificate, without its key; its owner removes it at
   * the end. Null for the user's own certificate.
   */
  caFile: TemporaryFile | null
}

/** Reads the user's own certificate and key. Throws a UsageError when one of them is missing. */
export async function readCertificate(
  context: Pick<Context, 'files'>,
  files: { cert: string; key: string },
): Promise<Certificate> {
  const identity = await readIdentity(context, files, ['--cert', '--key'])
  return { identity, caFile: null }
}

/** Makes a certificate for the host, and puts its authority's where other programs can read it. */
export async function prepareCertificate(
  { certify, clock, files }: Pick<Context, 'certify' | 'clock' | 'files'>,
  host: string,
  flaw: CertificateFlaw | null,
): Promise<Certificate> {
  const { identity, ca } = await certify(host, clock.now(), flaw)
  return { identity, caFile: await files.writeTemporary('ca.pem', ca) }
}
