// DPoP proofs: what is in them, and when a nonce is taken.
import { createHash, randomBytes } from 'node:crypto'
import { EmbeddedJWK, jwtVerify } from 'jose'
import { expect, it, test } from 'vitest'
import { createDpop } from '../../../src/oauth/dpop.ts'

const nowSeconds = 1_750_000_000
const sources = { clock: { now: () => nowSeconds * 1000 }, random: (count: number) => randomBytes(count) }
const url = 'https://operator.example/token?tenant=1#x'
const read = (proof: string) =>
  jwtVerify(proof, EmbeddedJWK, { typ: 'dpop+jwt', currentDate: new Date(nowSeconds * 1000) })

function answer(status: number, headers: Record<string, string>, body: object = {}) {
  return { status, headers: new Headers(headers), text: JSON.stringify(body) }
}

test('a proof is about one request, and signed with a key that is in it, without its private part', async () => {
  const { payload, protectedHeader } = await read(
    await createDpop(sources).prove({ method: 'POST', url }, null),
  )
  const { iat, jti, ...claims } = payload
  expect(claims).toEqual({ htm: 'POST', htu: 'https://operator.example/token' })
  expect(nowSeconds - Number(iat)).toBeGreaterThan(0)
  expect(nowSeconds - Number(iat)).toBeLessThan(10)
  expect(jti).toMatch(/^[\w-]{32}$/)
  const { x, y, ...jwk } = protectedHeader.jwk ?? {}
  expect([x, y]).toEqual([expect.any(String), expect.any(String)])
  expect({ ...protectedHeader, jwk }).toEqual({
    alg: 'ES256',
    typ: 'dpop+jwt',
    jwk: { kty: 'EC', crv: 'P-256' },
  })
})

test('with an access token it holds the hash of it', async () => {
  const { payload } = await read(await createDpop(sources).prove({ method: 'POST', url }, 'a-token'))
  expect(payload['ath']).toBe(createHash('sha256').update('a-token').digest('base64url'))
})

test('one run has one key and many proofs; another run has another key', async () => {
  const [dpop, other] = [createDpop(sources), createDpop(sources)]
  const proofs = await Promise.all([dpop, dpop, other].map((one) => one.prove({ method: 'GET', url }, null)))
  const [one, two, three] = await Promise.all(proofs.map(read))
  expect(one?.protectedHeader.jwk).toEqual(two?.protectedHeader.jwk)
  expect(one?.payload.jti).not.toBe(two?.payload.jti)
  expect(one?.protectedHeader.jwk).not.toEqual(three?.protectedHeader.jwk)
})

const nonce = { 'dpop-nonce': 'a-nonce' }
const challenge = { 'www-authenticate': 'DPoP algs="ES256", error="use_dpop_nonce"' }

it.each<[string, ReturnType<typeof answer>, boolean]>([
  ['400 use_dpop_nonce', answer(400, nonce, { error: 'use_dpop_nonce' }), true],
  ['401 use_dpop_nonce', answer(401, nonce, { error: 'use_dpop_nonce' }), true],
  ['a challenge', answer(401, { ...nonce, ...challenge }), true],
  ['a challenge without a nonce', answer(401, challenge), false],
  ['use_dpop_nonce without a nonce', answer(400, {}, { error: 'use_dpop_nonce' }), false],
  [
    'a challenge for another reason',
    answer(401, { ...nonce, 'www-authenticate': 'DPoP error="invalid_token"' }),
    false,
  ],
  [
    'a challenge of another scheme',
    answer(401, { ...nonce, 'www-authenticate': 'Bearer error="use_dpop_nonce"' }),
    false,
  ],
  ['another error', answer(400, nonce, { error: 'invalid_grant' }), false],
  ['use_dpop_nonce with 500', answer(500, nonce, { error: 'use_dpop_nonce' }), false],
  ['a nonce for later', answer(200, nonce), false],
])('%s', (_, given, isToBeRepeated) => {
  expect(createDpop(sources).takeNonce(url, given)).toBe(isToBeRepeated)
})

test('a nonce goes into the proofs for the server that gave it, also one of an answer that was good', async () => {
  const dpop = createDpop(sources)
  dpop.takeNonce(url, answer(200, nonce))
  const same = await read(await dpop.prove({ method: 'GET', url: 'https://operator.example/api' }, null))
  const other = await read(await dpop.prove({ method: 'GET', url: 'https://api.example/api' }, null))
  expect([same.payload['nonce'], other.payload['nonce']]).toEqual(['a-nonce', undefined])
})
