// How the key of a client stands among those that a gateway publishes.
import { calculateJwkThumbprint, exportPKCS8 } from 'jose'
import { expect, test } from 'vitest'
import { findOwnKey, readKeySet } from '../../../src/oauth/published-keys.ts'
import { readSigningKey } from '../../../src/oauth/signing-key.ts'
import { algorithms, createClientKey } from '../../support/client-keys.ts'

test.each(algorithms.filter((algorithm) => algorithm !== 'PS256'))(
  'a key of %s is told by its thumbprint',
  async (algorithm) => {
    const [own, other] = [await createClientKey(algorithm), await createClientKey(algorithm)]
    const key = await exportPKCS8(own.privateKey)
    const signing = readSigningKey({ key, keyId: own.kid, keyAlgorithm: null })
    expect(await calculateJwkThumbprint(own.jwk)).not.toBe(await calculateJwkThumbprint(other.jwk))
    expect(findOwnKey(signing, [{ ...other.jwk }, { ...own.jwk }])).toEqual({
      published: 'same',
      found: own.kid,
    })
    expect(findOwnKey(signing, [{ ...other.jwk }])).toEqual({ published: 'absent', found: null })
    expect(findOwnKey(signing, [{ ...other.jwk, kid: own.kid }])).toEqual({
      published: 'other_key',
      found: null,
    })
    const { kid: _kid, ...nameless } = own.jwk
    expect(findOwnKey(signing, [nameless])).toEqual({ published: 'other_kid', found: null })
  },
)

test('a set of keys is a JSON object with a list of objects', () => {
  expect(readKeySet('{"keys":[{"kty":"EC"},null,1]}')).toEqual([{ kty: 'EC' }])
  for (const text of ['', '[]', '{}', '{"keys":{}}', '<html>']) expect(readKeySet(text)).toBeNull()
})
