// Checks the signature of a JWT with keys from files. Nothing is sent anywhere.
import type { KeyObject } from 'node:crypto'
import { compactVerify } from 'jose/jws/compact/verify'
import { publicKeysIn } from './key-material.ts'

/** Tells whether one of the keys made the signature; no text makes it throw. */
export async function verifiesWith(jwt: string, texts: readonly string[]): Promise<boolean> {
  const keys = texts.flatMap(publicKeysIn).slice(0, 100)
  const checks = await Promise.all(keys.map((key) => verifies(jwt, key)))
  return checks.includes(true)
}

async function verifies(jwt: string, key: KeyObject): Promise<boolean> {
  try {
    await compactVerify(jwt, key)
    return true
  } catch {
    return false
  }
}
