// The scenarios of CAMARA's Gherkin files, by their ids, played against the simulator in network mode.
import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, test } from 'vitest'
import type { Line } from '../../src/simulator/operator/lines.ts'
import { switched } from '../support/behave.ts'
import {
  obtainToken,
  postToken,
  scopeOf,
  shareScopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

const reference = join(import.meta.dirname, '../../../shared/reference/camara')

const features = [
  { path: 'r1.3/number-verification-verify.feature', version: 'v1', operation: 'verify' },
  { path: 'r1.3/number-verification-device-phone-number-share.feature', version: 'v1', operation: 'share' },
  { path: 'r2.4/number-verification-verify.feature', version: 'v2', operation: 'verify' },
  { path: 'r2.4/number-verification-device-phone-number-share.feature', version: 'v2', operation: 'share' },
  { path: 'r3.2/number-verification-phoneNumberVerify.feature', version: 'v2', operation: 'verify' },
  { path: 'r3.2/number-verification-phoneNumberShare.feature', version: 'v2', operation: 'share' },
] as const

type Feature = (typeof features)[number]

const isHere = features.every(({ path }) => existsSync(join(reference, path)))

/** Lists the ids of a file's scenarios: the tag before each. What is commented out is none. */
function listScenarios({ path }: Feature): string[] {
  const text = readFileSync(join(reference, path), 'utf8')
  return [...text.matchAll(/^ *@(\S+)\s+Scenario/gm)].map(([, id]) => id ?? '')
}

/** The line of the phone at this address, and one of somebody else. */
const [own, other] = ['+34600000011', '+34600000022'] as const
const line = (phoneNumber: string, address: string): Line => ({
  phoneNumber,
  address,
  operator: 'Operator One',
  operatorToken: null,
  hasConsented: true,
  secondSim: null,
})
const lines = [line(own, '127.0.0.1'), line(other, '127.0.0.9')]
const hash = (number: string) => createHash('sha256').update(number).digest('hex')

interface Scenario {
  body?: string
  /** The value of the Authorization header in place of that of a good token; null: none. */
  authorization?: string | null
  hasOtherScope?: boolean
  /** Whether the line is known by the client's word only, by CIBA with its number. */
  isByHint?: boolean
  isExpired?: boolean
  behaviour?: string
  status: number
  expected: object
}

const verified = (isVerified: boolean) => ({
  status: 200,
  expected: { devicePhoneNumberVerified: isVerified },
})
const failed = (status: number, code: string) => ({
  status,
  expected: { status, code, message: expect.stringMatching(/^\w.{15,}\.$/) as string },
})
const invalid = failed(400, 'INVALID_ARGUMENT')
const unauthenticated = failed(401, 'UNAUTHENTICATED')
const notByNetwork = failed(403, 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK')
const plain = (phoneNumber: unknown) => JSON.stringify({ phoneNumber })
const hashed = (number: string) => JSON.stringify({ hashedPhoneNumber: hash(number) })
const both = JSON.stringify({ phoneNumber: own, hashedPhoneNumber: hash(own) })

/** What the ids mean: the first part that a scenario's id holds decides. */
const scenarios: ReadonlyArray<readonly [part: string, ...plays: Scenario[]]> = [
  ['share100_', { status: 200, expected: { devicePhoneNumber: own } }],
  ['share_0', { status: 200, expected: { devicePhoneNumber: own } }],
  ['verify100_', { body: plain(own), ...verified(true) }],
  ['verify101_', { body: plain(other), ...verified(false) }],
  ['verify300_', { body: hashed(own), ...verified(true) }],
  ['verify301_', { body: hashed(other), ...verified(false) }],
  ['verify_01_', { body: plain(own), ...verified(true) }],
  ['verify.02_', { body: plain(own), ...verified(true) }],
  ['verify.03_', { body: plain(other), ...verified(false) }],
  ['verify.04_', { body: hashed(own), ...verified(true) }],
  ['verify.05_', { body: hashed(other), ...verified(false) }],
  ['verify200_', { body: '{}', ...invalid }],
  ['verify203_both', { body: both, ...invalid }],
  ['400.1_', { body: '', ...invalid }],
  ['400.2_', { body: '{}', ...invalid }],
  ['400.3_', { body: '{"additional_property":"foo_value"}', ...invalid }],
  ['400.4_', { body: both, ...invalid }],
  ['not_schema_compliant', { body: plain('123'), ...invalid }, { body: plain(34_600_000_011), ...invalid }],
  [
    'does_not_match_schema',
    ...['string_value', '1234567890', '+12334foo22222', '+00012230304913849', '123', '++49565456787'].map(
      (number) => ({ body: plain(number), ...invalid }),
    ),
  ],
  ['401.1_', { authorization: null, ...unauthenticated }],
  ['401.3_', { authorization: 'Bearer x', ...unauthenticated }],
  ['expired_access_token', { isExpired: true, ...unauthenticated }],
  ['missing_scope', { hasOtherScope: true, ...failed(403, 'PERMISSION_DENIED') }],
  ['403.1_', { hasOtherScope: true, ...failed(403, 'PERMISSION_DENIED') }],
  ['no_phonenumber_associated', { isByHint: true, ...failed(403, 'INVALID_TOKEN_CONTEXT') }],
  // By rights v1 says of such a token that it has no number; this code takes a behaviour there.
  ['must_have_used_network_authentication', { behaviour: 'not-by-mobile-network@api', ...notByNetwork }],
  ['must_have_used_network_or_sim', { isByHint: true, ...notByNetwork }],
  ['403.2_', { isByHint: true, ...notByNetwork }],
]

let simulator: TestSimulator | undefined

afterEach(() => simulator?.close())

/** Obtains a token by CIBA for a number that nothing but the client's word stands for. */
async function obtainTokenByHint(
  { backchannelUrl, ...simulator }: TestSimulator,
  scope: string,
): Promise<string> {
  const hint = { login_hint: `tel:${own}`, scope }
  const accepted = await postToken({ ...simulator, tokenUrl: backchannelUrl, backchannelUrl }, hint)
  const { auth_req_id } = (await accepted.json()) as { auth_req_id: string }
  const grant = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id }
  const response = await postToken({ ...simulator, backchannelUrl }, grant)
  return ((await response.json()) as { access_token: string }).access_token
}

async function play({ version, operation }: Feature, scenario: Scenario): Promise<void> {
  const { behaviour, hasOtherScope = false, isByHint = false, isExpired = false, status, expected } = scenario
  const behaviours = behaviour === undefined ? [] : [switched(behaviour)]
  simulator = await startTestSimulator({ mode: 'network', lines, behaviours })
  const isVerify = operation === 'verify'
  const scope = (isVerify === hasOtherScope ? shareScopeOf : scopeOf)[version]
  const token = await (isByHint ? obtainTokenByHint(simulator, scope) : obtainToken(simulator, { scope }))
  if (isExpired) simulator.clock.advance(300_000)
  const { authorization = `Bearer ${token}`, body = plain(own) } = scenario
  const path = isVerify ? 'verify' : 'device-phone-number'
  const response = await fetch(`${simulator.apiUrl}/number-verification/${version}/${path}`, {
    method: isVerify ? 'POST' : 'GET',
    headers: {
      'content-type': 'application/json',
      'x-correlator': 'b4333c46-49c0-4f62-80d7-f0ef930f1c46',
      ...(authorization === null ? {} : { authorization }),
    },
    ...(isVerify && body !== '' ? { body } : {}),
  })
  expect(response.status).toBe(status)
  expect(response.headers.get('content-type')).toBe('application/json')
  expect(response.headers.get('x-correlator')).toBe('b4333c46-49c0-4f62-80d7-f0ef930f1c46')
  expect(await response.json()).toEqual(expected)
}

const named = features.map((feature) => [feature.path, feature] as const)

describe.skipIf(!isHere).each(named)('%s (skipped where it is absent)', (_path, feature) => {
  const ids = isHere ? listScenarios(feature) : ['its scenarios']

  test.each(ids)('%s', async (id) => {
    const [, ...plays] = scenarios.find(([part]) => id.includes(part)) ?? []
    expect(plays).not.toEqual([])
    for (const scenario of plays) {
      await play(feature, scenario)
      await simulator?.close()
    }
  })
})
