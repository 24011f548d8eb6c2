// What outside input may be, for properties that hold of all of it: texts that break readers, and messages made of them.
import * as fc from 'fast-check'
import type { ResponseMessage } from '../../src/wire/exchange.ts'
import { createRandom, makeJson, makeText } from './hostile-generator.ts'

/** The same each time, so that a failure repeats itself; NV_TEST_SEED gives others, NV_TEST_RUNS more of them. */
export const settings = {
  seed: Number(process.env['NV_TEST_SEED'] || 20_250_615),
  numRuns: Number(process.env['NV_TEST_RUNS'] || 200),
}

/** How long the properties of a file may take where the machine is busy. */
export const timeoutMs = 60_000 + 30 * settings.numRuns

/** Any units at all, halves of surrogate pairs included. */
const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 60 })
  .map((codes) => String.fromCharCode(...codes))
const fragments = fc.integer().map((seed) => makeText(createRandom(seed), 40))
const json = fc.integer().map((seed) => JSON.stringify(makeJson(createRandom(seed), 4)))

/** One text many times: what makes a careless pattern slow. */
const repeated = fc
  .tuple(fc.oneof(units, fragments), fc.integer({ min: 1, max: 5000 }))
  .map(([text, count]) => text.slice(0, 12).repeat(count))

/** A text with a piece taken out, doubled, or put in. */
const damaged = (text: string) =>
  fc
    .tuple(fc.nat(text.length), fc.nat(40), fc.oneof(fc.constant(''), units, fragments))
    .map(([at, length, piece]) => text.slice(0, at) + piece + text.slice(at + length))

/** What servers truly send. */
const samples = [
  '{"access_token":"abc","token_type":"Bearer","expires_in":300,"scope":"openid"}',
  '{"devicePhoneNumberVerified":true}',
  '{"devicePhoneNumber":"+34600000001"}',
  '{"error":"invalid_grant","error_description":"The code has expired","error_uri":"https://a.example/"}',
  '{"status":403,"code":"PERMISSION_DENIED","message":"Client does not have sufficient permissions"}',
  '{"fault":{"faultstring":"Invalid ApiKey","detail":{"errorcode":"oauth.v2.InvalidApiKey"}}}',
  '{"issuer":"https://a.example","authorization_endpoint":"https://a.example/authorize","jwks_uri":"https://a.example/k"}',
  '{"auth_req_id":"x","expires_in":120,"interval":2}',
  'access_token=abc&token_type=Bearer',
  '<!doctype html><html><head><title>Sign in</title></head><body><form method="post" action="https://a.example/callback"><input type="hidden" name="code" value="x"><input name="state" value="y"></form></body></html>',
  '<?xml version="1.0"?><error><code>1</code><message>no</message></error>',
  'https://app.example/callback?code=x&state=y',
  'https://app.example/callback#error=access_denied&state=y',
  'eyJhbGciOiJSUzI1NiIsImtpZCI6ImsxIn0.eyJpc3MiOiJhIiwic3ViIjoiYiIsImF1ZCI6ImMiLCJleHAiOjEsImlhdCI6MX0.AAAA',
  'NV_CLIENT_ID=abc\nNV_CLIENT_SECRET="d e f"\nexport X=\'y\'',
  '{"name":"Sandbox","values":[{"key":"client_id","value":"x","enabled":true},{"key":"secret","value":"y"}]}',
  '{"schema":"nv.profile/1","name":"x","settings":{"clientId":"y"}}',
  '+34 600-000.001',
  'tel:+34600000001;ext=1',
] as const

/** Whatever a server, a file or a person may give nv to read. */
export const text: fc.Arbitrary<string> = fc.oneof(
  units,
  fragments,
  json,
  repeated,
  fc.constantFrom(...samples).chain(damaged),
  fc.json(),
)

const headerNames = [
  'content-type',
  'location',
  'www-authenticate',
  'retry-after',
  'date',
  'set-cookie',
  'x-correlator',
  'link',
]

const headers = fc.array(
  fc.tuple(
    fc.constantFrom(...headerNames),
    text.map((value) => value.slice(0, 4000)),
  ),
  {
    maxLength: 5,
  },
)

export const status: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(200, 201, 204, 302, 400, 401, 403, 404, 407, 429, 500, 503, 511),
  fc.integer({ min: 0, max: 999 }),
)

export const response: fc.Arbitrary<ResponseMessage> = fc.record({
  status,
  headers,
  body: fc.option(text.map((value) => ({ text: value, byteLength: Buffer.byteLength(value), isCut: false }))),
})

/** Values as a parser of JSON gives them, of any shape. */
export const value: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue(),
  fc.integer().map((seed) => makeJson(createRandom(seed), 4)),
  text,
)
