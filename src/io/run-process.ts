// Runs a program as this process: with its streams, its signals, its exit code, and a last word when it crashes.
import { type Context } from '../context.ts'
import { exitCodes, type ExitCode } from '../errors.ts'
import { describeCrash } from '../report/crash.ts'
import { toInertJson, toInertText } from '../wire/escape.ts'
import { createContext, describeTool } from './context.ts'
import { endProcess, type Interruption, listenForSignals } from './interruption.ts'

type Program = (context: Context, args: readonly string[]) => Promise<ExitCode>

/** Runs the program with the Context of this process and its arguments, and ends the process with its exit code. */
export async function runProcess(program: Program): Promise<never> {
  const args = process.argv.slice(2)
  // What follows -- is for somebody else.
  const end = args.indexOf('--')
  const own = end === -1 ? args : args.slice(0, end)
  // Colour is decided by NO_COLOR alone, so that no library has to be told of the flag.
  if (own.includes('--no-color')) process.env['NO_COLOR'] = '1'
  // What Node warns of is about our code, or about its own variables: users can do nothing with it.
  process.removeAllListeners('warning')
  // Whatever nobody foresaw must not end with the exit code of a mismatch, which is that of Node.
  const isJsonWanted = own.includes('--json')
  const crash = (error: unknown) => reportCrash(error, isJsonWanted)
  process.on('uncaughtException', crash)
  process.on('unhandledRejection', crash)
  const interruption = listenForSignals()
  watchStreams(interruption, isJsonWanted)
  const exitCode = await program(createContext(process, interruption), args)
  await Promise.all([flush(process.stdout), flush(process.stderr)])
  return endProcess(ending ?? exitCode)
}

/** A reader that went away (as in `| head`) is no error, a terminal that did is the end, and so is a full disk. */
function watchStreams({ hangUp }: Interruption, isJsonWanted: boolean): void {
  const { stdin, stdout, stderr } = process
  for (const stream of [stdin, stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EIO') hangUp()
      // What else is wrong with stdin is told to the one who reads it.
      else if (error.code === 'EPIPE' || stream === stdin) return
      else if (stream === stderr) endWithoutLog(error.code, isJsonWanted)
      else endWith(exitCodes.setup, `nv can't write its result to stdout (${error.code}).`)
    })
  }
}

/** The exit code of an end that has begun: what goes wrong after it changes nothing, and can't be said. */
let ending: ExitCode | undefined

function reportCrash(error: unknown, isJsonWanted: boolean): void {
  if (ending !== undefined) endProcess(ending)
  const { text, problem } = describeCrash(error, describeTool(process), process.env)
  const hasPrinted = process.stdout.bytesWritten > 0
  if (isJsonWanted && !hasPrinted) {
    process.stdout.write(
      `${toInertJson({ schema: 'nv.error/1', exitCode: exitCodes.bug, error: problem })}\n`,
    )
  }
  endWith(exitCodes.bug, text)
}

/** Says on stdout, where it still can, why nv ends: what it writes to stderr is lost. */
function endWithoutLog(code = 'unknown', isJsonWanted: boolean): void {
  const title = `nv stopped: it can't write to stderr (${code})`
  const problem = {
    code: 'stderr_not_writable',
    title,
    cause: 'Warnings, progress and the log of the simulator go there.',
    fix: 'Make room, or redirect stderr elsewhere.',
  }
  const error = { schema: 'nv.error/1', exitCode: exitCodes.setup, error: problem }
  endWith(exitCodes.setup, isJsonWanted ? toInertJson(error, 0) : title, process.stdout)
}

/** Ends the process with a last word, as soon as it has left. */
function endWith(exitCode: ExitCode, lastWord: string, stream: NodeJS.WriteStream = process.stderr): void {
  if (ending !== undefined) return
  ending = exitCode
  stream.write(toInertText(`${lastWord}\n`))
  void Promise.all([flush(process.stdout), flush(process.stderr)]).then(() => endProcess(exitCode))
}

/**
 * Waits until what was written has left this process; on some platforms a pipe is written later. A stream that is
 * broken takes nothing more, and doesn't always say so to one who waits.
 */
function flush(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (!stream.writable) return resolve()
    stream.once('error', () => resolve())
    stream.write('', () => resolve())
  })
}
