// Asks on the terminal, drawing on stderr.
import type { Prompt } from '../context.ts'
import { Cancelled } from '../errors.ts'
import { type Job, openStoppableTerminal, type TerminalStreams } from './stoppable-terminal.ts'

type Streams = TerminalStreams & { job: Job }

interface QuestionContext {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
  clearPromptOnDone: boolean
  signal: AbortSignal
}

/** Makes the prompt of a terminal; the library is loaded with the first question. */
export function createPrompt(terminal: TerminalStreams, job: Job = process): Prompt {
  const streams = { ...terminal, job }
  return {
    text: async ({ message, signal, initial, validate }) => {
      const { input } = await import('./questions.ts')
      const defaults = initial === undefined ? {} : { default: initial }
      return ask(streams, signal, (context) =>
        input({ message, ...defaults, ...(validate ? { validate } : {}) }, context),
      )
    },
    secret: async ({ message, signal, validate }) => {
      const { password } = await import('./questions.ts')
      return ask(streams, signal, (context) =>
        password({ message, mask: '•', toggleMask: false, ...(validate ? { validate } : {}) }, context),
      )
    },
    choice: async ({ message, signal, choices, initial }) => {
      const { select } = await import('./questions.ts')
      const defaults = initial === undefined ? {} : { default: initial }
      // Of a row in columns only the value stays on the screen, where the row would wrap.
      const rows = choices.map((choice) => ({ ...choice, short: choice.value }))
      return ask(streams, signal, (context) =>
        select({ message, choices: rows, ...defaults, pageSize: 12 }, context),
      )
    },
    confirm: async ({ message, signal, initial }) => {
      const { confirm } = await import('./questions.ts')
      return ask(streams, signal, (context) => confirm({ message, default: initial }, context))
    },
    paste: async ({ message, signal, waiting, reject }) => {
      const { pastePrompt } = await import('./paste-prompt.ts')
      return ask(streams, signal, (context) =>
        pastePrompt({ message, waiting, reject }, { ...context, clearPromptOnDone: true }),
      )
    },
  }
}

/** Asks one question. Throws the signal's reason, and Cancelled for Ctrl-C, Ctrl-D and the end of the input. */
async function ask<T>(
  streams: Streams,
  signal: AbortSignal | undefined,
  question: (context: QuestionContext) => Promise<T>,
): Promise<T> {
  if (streams.input.readableEnded) throw new Cancelled()
  const ended = new AbortController()
  const terminal = openStoppableTerminal(streams, streams.job)
  // Ctrl-D closes the library's readline, which pauses the input and leaves the question open for ever. An answer
  // pauses it too, and has settled the question by the time the immediate runs.
  terminal.input.on('pause', () => void setImmediate(() => ended.abort()))
  try {
    return await question({
      input: terminal.input,
      output: terminal.output,
      clearPromptOnDone: false,
      signal: signal ? AbortSignal.any([signal, ended.signal]) : ended.signal,
    })
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
      throw new Cancelled()
    }
    throw error
  } finally {
    terminal.close()
  }
}
