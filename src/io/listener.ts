// Listens for HTTP, or HTTPS, on this machine and hands requests to a handler, whatever the client sends.
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from 'node:http'
import { Socket } from 'node:net'
import { emitWarning } from 'node:process'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import type {
  IncomingRequest,
  Listen,
  ListenHooks,
  OutgoingResponse,
  RequestHandler,
  TlsIdentity,
} from '../context.ts'
import { escapeText } from '../wire/escape.ts'
import { errorCode } from './error-code.ts'
import { certificateUnusable, explainListenFailure } from './listen-problem.ts'
import { endIfCrowded, isInTurn, settleWith } from './turns.ts'

const maxBodyBytes = 64 * 1024

/** How long closing waits for answers that are being written; in milliseconds. */
const lastAnswersMs = 300

/** Timeouts that end slow and idle clients; in milliseconds. */
const serverOptions = {
  headersTimeout: 2000,
  requestTimeout: 3000,
  connectionsCheckingInterval: 500,
  requireHostHeader: false,
}

const handshakeTimeoutMs = 2000

/** Listens on the host's address, or on both loopback addresses when the host is `localhost`. */
export const listen: Listen = async (host, port, handler, identity, { onTls } = {}) => {
  const servers: Server[] = []
  const answers = new Set<Promise<void>>()
  const track: RequestListener = (request, response) => {
    if (!isInTurn(request, response)) return
    const answering = settleWith(
      request.socket,
      answer(request, response, handler).catch(() => void response.destroy()),
    )
    answers.add(answering)
    void answering.finally(() => {
      answers.delete(answering)
      endIfCrowded(request.socket)
    })
  }
  const chosen = await chooseServer(identity)
  const createServer = (onRequest: RequestListener) => reportTls(chosen(onRequest), onTls)
  try {
    const first = await open(createServer(track), host === 'localhost' ? '127.0.0.1' : host, port)
    servers.push(first)
    const bound = portOf(first)
    if (host === 'localhost') {
      const second = await open(createServer(track), '::1', bound).catch(ignoreMissingIpv6)
      if (second) servers.push(second)
    }
    return {
      addresses: servers.map(addressOf),
      port: bound,
      close: async () => {
        await Promise.race([Promise.all(answers), delay(lastAnswersMs, undefined, { ref: false })])
        await Promise.all(servers.map(close))
      },
    }
  } catch (error) {
    await Promise.all(servers.map(close))
    throw await explainListenFailure(host, port, error)
  }
}

/** Gives what makes a server: for HTTPS when there is an identity, which alone loads TLS. */
async function chooseServer(
  identity: TlsIdentity | undefined,
): Promise<(onRequest: RequestListener) => Server> {
  if (!identity) return (onRequest) => createServer(serverOptions, onRequest)
  const [https, tls] = await Promise.all([import('node:https'), import('node:tls')])
  try {
    tls.createSecureContext(identity)
  } catch (error) {
    throw certificateUnusable(error)
  }
  const options = { ...serverOptions, ...identity, handshakeTimeout: handshakeTimeoutMs }
  return (onRequest) => https.createServer(options, onRequest)
}

/** The first bytes of a TLS handshake. @see https://www.rfc-editor.org/rfc/rfc8446#section-5.1 */
const handshakeStart = Buffer.from([0x16, 0x03])

/** Tells of TLS on a plain port: the parser's error has the bytes that it could not read. */
function reportTls(server: Server, onTls: ListenHooks['onTls']): Server {
  if (!onTls) return server
  return server.on('connection', (socket: Socket) => {
    const remoteAddress = addressOfPeer(socket)
    socket.on('error', (error: Error & { rawPacket?: unknown }) => {
      const { rawPacket } = error
      if (Buffer.isBuffer(rawPacket) && rawPacket.subarray(0, 2).equals(handshakeStart)) onTls(remoteAddress)
    })
  })
}

function addressOfPeer({ remoteAddress = '' }: Socket): string {
  return remoteAddress.replace(/^::ffff:(?=\d+\.)/, '')
}

function open(server: Server, address: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: address, port, exclusive: true }, () => {
      server.off('error', reject)
      server.on('error', () => {})
      resolve(server)
    })
    keepConnections(server)
  })
}

const connections = new WeakMap<Server, Set<Socket>>()

/** Keeps the connections of a server, since an HTTPS one does not know those whose handshake is not over. */
function keepConnections(server: Server): void {
  const open = new Set<Socket>()
  connections.set(server, open)
  server.on('connection', (socket: Socket) => {
    open.add(socket)
    socket.once('close', () => open.delete(socket))
  })
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  handler: RequestHandler,
): Promise<void> {
  const body = await readBody(request)
  const outgoing = await handle(toIncoming(request, body), handler)
  if (body === null) response.shouldKeepAlive = false
  if (outgoing.ending === 'silence') return closed(response)
  if (outgoing.ending === 'reset') return reset(request)
  const { body: content = '', ending } = outgoing
  const isWhole = (typeof content === 'string' || content instanceof Uint8Array) && ending === undefined
  // With its length, an answer leaves in one piece; without, in chunks.
  if (outgoing.headers?.['connection'] === 'close') response.shouldKeepAlive = false
  const length = isWhole ? { 'content-length': Buffer.byteLength(content) } : {}
  response.writeHead(outgoing.status, { ...length, ...outgoing.headers })
  if (request.method === 'HEAD') return finish(response)
  if (typeof content === 'function') await stream(response, content)
  else if (ending === undefined) return finish(response, content)
  else await write(response, content)
  if (ending === undefined) return finish(response)
  if (ending === 'reset-in-body') return reset(request)
  request.socket.end()
}

/** Lets no request end the program: a handler that throws has a bug, which is answered with 500 and shown as a warning. */
async function handle(request: IncomingRequest, handler: RequestHandler): Promise<OutgoingResponse> {
  try {
    return await handler(request)
  } catch (error) {
    emitWarning(escapeText(`a request met a bug: ${error instanceof Error ? error.message : 'unknown'}`))
    return { status: 500 }
  }
}

/** Ends the connection as a machine does that fell over. */
function reset({ socket }: IncomingMessage): void {
  if (socket instanceof Socket && !('encrypted' in socket)) socket.resetAndDestroy()
  else socket.destroy()
}

function finish(response: ServerResponse, content?: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', resolve)
    response.end(content, resolve)
  })
}

/** Sends parts as they come, until they end or the connection is gone. */
async function stream(
  response: ServerResponse,
  parts: (gone: AbortSignal) => AsyncIterable<Uint8Array>,
): Promise<void> {
  if (response.destroyed) return
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    for await (const part of parts(gone.signal)) {
      await write(response, part)
      // A part that the system takes at once would leave no turn to anyone else.
      await nextTurn()
      if (gone.signal.aborted) return
    }
  } catch (error) {
    if (!gone.signal.aborted) throw error
  }
}

function closed(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) resolve()
    else response.once('close', resolve)
  })
}

/** Sends a part of a body; it has left this process, or the connection is gone, when this resolves. */
function write(response: ServerResponse, part: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    if (response.destroyed) return resolve()
    response.once('close', resolve)
    response.write(part, () => {
      response.off('close', resolve)
      resolve()
    })
  })
}

function toIncoming(request: IncomingMessage, body: string | null): IncomingRequest {
  const headers: Array<[string, string]> = []
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    headers.push([String(request.rawHeaders[i]).toLowerCase(), String(request.rawHeaders[i + 1])])
  }
  const remoteAddress = addressOfPeer(request.socket)
  const incoming = {
    method: request.method ?? '',
    target: request.url ?? '',
    headers,
    body: body ?? '',
    remoteAddress,
  }
  return body === null ? { ...incoming, isTooLarge: true } : incoming
}

/** Reads the body as UTF-8; null when it is larger than we take. */
function readBody(request: IncomingMessage): Promise<string | null> {
  const isEmpty = !('content-length' in request.headers) && !('transfer-encoding' in request.headers)
  if (isEmpty) return Promise.resolve('')
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    request.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= maxBodyBytes) chunks.push(chunk)
      else resolve(null)
    })
    request.once('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    request.once('error', reject)
  })
}

function addressOf(server: Server): string {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.address : ''
}

function portOf(server: Server): number {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    for (const socket of connections.get(server) ?? []) socket.destroy()
  })
}

function ignoreMissingIpv6(error: unknown): undefined {
  const code = errorCode(error)
  if (code === 'EADDRNOTAVAIL' || code === 'EAFNOSUPPORT') return undefined
  throw error
}
