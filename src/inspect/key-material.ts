// Keys in whatever form people have them: PEM, DER in base64, JWK, JWKS, a certificate.
import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { readBody } from '../wire/body.ts'
import { isBase64 } from '../wire/text.ts'

/** A key as it was found. */
export interface FoundKey {
  object: KeyObject
  isPrivate: boolean
  jwk: Readonly<Record<string, unknown>> | null
  form: 'PEM' | 'DER' | 'JWK'
}

const maxLength = 200_000
const maxBlocks = 100

/** Lists the blocks of a PEM text, with what each says it is; line breaks that were written as \n are real ones. */
export function pemBlocks(text: string): Array<{ label: string; pem: string }> {
  if (text.length > maxLength) return []
  const pem = text.replaceAll('\\n', '\n')
  const blocks: Array<{ label: string; pem: string }> = []
  for (const { index, 0: begin, 1: label = '' } of pem.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----/g)) {
    if (blocks.length >= maxBlocks) break
    const end = `-----END ${label}-----`
    const at = pem.indexOf(end, index + begin.length)
    if (at >= 0) blocks.push({ label, pem: pem.slice(index, at + end.length) })
  }
  return blocks
}

/** Gives DER that was written as base64; null for any other text. */
export function derIn(text: string): Buffer | null {
  const compact = text.length > maxLength ? '' : text.replace(/\s+/g, '')
  // A SEQUENCE of ASN.1 begins with 0x30.
  return compact.length >= 40 && /^M[A-P]/.test(compact) && isBase64(compact)
    ? Buffer.from(compact, 'base64')
    : null
}

/** Gives the PEM or JSON that was written as base64, of either alphabet; null when the text is something else. */
export function unpackKey(text: string): string | null {
  const packed =
    text.length > maxLength ? '' : text.replace(/^data:[^,]{0,100};base64,/, '').replace(/\s|\\n/g, '')
  if (packed.length < 40 || !isBase64(packed)) return null
  const inside = Buffer.from(packed, 'base64').toString('utf8').trim()
  return inside.startsWith('{') || inside.startsWith('-----BEGIN ') ? inside : null
}

/** Reads a key out of one PEM block, or out of DER; null when it can't be read. */
export function readKeyObject(source: string | Buffer): FoundKey | null {
  const form = typeof source === 'string' ? 'PEM' : 'DER'
  for (const [isPrivate, read] of attempts(source)) {
    try {
      return { object: read(), isPrivate, jwk: null, form }
    } catch {
      // Another form may fit.
    }
  }
  return null
}

function attempts(source: string | Buffer): Array<readonly [isPrivate: boolean, read: () => KeyObject]> {
  if (typeof source === 'string')
    return [
      [true, () => createPrivateKey(source)],
      [false, () => createPublicKey(source)],
    ]
  const key = source
  return [
    [true, () => createPrivateKey({ key, format: 'der', type: 'pkcs8' })],
    [true, () => createPrivateKey({ key, format: 'der', type: 'pkcs1' })],
    [true, () => createPrivateKey({ key, format: 'der', type: 'sec1' })],
    [false, () => createPublicKey({ key, format: 'der', type: 'spki' })],
    [false, () => createPublicKey({ key, format: 'der', type: 'pkcs1' })],
  ]
}

/** Reads a JWK; null when it can't be used as a key. */
export function readJwkObject(jwk: Readonly<Record<string, unknown>>): FoundKey | null {
  const isPrivate = jwk['d'] !== undefined
  const key = jwk as JsonWebKey
  try {
    const object = isPrivate
      ? createPrivateKey({ key, format: 'jwk' })
      : createPublicKey({ key, format: 'jwk' })
    return { object, isPrivate, jwk, form: 'JWK' }
  } catch {
    return null
  }
}

/** Reads a certificate in PEM or DER; null for anything else. */
export function readCertificate(source: string | Buffer): X509Certificate | null {
  try {
    return new X509Certificate(source)
  } catch {
    return null
  }
}

/** Lists the keys of a JWKS, or a JWK alone; null when the text is neither. */
export function jwksIn(text: string): Array<Readonly<Record<string, unknown>>> | null {
  const body = text.length > 10 * maxLength ? null : readBody(text)
  if (body?.kind !== 'object') return null
  const { keys, kty } = body.object
  if (typeof kty === 'string') return [body.object]
  const isKey = (key: unknown) => typeof key === 'object' && key !== null && !Array.isArray(key)
  return Array.isArray(keys) && keys.every(isKey) ? (keys as Array<Record<string, unknown>>) : null
}

/** Gives the public keys of a file: those of private keys and of certificates too. */
export function publicKeysIn(written: string): KeyObject[] {
  const text = unpackKey(written) ?? written
  const toPublic = (found: FoundKey | null): KeyObject[] =>
    found === null ? [] : [found.isPrivate ? createPublicKey(found.object) : found.object]
  const jwks = jwksIn(text)
  if (jwks !== null) return jwks.slice(0, 100).flatMap((jwk) => toPublic(readJwkObject(jwk)))
  const der = derIn(text)
  const sources = der === null ? pemBlocks(text).map(({ pem }) => pem) : [der]
  return sources.slice(0, 100).flatMap((source) => {
    const certificate = readCertificate(source)
    return certificate === null ? toPublic(readKeyObject(source)) : [certificate.publicKey]
  })
}
