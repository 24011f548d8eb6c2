// How findings speak: short, without what reads as translated, whatever facts they are given.
import { expect, it } from 'vitest'
import { catalogue } from '../../../src/diagnosis/catalogue.ts'
import type { Words } from '../../../src/diagnosis/catalogue/words.ts'

/** Facts for any entry, with names and addresses of the usual length, and no words of a server. */
const facts: Readonly<Record<string, unknown>> = {
  host: 'gateway.example',
  sentFrom: { hop: 2, host: 'gateway.example' },
  status: 400,
  sent: null,
  says: null,
  retryAfter: null,
  reference: null,
  seconds: 60,
  certificate: null,
  page: { kind: 'other', title: 'Forbidden', words: null, reference: null, text: '', target: null },
  urls: ['https://gateway.example/.well-known/openid-configuration'],
  issuers: ['https://gateway.example'],
  points: ['the scope'],
  found: 'an empty body',
  redirectUri: 'https://app.example/callback',
  target: 'https://app.example',
  url: 'https://gateway.example/token',
  scope: 'dpv:FraudPreventionAndDetection number-verification:verify',
  granted: 'openid',
  message: 'it is odd',
  method: 'private_key_jwt',
  key: { algorithm: 'ES256', keyId: 'key-1' },
  audience: 'https://gateway.example/token',
  skewSeconds: 600,
  meaning: null,
  arrival: null,
  algorithm: 'ES256',
  operation: 'verify',
  difference: null,
  oddity: null,
  lookalike: null,
  source: '--token-url; it came from NV_TOKEN_URL',
  variables: ['NV_TOKEN_URL'],
  location: null,
}
const anyFacts = new Proxy(facts, {
  get: (known, name) => (Object.hasOwn(known, name) ? known[String(name)] : null),
})

const wordsBy = Object.entries(catalogue as unknown as Record<string, (given: unknown) => Words>)

it.each(wordsBy)('%s', (_, entry) => {
  const { title, cause, fix } = entry(anyFacts)
  const all = `${title} ${cause} ${fix}`
  expect(all.split(/\s+/).length).toBeLessThanOrEqual(60)
  expect(all).not.toMatch(
    /(?<!there )\bis no\b|can be no|\bso:|of the line that|belongs? into|\bmend\b|to be had|what has it not|’/i,
  )
  expect(all).not.toMatch(/\\[dw+]|\[0-9\]|\[a-z|openssl/i)
  expect(title).not.toMatch(/[.?]$/)
  expect(cause.trim()).toMatch(/[.)"…]$|: \S.*$/)
})
