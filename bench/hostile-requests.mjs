// The kinds of requests that no phone sends to a callback listener; each brings the true path, and never the true state.
import { randomBytes, randomInt } from 'node:crypto'

const end = '\r\n\r\n'
const random = (bytes) => randomBytes(bytes).toString('base64url')

/**
 * Gives the bytes of a request of each kind, for a listener at that Host and path. with `ending: 'reset'`
 * the client ends the connection as soon as they are sent.
 */
export const hostileKinds = {
  'no parameters': ({ host, path }) => `GET ${path} HTTP/1.1\r\nHost: ${host}${end}`,
  'a state of another': ({ host, path }) =>
    `GET ${path}?code=${random(9)}&state=${random(32)} HTTP/1.1\r\nHost: ${host}${end}`,
  'no state': ({ host, path }) => `GET ${path}?code=${random(9)} HTTP/1.1\r\nHost: ${host}${end}`,
  'two states': ({ host, path }) =>
    `GET ${path}?code=x&state=${random(32)}&state=${random(32)} HTTP/1.1\r\nHost: ${host}${end}`,
  'an error under another state': ({ host, path }) =>
    `GET ${path}?error=access_denied&error_description=${random(60)}&state=x HTTP/1.1\r\nHost: ${host}${end}`,
  'hostile text': ({ host, path }) =>
    `GET ${path}?error=%1b%5d52%3bc%3bx%07%3Cscript%3E&state=%e2%80%ae%00 HTTP/1.1\r\nHost: ${host}${end}`,
  'another path': ({ host }) => `GET /${random(9)}/../../etc/passwd HTTP/1.1\r\nHost: ${host}${end}`,
  'two slashes': ({ host, path }) => `GET /${path}?code=x HTTP/1.1\r\nHost: ${host}${end}`,
  'an absolute target': ({ path }) =>
    `GET http://evil.example${path}?code=x HTTP/1.1\r\nHost: evil.example${end}`,
  favicon: ({ host }) => `GET /favicon.ico HTTP/1.1\r\nHost: ${host}${end}`,
  HEAD: ({ host, path }) => `HEAD ${path}?code=x&state=y HTTP/1.1\r\nHost: ${host}${end}`,
  OPTIONS: ({ host, path }) =>
    `OPTIONS ${path} HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://evil.example\r\nAccess-Control-Request-Method: GET${end}`,
  'a posted form': ({ host, path }) =>
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 14${end}code=x&state=y`,
  'a large body': ({ host, path }) =>
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 100000${end}${'x'.repeat(100_000)}`,
  'half a body': ({ host, path }) => ({
    bytes: `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 9000${end}x`,
    ending: 'reset',
  }),
  'chunks of nonsense': ({ host, path }) =>
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nTransfer-Encoding: chunked${end}zz\r\n`,
  'a foreign Host': ({ path }) => `GET ${path}?code=x&state=y HTTP/1.1\r\nHost: evil.example${end}`,
  'no Host': ({ path }) => `GET ${path}?code=x&state=y HTTP/1.1${end}`,
  'two Hosts': ({ host, path }) =>
    `GET ${path}?code=x&state=y HTTP/1.1\r\nHost: ${host}\r\nHost: evil.example${end}`,
  'a foreign Origin': ({ host, path }) =>
    `GET ${path}?code=x&state=y HTTP/1.1\r\nHost: ${host}\r\nOrigin: https://evil.example${end}`,
  'a prefetch': ({ host, path }) =>
    `GET ${path}?code=x&state=y HTTP/1.1\r\nHost: ${host}\r\nSec-Purpose: prefetch${end}`,
  'an address of 17 KB': ({ host, path }) =>
    `GET ${path}?x=${'x'.repeat(17_000)} HTTP/1.1\r\nHost: ${host}${end}`,
  'an upgrade': ({ host, path }) =>
    `GET ${path}?code=x&state=y HTTP/1.1\r\nHost: ${host}\r\nConnection: Upgrade\r\nUpgrade: websocket${end}`,
  'the start of TLS': () => Buffer.from(`16030100${'2f'.repeat(60)}`, 'hex'),
  'bytes at random': () => Buffer.concat([randomBytes(randomInt(1, 400)), Buffer.from(end)]),
  'twenty requests at once': ({ host, path }) =>
    `GET ${path}?code=x&state=y HTTP/1.1\r\nHost: ${host}${end}`.repeat(20),
  'a reset': ({ host, path }) => ({
    bytes: `GET ${path}?code=x&state=${random(9)} HTTP/1.1\r\nHost: ${host}${end}`,
    ending: 'reset',
  }),
}
