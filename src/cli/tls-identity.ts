// Reads a certificate and its key from the files that a user names.
import type { Context, TlsIdentity } from '../context.ts'
import { missingFile } from '../target/material.ts'

/** Reads them; `flags` name them. Throws a UsageError when one of them is missing. */
export async function readIdentity(
  { files }: Pick<Context, 'files'>,
  { cert, key }: { cert: string; key: string },
  [ofCert, ofKey]: readonly [string, string],
): Promise<TlsIdentity> {
  const read = async (path: string, flag: string) => {
    const text = await files.read(path)
    if (text === null) throw missingFile(path, `${flag} names it.`)
    return text
  }
  return { cert: await read(cert, ofCert), key: await read(key, ofKey) }
}
