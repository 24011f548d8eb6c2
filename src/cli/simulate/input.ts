// The arguments of nv simulate.
import type { Context } from '../../context.ts'
import { UsageError } from '../../errors.ts'
import type { SimulatorOptions } from '../../simulator/simulator.ts'
import { parseDuration } from '../duration.ts'
import type { GlobalOptions } from '../options.ts'
import { readHost, readPort } from './address.ts'
import { readBehaviour } from './behaviours.ts'
import { readClients, readRedirectUri, type TypedClients } from './clients.ts'
import { readLines, readMode } from './lines.ts'

/** As commander gives them. */
export interface SimulateOptions extends GlobalOptions, TypedClients {
  port: string
  operatorPort: string
  host: string
  cert?: string
  key?: string
  env?: boolean
  redirectUri?: string[]
  strict?: boolean
  mode: string
  line?: string[]
  lines?: string
  tls?: boolean
  behave?: string[]
  list?: boolean
}

export interface SimulateInput {
  gateway: Omit<SimulatorOptions, 'onRequest'>
  hasTls: boolean
  ownCertificate: { cert: string; key: string } | null
  isJson: boolean
  isEnv: boolean
  isQuiet: boolean
  log: 'none' | 'lines' | 'verbose' | 'json'
  /** The program to run with the variables set; null: none. */
  program: readonly [string, ...string[]] | null
  /** Undefined: until it is interrupted. */
  timeoutMs: number | undefined
}

/** Reads them. Throws a UsageError for values that can't be used, and for options that exclude each other. */
export async function readInput(
  context: Context,
  options: SimulateOptions,
  program: readonly string[],
): Promise<SimulateInput> {
  if (options.profile !== undefined) {
    throw new UsageError({
      code: 'profile_unused',
      title: 'nv simulate uses no profile',
      cause: 'The simulator has credentials and addresses of its own.',
      fix: 'Leave --profile out.',
    })
  }
  refuseMixed(options, program)
  const [name, ...args] = program
  const ownCertificate = readOwnCertificate(options)
  const mode = readMode(options.mode)
  const port = readPort(options.port)
  const operatorPort = readPort(options.operatorPort, '--operator-port')
  if (port !== 0 && port === operatorPort) throw samePort(port)
  const lines = await readLines(context, { mode, path: options.lines, flags: options.line ?? [] })
  return {
    gateway: {
      port,
      operatorPort,
      host: readHost(options.host),
      clients: await readClients(options, context.files),
      redirectUris: (options.redirectUri ?? []).map(readRedirectUri),
      isStrict: options.strict ?? false,
      mode,
      behaviours: (options.behave ?? []).map(readBehaviour),
      ...(lines && { lines }),
    },
    hasTls: options.tls === true || ownCertificate !== null,
    ownCertificate,
    isJson: options.json ?? false,
    isEnv: options.env ?? false,
    isQuiet: options.quiet ?? false,
    // On a terminal the log must not break into the program's own lines and spinner.
    log: name === undefined || options.verbose ? readLog(options) : 'none',
    program: name === undefined ? null : [name, ...args],
    timeoutMs: options.timeout === undefined ? undefined : parseDuration(options.timeout, '--timeout'),
  }
}
/** Reads how requests are logged: --json is for programs, and --quiet turns the log off. */
function readLog({ json, quiet, verbose }: SimulateOptions): SimulateInput['log'] {
  if (quiet) return 'none'
  if (json) return 'json'
  return verbose ? 'verbose' : 'lines'
}

/** Refuses options that would both print on stdout. */
function refuseMixed({ json, env }: SimulateOptions, program: readonly string[]): void {
  const given = [json && '--json', env && '--env', program.length > 0 && 'a program'].filter((one) => one)
  if (given.length < 2) return
  throw new UsageError({
    code: 'output_mixed',
    title: `${given.join(' and ')} can't be used together`,
    cause: 'Each of them needs standard output for itself.',
    fix: 'Leave all but one out.',
  })
}

function samePort(port: number): UsageError {
  return new UsageError({
    code: 'port_twice',
    title: `Port ${port} is named twice`,
    cause: 'The operator needs a port of its own.',
    fix: 'Leave --operator-port out for any free one.',
  })
}

function readOwnCertificate({ cert, key }: SimulateOptions): { cert: string; key: string } | null {
  if (cert === undefined && key === undefined) return null
  if (cert !== undefined && key !== undefined) return { cert, key }
  throw new UsageError({
    code: 'certificate_incomplete',
    title: `${cert === undefined ? '--cert' : '--key'} is missing`,
    cause: 'A server proves itself with a certificate and its private key.',
    fix: 'nv simulate --cert cert.pem --key key.pem',
  })
}
