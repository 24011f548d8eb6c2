// nv simulate: serves a local Open Gateway until it is stopped, and says how to call it.
import type { Context } from '../../context.ts'
import { exitCodes, UsageError } from '../../errors.ts'
import { isBlockedPort } from '../../oauth/blocked-ports.ts'
import { escapeText } from '../../run/escape.ts'
import { mockAccessToken } from '../../simulator/api.ts'
import type { Client } from '../../simulator/gateway.ts'
import { isLoopback } from '../../oauth/loopback.ts'
import { startSimulator, type RequestEntry, type RunningSimulator } from '../../simulator/simulator.ts'
import { lifetimesMs } from '../../simulator/state.ts'
import { parseDuration } from '../duration.ts'
import type { GlobalOptions } from '../options.ts'
import type { Configure } from '../program.ts'

const defaultPort = '4010'
const defaultHost = '127.0.0.1'

interface Options extends GlobalOptions {
  port: string
  host: string
  client?: string[]
}

interface SimulateInput {
  port: number
  host: string
  clients: Client[]
  isJson: boolean
  isQuiet: boolean
  /** Undefined: until it is interrupted. */
  timeoutMs: number | undefined
}

/** Declares the options of `nv simulate`. */
export const configure: Configure = (command, context, finish) => {
  command
    .option('--port <n>', 'the port of the gateway; 0 takes any free one', defaultPort)
    .option('--host <address>', 'the address to listen on', defaultHost)
    .option(
      '--client <id:secret>',
      'another client that may ask for tokens (repeatable)',
      (client, clients?: string[]) => [...(clients ?? []), client],
    )
    .action(async () => {
      await simulate(context, readInput(command.optsWithGlobals<Options>()))
      finish(exitCodes.ok)
    })
}

/** Serves until the time is over, or until the context's signal aborts, whose reason it then throws. */
async function simulate(context: Context, input: SimulateInput): Promise<void> {
  const { out, err, clock, signal } = context
  const { port, host, clients, isQuiet } = input
  const onRequest = (entry: RequestEntry) => {
    if (!isQuiet) err.write(formatRequest(entry, clock.now()))
  }
  const simulator = await startSimulator(context, { host, port, clients, onRequest })
  try {
    if (!isLoopback(host)) err.write(warnOfExposure(host))
    out.write(input.isJson ? formatJson(simulator) : formatBanner(simulator))
    await (input.timeoutMs === undefined ? untilAborted(signal) : clock.sleep(input.timeoutMs, signal))
  } finally {
    await simulator.close()
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

function readInput(options: Options): SimulateInput {
  if (options.profile !== undefined) {
    throw new UsageError({
      code: 'profile_unused',
      title: 'nv simulate uses no profile',
      cause: 'The simulator has credentials and addresses of its own.',
      fix: 'Leave --profile out.',
    })
  }
  return {
    port: readPort(options.port),
    host: readHost(options.host),
    clients: (options.client ?? []).map(readClient),
    isJson: options.json ?? false,
    isQuiet: options.quiet ?? false,
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, '--timeout'),
  }
}

function readPort(text: string): number {
  const port = /^[0-9]{1,5}$/.test(text) ? Number(text) : NaN
  if (!(port <= 65535)) {
    throw new UsageError({
      code: 'port_invalid',
      title: `This is no port: ${escapeText(text)}`,
      cause: 'A port is a whole number from 0 to 65535.',
      fix: `Use --port ${defaultPort}, or --port 0 for any free one.`,
    })
  }
  if (isBlockedPort(port)) {
    throw new UsageError({
      code: 'port_blocked',
      title: `Browsers and fetch refuse to open port ${port}`,
      cause: 'It is on the list of blocked ports (https://fetch.spec.whatwg.org/#port-blocking).',
      fix: `Use --port ${defaultPort}, or --port 0 for any free one.`,
    })
  }
  return port
}

function readHost(text: string): string {
  const host = text.trim().replace(/^\[(.*)\]$/, '$1')
  if (host !== '') return host
  throw new UsageError({
    code: 'host_empty',
    title: 'The host is empty',
    cause: 'An empty host would mean every address of this machine.',
    fix: `Use --host ${defaultHost}, or say --host 0.0.0.0 if you mean that.`,
  })
}

function readClient(text: string): Client {
  const colon = text.indexOf(':')
  if (colon > 0) return { id: text.slice(0, colon), secret: text.slice(colon + 1) }
  throw new UsageError({
    code: 'client_invalid',
    title: colon < 0 ? `This client has no secret: ${escapeText(text)}` : 'This client has no id',
    cause: 'A client is an id and a secret with a colon between them; the id is not empty.',
    fix: 'Write it as --client my-app-id:my-app-secret.',
  })
}

function warnOfExposure(host: string): string {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const who = isEverywhere
    ? 'Everyone on the networks of this machine'
    : `Everyone who can reach ${escapeText(host)}`
  return `Warning: ${who} can use the simulator, until you stop it.\n`
}

function formatJson(simulator: RunningSimulator): string {
  const { baseUrl, authorizeUrl, tokenUrl, apiUrl, operatorUrl, clientId, clientSecret } = simulator
  const urls = { baseUrl, authorizeUrl, tokenUrl, apiUrl, operatorUrl }
  return `${JSON.stringify({ schema: 'nv.simulator/1', ...urls, clientId, clientSecret })}\n`
}

function formatBanner(simulator: RunningSimulator): string {
  const { baseUrl, authorizeUrl, tokenUrl, apiUrl, operatorUrl, clientId, clientSecret } = simulator
  return `The simulator listens at ${baseUrl}

  authorize   ${authorizeUrl}
  token       ${tokenUrl}
  API         ${apiUrl}/number-verification/{v0,v1,v2}
  operator    ${operatorUrl}
  client      ${clientId} / ${clientSecret} (HTTP Basic)
  lifetimes   a code ${lifetimesMs.code / 1000} s; an access token ${lifetimesMs.accessToken / 1000} s and one call
              (${mockAccessToken}: for ever)
  answers     a number that ends in 1 is true, in 2 false, any other by the parity of the time

Start with a call that needs no flow:

  curl -X POST '${apiUrl}/number-verification/v2/verify' -H 'Authorization: Bearer ${mockAccessToken}' -H 'Content-Type: application/json' -d '{"phoneNumber":"+34600000001"}'

Or run the whole flow from another terminal:

  export NV_AUTHORIZE_URL='${authorizeUrl}'
  export NV_TOKEN_URL='${tokenUrl}'
  export NV_API_URL='${apiUrl}'
  export NV_CLIENT_ID='${clientId}'
  export NV_CLIENT_SECRET='${clientSecret}'
  export NV_REDIRECT_URI='http://127.0.0.1:${baseUrl.includes(':4011/') ? 4012 : 4011}/callback'
  nv verify +34600000001 --via direct

Ctrl-C stops it.
`
}

function formatRequest({ origin, method, path, status, detail }: RequestEntry, nowMs: number): string {
  const time = new Date(nowMs).toTimeString().slice(0, 8)
  const shown = `${origin === 'operator' ? 'operator ' : ''}${escapeText(path, 100)}`
  return `${time} ${escapeText(method, 20)} ${shown} ${status}${detail === undefined ? '' : ` ${detail}`}\n`
}
