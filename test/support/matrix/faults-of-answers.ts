// Faults in whole answers: bodies of no use, statuses, redirects, and clocks.
import type { Socket } from 'node:net'
import { rawResponse } from '../broken-server.ts'
import { sendRight } from './faults-of-connection.ts'
import type { Answer, Fault } from './fault.ts'
import { hopNames, type HopName } from './hop-names.ts'

const json = 'content-type: application/json'
const html = 'content-type: text/html'
const page = '<!doctype html><title>Sign in</title><p>Welcome to the Wi-Fi, please sign in</p>'

/** The hops whose answer is a redirect, so that a body changes nothing. */
const redirecting: readonly HopName[] = ['authorize', 'operator']

function send(
  socket: Socket,
  statusLine: string,
  headers: readonly string[],
  body: string | Buffer = '',
): void {
  socket.end(rawResponse(statusLine, [...headers, `content-length: ${Buffer.byteLength(body)}`], body))
}

const with200 =
  (headers: readonly string[], body: string | Buffer): Answer =>
  (socket) =>
    send(socket, '200 OK', headers, body)

const refusing =
  (value: unknown, statusLine = '400 Bad Request'): Answer =>
  (socket) =>
    send(socket, statusLine, [json], typeof value === 'string' ? value : JSON.stringify(value))

export const bodyFaults: readonly Fault[] = [
  { name: '200: a page', answer: with200([html], page) },
  { name: '200: a page that says it is JSON', answer: with200([json], page) },
  {
    name: '200: a byte order mark before it',
    answer: (socket, right) => sendRight(socket, { ...right, body: `\uFEFF${right.body}` }),
    harmlessAt: hopNames,
  },
  { name: '200: a byte order mark alone', answer: with200([json], '\uFEFF') },
  {
    name: '200: UTF-16',
    answer: (socket, { statusLine, headers, body }) =>
      send(socket, statusLine, headers, Buffer.from(`\uFEFF${body}`, 'utf16le')),
    harmlessAt: redirecting,
  },
  {
    name: '200: a charset that it is not in',
    answer: (socket, { statusLine, headers, body }) =>
      send(
        socket,
        statusLine,
        [...headers.filter((header) => !header.startsWith('content-type')), `${json}; charset=utf-7`],
        body,
      ),
    harmlessAt: hopNames,
  },
  {
    name: '200: bytes that are not UTF-8',
    answer: with200([json], Buffer.from('{"error":"\xe9\xff\xc0"', 'latin1')),
  },
  { name: '200: text', answer: with200(['content-type: text/plain'], 'OK') },
  { name: '200: nothing', answer: with200([json], '') },
  { name: '204', answer: (socket) => void socket.end('HTTP/1.1 204 No Content\r\n\r\n') },
  { name: '200: an array', answer: with200([json], '[1,2]') },
  { name: '200: null', answer: with200([json], 'null') },
  { name: '200: JSON of another shape', answer: with200([json], '{"result":"ok","code":0,"message":null}') },
  {
    name: '200: members of the wrong type',
    answer: with200(
      [json],
      '{"access_token":5,"auth_req_id":[],"devicePhoneNumberVerified":"yes","issuer":{},"authorization_endpoint":1,"token_endpoint":null,"keys":"x","client_id":7,"client_secret":false,"error":{}}',
    ),
  },
  { name: '200: JSON that is cut', answer: with200([json], '{"access_token":"abc') },
  { name: '200: 100,000 brackets', answer: with200([json], '['.repeat(100_000)) },
  { name: '200: a megabyte of spaces', answer: with200([json], ' '.repeat(1_000_000)) },
  {
    name: '200: a prototype',
    answer: with200([json], '{"__proto__":{"access_token":"x","keys":[]},"constructor":1}'),
  },
  {
    name: '200: half a surrogate pair',
    answer: with200(
      [json],
      String.raw`{"error":"\ud800","error_description":"\udfff x \ud800","message":"\ud83d"}`,
    ),
  },
  {
    name: '200: an error',
    answer: with200([json], '{"error":"server_error","error_description":"It broke"}'),
  },
]

const esc = '\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u009b31m\u202e\r\u0000'

/** What a hostile server says: codes and texts that must not reach a terminal as they are. */
export const hostileFaults: readonly Fault[] = [
  {
    name: '400: half a surrogate pair',
    answer: refusing(
      String.raw`{"error":"invalid_request","error_description":"\ud800 and \udfff","code":"\ud83d","message":"\ude00"}`,
    ),
  },
  {
    name: '400: control characters',
    answer: refusing({ error: `a${esc}b`, error_description: esc, code: esc, message: esc, status: 400 }),
  },
  {
    name: '400: control characters, raw',
    answer: refusing(`{"error":"x","error_description":"${esc}"}`),
  },
  {
    name: '400: an error text of a mebibyte',
    answer: refusing({ error: 'invalid_request', error_description: 'no '.repeat(349_000) }),
  },
  { name: '400: a word of a mebibyte', answer: refusing(`{"error":"${'A'.repeat(1_000_000)}"}`) },
  {
    name: '400: the request itself',
    answer: (socket, { request }) => {
      const text = { error: 'invalid_request', error_description: request, message: request }
      send(socket, '400 Bad Request', [json], JSON.stringify(text))
    },
  },
  {
    name: '500: the request in a page',
    answer: (socket, { request }) =>
      send(socket, '500 Oops', [html], `<!doctype html><title>Error</title><pre>${request}</pre>`),
  },
  {
    name: 'control characters in a header',
    answer: (socket) =>
      send(socket, '401 Unauthorized', [
        json,
        `www-authenticate: Bearer error="\u009b31m\u0085", error_description="\u009d0;x"`,
      ]),
  },
]

const bodies: ReadonlyArray<[string, readonly string[], string]> = [
  ['', [], ''],
  [' with an OAuth error', [json], '{"error":"server_error","error_description":"It broke"}'],
  [' with a page', [html], '<!doctype html><title>Oops</title><h1>It broke</h1>'],
]
const statuses = [
  400, 401, 403, 404, 405, 406, 407, 408, 410, 413, 415, 421, 422, 429, 451, 500, 501, 502, 503, 504, 511,
]

export const statusFaults: readonly Fault[] = [
  ...statuses.flatMap((status) =>
    bodies.map(([what, headers, body]): Fault => ({
      name: `${status}${what}`,
      answer: (socket) => send(socket, `${status} Odd`, headers, body),
    })),
  ),
  ...[429, 503].flatMap((status) =>
    ['30', 'Wed, 21 Oct 2026 07:28:00 GMT', 'soon', '-1', '1e99'].map((retryAfter): Fault => ({
      name: `${status}, Retry-After: ${retryAfter}`,
      answer: (socket) => send(socket, `${status} Odd`, [`retry-after: ${retryAfter}`]),
    })),
  ),
]

const redirectTo = (status: number, location: (elsewhere: string) => string): Answer => {
  return (socket, _right, { elsewhere }) =>
    send(socket, `${status} Moved`, [`location: ${location(elsewhere)}`])
}

export const redirectFaults: readonly Fault[] = [
  ...[301, 302, 303, 307, 308].map((status): Fault => ({
    name: `${status} to another origin`,
    answer: redirectTo(status, (elsewhere) => `${elsewhere}/x`),
  })),
  { name: '302 to itself', answer: redirectTo(302, () => '/again') },
  { name: '302 to nowhere', answer: (socket) => send(socket, '302 Found', []) },
  { name: '302 to a file', answer: redirectTo(302, () => 'file:///etc/passwd') },
  { name: '302 to a script', answer: redirectTo(302, () => 'javascript:alert(1)') },
  { name: '302 to what is no address', answer: redirectTo(302, () => 'http://[') },
  { name: '304', answer: (socket) => void socket.end('HTTP/1.1 304 Not Modified\r\n\r\n') },
]

const dated =
  (offsetMs: number): Answer =>
  (socket, right) =>
    sendRight(socket, right, `date: ${new Date(1_750_000_000_000 + offsetMs).toUTCString()}`)

const tenMinutesMs = 600_000

export const clockFaults: readonly Fault[] = [
  { name: "the server's clock 10 min ahead", answer: dated(tenMinutesMs), harmlessAt: hopNames },
  { name: "the server's clock 10 min behind", answer: dated(-tenMinutesMs), harmlessAt: hopNames },
  { name: 'our clock set 10 min ahead', jumpMs: tenMinutesMs, harmlessAt: hopNames },
  { name: 'our clock set 10 min back', jumpMs: -tenMinutesMs, harmlessAt: hopNames },
]
