// Every operation and every answer that the OpenAPI documents list, got from the simulator and validated by them.
import { describe, expect, test } from 'vitest'
import type { BehaviourStep } from '../../src/simulator/behaviour/behaviour.ts'
import { switched } from '../support/behave.ts'
import {
  type ListedAnswer,
  openDocument,
  type OpenedDocument,
  type WireExchange,
} from '../support/openapi.ts'
import {
  authorizeUrl,
  basic,
  obtainCode,
  obtainToken,
  redirectUri,
  scopeOf,
  shareScopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

/** Neither schema of the oneOf requires its property, so that any object fits both and no request is valid. */
const requireTheNumber = (text: string) =>
  ['phoneNumber', 'hashedPhoneNumber'].reduce(
    (changed, name) =>
      changed.replace(
        new RegExp(`^( +)${name}:$`, 'im'),
        (line, indent) => `${line}\n${indent}  required: [${name}]`,
      ),
    text,
  )

const apiDocuments = [
  { path: 'camara/v0.3.1/number_verification.yaml', version: 'v0', amend: requireTheNumber },
  { path: 'camara/r1.3/number-verification.yaml', version: 'v1' },
  { path: 'camara/r2.4/number-verification.yaml', version: 'v2' },
  { path: 'camara/r3.2/number-verification.yaml', version: 'v2' },
  { path: 'telefonica/number-verification-v0.yaml', version: 'v0', amend: requireTheNumber },
  { path: 'telefonica/number-verification-v1.yaml', version: 'v1', amend: requireTheNumber },
  { path: 'telefonica/number-verification-v2.yaml', version: 'v2', amend: requireTheNumber },
] as const

/** Opens the documents before there are tests, since the answers that they list become the tests. */
const opened = await Promise.all(
  apiDocuments.map(async ({ path, version, ...rest }) => ({
    path,
    version,
    document: await openDocument(path, 'amend' in rest ? rest.amend : undefined),
  })),
)

/** Makes a test of every answer that a document lists; where it is absent, one that is skipped. */
function testListed(
  document: OpenedDocument | null,
  expectAnswer: (document: OpenedDocument, answer: ListedAnswer) => Promise<void>,
): void {
  const answers = document?.answers ?? []
  if (!document) test.skip('every answer that it lists (skipped where it is absent)')
  test.each(answers.map((answer) => [nameOf(answer), answer] as const))('%s', async (_name, answer) => {
    if (document) await expectAnswer(document, answer)
  })
}

function nameOf({ operationId, status, code }: ListedAnswer): string {
  return [operationId, status, code ?? []].flat().join(' ')
}

/** A request that brings the simulator to an answer. */
interface Attempt {
  method: 'GET' | 'POST'
  path: string
  headers?: Record<string, string>
  body?: string
}

/** How to get an answer: by a request of one's own doing, or by a behaviour. */
interface Way {
  behaviour?: `${string}@${BehaviourStep}`
  attempt: (simulator: TestSimulator) => Attempt | Promise<Attempt>
  /** Whether the document objects to the request, too. */
  isInvalid?: boolean
}

async function play(base: string, { method, path, headers = {}, body }: Attempt) {
  const response = await fetch(`${base}${path}`, {
    method,
    redirect: 'manual',
    headers,
    ...(body === undefined ? {} : { body }),
  })
  const [bare = '', query = ''] = path.split('?')
  return {
    method,
    path: bare,
    query,
    requestHeaders: headers,
    requestBody: body ?? '',
    status: response.status,
    responseHeaders: Object.fromEntries(response.headers),
    responseBody: await response.text(),
  } satisfies WireExchange
}

/** Gets a listed answer from a simulator that is started for it, and checks both ways what went over the wire. */
async function expectListed(
  document: OpenedDocument,
  { status, code }: ListedAnswer,
  way: Way | undefined,
  base: string,
): Promise<WireExchange> {
  if (!way) throw new Error('Nobody knows how to bring the simulator to this answer')
  const behaviours = way.behaviour ? [switched(way.behaviour)] : []
  const simulator = await startTestSimulator({ behaviours })
  try {
    const exchange = await play(`${simulator.baseUrl}${base}`, await way.attempt(simulator))
    expect(exchange.status).toBe(status)
    expect(document.checkResponse(exchange)).toEqual([])
    if (code !== null) expect(JSON.parse(exchange.responseBody)).toMatchObject({ status, code })
    const objections = document.checkRequest(exchange)
    if (way.isInvalid) expect(objections).not.toEqual([])
    else expect(objections).toEqual([])
    return exchange
  } finally {
    await simulator.close()
  }
}

describe('the API', () => {
  const correlator = { 'x-correlator': 'b4333c46-49c0-4f62-80d7-f0ef930f1c46' }

  /** Calls an operation with a token of a scope; the scope of the operation itself unless it is given. */
  const call =
    (version: 'v0' | 'v1' | 'v2', operationId: string, changes: { scope?: string; body?: string } = {}) =>
    async (simulator: TestSimulator): Promise<Attempt> => {
      const isVerify = operationId === 'phoneNumberVerify'
      const scope = changes.scope ?? (isVerify ? scopeOf : shareScopeOf)[version]
      const headers = { ...correlator, authorization: `Bearer ${await obtainToken(simulator, { scope })}` }
      return isVerify
        ? {
            method: 'POST',
            path: '/verify',
            headers: { ...headers, 'content-type': 'application/json' },
            body: changes.body ?? JSON.stringify({ phoneNumber: '+34600000001' }),
          }
        : { method: 'GET', path: '/device-phone-number', headers }
    }

  /** The way to each answer, by its status and code. */
  function findWay(
    version: 'v0' | 'v1' | 'v2',
    { operationId, status, code }: ListedAnswer,
  ): Way | undefined {
    const isVerify = operationId === 'phoneNumberVerify'
    const attempt = call(version, operationId)
    const behave = (name: string): Way => ({ behaviour: `${name}@api`, attempt })
    const ways: Record<string, Way> = {
      '200': { attempt },
      // A GET has nothing that could be invalid.
      '400 INVALID_ARGUMENT': isVerify
        ? { attempt: call(version, operationId, { body: '{"phoneNumber":34600000001}' }), isInvalid: true }
        : behave('invalid-argument'),
      '401 UNAUTHENTICATED': {
        attempt: async (simulator) => {
          const sent = await attempt(simulator)
          return { ...sent, headers: { ...sent.headers, authorization: 'Bearer unknown' } }
        },
      },
      '401 AUTHENTICATION_REQUIRED': behave('authentication-required'),
      '403 PERMISSION_DENIED': {
        attempt: call(version, operationId, { scope: (isVerify ? shareScopeOf : scopeOf)[version] }),
      },
      '403 NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK': behave('not-by-mobile-network'),
      '403 NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_SUPPORTED_METHOD': behave('not-by-supported-method'),
      '403 NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT': behave('token-context-invalid'),
      '403 INVALID_TOKEN_CONTEXT': behave('token-context-invalid-bare'),
      '403 NUMBER_VERIFICATION.INVALID_TS43_TOKEN': behave('sim-token-invalid'),
      '500 INTERNAL': behave('internal'),
      '503 UNAVAILABLE': behave('unavailable'),
      '504 TIMEOUT': behave('timeout'),
    }
    return ways[code === null ? String(status) : `${status} ${code}`]
  }

  describe.each(opened.map((one) => [one.path, one] as const))('%s', (_path, { document, version }) => {
    testListed(document, async (document, answer) => {
      const way = findWay(version, answer)
      const exchange = await expectListed(document, answer, way, `/number-verification/${version}`)
      expect(exchange.responseHeaders).toMatchObject(correlator)
    })
  })
})

/** It requires a request_id that it does not define, in place of the auth_req_id of CIBA that it does. */
const requireAuthReqId = (text: string) => text.replace('- request_id', '- auth_req_id')

const authorization = await openDocument('telefonica/authorization.yaml', requireAuthReqId)

describe('authorize, bc-authorize and token', () => {
  const authorize =
    (changes = {}) =>
    (simulator: TestSimulator): Attempt => ({
      method: 'GET',
      path: authorizeUrl(simulator, changes).slice(simulator.baseUrl.length),
    })
  const post =
    (path: '/token' | '/bc-authorize', form: Record<string, string>, secret?: string) =>
    (simulator: TestSimulator): Attempt => ({
      method: 'POST',
      path,
      headers: {
        authorization: basic(simulator.clientId, secret ?? simulator.clientSecret),
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams(form).toString(),
    })
  const hint = { login_hint: 'tel:+34600000001', scope: scopeOf.v2 }
  const code = { grant_type: 'authorization_code', code: 'unknown', redirect_uri: redirectUri }

  const ways: Record<string, Way> = {
    'authorize 302': { attempt: authorize() },
    'authorize 400': { attempt: authorize({ redirect_uri: undefined }), isInvalid: true },
    'authorize 401': { behaviour: 'invalid-client@authorize', attempt: authorize() },
    'authorize 403': { behaviour: 'forbidden@authorize', attempt: authorize() },
    'bcAuthorize 200': { attempt: post('/bc-authorize', hint) },
    'bcAuthorize 400': { attempt: post('/bc-authorize', { scope: scopeOf.v2 }), isInvalid: true },
    'bcAuthorize 401': { attempt: post('/bc-authorize', hint, 'wrong') },
    'bcAuthorize 403': { behaviour: 'forbidden@bc-authorize', attempt: post('/bc-authorize', hint) },
    'token 200': {
      attempt: async (simulator) => post('/token', { ...code, code: await obtainCode(simulator) })(simulator),
    },
    'token 400': { attempt: post('/token', code) },
    'token 401': { attempt: post('/token', code, 'wrong') },
    'token 403': { behaviour: 'forbidden@token', attempt: post('/token', code) },
  }

  testListed(authorization, async (document, answer) => {
    await expectListed(document, answer, ways[nameOf(answer)], '')
  })
})
