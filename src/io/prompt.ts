// Asks on the terminal, drawing on stderr.
import type { Prompt } from '../context.ts'
import { Cancelled } from '../errors.ts'

interface Streams {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
}

/** Makes the prompt of a terminal; the library is loaded with the first question. */
export function createPrompt(streams: Streams): Prompt {
  const on = (signal?: AbortSignal) => ({
    ...streams,
    clearPromptOnDone: false,
    ...(signal ? { signal } : {}),
  })
  return {
    text: async ({ message, signal, initial, validate }) => {
      const { input } = await import('./questions.ts')
      const defaults = initial === undefined ? {} : { default: initial }
      return ask(input({ message, ...defaults, ...(validate ? { validate } : {}) }, on(signal)), signal)
    },
    secret: async ({ message, signal, validate }) => {
      const { password } = await import('./questions.ts')
      return ask(
        password({ message, mask: '•', toggleMask: false, ...(validate ? { validate } : {}) }, on(signal)),
        signal,
      )
    },
    choice: async ({ message, signal, choices, initial }) => {
      const { select } = await import('./questions.ts')
      const defaults = initial === undefined ? {} : { default: initial }
      // Of a row in columns only the value stays on the screen, where the row would wrap.
      const rows = choices.map((choice) => ({ ...choice, short: choice.value }))
      return ask(select({ message, choices: rows, ...defaults, pageSize: 12 }, on(signal)), signal)
    },
    confirm: async ({ message, signal, initial }) => {
      const { confirm } = await import('./questions.ts')
      return ask(confirm({ message, default: initial }, on(signal)), signal)
    },
    paste: async ({ message, signal, waiting, reject }) => {
      const { pastePrompt } = await import('./paste-prompt.ts')
      return ask(
        pastePrompt({ message, waiting, reject }, { ...on(signal), clearPromptOnDone: true }),
        signal,
      )
    },
  }
}

/** Turns the library's errors into ours: an aborted question into the signal's reason, Ctrl-C into Cancelled. */
async function ask<T>(question: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  try {
    return await question
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    if (error instanceof Error && (error.name === 'ExitPromptError' || error.name === 'AbortPromptError')) {
      throw new Cancelled()
    }
    throw error
  }
}
