// The certificate that nv simulate serves with, and the file by which other programs trust it.
import type { CertificateFlaw, Context, TemporaryFile, TlsIdentity } from '../../context.ts'

export interface Certificate {
  identity: TlsIdentity
  /** The authority's certificate, without its key; whoever has it removes it at the end. */
  caFile: TemporaryFile
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
