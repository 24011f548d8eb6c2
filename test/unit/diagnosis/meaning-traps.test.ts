// Words that look like a meaning and have another one, or none.
import { expect, test } from 'vitest'
import { type Meaning, meaningOf } from '../../../src/diagnosis/meaning.ts'
import { readPage } from '../../../src/diagnosis/page.ts'

test.each<[words: string, meaning: Meaning | null]>([
  ['Zeitlimit überschritten', null],
  ['Límite de tiempo superado', null],
  ['The client secret is required', null],
  ['Client identified by IP 192.0.2.1 is not allowed', 'address'],
  ['IP address 203.0.113.9 is not in the allowed list', 'address'],
  ['Your IP address 192.0.2.7 has been logged. You are not authorized.', null],
  ['Invalid client id or secret', 'credentials'],
  ['Either client_id or client_secret is invalid', 'credentials'],
  ['Client credentials are invalid', 'credentials'],
  ['Invalid client secret provided', 'secret'],
  ['The client is unknown', 'client'],
  ['Unknown client certificate', 'client-certificate'],
  ['The application is not active', 'suspended'],
  ['Token is not active', 'clock'],
  ['An active session is required', null],
  ['Assertion lifetime exceeds 60 seconds', 'lifetime'],
  ['Service temporarily not available, try again later', null],
  ['The operator is not supported', 'not-served'],
  ['Offline access not recognised', null],
])('%s', (words, meaning) => {
  expect(meaningOf(words)).toBe(meaning)
})

test.each<[title: string, body: string, status: number, kind: string]>([
  ['Anfrage abgelehnt', 'Ihre Anfrage wurde vom Nutzer abgelehnt.', 200, 'other'],
  ['Sign in', 'Protected by Acme. <input type="password">', 200, 'login'],
  ['Forbidden', 'You may not see this. Reference: your manager.', 403, 'error'],
])('a page: %s', (title, body, status, kind) => {
  const text = `<!doctype html><html><head><title>${title}</title></head><body>${body}</body></html>`
  expect(readPage({ status, headers: [], body: { text, byteLength: text.length, isCut: false } })?.kind).toBe(
    kind,
  )
})
