// nv simulate: serves a local Open Gateway until it is stopped, and says how to call it.
import type { Context } from '../../context.ts'
import { type ExitCode, exitCodes, SetupError } from '../../errors.ts'
import { isLoopback } from '../../wire/addresses.ts'
import { type RequestEntry, startSimulator } from '../../simulator/simulator.ts'
import { addHelp, type HelpPage } from '../help.ts'
import type { Configure } from '../command.ts'
import { defaultHost, defaultPort, urlsForOthers, warnOfExposure } from '../simulate/address.ts'
import { describeControl, findCertificateFlaw, listBehaviours } from '../simulate/behaviours.ts'
import { prepareCertificate, readCertificate } from '../simulate/certificate.ts'
import { readInput, type SimulateInput, type SimulateOptions } from '../simulate/input.ts'
import {
  type Announced,
  formatBanner,
  formatExports,
  formatJson,
  formatRequest,
  formatRequestJson,
} from '../simulate/print.ts'
import { variablesForProgram } from '../simulate/variables.ts'

/** Declares the options of `nv simulate`. */
export const configure: Configure = (command, context, finish, { behind }) => {
  addHelp(command, page)
    .optionsGroup('Where it listens:')
    .option('--port <n>', 'the port of the gateway; 0 takes any free one', defaultPort)
    .option('--host <address>', 'the address to listen on', defaultHost)
    .option('--operator-port <n>', 'the port of the operator; 0 takes any free one', '0')
    .option('--tls', 'serve https with a temporary certificate')
    .option('--cert <file>', 'serve https with this certificate (PEM)')
    .option('--key <file>', 'the private key of the certificate (PEM)')
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
    .optionsGroup('For other programs:')
    .option('--env', 'print the variables for a shell: export NV_CLIENT_ID=…')
    .argument('[program...]')
    .action(async (program: readonly string[]) => {
      if (program.length > behind.length) command.error('', { code: 'commander.excessArguments' })
      const options = command.optsWithGlobals<SimulateOptions>()
      if (options.list) context.out.write(listBehaviours(options.json ?? false, context.out.columns))
      else finish(await simulate(context, await readInput(context, options, program)))
    })
}

const page: HelpPage = {
  examples: [
    'nv simulate',
    'nv simulate -- npm test',
    'nv simulate --behave wifi -- nv verify +34600000001 --via direct',
    'nv simulate --mode network --tls',
  ],
  lead: 'A program after -- gets the variables of the simulator, which ends with it.',
  common: ['--port', '--host', '--mode', '--behave', '--list', '--env', '--verbose', '--json'],
  meanings: {
    '--json': 'print each request as a line of JSON',
    '--quiet': 'log no requests',
    '--verbose': 'log the parameters of each request, without secrets',
  },
  notes: [
    'nv exits with the code of the program after --, and passes signals on to it. Nothing stays set in the shell.',
    'Requests are logged on stderr; while a program behind -- runs, only with --verbose. With --json they are on stdout \
(nv schema simulator-request).',
    describeControl,
  ],
  exits: { ok: 'done, or that of the program' },
}

function collect(value: string, values: string[] = []): string[] {
  return [...values, value]
}

/** Serves until the program that it runs ends, or the time is up; throws the reason of the context's signal. */
async function simulate(context: Context, input: SimulateInput): Promise<ExitCode> {
  const { err, clock } = context
  const { gateway, log, program } = input
  const onRequest = (entry: RequestEntry) => logRequest(context, entry, log)
  const flaw = findCertificateFlaw(gateway.behaviours ?? [], input.hasTls)
  const tls = input.ownCertificate
    ? await readCertificate(context, input.ownCertificate)
    : input.hasTls
      ? await prepareCertificate(context, gateway.host, flaw)
      : null
  try {
    const identity = tls ? { identity: tls.identity } : {}
    const simulator = await startSimulator(context, { ...gateway, ...identity, onRequest })
    try {
      if (!isLoopback(gateway.host)) err.write(warnOfExposure(gateway.host))
      const otherUrls = urlsForOthers(context.network, gateway.host, simulator.baseUrl)
      const announced = { simulator, caFile: tls?.caFile?.path ?? null, otherUrls }
      if (program !== null) return await runInside(context, announced, { ...input, program })
      announce(context, announced, input)
      await (input.timeoutMs === undefined
        ? untilAborted(context.signal)
        : clock.sleep(input.timeoutMs, context.signal))
      return exitCodes.ok
    } finally {
      await simulator.close()
    }
  } finally {
    await tls?.caFile?.remove()
  }
}

function logRequest({ out, err, clock }: Context, entry: RequestEntry, log: SimulateInput['log']): void {
  if (log === 'json') out.write(formatRequestJson(entry, clock.now()))
  else if (log !== 'none') err.write(formatRequest(entry, clock.now(), log === 'verbose'))
}

/** Says where the simulator listens, in the requested form. */
function announce(
  { out, err }: Context,
  announced: Announced,
  { isJson, isEnv, isQuiet }: SimulateInput,
): void {
  if (isEnv) out.write(formatExports(announced))
  else out.write(isJson ? formatJson(announced) : formatBanner(announced))
  if (isEnv && !isQuiet)
    err.write(`The simulator listens at ${announced.simulator.baseUrl} (Ctrl-C stops it)\n`)
}

/** Runs a program with the variables set; the simulator ends with it, and nv with its exit code. */
async function runInside(
  context: Context,
  { simulator, caFile }: Announced,
  { program: [name, ...args], timeoutMs }: SimulateInput & { program: readonly [string, ...string[]] },
): Promise<ExitCode> {
  const over = new AbortController()
  const timer = new AbortController()
  const late =
    timeoutMs === undefined ? null : context.clock.sleep(timeoutMs, timer.signal).then(() => over.abort())
  late?.catch(() => {})
  try {
    const variables = variablesForProgram(simulator, caFile)
    const ended = await context.attach(name, args, { variables, signal: over.signal })
    if (ended === null) throw programMissing(name)
    // The exit code of a program means whatever that program wants.
    return ended.exitCode as ExitCode
  } finally {
    timer.abort()
  }
}

function programMissing(name: string): SetupError {
  return new SetupError({
    code: 'program_not_started',
    title: `Can't start ${JSON.stringify(name.slice(0, 80))}`,
    cause: 'There is no program of that name on PATH, or it may not be run.',
    fix: 'Write the program and its arguments after --, as in: nv simulate -- npm test',
  })
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
}
