// Every symptom that the domain lists and every fault that a server can show has a behaviour to be tested with.
import { describe, expect, test } from 'vitest'
import { behaviours } from '../../src/simulator/behaviour/behaviours.ts'
import { switched } from '../support/behave.ts'

/** The rows of the table of symptoms, in its order. */
const symptoms: ReadonlyArray<readonly [symptom: string, ...behaviours: string[]]> = [
  ['error page on the phone, nothing at the callback', 'error-page', 'error-page@operator'],
  ["phone can't connect, address bar at localhost", 'redirect-to-localhost'],
  ['nothing at the callback, no error page', 'blank-page', 'blank-page@operator', 'redirect-circle'],
  ['access_denied', 'access-denied', 'wifi'],
  ['consent_required and its like', 'consent-required', 'login-required', 'interaction-required'],
  ['invalid_scope', 'invalid-scope', 'invalid-scope@token'],
  ['scope arrives cut at the purpose', 'scope-cut'],
  ['scope arrives with %23 inside', 'scope-encoded-twice'],
  ['+ arrives as a space', 'plus-as-space@authorize', 'plus-as-space@api'],
  [
    'invalid_client',
    'invalid-client',
    'basic-only',
    'basic-raw-only',
    'basic-encoded-only',
    'secret-in-body-only',
    'assertion-only',
    'assertion-audience-issuer',
    'assertion-audience-endpoint',
    'assertion-used-before',
  ],
  ['invalid_client, assertion looks right', 'clock-behind', 'clock-ahead', 'clock-intolerant'],
  ['invalid_grant', 'code-used-before', 'code-expired', 'redirect-uri-differs', 'verifier-differs'],
  ['unauthorized_client, unsupported_grant_type', 'unauthorized-client@token', 'unsupported-grant-type'],
  ['401 UNAUTHENTICATED at the API', 'token-expired', 'token-used-before', 'unauthenticated'],
  ['403 PERMISSION_DENIED', 'scope-reduced', 'permission-denied'],
  [
    '403 USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK',
    'wifi@api',
    'not-by-mobile-network',
    'not-by-supported-method',
  ],
  ['403 INVALID_TOKEN_CONTEXT', 'token-context-invalid', 'token-context-invalid-bare'],
  ['400 INVALID_ARGUMENT', 'invalid-argument', 'plain-refused', 'hash-refused'],
  ['plain true, hashed false', 'hash-without-plus', 'hash-upper-case', 'hash-refused'],
  ['false, the number is right', 'other-sim'],
  ['random true/false', 'random-answer'],
  ['fails on iPhone Safari only', 'iphone-refused'],
  ['stops halfway through the redirects', 'https-forced', 'hop-refused', 'hop-unresolvable', 'cookie-lost'],
  ['second try fails, first worked', 'one-time-link'],
  ['404 at the API', 'status-404@api'],
  ['HTML instead of JSON', 'html-page@token', 'html-page@api', 'html-page@discovery'],
]

const hops = ['discovery', 'token', 'api']
const statuses = [400, 401, 403, 404, 405, 407, 421, 429, 500, 502, 503, 504]

/** The faults, each at every hop. */
const faults: ReadonlyArray<readonly [fault: string, ...behaviours: string[]]> = [
  ['black hole', 'hang'],
  ['reset before headers', 'reset'],
  ['reset inside the body', 'reset-in-body'],
  ['truncated content-length', 'body-cut'],
  ['one byte a second', 'body-slow'],
  ['endless body', 'body-endless'],
  ['gzip bomb', 'gzip-bomb', 'gzip-broken'],
  ['HTML with 200', 'html-page'],
  ['BOM', 'byte-order-mark'],
  ['wrong charset', 'charset-wrong'],
  ['wrong content type', 'content-type-wrong'],
  ['not JSON', 'not-json'],
  ['JSON of the wrong shape', 'json-of-another-shape'],
  ['empty', 'body-empty'],
  ['301/307 to another origin', 'status-301', 'status-307'],
  ...statuses.map((status) => [`${status}`, `status-${status}`, `status-${status}-empty`] as const),
  ['Retry-After', 'retry-after-seconds', 'retry-after-date', 'retry-after-nonsense', 'retry-after-429'],
]

/** The faults that are not of one hop: an address that a document names, a certificate, a clock. */
const elsewhere: ReadonlyArray<readonly [fault: string, ...behaviours: string[]]> = [
  ['refused', 'endpoint-refused@discovery', 'hop-refused@authorize'],
  ['unresolvable', 'endpoint-unresolvable@discovery', 'hop-unresolvable@authorize'],
  ['TLS expired', 'certificate-expired'],
  ['TLS wrong host', 'certificate-wrong-host'],
  ['clock ±10 min', 'clock-behind', 'clock-ahead'],
]

describe('a behaviour shows', () => {
  test.each([...symptoms, ...elsewhere])('%s', (_what, ...names) => {
    expect(names.length).toBeGreaterThan(0)
    for (const name of names) expect(() => switched(name)).not.toThrow()
  })

  test.each(faults.flatMap(([fault, ...names]) => hops.map((hop) => [fault, hop, names] as const)))(
    '%s at %s',
    (_fault, hop, names) => {
      for (const name of names) expect(switched(`${name}@${hop}`).step).toBe(hop)
    },
  )
})

describe('every behaviour', () => {
  const all = Object.entries(behaviours)

  test.each(all)('%s says what the gateway does, what is seen of it, and where', (name, behaviour) => {
    expect(name).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
    expect(name.length).toBeLessThan(30)
    expect(behaviour.does).toMatch(/^[a-z].*[^.]$/)
    expect(behaviour.shows).toMatch(/\S/)
    expect(new Set(behaviour.steps).size).toBe(behaviour.steps.length)
  })

  test.each(all)('%s does something', (_name, { rules, changeCall, answer, changeReply, certificate }) => {
    expect([rules, changeCall, answer, changeReply, certificate].some((change) => change !== undefined)).toBe(
      true,
    )
  })
})
