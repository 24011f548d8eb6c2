// The ports through which the program reaches the world. Types only; src/io/context.ts makes them.
import type { PhoneChanges } from './run/phone-changes.ts'
import type { RunStore } from './run/run-store.ts'
import type { Store } from './settings/store.ts'
import type { Sent } from './wire/exchange.ts'

/** A stream the program writes text to. */
export interface Output {
  write(text: string): void
  readonly isTerminal: boolean
  readonly columns: number
  readonly rows: number
  /** Whether nobody reads it any more, as after `| head`; left out: somebody may. */
  readonly isBroken?: boolean
}

export interface Input {
  readonly isTerminal: boolean
  /** Yields the lines of standard input until it ends or the signal aborts. */
  lines(signal: AbortSignal): AsyncIterable<string>
  /** Reads standard input to its end, at most 1 MiB; rejects with the signal's reason when it aborts first. */
  text(signal: AbortSignal): Promise<string>
}

export interface Clock {
  /** Milliseconds since the epoch, as others see them; the clock may be set meanwhile. */
  now(): number
  /** Milliseconds since some fixed moment, which no setting of the clock changes: for durations and deadlines. */
  elapsed(): number
  /** Resolves after the time has passed; rejects with the signal's reason when it aborts first. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>
}

/** A request as it arrived at one of our own servers. Nothing in it was checked. */
export interface IncomingRequest {
  method: string
  /** The request-target as sent: usually a path with a query, but possibly anything. */
  target: string
  /** Names in lower case, in order, doubles included. */
  headers: ReadonlyArray<readonly [name: string, value: string]>
  body: string
  /** Whether the body was larger than is read; then `body` is empty. */
  isTooLarge?: true
  /** The address the connection comes from; an IPv4 one in its own form. */
  remoteAddress: string
}

export interface OutgoingResponse {
  status: number
  headers?: Record<string, string | string[]>
  /** A function gives parts that are sent as they come; its signal aborts when the connection is gone. */
  body?: string | Uint8Array | ((gone: AbortSignal) => AsyncIterable<Uint8Array>)
  /**
   * Ends the exchange in a way that breaks HTTP. Nothing is sent with `reset`, nor with `silence`, which keeps the
   * connection until the client gives up; `reset-in-body` and `cut` (without a reset) come after the body that is
   * there, however long the headers say it is.
   */
  ending?: 'silence' | 'reset' | 'reset-in-body' | 'cut'
}

export type RequestHandler = (request: IncomingRequest) => OutgoingResponse | Promise<OutgoingResponse>

export interface Listener {
  /** One address for each socket: `localhost` is bound on IPv4 and on IPv6. */
  readonly addresses: readonly string[]
  readonly port: number
  /** Stops listening and ends every connection. */
  close(): Promise<void>
}

/** What a server proves itself with in TLS; PEM. */
export interface TlsIdentity {
  cert: string
  key: string
}

/** A fault of a certificate that clients should refuse. */
export type CertificateFlaw = 'expired' | 'wrong-host'

/** Makes a certificate for a server on the host, and the authority that signed it, which nobody trusts yet; PEM. */
export type Certify = (
  host: string,
  nowMs: number,
  flaw: CertificateFlaw | null,
) => Promise<{ identity: TlsIdentity; ca: string }>

/** What a listener tells besides the requests. */
export interface ListenHooks {
  /** Called when someone begins a TLS handshake on a port without TLS, with the address it comes from. */
  onTls?(remoteAddress: string): void
}

/**
 * Listens for HTTP, for HTTPS when there is an identity; port 0 takes any free port. A connection has one request at
 * a time: what a client sends before it has the answer is not handled, and ends the connection with that answer.
 * Throws a SetupError when it can't listen there.
 */
export type Listen = (
  host: string,
  port: number,
  handler: RequestHandler,
  identity?: TlsIdentity,
  hooks?: ListenHooks,
) => Promise<Listener>

/** A request to be sent; its headers in whatever case. */
export interface OutgoingRequest {
  method: string
  url: string
  headers: Readonly<Record<string, string>>
  body?: string
}

export interface SendOptions {
  /** Ends the request; its reason says whether time ran out or the user interrupted. */
  signal: AbortSignal
  /** Undefined: the proxy of the environment, if any. */
  proxy?: string | undefined
  /** PEM certificates to trust beside the usual ones. */
  ca?: string | undefined
  /**
   * The addresses of this machine to send from: only hosts of their families are reached, and never through a proxy.
   * Undefined: as the system routes it.
   */
  localAddresses?: readonly string[] | undefined
  /** Sends only the headers of the request, the host and the length: a browser's fetch adds some, an app does not. */
  isBare?: boolean | undefined
}

/**
 * Sends one request and reads the whole response, without following redirects and without retrying. Whatever the
 * network does is in the result; it throws only for a bug.
 */
export type Send = (request: OutgoingRequest, options: SendOptions) => Promise<Sent>

/** An open WebSocket, which takes and gives texts. */
export interface Socket {
  send(text: string): void
  close(): void
}

export interface SocketOptions {
  /** Ends the opening. */
  signal: AbortSignal
  onMessage(text: string): void
  /** Called when it closes after it was open, whoever closes it. */
  onClose(): void
}

/** Opens a WebSocket, through no proxy. Rejects when there is none at the URL, or with the signal's reason. */
export type OpenSocket = (url: string, options: SocketOptions) => Promise<Socket>

export interface QuestionOptions {
  message: string
  signal?: AbortSignal
}

/** Questions on the terminal, drawn on stderr. Each throws Cancelled when the user interrupts it. */
export interface Prompt {
  text(
    options: QuestionOptions & {
      initial?: string
      /** Says true, or what is wrong with an answer; it may look at a file for that. */
      validate?: (text: string) => true | string | Promise<true | string>
    },
  ): Promise<string>
  secret(options: QuestionOptions & { validate?: (text: string) => true | string }): Promise<string>
  choice<T extends string>(
    options: QuestionOptions & {
      choices: ReadonlyArray<{ value: T; name: string; description?: string }>
      initial?: T
    },
  ): Promise<T>
  confirm(options: QuestionOptions & { initial: boolean }): Promise<boolean>
  /** Shows what is waited for with the time left, and takes a pasted line, which is never echoed. */
  paste(
    options: QuestionOptions & {
      /** Says what is waited for; asked again each second. */
      waiting: () => string
      /** Says what is wrong with a pasted line; null when it will do. */
      reject: (text: string) => string | null
    },
  ): Promise<string>
}

export interface Spinner {
  update(text: string): void
}

/** A file in a folder of its own, which only this user can read. */
export interface TemporaryFile {
  /** Absolute. */
  path: string
  /** Removes the file and its folder. */
  remove(): Promise<void>
}

/** What a file is, and who may do what with it; a link stands for what it leads to. */
export interface FileFacts {
  kind: 'file' | 'folder' | 'other'
  /** The permission bits; null where files have none, as on Windows. */
  mode: number | null
  /** Null where files have no owner of this kind. */
  owner: 'user' | 'root' | 'other' | null
  /** Whether this user may run it, or enter it. */
  isExecutable: boolean
}

/**
 * The files that a user names, and those of a run. Each throws a SetupError that names the path, a UsageError for a
 * folder, and the reason of the Context's signal when that aborts first.
 */
export interface Files {
  /**
   * Reads a text file, in UTF-8 or with a byte order mark in UTF-16, at most `maxBytes` of it, 1 MiB where nothing is
   * said; null when there is none. Takes nothing but a regular file: a pipe or a device may never end. A path is
   * relative to the working folder.
   */
  read(path: string, maxBytes?: number): Promise<string | null>
  /** Reads as `read` does, and gives the bytes: keys and certificates are not always text. */
  readBytes(path: string, maxBytes?: number): Promise<Uint8Array | null>
  /** Reads as `read` does. Throws too when someone else than this user and root can change the file. */
  readTrusted(path: string, maxBytes?: number): Promise<string | null>
  /** Looks at a file without opening or changing it; null when there is none, or it can't be seen. */
  look(path: string): Promise<FileFacts | null>
  /** Writes a new file of that name among the system's temporary ones. */
  writeTemporary(name: string, text: string): Promise<TemporaryFile>
  /**
   * Finds out whether a file can be written, before it is: throws a SetupError where it can't, where the path is a
   * symbolic link or no regular file. What is there stays.
   */
  checkWritable(path: string): Promise<void>
  /** Writes a file whole or not at all, with mode 0600; replaces a regular file, and never follows a link. */
  write(path: string, content: string | Uint8Array): Promise<void>
  /** Adds to the end of a regular file, which is made where it is missing. */
  append(path: string, text: string): Promise<void>
  /** The working folder, absolute. */
  readonly workingFolder: string
}

/** A network interface of this machine, with its addresses; a link-local one ends in its scope, as in `%eth0`. */
export interface NetworkInterface {
  name: string
  addresses: readonly string[]
}

export interface Network {
  interfaces(): readonly NetworkInterface[]
  /** Tells whether an IP address is one of this machine, listed or not: whether a socket can be bound to it. */
  isLocal(address: string): Promise<boolean>
}

/** What a program printed, and how it ended. */
export interface Finished {
  /** Null: it was ended, as by the time limit. */
  exitCode: number | null
  stdout: string
  stderr: string
}

export interface RunOptions {
  /** Ends the program. */
  signal: AbortSignal
  /** Ends it as well, after this long. */
  timeoutMs: number
}

/**
 * Runs a program to its end, without a shell and with nothing of nv's own in its environment, and reads at most 1 MiB
 * of what it prints. Null when it can't be started, as where it isn't installed. Rejects with the signal's reason.
 */
export type RunCommand = (
  program: string,
  args: readonly string[],
  options: RunOptions,
) => Promise<Finished | null>

/** A program that runs beside nv. */
export interface StartedProgram {
  /**
   * Resolves when it has ended, by itself or because it was stopped; without an exit code where it was killed or never
   * ran. Why the system did not start it is a code as in ENOENT; null: it ran.
   */
  readonly ended: Promise<{ exitCode: number | null; notStarted: string | null }>
  /** Ends it and what it has started, within a second. */
  stop(): Promise<void>
}

export interface StartOptions {
  /** Called with each line that it prints, on either stream, unchecked. */
  onLine(line: string): void
  /** The variables that it needs of the user's environment, beside those that any program gets. */
  variables?: readonly string[]
}

/**
 * Starts a program that keeps running, without a shell and with nothing
 * of nv's own in its environment. It ends with nv,
 * even where nv is killed. One that can't be started says so in a line, and has ended.
 */
export type StartProgram = (
  program: string,
  args: readonly string[],
  options: StartOptions,
) => Promise<StartedProgram>

export interface AttachOptions {
  /** Variables to set besides those of nv; undefined takes one out. */
  variables: Readonly<Record<string, string | undefined>>
  /** Ends the program. */
  signal: AbortSignal
}

/**
 * Runs a program in the place of nv, without a shell: on its streams, with its whole environment, and with the signals
 * that come for nv. Null when it can't be started.
 */
export type Attach = (
  program: string,
  args: readonly string[],
  options: AttachOptions,
) => Promise<{ exitCode: number } | null>

export interface Context {
  readonly tool: { name: string; version: string; node: string; platform: string }
  readonly out: Output
  readonly err: Output
  readonly input: Input
  readonly env: Readonly<Record<string, string | undefined>>
  readonly clock: Clock
  /** Aborts, with a Cancelled, when a signal ends the command. */
  readonly signal: AbortSignal
  /** Cryptographically random bytes. */
  random(byteCount: number): Uint8Array
  readonly send: Send
  readonly openSocket: OpenSocket
  readonly listen: Listen
  readonly certify: Certify
  readonly network: Network
  /** Hands an http(s) URL to the user's browser; true only when a program for it was started. */
  open(url: string): Promise<boolean>
  readonly run: RunCommand
  readonly start: StartProgram
  readonly attach: Attach
  readonly prompt: Prompt
  readonly files: Files
  /** Gives the stores of profiles and secrets; they are loaded with the first call. */
  openStore(): Promise<Store>
  /** Gives the runs that were saved; the disk is touched when they are used. */
  openRuns(): Promise<RunStore>
  /** Gives what has to be restored on phones; the disk is only touched on use. */
  openPhoneChanges(): Promise<PhoneChanges>
  /** Starts a spinner on stderr, which is a terminal; it is gone when the signal aborts. */
  spinner(text: string, signal: AbortSignal): Promise<Spinner>
}
