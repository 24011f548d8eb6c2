// Finds where a browser accepts DevTools connections.
import { SetupError } from '../../errors.ts'
import { readBody, stringIn } from '../../wire/body.ts'
import { textOf } from '../../wire/exchange.ts'
import type { WayTools } from '../way.ts'

const askMs = 5_000

export interface Browser {
  /** As it calls itself, as in `Chrome/131.0.6778.39`. */
  name: string
  /** The WebSocket, at the host that was asked: what the answer says of the host is not taken. */
  socketUrl: string
}

/** Asks a browser by HTTP; null when it does not answer as one. */
export async function findBrowser(
  { machine, signal }: Pick<WayTools, 'machine' | 'signal'>,
  origin: string,
): Promise<Browser | null> {
  const limit = AbortSignal.any([signal, AbortSignal.timeout(askMs)])
  const request = { method: 'GET', url: `${origin}/json/version`, headers: {} }
  const { response, failure } = await machine.send(request, { signal: limit })
  machine.signal.throwIfAborted()
  if (failure !== null || response?.status !== 200) return null
  const body = readBody(textOf(response))
  const told = body.kind === 'object' ? stringIn(body.object, 'webSocketDebuggerUrl') : null
  if (body.kind !== 'object' || told === null || !URL.canParse(told)) return null
  const { pathname } = new URL(told)
  if (!pathname.startsWith('/devtools/browser')) return null
  const base = new URL(origin)
  return {
    name: stringIn(body.object, 'Browser') ?? 'Chrome',
    socketUrl: `${base.protocol === 'https:' ? 'wss' : 'ws'}://${base.host}${pathname}`,
  }
}

/** Explains that there is no browser at an address that was given. */
export function noBrowserAt(origin: string): SetupError {
  return new SetupError({
    code: 'devtools_missing',
    title: `No browser answers at ${origin}`,
    cause: 'nv asked it for the address of its DevTools, and got no usable answer.',
    fix: 'Start Chrome with --remote-debugging-port=9222 and a --user-data-dir of its own, or correct --devtools.',
  })
}
