// The ways in which a command can fail, and the exit code of each.

/** Exit codes of every command. */
export const exitCodes = {
  ok: 0,
  negative: 1,
  usage: 2,
  undetermined: 3,
  setup: 4,
  bug: 70,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes]

/** The signals that end a command: Ctrl-C, `kill`, and the end of the terminal. */
export type EndingSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'

/** Gives the exit code after a signal, as a shell counts it; for a signal that ends no command, that of SIGINT. */
export function exitCodeOfSignal(signal: string): ExitCode {
  if (signal === 'SIGTERM') return exitCodes.terminated
  return signal === 'SIGHUP' ? exitCodes.hungUp : exitCodes.interrupted
}

/** What went wrong, in words: the value, the rule it breaks, the next step. */
export interface Problem {
  code: string
  title: string
  cause: string
  fix: string
}

/** Bad input or configuration; nothing was sent. Exit 2. */
export class UsageError extends Error {
  override name = 'UsageError'
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(problem.title, options)
  }
}

/** This machine can't do what was asked: a port is taken, a file not writable. Exit 4. */
export class SetupError extends Error {
  override name = 'SetupError'
  constructor(
    readonly problem: Problem,
    options?: ErrorOptions,
  ) {
    super(problem.title, options)
  }
}

/** A signal, or Ctrl-C at a question, stopped the command. Exit 130, 143 or 129. */
export class Cancelled extends Error {
  override name = 'Cancelled'
  constructor(readonly signal: EndingSignal = 'SIGINT') {
    super('Interrupted')
  }
}
