// Hears the authorization response from the user: on a terminal by a question, elsewhere as lines of standard input.
import type { Context } from '../../context.ts'
import { canAsk } from '../../wire/terminal-kind.ts'
import type { Arrive } from '../arrival.ts'
import type { Expected, Inlet } from '../inlet.ts'
import { explainRefusal, type Judged, judgePasted } from './pasted.ts'
import { maxPastedLength } from './pasted-texts.ts'

export interface PasteOptions {
  redirectUri: string
  /** Ends the question. */
  signal: AbortSignal
  /** Told of every line that was pasted. */
  arrive: Arrive
  /** What the question asks for. */
  message: string
  /** Says what is waited for, above the question. */
  waiting(): string
  /** Told why a line was refused, where there is no question that shows it. */
  refuse(reason: string): void
}

/**
 * Opens the inlet. Its callback rejects with the signal's reason, with Cancelled when the user ends the question, and
 * with an EndOfInput when standard input ends first.
 */
export function openPaste(
  context: Pick<Context, 'input' | 'prompt' | 'err' | 'env'>,
  options: PasteOptions,
): Inlet {
  const over = new AbortController()
  const signal = AbortSignal.any([options.signal, over.signal])
  return {
    expect: (state): Expected => {
      const take = createTaker(options, state)
      const callback = canAsk(context)
        ? ask(context, options, take, signal)
        : readLines(context, options, take, signal)
      // It may end before anybody waits for it.
      callback.catch(() => {})
      // The terminal itself shows the result.
      return { callback, answer: () => Promise.resolve() }
    },
    close: () => {
      over.abort()
      return Promise.resolve()
    },
  }
}

/** Standard input ended before an address was pasted. */
export class EndOfInput extends Error {
  override name = 'EndOfInput'
}

type Take = (line: string) => Judged

/** Makes a function that judges a line, joined to the lines before it where an address was wrapped. */
function createTaker({ redirectUri, arrive }: PasteOptions, state: string): Take {
  let before = ''
  return (line) => {
    const isStart = /^\s*["'<]?[a-z][a-z\d+.-]*:\/\//i.test(line)
    const joined = isStart ? line : `${before}\n${line}`.slice(-maxPastedLength)
    before = joined
    const alone = judgePasted(line, redirectUri, state)
    const whole = alone.parameters === null ? judgePasted(joined, redirectUri, state) : alone
    const judged = whole.parameters === null ? alone : whole
    if (line.trim() !== '') arrive({ via: 'paste', from: null, what: judged.what, verdict: judged.verdict })
    return judged
  }
}

async function ask(
  { prompt }: Pick<Context, 'prompt'>,
  { message, waiting, redirectUri }: PasteOptions,
  take: Take,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  let taken: URLSearchParams | null = null
  const text = await prompt.paste({
    message,
    waiting,
    signal,
    reject: (line) => {
      const judged = take(line)
      taken = judged.parameters
      return judged.parameters === null ? explainRefusal(judged, redirectUri) : null
    },
  })
  return taken ?? take(text).parameters ?? new URLSearchParams()
}

async function readLines(
  { input }: Pick<Context, 'input'>,
  { refuse, redirectUri }: PasteOptions,
  take: Take,
  signal: AbortSignal,
): Promise<URLSearchParams> {
  for await (const line of input.lines(signal)) {
    if (line.trim() === '') continue
    const judged = take(line)
    if (judged.parameters !== null) return judged.parameters
    refuse(explainRefusal(judged, redirectUri))
  }
  if (signal.aborted) throw signal.reason as Error
  throw new EndOfInput()
}
