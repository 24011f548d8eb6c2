// A private key in base64 is a key, and not an opaque token.
import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { inspect } from '../../../src/inspect/inspect.ts'
import { describeUnknown } from '../../../src/inspect/unknown.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
const jwk = JSON.stringify(privateKey.export({ format: 'jwk' }))
const inLines = (text: string) => text.replace(/.{64}/g, '$&\n')

test.each([
  ['PEM', Buffer.from(pem).toString('base64')],
  ['PEM on several lines', inLines(Buffer.from(pem).toString('base64'))],
  ['PEM in the alphabet of URLs', Buffer.from(pem).toString('base64url')],
  ['a JWK', Buffer.from(jwk).toString('base64')],
  ['a JWKS', Buffer.from(`{"keys":[${jwk}]}`).toString('base64')],
])('%s', async (_, text) => {
  const found = await inspect(text, { nowMs: 0, keys: [], profile: null })

  expect(found?.summary).toMatch(/in base64$/)
  expect(found?.findings.map(({ code }) => code)).toContain('key_private')
  expect(JSON.stringify(found)).not.toContain(text.slice(0, 30))
})

test('base64 of anything else is no key', async () => {
  const text = Buffer.from('a sentence that is long enough for base64, and no more').toString('base64')

  expect(await inspect(text, { nowMs: 0, keys: [], profile: null })).toBeNull()
  expect(describeUnknown(text)).toContain('--operator-token <file>')
})
