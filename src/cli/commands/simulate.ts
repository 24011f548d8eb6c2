// nv simulate: serves a local Open Gateway until it is stopped, and says how to call it.
import type { Context } from '../../context.ts'
import { exitCodes, UsageError } from '../../errors.ts'
import { isLoopback } from '../../wire/addresses.ts'
import { type RequestEntry, type SimulatorOptions, startSimulator } from '../../simulator/simulator.ts'
import { parseDuration } from '../duration.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { GlobalOptions } from '../options.ts'
import type { Configure } from '../command.ts'
import { defaultHost, defaultPort, readHost, readPort, warnOfExposure } from '../simulate/address.ts'
import {
  describeControl,
  findCertificateFlaw,
  listBehaviours,
  readBehaviour,
} from '../simulate/behaviours.ts'
import { prepareCertificate } from '../simulate/certificate.ts'
import { readClients, readRedirectUri, type TypedClients } from '../simulate/clients.ts'
import { readLines, readMode } from '../simulate/lines.ts'
import { formatBanner, formatJson, formatRequest } from '../simulate/print.ts'

interface Options extends GlobalOptions, TypedClients {
  port: string
  host: string
  redirectUri?: string[]
  strict?: boolean
  mode: string
  line?: string[]
  lines?: string
  tls?: boolean
  behave?: string[]
  list?: boolean
}

interface SimulateInput {
  gateway: Omit<SimulatorOptions, 'onRequest'>
  hasTls: boolean
  isJson: boolean
  isQuiet: boolean
  /** Undefined: until it is interrupted. */
  timeoutMs: number | undefined
}

/** Declares the options of `nv simulate`. */
export const configure: Configure = (command, context, finish) => {
  addHelp(command, page)
    .optionsGroup('Where it listens:')
    .option('--port <n>', 'the port of the gateway; 0 takes any free one', defaultPort)
    .option('--host <address>', 'the address to listen on', defaultHost)
    .option('--tls', 'serve https with a temporary certificate')
    .optionsGroup('How it answers:')
    .option('--mode <mode>', 'mock: by the number; network: by the line of the phone', 'mock')
    .option('--behave <name[@step]>', 'misbehave in a named way, at a step (repeatable)', collect)
    .option('--strict', 'reject what the published samples get wrong')
    .option('--list', 'list the behaviours, and start nothing')
    .optionsGroup('Clients and lines:')
    .option('--client <id:secret>', 'another client with a secret (repeatable)', collect)
    .option(
      '--client-key <id:file>',
      'a client that authenticates with a key: PEM, JWK or JWKS (repeatable)',
      collect,
    )
    .option('--public-client <id>', 'a client without credentials, which must use PKCE (repeatable)', collect)
    .option(
      '--redirect-uri <uri>',
      'a registered redirect_uri; without it, any is accepted (repeatable)',
      collect,
    )
    .option(
      '--line <number,name=value…>',
      'a line, with operator=, address=, sim-token=, consent=yes|no, second-sim= (repeatable)',
      collect,
    )
    .option('--lines <file>', 'a JSON file of lines')
    .action(async () => {
      const options = command.optsWithGlobals<Options>()
      if (options.list) context.out.write(listBehaviours(options.json ?? false, context.out.columns))
      else await simulate(context, await readInput(context, options))
      finish(exitCodes.ok)
    })
}

const page: HelpPage = {
  examples: [
    'nv simulate',
    'nv simulate --behave wifi',
    'nv simulate --mode network --tls',
    'nv simulate --list',
  ],
  common: ['--port', '--host', '--mode', '--behave', '--tls', '--client', '--quiet', '--json'],
  notes: [describeControl],
}

function collect(value: string, values: string[] = []): string[] {
  return [...values, value]
}

/** Serves until the time is over, or until the context's signal aborts, whose reason it then throws. */
async function simulate(context: Context, input: SimulateInput): Promise<void> {
  const { out, err, clock, signal } = context
  const { gateway, hasTls, isJson, isQuiet, timeoutMs } = input
  const onRequest = (entry: RequestEntry) => {
    if (!isQuiet) err.write(formatRequest(entry, clock.now()))
  }
  const flaw = findCertificateFlaw(gateway.behaviours ?? [], hasTls)
  const tls = hasTls ? await prepareCertificate(context, gateway.host, flaw) : null
  try {
    const identity = tls ? { identity: tls.identity } : {}
    const simulator = await startSimulator(context, { ...gateway, ...identity, onRequest })
    try {
      if (!isLoopback(gateway.host)) err.write(warnOfExposure(gateway.host))
      const caFile = tls?.caFile.path ?? null
      out.write(isJson ? formatJson(simulator, caFile) : formatBanner(simulator, caFile))
      await (timeoutMs === undefined ? untilAborted(signal) : clock.sleep(timeoutMs, signal))
    } finally {
      await simulator.close()
    }
  } finally {
    await tls?.caFile.remove()
  }
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}

async function readInput(context: Context, options: Options): Promise<SimulateInput> {
  if (options.profile !== undefined) {
    throw new UsageError({
      code: 'profile_unused',
      title: 'nv simulate uses no profile',
      cause: 'The simulator has credentials and addresses of its own.',
      fix: 'Leave --profile out.',
    })
  }
  const mode = readMode(options.mode)
  const lines = await readLines(context, { mode, path: options.lines, flags: options.line ?? [] })
  return {
    gateway: {
      port: readPort(options.port),
      host: readHost(options.host),
      clients: await readClients(options, context.files),
      redirectUris: (options.redirectUri ?? []).map(readRedirectUri),
      isStrict: options.strict ?? false,
      mode,
      behaviours: (options.behave ?? []).map(readBehaviour),
      ...(lines && { lines }),
    },
    hasTls: options.tls ?? false,
    isJson: options.json ?? false,
    isQuiet: options.quiet ?? false,
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, '--timeout'),
  }
}
