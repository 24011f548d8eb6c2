// Asks on the terminal, drawing on stderr.
import type { Prompt } from '../context.ts'
import { Cancelled } from '../errors.ts'
import { escapeText, holdsControls } from '../wire/escape.ts'
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
      // One that can't be shown as it is can't be offered either.
      const defaults = initial === undefined || holdsControls(initial) ? {} : { default: initial }
      return ask(streams, signal, (context) =>
        input({ message: escapeText(message), ...defaults, ...checkedBy(validate) }, context),
      )
    },
    secret: async ({ message, signal, validate }) => {
      const { password } = await import('./questions.ts')
      return ask(streams, signal, (context) =>
        password(
          { message: escapeText(message), mask: '•', toggleMask: false, ...checkedBy(validate) },
          context,
        ),
      )
    },
    choice: async ({ message, signal, choices, initial }) => {
      const { select } = await import('./questions.ts')
      const defaults = initial === undefined ? {} : { default: initial }
      // Of a row in columns only the value stays on the screen, where the row would wrap.
      const rows = choices.map(({ value, name, description }) => ({
        value,
        name: escapeText(name),
        short: escapeText(value),
        ...(description === undefined ? {} : { description: escapeText(description) }),
      }))
      return ask(streams, signal, (context) =>
        select({ message: escapeText(message), choices: rows, ...defaults, pageSize: 12 }, context),
      )
    },
    confirm: async ({ message, signal, initial }) => {
      const { confirm } = await import('./questions.ts')
      return ask(streams, signal, (context) =>
        confirm({ message: escapeText(message, 1000), default: initial }, context),
      )
    },
    paste: async ({ message, signal, waiting, reject }) => {
      const { pastePrompt } = await import('./paste-prompt.ts')
      const question = {
        message: escapeText(message),
        waiting: () => escapeText(waiting(), 1000),
        reject: (text: string) => {
          const problem = reject(text)
          return problem === null ? null : escapeText(problem, 1000)
        },
      }
      return ask(streams, signal, (context) => pastePrompt(question, { ...context, clearPromptOnDone: true }))
    },
  }
}

type Validate = (text: string) => true | string | Promise<true | string>

/** Gives the check of an answer, whose words may quote the answer. */
function checkedBy(validate: Validate | undefined): {
  validate?: (text: string) => Promise<true | string>
} {
  if (!validate) return {}
  return {
    validate: async (text) => {
      const verdict = await validate(text)
      return verdict === true ? true : escapeText(verdict, 1000)
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
