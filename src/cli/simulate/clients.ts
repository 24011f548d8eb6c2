// The clients of the simulator, as they are typed: with a secret, with a key, or public.
import { createPublicKey, type JsonWebKeyInput } from 'node:crypto'
import type { JWK } from 'jose'
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import { readBody } from '../../wire/body.ts'
import { escapeText } from '../../wire/escape.ts'
import { findRedirectUriRule } from '../../simulator/oauth/redirect-uri.ts'
import type { Client } from '../../simulator/gateway.ts'
import { missingFile } from '../../target/material.ts'

/** The clients as they are typed. */
export interface TypedClients {
  client?: string[]
  clientKey?: string[]
  publicClient?: string[]
}

/** Reads the clients and the files of their keys. Throws a UsageError, or the SetupError of a file. */
export async function readClients(typed: TypedClients, files: Context['files']): Promise<Client[]> {
  const { client = [], clientKey = [], publicClient = [] } = typed
  const keyed = await Promise.all(clientKey.map((text) => readClientKey(text, files)))
  return [...client.map(readClient), ...keyed, ...publicClient.map(readPublicClient)]
}

/** Reads `<id>:<secret>`. */
function readClient(text: string): Client {
  const colon = text.indexOf(':')
  if (colon > 0 && colon < text.length - 1) return { id: text.slice(0, colon), secret: text.slice(colon + 1) }
  throw new UsageError({
    code: 'client_invalid',
    title: colon === 0 ? '--client has no id' : `--client has no secret: ${escapeText(text)}`,
    cause: 'A client is written as <id>:<secret>, and the id must not be empty.',
    fix: 'Write it as --client my-app-id:my-app-secret; a client without credentials is a --public-client.',
  })
}

/** Reads `<id>:<file>`, and keeps the public part of the keys in the file. */
async function readClientKey(text: string, files: Context['files']): Promise<Client> {
  const colon = text.indexOf(':')
  const path = text.slice(colon + 1)
  if (colon < 1 || path === '') {
    throw new UsageError({
      code: 'client_key_invalid',
      title: `--client-key needs an id and a file: ${escapeText(text)}`,
      cause: 'A client with a key is written as <id>:<path of the key>.',
      fix: 'Write it as --client-key my-app-id:./public-key.pem.',
    })
  }
  const content = await files.read(path)
  if (content !== null) return { id: text.slice(0, colon), keys: readKeys(path, content) }
  throw missingFile(path, '--client-key names a file with the key of a client.')
}

function readPublicClient(id: string): Client {
  if (id !== '') return { id }
  throw new UsageError({
    code: 'client_invalid',
    title: 'This client has no id',
    cause: 'A public client is written as its id alone.',
    fix: 'Write it as --public-client my-app-id.',
  })
}

/** Checks a redirect_uri that is to be registered. */
export function readRedirectUri(text: string): string {
  const rule = findRedirectUriRule(text)
  if (rule === null) return text
  throw new UsageError({
    code: 'redirect_uri_invalid',
    title: `"${escapeText(text)}" is not a valid redirect URI`,
    cause: rule,
    fix: 'Write it as --redirect-uri https://app.example/callback, exactly as the app sends it.',
  })
}

/** Reads a PEM, a JWK or a JWKS. */
function readKeys(path: string, content: string): JWK[] {
  const body = readBody(content)
  const sources: unknown[] =
    body.kind !== 'object'
      ? [content]
      : Array.isArray(body.object['keys'])
        ? body.object['keys']
        : [body.object]
  const keys = sources.map(toPublicJwk)
  if (keys.length > 0 && keys.every((key) => key !== null)) return keys
  throw new UsageError({
    code: 'client_key_unusable',
    title: `${escapeText(path)} holds no usable key`,
    cause: 'A key of a client is RSA of 2048 bits or more, EC P-256 or Ed25519, and not encrypted.',
    fix: 'Give a PEM (key or certificate), a JWK or a JWKS, as: openssl pkey -in private.pem -pubout -out public.pem',
  })
}

/** Keeps the part of a key that a verifier needs; null when no algorithm here can use it. */
function toPublicJwk(source: unknown): JWK | null {
  const { kid, use, alg } = (typeof source === 'object' ? (source ?? {}) : {}) as JWK
  try {
    const key =
      typeof source === 'string'
        ? createPublicKey(source)
        : createPublicKey({ key: source as JsonWebKeyInput['key'], format: 'jwk' })
    const jwk = key.export({ format: 'jwk' }) as JWK
    const isUsable =
      jwk.kty === 'RSA'
        ? (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2048
        : jwk.crv === 'P-256' || jwk.crv === 'Ed25519'
    if (!isUsable) return null
    // An Ed25519 key may sign under either of the names of its algorithm.
    return {
      ...jwk,
      ...(kid === undefined ? {} : { kid }),
      ...(use === undefined ? {} : { use }),
      ...(alg === undefined || jwk.kty === 'OKP' ? {} : { alg }),
    }
  } catch {
    return null
  }
}
