// Signed authorization requests (JAR): what they may be, and where each refusal goes.
import { randomUUID } from 'node:crypto'
import { UnsecuredJWT } from 'jose'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { algorithms, createClientKey, type ClientKey } from '../support/client-keys.ts'
import {
  followChain,
  redirectUri,
  scopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

let simulator: TestSimulator
let key: ClientKey
let stranger: ClientKey

beforeAll(async () => {
  key = await createClientKey('ES256')
  stranger = await createClientKey('ES256', key.kid)
  simulator = await startTestSimulator({ clients: [{ id: 'signer', keys: [key.jwk] }] })
})

afterAll(() => simulator.close())

const inSeconds = (seconds: number) => Math.floor(simulator.clock.now() / 1000) + seconds

function claims(changes: Record<string, unknown> = {}) {
  const iat = inSeconds(0)
  return JSON.parse(
    JSON.stringify({
      iss: 'signer',
      aud: simulator.authorizeUrl,
      iat,
      exp: iat + 300,
      jti: randomUUID(),
      client_id: 'signer',
      response_type: 'code',
      redirect_uri: redirectUri,
      scope: scopeOf.v2,
      state: 'signed-state',
      ...changes,
    }),
  ) as Record<string, unknown>
}

/** Sends an authorize request with these parameters and nothing else. */
async function send(parameters: Record<string, string>): Promise<URL | Response> {
  return (await followChain(`${simulator.authorizeUrl}?${new URLSearchParams(parameters)}`)).last
}

describe('a request object', () => {
  it.each(algorithms)('is taken when it is signed with %s', async (algorithm) => {
    const other = await createClientKey(algorithm)
    const at = await startTestSimulator({ clients: [{ id: 'signer', keys: [other.jwk] }] })
    const request = await other.sign(claims({ aud: at.authorizeUrl }))
    const { last } = await followChain(
      `${at.authorizeUrl}?${new URLSearchParams({ client_id: 'signer', request })}`,
    )
    expect((last as URL).searchParams.get('code')).toMatch(/^[\w-]{43}$/)
    await at.close()
  })

  it('may hold no text that no URL can carry', async () => {
    const sign = (changes: Record<string, unknown>) => key.sign({ ...claims(), ...changes })
    const last = await send({
      client_id: 'signer',
      redirect_uri: redirectUri,
      request: await sign({ state: '\ud800' }),
    })
    expect((last as URL).searchParams.get('error')).toBe('invalid_request_object')
    expect((last as URL).searchParams.get('error_description')).toContain('not Unicode')
  })

  it.each<[string, Record<string, unknown>, string | undefined, string]>([
    ['the sub of a client assertion', { sub: 'signer' }, undefined, 'its sub is the client_id'],
    ['the typ of a client assertion', {}, 'client-authentication+jwt', 'typ is that of another'],
  ])('may not have %s', async (_what, changes, typ, rule) => {
    const request = await key.sign({ ...claims(), ...changes }, { typ })
    const last = await send({ client_id: 'signer', redirect_uri: redirectUri, request })
    expect((last as URL).searchParams.get('error_description')).toContain(rule)
  })

  it('alone decides: what stands beside it is overlooked', async () => {
    const last = await send({
      client_id: 'signer',
      request: await key.sign(claims()),
      state: 'other',
      redirect_uri: 'https://evil.example/',
      scope: 'other',
    })
    expect(last).toBeInstanceOf(URL)
    expect((last as URL).href.startsWith(redirectUri)).toBe(true)
    expect((last as URL).searchParams.get('state')).toBe('signed-state')
    expect((last as URL).searchParams.get('iss')).toBe(simulator.baseUrl)
  })

  it.each<[string, () => Record<string, unknown>]>([
    ['the issuer', () => ({ aud: simulator.baseUrl })],
    ['a list', () => ({ aud: ['https://a.example', simulator.baseUrl] })],
  ])('may name %s as aud', async (_what, changes) => {
    const last = await send({ client_id: 'signer', request: await key.sign(claims(changes())) })
    expect((last as URL).searchParams.has('code')).toBe(true)
  })

  it('carries errors of its parameters to its own redirect_uri', async () => {
    const request = await key.sign(claims({ scope: 'openid' }))
    const last = await send({ client_id: 'signer', request })
    expect((last as URL).searchParams.get('error')).toBe('invalid_scope')
    expect((last as URL).searchParams.get('state')).toBe('signed-state')
  })
})

describe('a request object that is refused never decides where the phone goes', () => {
  it.each<[string, () => Promise<string> | string, RegExp]>([
    ['alg none', () => new UnsecuredJWT(claims()).encode(), /alg is not one/],
    ['the key of a stranger', () => stranger.sign(claims()), /signature is wrong/],
    ['another iss', () => key.sign(claims({ iss: 'other' })), /iss is not the client_id/],
    ['no iss', () => key.sign(claims({ iss: undefined })), /iss is missing/],
    ['the token endpoint as aud', () => key.sign(claims({ aud: simulator.tokenUrl })), /aud is wrong/],
    ['no aud', () => key.sign(claims({ aud: undefined })), /aud is missing/],
    ['no exp', () => key.sign(claims({ exp: undefined })), /exp is missing/],
    ['no jti', () => key.sign(claims({ jti: undefined })), /jti is missing/],
    ['a life of 301 s', () => key.sign(claims({ exp: inSeconds(301) })), /longer than 300 s/],
    ['an expired one', () => key.sign(claims({ iat: inSeconds(-100), exp: inSeconds(-5) })), /expired/],
    ['an iat in the future', () => key.sign(claims({ iat: inSeconds(6) })), /iat is in the future/],
    ['another client_id', () => key.sign(claims({ client_id: 'other' })), /client_id in the request object/],
    ['no client_id', () => key.sign(claims({ client_id: undefined })), /client_id in the request object/],
    ['a request inside', () => key.sign(claims({ request: 'x' })), /another request object/],
    ['a request_uri inside', () => key.sign(claims({ request_uri: 'x' })), /another request object/],
    ['what is no JWT', () => 'x', /not a valid signed JWT/],
  ])('%s', async (_what, sign, rule) => {
    const request = await sign()
    const page = await send({ client_id: 'signer', request })
    expect((page as Response).status).toBe(400)
    expect(await (page as Response).json()).toMatchObject({
      error: 'invalid_request_object',
      error_description: expect.stringMatching(rule) as string,
    })
    const app = await send({
      client_id: 'signer',
      request,
      redirect_uri: `${redirectUri}/plain`,
      state: 'plain',
    })
    expect((app as URL).pathname).toBe('/callback/plain')
    expect((app as URL).searchParams.get('error')).toBe('invalid_request_object')
    expect((app as URL).searchParams.get('state')).toBe('plain')
  })

  it('a jti that came before', async () => {
    const sent = { client_id: 'signer', request: await key.sign(claims()) }
    expect(await send(sent)).toBeInstanceOf(URL)
    expect(await ((await send(sent)) as Response).json()).toMatchObject({
      error_description: expect.stringContaining('jti was used before') as string,
    })
  })

  it('a client without a key', async () => {
    const request = await key.sign(claims({ iss: simulator.clientId, client_id: simulator.clientId }))
    const page = await send({ client_id: simulator.clientId, request })
    expect(await (page as Response).json()).toMatchObject({
      error: 'invalid_request_object',
      error_description: expect.stringContaining('no key') as string,
    })
  })

  it('a client_id that is not beside it, or unknown', async () => {
    const request = await key.sign(claims())
    expect(await ((await send({ request })) as Response).json()).toMatchObject({
      error_description: expect.stringContaining('client_id is missing') as string,
    })
    expect(await ((await send({ request, client_id: 'nobody' })) as Response).json()).toMatchObject({
      error: 'invalid_client',
    })
  })
})

describe('a request_uri', () => {
  it('is not supported', async () => {
    const last = await send({
      client_id: 'signer',
      redirect_uri: redirectUri,
      request_uri: 'https://app.example/r',
    })
    expect((last as URL).searchParams.get('error')).toBe('request_uri_not_supported')
  })

  it('and beside a request object is one too many', async () => {
    const request = await key.sign(claims())
    const sent = { client_id: 'signer', redirect_uri: redirectUri, request_uri: 'https://a.example', request }
    expect(((await send(sent)) as URL).searchParams.get('error')).toBe('invalid_request')
  })
})

describe('registered redirect_uris', () => {
  it('are compared to the byte, in a request object too', async () => {
    const clients = [{ id: 'signer', keys: [key.jwk] }]
    const at = await startTestSimulator({ clients, redirectUris: [redirectUri] })
    const ask = async (uri: string, isSigned: boolean) => {
      const request = await key.sign(claims({ aud: at.authorizeUrl, redirect_uri: uri }))
      const plain = { response_type: 'code', scope: scopeOf.v2, redirect_uri: uri }
      const query = new URLSearchParams({ client_id: 'signer', ...(isSigned ? { request } : plain) })
      return (await followChain(`${at.authorizeUrl}?${query}`)).last
    }
    for (const isSigned of [true, false]) {
      expect(await ask(redirectUri, isSigned)).toBeInstanceOf(URL)
      for (const other of [`${redirectUri}/`, `${redirectUri}?x=1`, redirectUri.toUpperCase()]) {
        const page = (await ask(other, isSigned)) as Response
        expect(page.status).toBe(400)
        expect(await page.json()).toMatchObject({
          error_description: expect.stringContaining('not registered') as string,
        })
      }
    }
    await at.close()
  })
})
