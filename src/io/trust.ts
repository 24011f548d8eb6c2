// Says whom a connection trusts beside the authorities that Node trusts by itself.
import type { SecureContext } from 'node:tls'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Gives the context of TLS in which another authority is trusted beside the usual ones; undefined when those of Node
 * will do. Reading those takes tens of milliseconds, so that all connections share what came of it.
 */
export async function trustIn(env: Env, ca: string | undefined): Promise<SecureContext | undefined> {
  const path = env['NODE_EXTRA_CA_CERTS']
  if (ca === undefined && !path) return undefined
  const extra = path ? await readAuthorities(path) : null
  // Node reads that file too, unless it need not; about one that it can't read it would write to stderr.
  if (ca === undefined && extra !== null) return undefined
  const { createSecureContext, rootCertificates } = await import('node:tls')
  return createSecureContext({ ca: [...rootCertificates, extra ?? [], ca ?? []].flat() })
}

/** Reads the authorities that Node trusts by itself, and no longer once others are named; null when it can't. */
async function readAuthorities(path: string): Promise<string | null> {
  const [{ X509Certificate }, { readFile }] = await Promise.all([
    import('node:crypto'),
    import('node:fs/promises'),
  ])
  try {
    const text = await readFile(path, 'utf8')
    return new X509Certificate(text).subject === undefined ? null : text
  } catch {
    return null
  }
}
