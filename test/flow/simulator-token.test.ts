// The token endpoint: client authentication, the life of a code, PKCE, and what a body may be.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  basic,
  obtainCode,
  postToken,
  redirectUri,
  scopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const other = { id: 'other', secret: 'a%41:b+c' }
const verifier = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const s256 = createHash('sha256').update(verifier).digest('base64url')
const grantType = 'authorization_code'
let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator({ clients: [other, { id: other.id, secret: 'second' }] })
})

afterAll(() => simulator.close())

async function expectProblem(response: Response, status: number, error: string) {
  const body = (await response.json()) as Record<string, unknown>
  expect(body).toEqual({
    error,
    error_description: expect.stringMatching(/^[\x20-\x21\x23-\x5b\x5d-\x7e]+$/) as string,
    code: status,
    message: body['error_description'],
  })
  expect(response.status).toBe(status)
  expect(response.headers.get('cache-control')).toBe('no-store')
  expect(response.headers.get('content-type')).toBe('application/json')
}

function callVerify(accessToken: string): Promise<Response> {
  return fetch(`${simulator.apiUrl}/number-verification/v2/verify`, {
    method: 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    body: '{"phoneNumber":"+34600000001"}',
  })
}

it('the scope offline_access is ignored, and the log says so', async () => {
  const code = await obtainCode(simulator, { scope: `${scopeOf.v2} offline_access` })
  const response = await postToken(simulator, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: redirectUri,
  })
  const body = (await response.json()) as Record<string, unknown>
  expect(body).toMatchObject({ scope: scopeOf.v2 })
  expect(body).not.toHaveProperty('refresh_token')
  expect(simulator.entries.flatMap(({ broken }) => broken ?? [])).toContain('the scope offline_access')
})

describe('a success', () => {
  it('has what OAuth and Telefónica want, and is not to be stored', async () => {
    const response = await postToken(simulator, {
      grant_type: grantType,
      code: await obtainCode(simulator),
      redirect_uri: redirectUri,
    })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    expect(await response.json()).toEqual({
      access_token: expect.stringMatching(/^[\w-]{43}$/) as string,
      token_type: 'Bearer',
      expires_in: 300,
      scope: scopeOf.v2,
    })
  })
})

describe('client authentication', () => {
  const encode = (text: string) =>
    [...text].map((character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`).join('')

  it.each([
    ['raw', basic(other.id, other.secret)],
    ['encoded', basic(encode(other.id), encode(other.secret))],
    ['in lower case', basic(other.id, other.secret).replace('Basic', 'basic')],
    ['the second secret of one id', basic(other.id, 'second')],
  ])('takes Basic %s', async (_what, authorization) => {
    const code = await obtainCode(simulator, { client_id: other.id })
    const response = await postToken(simulator, { grant_type: grantType, code }, { authorization })
    expect(response.status).toBe(200)
  })

  it.each([
    ['none', ''],
    ['a wrong secret', basic('mock_sandbox_app_id', 'mock_sandbox_app_secret2')],
    ['an empty secret', basic('mock_sandbox_app_id', '')],
    ['another id', basic('mock_sandbox_app', 'mock_sandbox_app_secret')],
    ['the secret of another', basic('mock_sandbox_app_id', 'second')],
    ['a secret decoded twice', basic('other', 'aA:b c')],
    ['no colon', `Basic ${btoa('mock_sandbox_app_id')}`],
    ['no base64', 'Basic mock_sandbox_app_id:mock_sandbox_app_secret'],
    ['another scheme', 'Digest username="mock_sandbox_app_id"'],
    ['broken percent-encoding', basic('%', '%zz')],
  ])('refuses %s', async (_what, authorization) => {
    const code = await obtainCode(simulator)
    const response = await postToken(simulator, { grant_type: grantType, code }, { authorization })
    expect(response.headers.get('www-authenticate')).toMatch(/^Basic realm="/)
    await expectProblem(response, 401, 'invalid_client')
    expect((await postToken(simulator, { grant_type: grantType, code })).status).toBe(200)
  })
})

describe('a malformed request', () => {
  it.each([
    ['no grant_type', { code: 'x' }, 'invalid_request'],
    ['another grant_type', { grant_type: 'client_credentials' }, 'unsupported_grant_type'],
    ['refresh_token', { grant_type: 'refresh_token', refresh_token: 'x' }, 'unsupported_grant_type'],
    ['no code', { grant_type: grantType }, 'invalid_request'],
    ['an empty code', { grant_type: grantType, code: '' }, 'invalid_request'],
    ['a code twice', `grant_type=${grantType}&code=x&code=y`, 'invalid_request'],
    ['the client_id of another', { grant_type: grantType, code: 'x', client_id: 'other' }, 'invalid_request'],
    ['two authentications', { grant_type: grantType, code: 'x', client_secret: 'x' }, 'invalid_request'],
    ['nothing', '', 'invalid_request'],
    ['broken JSON', '{"grant_type":', 'invalid_request'],
    ['JSON with a number', '{"grant_type":"authorization_code","code":1}', 'invalid_request'],
    ['an unknown code', { grant_type: grantType, code: 'x' }, 'invalid_grant'],
    ['a code called __proto__', { grant_type: grantType, code: '__proto__' }, 'invalid_grant'],
  ])('%s', async (_what, body, error) => {
    await expectProblem(await postToken(simulator, body), 400, error)
  })

  it('another content type', async () => {
    const response = await postToken(simulator, `grant_type=${grantType}&code=x`, {
      'content-type': 'text/plain',
    })
    await expectProblem(response, 400, 'invalid_request')
  })

  it('GET', async () => {
    const response = await fetch(simulator.tokenUrl)
    expect(response.headers.get('allow')).toBe('POST')
    await expectProblem(response, 405, 'invalid_request')
  })
})

describe('a code', () => {
  it('is good for 60 s and not for longer', async () => {
    const [early, late] = [await obtainCode(simulator), await obtainCode(simulator)]
    simulator.clock.advance(59_999)
    expect((await postToken(simulator, { grant_type: grantType, code: early })).status).toBe(200)
    simulator.clock.advance(1)
    await expectProblem(
      await postToken(simulator, { grant_type: grantType, code: late }),
      400,
      'invalid_grant',
    )
  })

  it.each([[0], [200_000]])('used again after %d ms is refused, and its token is revoked', async (waitMs) => {
    const code = await obtainCode(simulator)
    const { access_token: accessToken } = (await (
      await postToken(simulator, { grant_type: grantType, code })
    ).json()) as { access_token: string }
    simulator.clock.advance(waitMs)
    await expectProblem(await postToken(simulator, { grant_type: grantType, code }), 400, 'invalid_grant')
    expect((await callVerify(accessToken)).status).toBe(401)
  })

  it('is exchanged once, however many ask at the same time', async () => {
    const code = await obtainCode(simulator)
    const responses = await Promise.all(
      [1, 2, 3].map(() => postToken(simulator, { grant_type: grantType, code })),
    )
    expect(responses.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 400, 400])
  })

  it('belongs to its client, and another one can neither use it nor spoil it', async () => {
    const code = await obtainCode(simulator)
    const authorization = basic(other.id, other.secret)
    await expectProblem(
      await postToken(simulator, { grant_type: grantType, code }, { authorization }),
      400,
      'invalid_grant',
    )
    expect((await postToken(simulator, { grant_type: grantType, code })).status).toBe(200)
  })

  it('survives a request that failed', async () => {
    const code = await obtainCode(simulator)
    const wrong = { grant_type: grantType, code, redirect_uri: `${redirectUri}/` }
    await expectProblem(await postToken(simulator, wrong), 400, 'invalid_grant')
    expect((await postToken(simulator, { ...wrong, redirect_uri: redirectUri })).status).toBe(200)
  })
})

describe('PKCE', () => {
  const withS256 = { code_challenge: s256, code_challenge_method: 'S256' }
  const withPlain = { code_challenge: verifier, code_challenge_method: 'plain' }
  const withDefault = { code_challenge: verifier }

  it.each([
    ['S256', withS256, verifier, 200],
    ['S256, the challenge itself', withS256, s256, 400],
    ['S256, another verifier', withS256, verifier.toUpperCase(), 400],
    ['S256, none', withS256, undefined, 400],
    ['plain', withPlain, verifier, 200],
    ['plain, another', withPlain, s256, 400],
    ['plain by default', withDefault, verifier, 200],
    ['no challenge, a verifier', {}, verifier, 400],
    ['no challenge, none', {}, undefined, 200],
    ['S256, a verifier too short', withS256, 'short', 400],
    ['S256 sent as plain', { code_challenge: s256, code_challenge_method: 'plain' }, verifier, 400],
    ['S256 whose method was left out', { code_challenge: s256 }, verifier, 400],
  ])('%s', async (_what, challenge, sent, status) => {
    const code = await obtainCode(simulator, challenge)
    const body = { grant_type: grantType, code, ...(sent === undefined ? {} : { code_verifier: sent }) }
    const response = await postToken(simulator, body)
    expect(response.status).toBe(status)
    if (status === 400) await expectProblem(response, 400, 'invalid_grant')
  })
})

describe('what the published samples get wrong', () => {
  const json = (code: string) => JSON.stringify({ grant_type: grantType, code, redirect_uri: redirectUri })
  const asJson = { 'content-type': 'application/json' }

  it.each<
    [string, (code: string) => Parameters<typeof postToken>[1], Record<string, string>, string[], string]
  >([
    ['nothing', (code) => ({ grant_type: grantType, code, redirect_uri: redirectUri }), {}, [], ''],
    [
      'no redirect_uri',
      (code) => ({ grant_type: grantType, code }),
      {},
      ['redirect_uri left out'],
      'invalid_grant: redirect_uri is missing',
    ],
    [
      'JSON as a form',
      json,
      {},
      ['a JSON body under a form content type'],
      'invalid_request: The body is JSON',
    ],
    ['JSON', json, asJson, ['a JSON body in place of a form'], 'invalid_request: The body is JSON'],
  ])(
    '%s: is taken and told, and refused by a strict gateway',
    async (_what, body, headers, broken, problem) => {
      const response = await postToken(simulator, body(await obtainCode(simulator)), headers)
      expect(response.status).toBe(200)
      expect(simulator.entries.at(-1)?.broken ?? []).toEqual(broken)
      const strict = await startTestSimulator({ isStrict: true })
      const refused = await postToken(strict, body(await obtainCode(strict)), headers)
      const { error, error_description: description } = (await refused.json()) as Record<string, string>
      if (problem === '') expect(refused.status).toBe(200)
      else expect(`${error}: ${description}`).toContain(problem)
      await strict.close()
    },
  )
})
