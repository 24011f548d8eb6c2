// Speaks the DevTools protocol over a WebSocket: commands with their answers, and events.
import type { ProtocolMapping } from 'devtools-protocol/types/protocol-mapping.js'
import type { Context, Socket } from '../../context.ts'
import { SetupError } from '../../errors.ts'

type Commands = ProtocolMapping.Commands
type Events = ProtocolMapping.Events

export type DevtoolsEvent = {
  [Method in keyof Events]: { method: Method; params: Events[Method][0]; sessionId?: string }
}[keyof Events]

export interface Devtools {
  /** Sends a command; rejects with a SetupError when the browser refuses it, is silent, or is gone. */
  send<Method extends keyof Commands>(
    method: Method,
    params: Commands[Method]['paramsType'][0],
    sessionId?: string,
  ): Promise<Commands[Method]['returnType']>
  /** Hears every event from now on. */
  onEvent(listener: (event: DevtoolsEvent) => void): void
  /** Rejects when the browser closes the connection. */
  readonly lost: Promise<never>
  close(): void
}

const commandMs = 15_000

interface Pending {
  resolve(result: unknown): void
  reject(error: SetupError): void
}

/** Connects to a browser. Throws a SetupError when it takes no connection. */
export async function connectDevtools(
  { openSocket, clock }: Pick<Context, 'openSocket' | 'clock'>,
  url: string,
  signal: AbortSignal,
): Promise<Devtools> {
  const pending = new Map<number, Pending>()
  const listeners: Array<(event: DevtoolsEvent) => void> = []
  const over = new AbortController()
  let lose: (error: SetupError) => void = () => {}
  const lost = new Promise<never>((_resolve, reject) => {
    lose = reject
  })
  lost.catch(() => {})
  const end = () => {
    over.abort()
    lose(connectionLost())
    for (const { reject } of pending.values()) reject(connectionLost())
    pending.clear()
  }
  const onMessage = (text: string) => {
    const message = parse(text)
    if (message === null) return
    if (message.id === undefined) {
      for (const listener of listeners) listener(message as DevtoolsEvent)
      return
    }
    const command = pending.get(message.id)
    pending.delete(message.id)
    if (isObject(message.result)) command?.resolve(message.result)
    else command?.reject(refused(message.error?.message))
  }
  const socket = await open()
  let lastId = 0
  return {
    send: async (method, params, sessionId) => {
      if (over.signal.aborted) throw connectionLost()
      const id = ++lastId
      const answered = new Promise<unknown>((resolve, reject) => pending.set(id, { resolve, reject }))
      socket.send(JSON.stringify({ id, method, params, ...(sessionId && { sessionId }) }))
      const done = new AbortController()
      const late = clock
        .sleep(commandMs, AbortSignal.any([done.signal, over.signal]))
        .then(() => pending.get(id)?.reject(silent(method)))
      late.catch(() => {})
      try {
        return (await answered) as never
      } finally {
        done.abort()
        pending.delete(id)
      }
    },
    onEvent: (listener) => void listeners.push(listener),
    lost,
    close: () => socket.close(),
  }

  async function open(): Promise<Socket> {
    try {
      return await openSocket(url, { signal, onMessage, onClose: end })
    } catch (error) {
      signal.throwIfAborted()
      throw notTaken(new URL(url).host, error)
    }
  }
}

interface Message {
  id?: number
  result?: unknown
  error?: { message?: unknown } | null
  params?: unknown
}

/** Ignores what is not a message of the protocol. */
function parse(text: string): Message | null {
  try {
    const message: unknown = JSON.parse(text)
    if (!isObject(message)) return null
    const { id, params } = message as Message
    return id !== undefined || isObject(params) ? message : null
  } catch {
    return null
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

function notTaken(host: string, cause: unknown): SetupError {
  return new SetupError(
    {
      code: 'devtools_refused',
      title: `Chrome at ${host} accepted no connection`,
      cause: 'It answered by HTTP, and refused the WebSocket of the DevTools protocol.',
      fix: 'Close other programs that debug this browser, or restart it.',
    },
    { cause },
  )
}

function connectionLost(): SetupError {
  return new SetupError({
    code: 'devtools_lost',
    title: 'Chrome closed the connection',
    cause: 'The browser was closed, or the cable was pulled.',
    fix: 'Keep Chrome open on the phone and the cable plugged in, then try again.',
  })
}

function refused(message: unknown): SetupError {
  return new SetupError({
    code: 'devtools_command_refused',
    title: 'Chrome refused a command of nv',
    cause: typeof message === 'string' ? `Chrome says: "${message.slice(0, 300)}"` : 'Chrome gave no reason.',
    fix: 'Update Chrome. If that does not help, use --via adb or --via qr.',
  })
}

function silent(method: string): SetupError {
  return new SetupError({
    code: 'devtools_silent',
    title: `Chrome did not answer within ${commandMs / 1000} s (${method})`,
    cause: 'Likely the browser hangs, or a page in it holds a dialog open.',
    fix: 'Close its tabs, or restart it, then try again.',
  })
}
