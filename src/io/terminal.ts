// The terminal: streams, lines of stdin, the spinner.
import { createInterface } from 'node:readline'
import type { Input, Output, Spinner } from '../context.ts'
import { UsageError } from '../errors.ts'

/** Wraps a stream; a reader that went away (as in `| head`) is no error, a full disk is. */
export function createOutput(stream: NodeJS.WriteStream, onFailure: (error: Error) => void): Output {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') onFailure(error)
  })
  return {
    write: (text) => void stream.write(text),
    get isTerminal() {
      return stream.isTTY
    },
    get columns() {
      return stream.columns || 80
    },
    get rows() {
      return stream.rows || 24
    },
  }
}

export function createInput(stream: NodeJS.ReadStream): Input {
  return {
    get isTerminal() {
      return stream.isTTY
    },
    lines: async function* (signal) {
      const lines = createInterface({ input: stream, signal })
      try {
        yield* lines
      } finally {
        lines.close()
      }
    },
    text: async () => {
      const chunks: Buffer[] = []
      let size = 0
      for await (const chunk of stream as AsyncIterable<Buffer>) {
        chunks.push(Buffer.from(chunk))
        size += chunk.length
        if (size > maxInputBytes) throw inputTooLarge()
      }
      return Buffer.concat(chunks).toString('utf8')
    },
  }
}

/** Nothing that is read whole is near as large. */
const maxInputBytes = 1024 * 1024

function inputTooLarge(): UsageError {
  return new UsageError({
    code: 'input_too_large',
    title: 'Standard input is too large',
    cause: `More than ${maxInputBytes} bytes came, and it does not end.`,
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
  const spinner = ora({ text, stream, discardStdin: false })
  if (!signal.aborted) {
    spinner.start()
    signal.addEventListener('abort', () => void spinner.stop(), { once: true })
  }
  return {
    update: (next) => {
      spinner.text = next
    },
  }
}
