// Says which authorities a connection trusts beside those that Node trusts by itself.
import type { SecureContext } from 'node:tls'

type Env = Readonly<Record<string, string | undefined>>

/**
 * Gives the context of TLS in which another authority is trusted beside the usual ones; undefined when there is no
 * other. Reading those takes tens of milliseconds, so all connections share the result.
 */
export async function trustIn(env: Env, ca: string | undefined): Promise<SecureContext | undefined> {
  if (ca === undefined) return undefined
  const { createSecureContext } = await import('node:tls')
  return createSecureContext({ ca: [...(await usualAuthorities(env)), ca] })
}

/** The authorities that Node trusts by itself, which are no longer trusted once others are named. */
async function usualAuthorities(env: Env): Promise<string[]> {
  const { rootCertificates } = await import('node:tls')
  const { readFile } = await import('node:fs/promises')
  const extra = env['NODE_EXTRA_CA_CERTS']
  const added = extra ? await readFile(extra, 'utf8').catch(() => '') : ''
  return added === '' ? [...rootCertificates] : [...rootCertificates, added]
}
