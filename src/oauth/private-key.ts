// A private key in whatever form a person has it: PEM, JWK, a JWKS, a file of an application, base64 or DER.
import {
  createPrivateKey,
  createPublicKey,
  type JsonWebKey,
  type KeyObject,
  X509Certificate,
} from 'node:crypto'
import { shellQuote } from '../wire/escape.ts'
import { isObject } from '../wire/body.ts'
import { isBase64 } from '../wire/text.ts'

export interface PrivateKey {
  object: KeyObject
  /** Null: it was none. */
  jwk: JsonWebKey | null
  /** The kid that stands beside it. */
  keyId: string | undefined
}

/** A key can't be read. The message quotes nothing of it. */
export class KeyProblem extends Error {
  override name = 'KeyProblem'
  constructor(
    message: string,
    /** Gives the command that makes a usable file of the one at a path. */
    readonly command?: (path: string) => string,
  ) {
    super(message)
  }
}

/** The file that the commands write. */
export const convertedKey = 'key.pem'

/**
 * Reads the one private key that a text holds. Line breaks may be written as `\n` or be lost, as in variables, and
 * base64 may hold any of the other forms. Of several keys the kid chooses. Throws a KeyProblem.
 */
export function readPrivateKey(text: string, keyId: string | null = null): PrivateKey {
  const key = unquote(text.replace(/^\uFEFF/, '').trim())
  if (key === '') throw new KeyProblem('the file is empty')
  if (/^[{[]/.test(key)) {
    const json = parseJson(key)
    if (json !== undefined) return readJson(json, keyId)
  }
  if (key.includes('-----BEGIN ')) return readPem(key)
  if (/^[{[]/.test(key)) throw new KeyProblem('it starts like JSON, but is not valid JSON')
  const bytes = decodeBase64(key)
  if (!bytes) throw whyUnreadable(key)
  const decoded = bytes[0] === 0x30 ? null : bytes.toString('utf8')
  const isText = decoded !== null && (/^\s*[{[]|-----BEGIN /.test(decoded) || decodeBase64(decoded) !== null)
  if (!isText) return readDer(bytes)
  return readPrivateKey(decoded, keyId)
}

function unquote(text: string): string {
  return /^(["'`])([^]*)\1$/.exec(text)?.[2]?.trim() ?? text
}

/** Reads the private keys among the blocks; a certificate or a public key may stand beside. */
function readPem(text: string): PrivateKey {
  const blocks = [
    ...text
      .replace(/\\r|\\$/gm, '')
      .replaceAll('\\n', '\n')
      .matchAll(/-----BEGIN ([A-Z0-9 ]+)-----([^]*?)-----END \1-----/g),
  ].map(([, label = '', body = '']) => ({ label, body }))
  const found = blocks.filter(({ label }) => label.endsWith('PRIVATE KEY'))
  const keys = [...new Map(found.map((block) => [squeeze(block.body), block])).values()]
  const [key] = keys
  if (!key) throw whyNoPrivateKey(text)
  if (keys.length > 1) throw new KeyProblem(`it holds ${keys.length} private keys: leave the right one in`)
  if (key.label.startsWith('ENCRYPTED') || key.body.includes('Proc-Type: 4,ENCRYPTED'))
    throw new KeyProblem('it is protected by a passphrase', decrypt)
  if (key.label.startsWith('OPENSSH')) throw new KeyProblem('it is in the format of OpenSSH', convertOpenSsh)
  const lines = squeeze(key.body).match(/.{1,64}/g) ?? []
  const pem = [`-----BEGIN ${key.label}-----`, ...lines, `-----END ${key.label}-----`, ''].join('\n')
  const object = attempt(() => createPrivateKey(pem))
  if (!object) throw new KeyProblem('it looks like a PEM key, but it is damaged: some of it may be missing')
  return { object, jwk: null, keyId: undefined }
}

/** Removes from the base64 of a block what does not belong to it. */
function squeeze(body: string): string {
  return body.replace(/[^A-Za-z0-9+/=]/g, '')
}

function whyNoPrivateKey(text: string): KeyProblem {
  if (/-----BEGIN (RSA )?PUBLIC KEY-----/.test(text)) return new KeyProblem('it is a public key')
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text))
    return new KeyProblem('it is cut off: the line -----END PRIVATE KEY----- is missing')
  if (text.includes('-----BEGIN CERTIFICATE REQUEST')) return new KeyProblem('it is a certificate request')
  if (text.includes('-----BEGIN CERTIFICATE-----'))
    return new KeyProblem('it is a certificate, which holds a public key only')
  return new KeyProblem('it is PEM, but holds no private key')
}

/** Reads a JWK, a JWKS, or a file in which the key is a member, as Vonage and Google give it. */
function readJson(json: unknown, keyId: string | null): PrivateKey {
  if (isObject(json) && typeof json['kty'] === 'string') return readJwk(json)
  const set = isObject(json) ? json['keys'] : json
  if (Array.isArray(set)) return readSet(set.filter(isObject), keyId)
  const texts = privateTexts(json)
  const [text] = texts
  if (text === undefined) throw new KeyProblem('it is JSON without a private key in it')
  if (texts.length > 1) throw new KeyProblem(`it holds ${texts.length} private keys: leave the right one in`)
  const named = isObject(json) ? json['private_key_id'] : undefined
  const key = readPrivateKey(text, keyId)
  return { ...key, keyId: key.keyId ?? (typeof named === 'string' && named !== '' ? named : undefined) }
}

/** @see https://www.rfc-editor.org/rfc/rfc7517#section-5 */
function readSet(jwks: ReadonlyArray<Record<string, unknown>>, keyId: string | null): PrivateKey {
  const own = jwks.filter(({ d, kty }) => d !== undefined && kty !== 'oct')
  if (own.length === 0) throw new KeyProblem('it is a JWKS of public keys, without the member d')
  const [one, ...more] =
    own.length === 1 ? own : own.filter(({ kid, use }) => kid === (keyId ?? kid) && use !== 'enc')
  if (one && more.length === 0) return readJwk(one)
  const kids = own.map(({ kid }) => (typeof kid === 'string' ? kid : 'none')).join(', ')
  throw new KeyProblem(
    one === undefined
      ? `it holds no private key with the kid that was configured; there is: ${kids}`
      : `it holds ${own.length} private keys (kid: ${kids}): choose one with --key-id`,
  )
}

function readJwk(jwk: JsonWebKey): PrivateKey {
  const object = attempt(() => createPrivateKey({ key: jwk, format: 'jwk' }))
  const kid = jwk['kid']
  if (object) return { object, jwk, keyId: typeof kid === 'string' && kid !== '' ? kid : undefined }
  throw new KeyProblem(
    jwk.d === undefined ? 'it is a public JWK, without the member d' : 'it is not a valid JWK',
  )
}

/** Collects what is a private key by its look, or by the name of the member it stands under. */
function privateTexts(value: unknown, name = '', depth = 0): string[] {
  if (typeof value === 'string') {
    const isKey = value.includes('PRIVATE KEY-----') || (/private_?key$/i.test(name) && decodeBase64(value))
    return isKey ? [value] : []
  }
  if (depth > 6 || typeof value !== 'object' || value === null) return []
  if (isObject(value) && value['kty'] !== undefined && value['d'] !== undefined)
    return [JSON.stringify(value)]
  const members = Object.entries(value)
  return [...new Set(members.flatMap(([member, inner]) => privateTexts(inner, member, depth + 1)))]
}

/** Reads PKCS #8, PKCS #1 and SEC 1. */
function readDer(bytes: Buffer): PrivateKey {
  for (const type of ['pkcs8', 'pkcs1', 'sec1'] as const) {
    const object = attempt(() => createPrivateKey({ key: bytes, format: 'der', type }))
    if (object) return { object, jwk: null, keyId: undefined }
  }
  const hex = bytes.toString('hex')
  if (isPkcs12(bytes))
    throw new KeyProblem(
      'it is a PKCS#12 file (.p12, .pfx)',
      (path) => `openssl pkcs12 -in ${shellQuote(path)} -nocerts -nodes -out ${convertedKey}`,
    )
  if (hex.startsWith('feedfeed'))
    throw new KeyProblem(
      'it is a Java key store (JKS)',
      (path) =>
        `keytool -importkeystore -srckeystore ${shellQuote(path)} -destkeystore key.p12 -deststoretype PKCS12 && openssl pkcs12 -in key.p12 -nocerts -nodes -out ${convertedKey}`,
    )
  if (hex.includes(passphraseBased))
    throw new KeyProblem(
      'it is protected by a passphrase',
      (path) => `openssl pkcs8 -inform der -in ${shellQuote(path)} -out ${convertedKey}`,
    )
  if (attempt(() => new X509Certificate(bytes)))
    throw new KeyProblem('it is a certificate, which holds a public key only')
  if (attempt(() => createPublicKey({ key: bytes, format: 'der', type: 'spki' })))
    throw new KeyProblem('it is a public key')
  throw whyUnreadable(bytes.toString('latin1'))
}

/** The object identifiers of PKCS #5, with which a key is encrypted, start so. */
const passphraseBased = '2a864886f70d0105'

/** Tells whether bytes are a key store of PKCS #12: version 3, and data of PKCS #7 in it. */
export function isPkcs12(bytes: Uint8Array): boolean {
  const start = Buffer.from(bytes.subarray(0, 40)).toString('hex')
  return (
    /^30(?:80|[0-7].|81..|82....|83......|84........)020103/.test(start) && start.includes('2a864886f70d0107')
  )
}

function whyUnreadable(key: string): KeyProblem {
  if (key.startsWith('PuTTY-User-Key-File-'))
    return new KeyProblem(
      'it is in the format of PuTTY',
      (path) => `puttygen ${shellQuote(path)} -O private-openssh -o ${convertedKey}`,
    )
  if (/^(ssh-|ecdsa-sha2-)\S+ AAAA/.test(key)) return new KeyProblem('it is a public key of SSH')
  return new KeyProblem('it is neither PEM nor JWK')
}

function decrypt(path: string): string {
  return `openssl pkey -in ${shellQuote(path)} -out ${convertedKey}`
}

/** Works on a copy, since ssh-keygen changes the file. */
function convertOpenSsh(path: string): string {
  return `cp ${shellQuote(path)} ${convertedKey} && ssh-keygen -p -m PEM -N '' -f ${convertedKey}`
}

/** Decodes base64 of either alphabet, on one line or on several; null when it is something else, or too short. */
function decodeBase64(text: string): Buffer | null {
  const packed = text.replace(/^data:[^,]*;base64,/, '').replace(/\s|\\n/g, '')
  return packed.length >= 40 && isBase64(packed) ? Buffer.from(packed, 'base64') : null
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Gives what a function gives, undefined when it throws: the errors of Node may quote a key. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make()
  } catch {
    return undefined
  }
}
