// Whatever was recorded, the diagnosis gives findings in words: it never throws, hangs or says "undefined".
import { expect, test } from 'vitest'
import { diagnose } from '../../../src/diagnosis/diagnose.ts'
import { type Exchange, type Recording, refusalCodes, stepNames } from '../../../src/run/recording.ts'
import type { ExchangeKind } from '../../../src/wire/exchange.ts'
import { settings } from '../../support/arbitrary.ts'
import { arrivalOf, exchangeOf, recordingOf, type SimpleExchange } from '../../support/recording.ts'

/** Makes numbers that look random and are the same each time. */
function createRandom(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.floor((state / 2 ** 31) * below)
  }
}

const kinds: readonly ExchangeKind[] = [
  'discovery',
  'keys',
  'credentials',
  'authorize',
  'backchannel',
  'token',
  'api',
  'probe',
]
const lacks = ['endpoint', 'redirect', 'callback', 'code', 'token', 'answer'] as const
const grants = ['authorization-code', 'ciba', 'jwt-bearer'] as const
const verdicts = ['taken', ...refusalCodes] as const
const bodies: readonly unknown[] = [
  undefined,
  '',
  ' ',
  '\uFEFF',
  '{',
  '[]',
  'null',
  '"\ud800"',
  '{"error":"\ud800"}',
  '{"__proto__":{"error":"x"}}',
  { error: {} },
  { error: 'invalid_request', error_description: 'kid' },
  { access_token: 5 },
  { access_token: '[redacted]', expires_in: -1, scope: {} },
  { error: 'authorization_pending' },
  { auth_req_id: 'x', expires_in: 1e300 },
  { devicePhoneNumberVerified: false, errors: [1] },
  '<',
  '<html',
  '<html><title>',
  '<!--',
  '<?xml',
  'a=b&error',
  'x'.repeat(70_000),
  '{"message":"'.repeat(5000),
  '['.repeat(20_000),
  { keys: 1 },
  { issuer: 7, token_endpoint: 'x', grant_types_supported: ['y'] },
]
const headers: ReadonlyArray<Record<string, string>> = [
  {},
  { location: '' },
  { location: 'http://[' },
  { location: 'javascript:x' },
  { location: 'https://app.example/callback/?code=x&state=y' },
  { location: '/x?error=%E0%A4%A' },
  { 'www-authenticate': '' },
  { 'www-authenticate': 'Basic' },
  { 'www-authenticate': 'DPoP error="use_dpop_nonce"', 'dpop-nonce': 'n' },
  { 'retry-after': '-1' },
]
const urls = [
  undefined,
  'https://gateway.example/x',
  'not a url',
  'https://gateway.example:444/callback?code=x&state=y',
]
const statuses = [undefined, 0, 200, 201, 204, 302, 304, 400, 401, 403, 404, 407, 429, 500, 511, 599, 999]
const failures = [
  undefined,
  undefined,
  undefined,
  'ENOTFOUND',
  'timeout',
  'PROXY_407',
  'ERR_SSL_X',
  '',
  'interrupted',
  'too_large',
]

function randomRecording(seed: number): Recording {
  const random = createRandom(seed)
  const pick = <T>(list: readonly T[]): T => list[random(list.length)] as T
  const exchanges: Exchange[] = Array.from({ length: random(7) }, (_, index) => {
    const [status, failure, url] = [pick(statuses), pick(failures), pick(urls)]
    const simple: SimpleExchange = {
      body: pick(bodies),
      headers: pick(headers),
      skewSeconds: pick([0, 600, -1e9]),
      ...(status !== undefined && { status }),
      ...(failure !== undefined && { failure: { code: failure } }),
      ...(url !== undefined && { url }),
    }
    return { ...exchangeOf(pick(kinds), simple, index + 1), step: pick(stepNames) }
  })
  const ends: ReadonlyArray<Recording['end']> = [
    null,
    { kind: 'answered', answer: 'mismatch' },
    { kind: 'stopped', step: pick(stepNames), lacks: pick(lacks) },
    { kind: 'stopped', step: pick(stepNames), lacks: pick(lacks) },
    { kind: 'interrupted', step: 'prepare', signal: 'SIGINT' },
  ]
  const isBare = random(3) === 0
  return recordingOf({
    exchanges,
    end: pick(ends),
    arrivals: Array.from({ length: random(4) }, () =>
      arrivalOf(
        pick(verdicts),
        {
          error: pick([null, 'access_denied', '\u0000']),
          host: pick([null, 'x']),
          path: null,
          method: null,
          state: pick(['ours', 'missing']),
          parameters: pick([[], ['code', 'code'], ['error']]),
        },
        pick(['listener', 'paste', 'direct']),
      ),
    ),
    request: {
      grants: random(5) === 0 ? [] : [pick(grants)],
      operation: pick([null, 'verify', 'device-phone-number']),
      listeningOn: pick([null, 'x', '[::]:0']),
    },
    target: {
      usesDpop: random(2) === 0,
      authMethod: pick([null, 'private_key_jwt', 'none', 'client_secret_basic']),
      assertionAudience: pick(['endpoint', 'issuer', 'toString']),
      ...(isBare && {
        redirectUri: null,
        scope: null,
        apiVersion: null,
        authorizeUrl: null,
        tokenUrl: null,
        clientId: null,
      }),
      ...(random(4) === 0 && { redirectUri: 'not a url', scope: '%20' }),
    },
  })
}

test('odd recordings', () => {
  for (let seed = 1; seed <= 3 * settings.numRuns; seed++) {
    const recording = randomRecording(seed)
    const findings = diagnose(recording)
    const errors = findings.filter(({ severity }) => severity === 'error')
    expect(errors.length, `seed ${seed}`).toBe(recording.end?.kind === 'stopped' ? 1 : 0)
    for (const { title, cause, fix } of findings)
      expect(`${title}|${cause}|${fix}`, `seed ${seed}`).not.toMatch(
        /\bundefined\b|\[object|\bNaN\b|\|\||\|$/,
      )
    expect(diagnose(JSON.parse(JSON.stringify(recording)) as Recording), `seed ${seed}`).toEqual(findings)
  }
})
