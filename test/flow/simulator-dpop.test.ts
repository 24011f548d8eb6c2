// DPoP: what a proof must be at the token endpoint and at the API, and what a bound token and a bound code want.
import { createHash, randomUUID } from 'node:crypto'
import { calculateJwkThumbprint, exportJWK, type JWK } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createClientKey, type ClientKey } from '../support/client-keys.ts'
import {
  authorizeUrl,
  bend,
  followChain,
  obtainCode,
  postToken,
  redirectUri,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

let simulator: TestSimulator
let key: ClientKey
let other: ClientKey

beforeAll(async () => {
  simulator = await startTestSimulator()
  key = await createClientKey('ES256')
  other = await createClientKey('RS256')
})

afterAll(() => simulator.close())

interface Changes {
  claims?: Record<string, unknown>
  header?: Record<string, unknown>
  by?: ClientKey
}

const apiUrl = (at = simulator) => `${at.apiUrl}/number-verification/v2/verify`
const inSeconds = (seconds: number) => Math.floor(simulator.clock.now() / 1000) + seconds
const hash = (text: string) => createHash('sha256').update(text).digest('base64url')
const publicJwk = ({ jwk }: ClientKey): JWK => jwk

function prove({ claims = {}, header = {}, by = key }: Changes = {}): Promise<string> {
  const fields = { htm: 'POST', htu: simulator.tokenUrl, iat: inSeconds(0), jti: randomUUID(), ...claims }
  const payload = JSON.parse(JSON.stringify(fields)) as Record<string, unknown>
  return by.sign(payload, { typ: 'dpop+jwt', jwk: publicJwk(by), kid: undefined, ...header })
}

async function exchange(dpop: string | null, changes: Record<string, string> = {}) {
  const code = await obtainCode(simulator, changes)
  const body = { grant_type: 'authorization_code', code, redirect_uri: redirectUri }
  return postToken(simulator, body, dpop === null ? {} : { dpop })
}

async function obtainBoundToken(): Promise<string> {
  const response = await exchange(await prove())
  const tokens = (await response.json()) as Record<string, string>
  expect(tokens['token_type']).toBe('DPoP')
  return tokens['access_token'] ?? ''
}

function callApi(authorization: string, dpop: string | null = null): Promise<Response> {
  return fetch(apiUrl(), {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/json', ...(dpop === null ? {} : { dpop }) },
    body: '{"phoneNumber":"+34600000001"}',
  })
}

const proveForApi = (token: string, changes: Changes = {}) =>
  prove({ ...changes, claims: { htu: apiUrl(), ath: hash(token), ...changes.claims } })

describe('a proof at the token endpoint', () => {
  it.each<[string, () => Changes]>([
    [
      'a htu encoded without need',
      () => ({ claims: { htu: simulator.tokenUrl.replace('/token', '/%74oken') } }),
    ],
    ['a htu with a query', () => ({ claims: { htu: `${simulator.tokenUrl}?x=1#y` } })],
    [
      'a htu that is not normalized',
      () => ({ claims: { htu: simulator.tokenUrl.replace('http:', 'HTTP:') } }),
    ],
    ['an iat of a minute ago', () => ({ claims: { iat: inSeconds(-60) } })],
    ['an iat within the tolerance', () => ({ claims: { iat: inSeconds(5) } })],
  ])('may have %s', async (_what, changes) => {
    expect((await exchange(await prove(changes()))).status).toBe(200)
  })

  it.each<[string, () => Changes | Promise<Changes>, RegExp]>([
    ['another typ', () => ({ header: { typ: 'JWT' } }), /typ is wrong/],
    ['no typ', () => ({ header: { typ: undefined } }), /typ is wrong/],
    ['no jwk', () => ({ header: { jwk: undefined } }), /jwk must be a public key/],
    [
      'a private jwk',
      async () => ({ header: { jwk: await exportJWK(key.privateKey) } }),
      /jwk must be a public key/,
    ],
    [
      'the jwk of another',
      async () => ({ header: { jwk: publicJwk(await createClientKey('ES256')) } }),
      /signature is wrong/,
    ],
    ['another htm', () => ({ claims: { htm: 'GET' } }), /htm is not/],
    ['no htm', () => ({ claims: { htm: undefined } }), /htm is missing/],
    ['another htu', () => ({ claims: { htu: simulator.baseUrl } }), /htu is not/],
    [
      'the htu of another host',
      () => ({ claims: { htu: simulator.tokenUrl.replace('127.0.0.1', 'localhost') } }),
      /htu is not/,
    ],
    ...[
      'http:\\\\127.0.0.1',
      'http:/127.0.0.1',
      ' http://127.0.0.1',
      'http://127.1',
      'http://u:p@127.0.0.1',
    ].map((start): [string, () => Changes, RegExp] => [
      `a htu that starts with ${start}`,
      () => ({ claims: { htu: simulator.tokenUrl.replace('http://127.0.0.1', start) } }),
      /htu is not/,
    ]),
    [
      'a htu with a detour',
      () => ({ claims: { htu: simulator.tokenUrl.replace('/token', '/x/../token') } }),
      /htu is not/,
    ],
    ['a htu that is no URL', () => ({ claims: { htu: '/token' } }), /htu is not/],
    ['no htu', () => ({ claims: { htu: undefined } }), /htu is missing/],
    ['no iat', () => ({ claims: { iat: undefined } }), /iat is missing/],
    ['an iat in the future', () => ({ claims: { iat: inSeconds(6) } }), /iat is in the future/],
    ['an iat of long ago', () => ({ claims: { iat: inSeconds(-66) } }), /iat is too long ago/],
    ['no jti', () => ({ claims: { jti: undefined } }), /jti is missing/],
    ['an empty jti', () => ({ claims: { jti: '' } }), /jti must be a string/],
  ])('may not have %s', async (_what, changes, rule) => {
    const response = await exchange(await prove(await changes()))
    expect(await response.json()).toMatchObject({
      error: 'invalid_dpop_proof',
      error_description: expect.stringMatching(rule) as string,
    })
    expect(response.status).toBe(400)
  })

  it('is refused when it is none, or comes twice', async () => {
    const proof = await prove()
    for (const dpop of ['x', `${proof}, ${await prove()}`]) {
      expect(await (await exchange(dpop)).json()).toMatchObject({ error: 'invalid_dpop_proof' })
    }
  })

  it('is good once', async () => {
    const proof = await prove()
    expect((await exchange(proof)).status).toBe(200)
    expect(await (await exchange(proof)).json()).toMatchObject({
      error_description: expect.stringContaining('jti was used before') as string,
    })
  })
})

describe('a bound token', () => {
  it('answers to its key, once', async () => {
    const token = await obtainBoundToken()
    const answer = await callApi(`DPoP ${token}`, await proveForApi(token))
    expect(await answer.json()).toEqual({ devicePhoneNumberVerified: true })
    expect((await callApi(`DPoP ${token}`, await proveForApi(token))).status).toBe(401)
  })

  it('answers to a proof once', async () => {
    const token = await obtainBoundToken()
    const proof = await proveForApi(token)
    expect((await callApi(`DPoP ${token}`, proof)).status).toBe(200)
    const again = await callApi(`DPoP ${token}`, proof)
    expect(again.headers.get('www-authenticate')).toContain('its jti was used before')
  })

  it.each<[string, (token: string) => Promise<[string, string | null]>, string]>([
    ['as Bearer', async (token) => [`Bearer ${token}`, null], 'invalid_token'],
    [
      'as Bearer with a proof',
      async (token) => [`Bearer ${token}`, await proveForApi(token)],
      'invalid_token',
    ],
    ['without a proof', async (token) => [`DPoP ${token}`, null], 'invalid_dpop_proof'],
    [
      'with the key of another',
      async (token) => [`DPoP ${token}`, await proveForApi(token, { by: other })],
      'invalid_token',
    ],
    [
      'with a proof that lacks ath',
      async (token) => [`DPoP ${token}`, await proveForApi(token, { claims: { ath: undefined } })],
      'invalid_dpop_proof',
    ],
    [
      'with the ath of another token',
      async (token) => [`DPoP ${token}`, await proveForApi(token, { claims: { ath: hash('x') } })],
      'invalid_dpop_proof',
    ],
    [
      'with the proof of the token endpoint',
      async (token) => [`DPoP ${token}`, await proveForApi(token, { claims: { htu: simulator.tokenUrl } })],
      'invalid_dpop_proof',
    ],
  ])('is refused %s, and still good after that', async (_what, request, error) => {
    const token = await obtainBoundToken()
    const response = await callApi(...(await request(token)))
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(
      new RegExp(`^DPoP error="${error}".* algs="RS256 `),
    )
    expect(await response.json()).toMatchObject({ status: 401, code: 'UNAUTHENTICATED' })
    expect((await callApi(`DPoP ${token}`, await proveForApi(token))).status).toBe(200)
  })

  it('is what a token without a proof is not', async () => {
    const tokens = (await (await exchange(null)).json()) as Record<string, string>
    const token = tokens['access_token'] ?? ''
    expect(tokens['token_type']).toBe('Bearer')
    expect((await callApi(`DPoP ${token}`, await proveForApi(token))).status).toBe(401)
    expect((await callApi(`Bearer ${token}`)).status).toBe(200)
  })
})

it('a proof for no token is not remembered, so that nobody can fill the memory', async () => {
  const proof = await proveForApi('x')
  for (let i = 0; i < 2; i++) {
    const response = await callApi('DPoP x', proof)
    expect(response.headers.get('www-authenticate')).not.toContain('used before')
    expect(simulator.entries.at(-1)?.detail).toBe('access token unknown')
  }
})

describe('dpop_jkt', () => {
  it('binds the code to the key', async () => {
    const changes = { dpop_jkt: await calculateJwkThumbprint(publicJwk(key)) }
    for (const proof of [null, await prove({ by: other })]) {
      expect(await (await exchange(proof, changes)).json()).toMatchObject({
        error: 'invalid_grant',
        error_description: expect.stringContaining('dpop_jkt') as string,
      })
    }
    expect((await exchange(await prove(), changes)).status).toBe(200)
  })

  it('must be a thumbprint', async () => {
    const { last } = await followChain(authorizeUrl(simulator, { dpop_jkt: 'x' }))
    expect((last as URL).searchParams.get('error')).toBe('invalid_request')
  })
})

describe('a gateway that wants nonces', () => {
  it('refuses a proof without one, with another, and takes its own', async () => {
    const at = await startTestSimulator({ behaviours: bend({ requiresDpopNonce: true }) })
    const post = async (nonce: string | undefined) =>
      postToken(
        at,
        { grant_type: 'authorization_code', code: 'x' },
        { dpop: await prove({ claims: { htu: at.tokenUrl, nonce } }) },
      )
    for (const nonce of [undefined, 'other']) {
      const response = await post(nonce)
      expect(response.status).toBe(400)
      expect(await response.json()).toMatchObject({ error: 'use_dpop_nonce' })
    }
    const given = (await post(undefined)).headers.get('dpop-nonce') ?? ''
    expect(await (await post(given)).json()).toMatchObject({ error: 'invalid_grant' })
    const response = await fetch(`${at.apiUrl}/number-verification/v2/verify`, {
      method: 'POST',
      headers: { authorization: 'DPoP x', dpop: await proveForApi('x', { claims: { htu: apiUrl(at) } }) },
    })
    expect(response.status).toBe(401)
    expect(response.headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce"/)
    expect(response.headers.get('dpop-nonce')).toMatch(/^[\w-]{43}$/)
    at.clock.advance(300_000)
    const late = await post(given)
    expect(await late.json()).toMatchObject({ error: 'invalid_dpop_proof' })
    await at.close()
  })
})
