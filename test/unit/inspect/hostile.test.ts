// Whatever the text is, inspecting it ends soon, throws nothing, and shows no secret.
import { expect, test } from 'vitest'
import { describeUnknown } from '../../../src/inspect/unknown.ts'
import { inspectionJson, inspectionReport } from '../../../src/report/inspection.ts'
import { settings } from '../../support/arbitrary.ts'
import { inspectText, makeJwt } from '../../support/inspect.ts'
import { createRandom, makeJson, makeText } from '../../support/hostile-generator.ts'
import { processorMs } from '../../support/promptly.ts'

const plain = (text: string) => text
const style = { good: plain, bad: plain, warn: plain, dim: plain, bold: plain }

/** What readers look for, so that random texts reach them. */
const bait: readonly string[] = [
  'https://gw.example/authorize?response_type=code&client_id=a&',
  'https://app.example/cb?code=abc&state=x',
  'scope=dpv:A#b',
  'redirect_uri=',
  'request=eyJhbGciOiJub25lIn0.eyJhIjoxfQ.',
  'curl -X POST -H "',
  "curl 'https://gw.example/token' -u a:b -d ",
  '-----BEGIN PRIVATE KEY-----',
  '-----END PRIVATE KEY-----',
  '-----BEGIN CERTIFICATE-----',
  'HTTP/1.1 401 X\n',
  'www-authenticate: Bearer error="',
  '{"log":{"entries":[{"request":{"url":"https://gw.example/token","method":"POST"}}]}}',
  '{"keys":[{"kty":"EC","crv":"P-256","x":"',
  '{"access_token":',
  '{"error":"invalid_grant","error_description":"',
  '{"schema":"nv.run/1","exchanges":[',
  '{"schema":"nv.check/1","checks":[',
  'grant_type=authorization_code&code=',
  'operatortoken:',
  '<html><title>',
]

const members = [
  'error',
  'code',
  'status',
  'message',
  'keys',
  'kty',
  'access_token',
  'log',
  'entries',
  'request',
  'schema',
  'phoneNumber',
  'devicePhoneNumberVerified',
  'issuer',
  'token_endpoint',
  'auth_req_id',
  'findings',
  'd',
  'n',
  'e',
]

async function check(text: string, label: string): Promise<void> {
  const inspection = await inspectText(text, { keys: [text] })
  const shown =
    inspection === null
      ? describeUnknown(text)
      : inspectionReport(inspection, style, { isTerminal: true, columns: 80 }) + inspectionJson(inspection, 1)
  expect(shown, label).not.toMatch(/[\u0000-\u0008\u001b\u202e]|\bundefined\b|\[object/) // oxlint-disable-line no-control-regex
}

test('random texts', async () => {
  const random = createRandom(7)
  for (let round = 0; round < 2 * settings.numRuns; round++)
    await check(makeText(random, 30, bait), `text ${round}`)
})

test('random JSON', async () => {
  const random = createRandom(8)
  for (let round = 0; round < 2 * settings.numRuns; round++) {
    const value = makeJson(random, 4, bait)
    const named = Object.fromEntries(
      Array.from({ length: 4 }, () => [random.pick(members), makeJson(random, 3, bait)]),
    )
    await check(JSON.stringify(random.below(2) === 0 ? named : value), `JSON ${round}`)
  }
})

test('random JWTs and HAR', async () => {
  const random = createRandom(9)
  for (let round = 0; round < settings.numRuns / 2; round++) {
    const object = () => ({
      alg: 'ES256',
      iss: makeJson(random, 2, bait),
      exp: makeJson(random, 1),
      aud: makeJson(random, 2),
      sub: makeText(random, 5),
    })
    await check(makeJwt(object(), object()), `JWT ${round}`)
    const entry = () => ({
      request: {
        url: `https://gw.example/${makeText(random, 8, bait)}`,
        method: random.pick(['GET', 'POST']),
        headers: makeJson(random, 3),
        postData: { text: makeText(random, 6, bait) },
      },
      response: {
        status: random.pick([0, 200, 302, 400, 999]),
        headers: [{ name: 'Location', value: makeText(random, 6, bait) }],
        content: { text: makeText(random, 9, bait) },
      },
      startedDateTime: makeText(random, 2),
      time: makeJson(random, 0),
    })
    await check(JSON.stringify({ log: { entries: [entry(), entry(), makeJson(random, 2)] } }), `HAR ${round}`)
  }
})

test.each([
  ['many brackets', '['.repeat(300_000)],
  ['many objects', '{"a":'.repeat(100_000)],
  ['many parameters', `https://gw.example/authorize?client_id=a&${'scope=a&'.repeat(200_000)}`],
  ['many escapes', `https://gw.example/authorize?client_id=a&scope=${'%25'.repeat(5000)}`],
  ['many quotes', `curl ${'"'.repeat(199_000)}`],
  ['many backslashes', `curl ${'\\\n'.repeat(90_000)}`],
  ['many words', `curl ${'a '.repeat(90_000)}`],
  ['many begins', '-----BEGIN A KEY-----'.repeat(9000)],
  ['many dots', 'eyJhbGciOiJub25lIn0'.concat('.'.repeat(90_000))],
  ['many ampersands', '&'.repeat(300_000)],
  ['many tags', '<a '.repeat(100_000)],
  ['many spaces', ' a'.repeat(300_000)],
  ['many headers', `HTTP/1.1 401 x\n${'a: b\n'.repeat(50_000)}`],
  ['many keys', JSON.stringify({ keys: Array.from({ length: 20_000 }, () => ({ kty: 'EC', kid: 'a' })) })],
  [
    'many entries',
    JSON.stringify({
      log: {
        entries: Array.from({ length: 20_000 }, () => ({
          request: { url: 'https://gw.example/authorize?client_id=a&response_type=code', method: 'GET' },
          response: {
            status: 302,
            redirectURL: 'https://gw.example/authorize?client_id=a&response_type=code',
          },
        })),
      },
    }),
  ],
  ['many statuses', 'HTTP/1.1 100 x\n\n'.repeat(10_000)],
  ['a megabyte of base64', 'MIIB'.repeat(250_000)],
  ['a long run of spaces', `x${' '.repeat(200_000)}y`],
  ['ten megabytes of JSON that was cut inside a string', `{"a":"${'x'.repeat(10_400_000)}`],
  ['a megabyte of digits', '1'.repeat(1_000_000)],
])('%s, soon', async (label, text) => {
  const startedAt = processorMs()
  await check(text, label)
  expect(processorMs() - startedAt).toBeLessThan(5000)
})
