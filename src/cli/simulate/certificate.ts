// The certificate that nv simulate serves with, and the file by which other programs trust it.
import type { CertificateFlaw, Context, TemporaryFile, TlsIdentity } from '../../context.ts'
import { missingFile } from '../../target/material.ts'

export interface Certificate {
  identity: TlsIdentity
  /** The authority's certificate, without its key; whoever has it removes it at the end. Null: it is the user's own. */
  caFile: TemporaryFile | null
}

/** Reads the user's own certificate and key. Throws a UsageError when one of them is missing. */
export async function readCertificate(
  { files }: Pick<Context, 'files'>,
  { cert, key }: { cert: string; key: string },
): Promise<Certificate> {
  const read = async (path: string, flag: string) => {
    const text = await files.read(path)
    if (text === null) throw missingFile(path, `${flag} names it.`)
    return text
  }
  const identity = { cert: await read(cert, '--cert'), key: await read(key, '--key') }
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
