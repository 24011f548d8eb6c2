// Failures that are in no table of the simulator: small gateways and machines of their own, and what nv must say first.
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { runProgram } from '../../../src/cli/program.ts'
import type { Prompt, RequestHandler } from '../../../src/context.ts'
import type { Run } from '../../../src/run/run.ts'
import { createTestContext, type TestContextOptions } from '../context.ts'
import {
  appRedirectUri,
  type FlowOptions,
  type Gateway,
  type Handlers,
  queryOf,
  redirect,
  runFlow,
  startWaitingFlow,
  type WaitingFlow,
  withGateway,
} from '../gateway.ts'

/** What is wrong, how to run into it, and the first finding: its code, and words that its text must have. */
export type Unseen = readonly [failure: string, run: () => Promise<Run>, code: string, words: RegExp]

type Options = FlowOptions | ((gateway: Gateway) => FlowOptions)

/** Runs the flow against a gateway with these handlers. */
export function against(handlers: Handlers, options: Options = {}): () => Promise<Run> {
  return () =>
    withGateway(handlers, async (gateway) => {
      const chosen = typeof options === 'function' ? options(gateway) : options
      return (await runFlow(gateway.urls, { startMs: Date.now(), ...chosen })).result
    })
}

/** Runs the flow against a gateway that returns an error to the redirect_uri, with our state. */
export function returned(error: string, error_description: string): () => Promise<Run> {
  const authorize: RequestHandler = (request) => {
    const query = queryOf(request)
    const answer = new URLSearchParams({ error, error_description, state: query.get('state') ?? '' })
    return redirect(`${query.get('redirect_uri')}?${answer}`)
  }
  return against({ authorize })
}

/** Runs the flow by QR code, has the test play the phone, and lets the time run out. */
export function waiting(
  play: (flow: WaitingFlow) => Promise<unknown> | void,
  options: FlowOptions & { handlers?: Handlers } = {},
): () => Promise<Run> {
  const { handlers = {}, ...flowOptions } = options
  return () =>
    withGateway(handlers, async ({ urls }) => {
      const flow = await startWaitingFlow(urls, { startMs: Date.now(), ...flowOptions })
      await play(flow)
      flow.clock.advance(60_000)
      return flow.run
    })
}

export interface Typed {
  /** Added to, or put in place of, the variables that make a run against the gateway. */
  env?: (gateway: Gateway) => Record<string, string>
  args?: readonly string[] | ((gateway: Gateway) => readonly string[])
  context?: TestContextOptions
}

/** Runs the program as it is typed. */
export function onCommandLine(handlers: Handlers, { env, args = [], context }: Typed): () => Promise<Run> {
  return () =>
    withGateway(handlers, async (gateway) => {
      const variables = {
        NV_AUTHORIZE_URL: `${gateway.origin}/authorize`,
        NV_TOKEN_URL: `${gateway.origin}/token`,
        NV_API_URL: gateway.origin,
        NV_CLIENT_ID: 'test-client',
        NV_CLIENT_SECRET: 'canary-client-secret-Zx9',
        NV_REDIRECT_URI: appRedirectUri,
        ...env?.(gateway),
      }
      const test = createTestContext({ ...context, env: variables })
      const given = typeof args === 'function' ? args(gateway) : args
      await runProgram(test.context, ['verify', '+34600000001', '--via', 'direct', '--json', ...given])
      return JSON.parse(test.out()) as Run
    })
}

/** Runs with a server on the token URL that speaks another protocol: it says its line and hangs up, or answers so. */
export function otherProtocol(line: string | Uint8Array): () => Promise<Run> {
  return async () => {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      socket.once('data', () => socket.end(line))
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    try {
      return await onCommandLine({}, { env: () => ({ NV_TOKEN_URL: `http://127.0.0.1:${port}/token` }) })()
    } finally {
      server.close()
    }
  }
}

/** A terminal on which somebody pastes a line, and nothing more unless it was taken. */
export function pastingTerminal() {
  let give: (line: string) => void = () => {}
  const line = new Promise<string>((resolve) => (give = resolve))
  let done: () => void = () => {}
  const refused = new Promise<void>((resolve) => (done = resolve))
  const paste: Prompt['paste'] = async ({ reject, signal }) => {
    const text = await line
    if (reject(text) === null) return text
    done()
    return new Promise((_, fail) =>
      signal?.addEventListener('abort', () => fail(signal.reason as Error), { once: true }),
    )
  }
  return { give, refused, options: { isTerminal: true, canPaste: true, prompt: { paste } } }
}
