// The terminal: streams, lines of stdin, the spinner.
import type { Input, Output, Spinner } from '../context.ts'
import { SetupError, UsageError } from '../errors.ts'
import { escapeText, toInertLog, toInertText } from '../wire/escape.ts'
import { isPlainTerminal, toPlainSigns } from '../wire/terminal-kind.ts'
import { decodeText } from '../wire/text.ts'

/**
 * Wraps a stream that text is written to. Every text goes through one gate, whoever it came from: nothing steers the
 * terminal but nv's own styles, and nothing commands a job whose log it goes to. What goes wrong with the stream is an event of it.
 */
export function createOutput(
  stream: NodeJS.WriteStream,
  env: Readonly<Record<string, string | undefined>> = {},
  platform = '',
): Output {
  const toInert =
    env['GITHUB_ACTIONS'] === 'true' ? (text: string) => toInertLog(toInertText(text)) : toInertText
  const isPlain = stream.isTTY && isPlainTerminal(env, platform)
  return {
    write: (text) => void stream.write(toInert(isPlain ? toPlainSigns(text) : text)),
    get isTerminal() {
      return isTerminal(stream)
    },
    get columns() {
      return stream.columns || 80
    },
    get rows() {
      return stream.rows || 24
    },
    get isBroken() {
      return stream.errored !== null
    },
  }
}

/** A pipe and a file have no isTTY at all, whatever the types say. */
function isTerminal({ isTTY }: { isTTY?: boolean }): boolean {
  return isTTY ?? false
}

export function createInput(stream: NodeJS.ReadStream): Input {
  return {
    get isTerminal() {
      return isTerminal(stream)
    },
    lines: async function* (signal) {
      const { createInterface } = await import('node:readline')
      const lines = createInterface({ input: stream, signal })
      try {
        yield* lines
      } finally {
        lines.close()
      }
    },
    text: (signal) => readToEnd(stream, signal),
  }
}

/** Reads a stream to its end, without keeping it open when the signal aborts first. */
function readToEnd(stream: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  const over = new AbortController()
  const chunks: Buffer[] = []
  let size = 0
  const reading = new Promise<string>((resolve, reject) => {
    const finish = () => {
      const bytes = Buffer.concat(chunks)
      resolve(decodeText(bytes) ?? bytes.toString('utf8'))
    }
    const take = (chunk: Buffer | string) => {
      chunks.push(Buffer.from(chunk))
      size += chunk.length
      if (size > maxInputBytes) reject(inputTooLarge())
    }
    const fail = (error: Error) => reject(inputUnreadable(error))
    const stop = () => reject(signal.reason as Error)
    if (signal.aborted) return stop()
    if (stream.errored) return fail(stream.errored)
    if (stream.readableEnded || stream.destroyed) return finish()
    stream.on('data', take).once('end', finish).once('close', finish).once('error', fail)
    signal.addEventListener('abort', stop, { signal: over.signal })
    over.signal.addEventListener('abort', () => {
      stream.off('data', take).off('end', finish).off('close', finish).off('error', fail)
      stream.pause()
    })
  })
  return reading.finally(() => over.abort())
}

/** Nothing that is read whole is near as large. */
const maxInputBytes = 1024 * 1024

function inputUnreadable(error: NodeJS.ErrnoException): SetupError {
  return new SetupError(
    {
      code: 'input_unreadable',
      title: "Standard input can't be read",
      cause: `The system says ${error.code ?? 'nothing more'}.`,
      fix: 'Check what is piped into nv.',
    },
    { cause: error },
  )
}

function inputTooLarge(): UsageError {
  return new UsageError({
    code: 'input_too_large',
    title: 'Standard input is too large',
    cause: `It has more than ${maxInputBytes} bytes.`,
    fix: 'Check what is piped into nv.',
  })
}

/** Starts a spinner on a stream that is a terminal; it is gone when the signal aborts. */
export async function startSpinner(
  text: string,
  signal: AbortSignal,
  stream: NodeJS.WriteStream,
): Promise<Spinner> {
  const { default: ora } = await import('ora')
  const spinner = ora({ text: escapeText(text), stream, discardStdin: false })
  if (!signal.aborted) {
    spinner.start()
    signal.addEventListener('abort', () => void spinner.stop(), { once: true })
  }
  return {
    update: (next) => {
      spinner.text = escapeText(next)
    },
  }
}
