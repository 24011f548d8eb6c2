// Sends HTTP requests: one each, no redirects followed, nothing retried, bodies bounded.
import type { OutgoingRequest, Send } from '../context.ts'
import { Cancelled } from '../errors.ts'
import {
  type Body,
  type Failure,
  headerOf,
  type RequestMessage,
  type ResponseMessage,
} from '../wire/exchange.ts'
import { createDispatchers, type Env } from './dispatchers.ts'
import { networkError, NetworkError } from './failure.ts'
import { elapsedMs, follow, startTrace, type Trace } from './trace.ts'
import { watchResponse } from './watch.ts'

const maxBodyBytes = 1024 * 1024

/** Makes the function that sends, for a process whose environment may name a proxy. */
export function createSend(env: Env): Send {
  const choose = createDispatchers(env)
  return async (request, options) => {
    const trace = startTrace()
    const received: Uint8Array[] = []
    let failure: Failure | null = null
    try {
      await follow(trace, options.signal, async () => {
        const dispatcher = await choose(new URL(request.url), options)
        const response = await globalThis.fetch(request.url, {
          method: request.method,
          headers: request.headers,
          ...(request.body === undefined ? {} : { body: request.body }),
          dispatcher: watchResponse(dispatcher, trace, options.isBare ? request.headers : null),
          redirect: 'manual',
          signal: trace.ended.signal,
        })
        // What answers in the place of the network, as in a test, has no head that could be seen on its way.
        trace.head ??= { status: response.status, headers: [...response.headers] }
        await readBounded(response, received)
      })
    } catch (error) {
      failure = describeFailure(error, trace, options.signal)
    }
    return {
      request: describeRequest(request, trace),
      response: describeResponse(trace, received, failure),
      failure,
      timings: { ...trace.moments, endedMs: elapsedMs(trace) },
      connection: trace.connection,
    }
  }
}

/** Reads a body up to the bound, counted after decompression; what came stays, however it ends. */
async function readBounded(response: Response, received: Uint8Array[]): Promise<void> {
  let size = 0
  for await (const chunk of response.body ?? []) {
    received.push(chunk.subarray(0, maxBodyBytes - size))
    size += chunk.length
    if (size > maxBodyBytes)
      throw new NetworkError('too_large', `The response is larger than ${maxBodyBytes} bytes`)
  }
}

function describeFailure(error: unknown, { phase, proxy }: Trace, signal: AbortSignal): Failure {
  if (signal.aborted) {
    const code = signal.reason instanceof Cancelled ? 'interrupted' : 'timeout'
    const message = signal.reason instanceof Error ? signal.reason.message : code
    return {
      code,
      phase,
      message:
        phase === 'proxy' && code === 'timeout'
          ? `The proxy ${proxy} did not open a tunnel: ${message}`
          : message,
    }
  }
  const { code, message } = networkError(error)
  return { code, phase: code.startsWith('PROXY_') ? 'proxy' : phase, message }
}

/** Gives the request as it was sent; as it would have been, where it wasn't. */
function describeRequest({ method, url, headers, body }: OutgoingRequest, trace: Trace): RequestMessage {
  const given = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const)
  const length = body === undefined ? [] : [['content-length', `${Buffer.byteLength(body)}`] as const]
  return {
    method,
    url,
    // undici adds the length behind what it tells of.
    headers: trace.sent ? [...trace.sent, ...length] : given,
    body: body === undefined ? null : { text: body, byteLength: Buffer.byteLength(body), isCut: false },
  }
}

function describeResponse(
  { head }: Trace,
  received: readonly Uint8Array[],
  failure: Failure | null,
): ResponseMessage | null {
  return (
    head && {
      ...head,
      body: describeBody(Buffer.concat(received), failure !== null, headerOf(head, 'content-type')),
    }
  )
}

/** Reads the text of a body as fetch does, in UTF-8 without a byte order mark; where it is none, as what it says it is. */
function describeBody(bytes: Buffer, isCut: boolean, contentType: string | null): Body | null {
  if (bytes.length === 0 && !isCut) return null
  // A character that is cut in two is left out.
  const text = new TextDecoder().decode(bytes, { stream: isCut })
  const named = text.includes('\uFFFD') ? decodeAs(labelOf(contentType, text), bytes) : null
  return { text: named ?? text, byteLength: bytes.length, isCut }
}

/** Finds the name of the encoding in the header, or in the first lines of a page. */
function labelOf(contentType: string | null, text: string): string | null {
  const pattern = /charset\s*=\s*["']?([\w.:-]{1,40})/i
  return (pattern.exec(contentType ?? '') ?? pattern.exec(text.slice(0, 1024)))?.[1] ?? null
}

/** Decodes what holds ASCII as it is; UTF-16 does not, and JSON must not be in it. */
function decodeAs(label: string | null, bytes: Buffer): string | null {
  if (label === null || /^(utf|ucs|unicode|csunicode|iso-10646)/i.test(label)) return null
  try {
    return new TextDecoder(label).decode(bytes)
  } catch {
    return null
  }
}
