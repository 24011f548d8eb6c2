// Faults below HTTP: no connection, no handshake, no whole answer, and answers that are not HTTP.
import type { Socket } from 'node:net'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { rawResponse } from '../broken-server.ts'
import type { Answer, Fault, Right } from './fault.ts'
import { hopNames } from './hop-names.ts'

const json = 'content-type: application/json'
const ok = 'HTTP/1.1 200 OK\r\n'
/** A megabyte that becomes a gigabyte: a thousand gzip members of a mebibyte of zeros each. */
const member = gzipSync(Buffer.alloc(1024 * 1024))
const bomb = Buffer.concat(Array.from({ length: 1024 }, () => member))

/** Writes the right answer whole, with more headers. */
export function sendRight(socket: Socket, { statusLine, headers, body }: Right, ...more: string[]): void {
  const length = [...more, ...headers].some((header) => /^content-length/i.test(header))
    ? []
    : [`content-length: ${Buffer.byteLength(body)}`]
  socket.end(rawResponse(statusLine, [...headers, ...more, ...length], body))
}

/** Writes for as long as somebody reads. */
function writeForever(socket: Socket, chunk: string): void {
  while (socket.writable && socket.write(chunk));
  if (socket.writable) socket.once('drain', () => writeForever(socket, chunk))
}

const bytes = (text: string) => (socket: Socket) => void socket.end(Buffer.from(text, 'latin1'))

/** Answers with a body that is not compressed as it says. */
const badlyEncoded = (encoding: string) => (socket: Socket) => {
  const headers = [json, `content-encoding: ${encoding}`, 'content-length: 4']
  socket.end(rawResponse('200 OK', headers, 'true'))
}

export const connectionFaults: readonly Fault[] = [
  { name: 'connection refused', finding: 'connection_refused', place: 'refused' },
  { name: 'host that does not resolve', finding: 'host_not_found', place: 'unresolvable' },
  { name: 'black hole', finding: 'request_timeout', place: 'black-hole' },
  { name: 'silence', finding: 'request_timeout', answer: (_socket, _right, { pass }) => pass(15_000) },
  { name: 'reset at once', finding: 'connection_lost', connect: (socket) => socket.resetAndDestroy() },
  {
    name: 'reset before the headers',
    finding: 'connection_lost',
    answer: (socket) => socket.resetAndDestroy(),
  },
  { name: 'end before the headers', finding: 'connection_lost', answer: (socket) => socket.end() },
  { name: 'end inside the status line', finding: 'connection_lost', answer: bytes('HTTP/1.1 20') },
  { name: 'end inside the headers', finding: 'connection_lost', answer: bytes(`${ok}content-ty`) },
  {
    name: 'reset inside the body',
    finding: 'connection_lost',
    answer: (socket, { statusLine, headers, body }) => {
      const text = rawResponse(statusLine, [...headers, 'content-length: 500'], body)
      socket.write(text, () => socket.resetAndDestroy())
    },
  },
  {
    name: 'body shorter than its content-length',
    finding: 'connection_lost',
    answer: (socket, right) => sendRight(socket, right, 'content-length: 5000'),
  },
  {
    name: 'chunks without an end',
    finding: 'connection_lost',
    answer: (socket, { statusLine, headers, body }) => {
      const chunk = `${body.length.toString(16)}\r\n${body}\r\n`
      socket.end(rawResponse(statusLine, [...headers, 'transfer-encoding: chunked'], body && chunk))
    },
  },
  {
    name: 'chunks of nonsense',
    finding: 'network_error',
    answer: (socket, { statusLine, headers }) =>
      socket.end(
        rawResponse(statusLine, [...headers, 'transfer-encoding: chunked'], 'zz\r\nnot a chunk\r\n'),
      ),
  },
  {
    name: 'headers and then silence',
    finding: 'request_timeout',
    answer: (socket, { statusLine, headers }, { pass }) => {
      socket.write(rawResponse(statusLine, [...headers, 'content-length: 500']))
      pass(15_000)
    },
  },
  {
    name: 'one byte a second',
    finding: 'request_timeout',
    answer: (socket, { statusLine, headers }, { pass }) => {
      socket.write(rawResponse(statusLine, [...headers, 'content-length: 500']))
      const writeNext = (left: number) => {
        if (left === 0 || !socket.writable) return
        socket.write(' ', () => {
          pass(1000)
          setImmediate(() => writeNext(left - 1))
        })
      }
      writeNext(15)
    },
  },
  {
    name: 'endless body',
    finding: 'response_too_large',
    answer: (socket) => {
      socket.write(rawResponse('200 OK', [json]))
      writeForever(socket, ' '.repeat(64 * 1024))
    },
  },
  {
    name: 'body of 5 MB',
    finding: 'response_too_large',
    answer: (socket, { statusLine, headers, body }) =>
      socket.end(rawResponse(statusLine, headers, body + ' '.repeat(5_000_000))),
  },
  {
    name: 'content-length of a terabyte',
    finding: 'response_too_large',
    answer: (socket) => {
      socket.write(rawResponse('200 OK', [json, `content-length: ${2 ** 40}`]))
      writeForever(socket, ' '.repeat(64 * 1024))
    },
  },
  {
    name: 'gzip bomb',
    finding: 'response_too_large',
    answer: (socket) => {
      const headers = [json, 'content-encoding: gzip', `content-length: ${bomb.length}`]
      socket.end(rawResponse('200 OK', headers, bomb))
    },
  },
  { name: 'gzip that is none', finding: 'body_damaged', answer: badlyEncoded('gzip') },
  { name: 'br that is none', finding: 'body_damaged', answer: badlyEncoded('br') },
  { name: 'deflate that is none', answer: badlyEncoded('deflate') },
  {
    name: 'br that is cut',
    answer: (socket) => {
      const cut = brotliCompressSync(Buffer.from(JSON.stringify({ x: 'abcdefgh'.repeat(500) }))).subarray(
        0,
        -3,
      )
      const headers = [json, 'content-encoding: br', `content-length: ${cut.length}`]
      socket.end(rawResponse('200 OK', headers, cut))
    },
  },
  {
    name: 'endless headers',
    finding: 'network_error',
    answer: (socket) => writeForever(socket, `${ok}${`x: ${'y'.repeat(9000)}\r\n`.repeat(4)}`),
  },
  {
    name: 'bytes that are not HTTP',
    finding: 'network_error',
    answer: bytes('\u0016\u0003\u0001 this is not HTTP\r\n\r\n'),
  },
  {
    name: 'the banner of another protocol',
    finding: 'network_error',
    connect: (socket) => void socket.end('SSH-2.0-OpenSSH_9.6\r\n'),
  },
  {
    name: 'HTTP/2',
    finding: 'network_error',
    answer: bytes('\0\0\u0012\u0004\0\0\0\0\0\0\u0003\0\0\0\u0080'),
  },
  ...['000', '099', '600', '999'].map((status): Fault => ({
    name: `status ${status}`,
    answer: (socket, { headers, body }) =>
      socket.end(rawResponse(`${status} Odd`, [...headers, `content-length: ${body.length}`], body)),
  })),
  { name: '100 Continue before the answer', finding: 'network_error', answer: continueFirst('100 Continue') },
  { name: '100 Continue alone', finding: 'network_error', answer: bytes('HTTP/1.1 100 Continue\r\n\r\n') },
  {
    name: '101 Switching Protocols',
    finding: 'network_error',
    answer: bytes('HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n'),
  },
  {
    name: '103 Early Hints before the answer',
    answer: continueFirst('103 Early Hints'),
    harmlessAt: hopNames,
  },
  {
    name: 'a header twice',
    answer: (socket, right) =>
      sendRight(socket, right, 'x-correlator: one', 'x-correlator: two', 'date: x', 'date: y'),
    harmlessAt: hopNames,
  },
  {
    name: 'two lengths that differ',
    finding: 'network_error',
    answer: (socket, right) => sendRight(socket, right, 'content-length: 7', 'content-length: 900'),
  },
  {
    name: 'NUL in a header',
    finding: 'network_error',
    answer: (socket, right) => sendRight(socket, right, 'x-odd: a\0b'),
  },
  {
    name: 'a folded header',
    answer: (socket, right) => sendRight(socket, right, 'x-odd: a\r\n\tb'),
    harmlessAt: hopNames,
  },
]

function continueFirst(statusLine: string): Answer {
  return (socket, right) => {
    socket.write(`HTTP/1.1 ${statusLine}\r\n\r\n`)
    sendRight(socket, right)
  }
}

const alert = (description: number) => Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, description])

export const tlsFaults: readonly Fault[] = [
  {
    name: 'TLS: certificate expired',
    finding: 'certificate_expired',
    tls: { certificate: 'expired', isTrusted: true },
  },
  {
    name: 'TLS: certificate not valid yet',
    finding: 'certificate_expired',
    tls: { certificate: 'notYetValid', isTrusted: true },
  },
  {
    name: 'TLS: certificate of another host',
    finding: 'certificate_wrong_host',
    tls: { certificate: 'wrongHost', isTrusted: true },
  },
  {
    name: 'TLS: authority unknown',
    finding: 'certificate_untrusted',
    tls: { certificate: 'good', isTrusted: false },
  },
  {
    name: 'TLS: self-signed',
    finding: 'certificate_untrusted',
    tls: { certificate: 'selfSigned', isTrusted: true },
  },
  {
    name: 'TLS: plain http',
    finding: 'tls_failed',
    tls: 'none',
    connect: (socket) => socket.once('data', () => socket.end('HTTP/1.1 400 Bad Request\r\n\r\n')),
  },
  {
    name: 'TLS: handshake ended',
    finding: 'connection_lost',
    tls: 'none',
    connect: (socket) => socket.once('data', () => socket.end()),
  },
  {
    name: 'TLS: handshake reset',
    finding: 'connection_lost',
    tls: 'none',
    connect: (socket) => socket.once('data', () => socket.resetAndDestroy()),
  },
  {
    name: 'TLS: handshake without an answer',
    finding: 'request_timeout',
    tls: 'none',
    connect: (socket, { pass }) => void socket.once('data', () => pass(15_000)),
  },
  // RFC 8446, section 6: what a server may say in place of its part of the handshake.
  ...(
    [
      ['handshake failure', 40],
      ['protocol version', 70],
      ['insufficient security', 71],
      ['internal error', 80],
      ['unrecognized name', 112],
      ['certificate required', 116],
      ['no application protocol', 120],
      ['that nobody knows', 200],
    ] as const
  ).map(([what, description]): Fault => ({
    name: `TLS alert: ${what}`,
    tls: 'none',
    connect: (socket) => void socket.once('data', () => socket.end(alert(description))),
  })),
]
