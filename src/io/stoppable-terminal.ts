// The terminal of one question, which Ctrl-Z can stop and `fg` resume; alone, the library that asks would give up.
import { Transform, Writable } from 'node:stream'

export interface TerminalStreams {
  input: NodeJS.ReadStream
  output: NodeJS.WriteStream
}

/** What stops and goes on: this process. */
export interface Job {
  readonly pid: number
  kill(pid: number, signal: NodeJS.Signals): unknown
  on(signal: NodeJS.Signals, listener: () => void): unknown
  removeListener(signal: NodeJS.Signals, listener: () => void): unknown
}

export interface StoppableTerminal {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
  /** Gives the streams back. */
  close(): void
}

const ctrlZ = 0x1a
const showCursor = '\u001b[?25h'
const drawAfterMs = 20
const eraseBelow = '\u001b[J'

/**
 * Opens the streams for one question. A stop, by Ctrl-Z or a signal, puts the terminal back to normal first; when the
 * process goes on, the question is drawn again as it stood.
 */
export function openStoppableTerminal({ input, output }: TerminalStreams, job: Job): StoppableTerminal {
  const screen = recordFrame(output)
  const setRawMode = (isRaw: boolean) => void input.setRawMode?.(isRaw)
  let isPutBack = false
  const putBack = () => {
    if (isPutBack) return
    isPutBack = true
    setRawMode(false)
    screen.hold()
    output.write(`${eraseBelow}${showCursor}\n`)
  }
  // Whoever waits for nv in the same job, such as npx, is to stop with it. As soon as one has, the shell has the
  // terminal: what puts it back later is stopped for that, and stops once more when it goes on.
  const keys = withoutCtrlZ(input, () => {
    putBack()
    job.kill(0, 'SIGTSTP')
  })
  let drawing: NodeJS.Timeout | undefined
  const stop = () => {
    putBack()
    job.kill(job.pid, 'SIGSTOP')
  }
  const goOn = () => {
    isPutBack = false
    // The shell has set the terminal to what it was, unseen by Node.
    setRawMode(false)
    setRawMode(true)
    screen.hold()
    // In the background each of these stops the process once more, and `fg` goes on twice.
    clearTimeout(drawing)
    drawing = setTimeout(screen.draw, drawAfterMs)
  }
  job.on('SIGTSTP', stop)
  job.on('SIGCONT', goOn)
  return {
    input: Object.assign(keys, { isTTY: input.isTTY, setRawMode }),
    output: screen.output,
    close: () => {
      clearTimeout(drawing)
      screen.draw()
      job.removeListener('SIGTSTP', stop)
      job.removeListener('SIGCONT', goOn)
      input.unpipe(keys)
      input.pause()
    },
  }
}

/** In raw mode Ctrl-Z is a byte like any other, on which readline would stop by itself. */
function withoutCtrlZ(input: NodeJS.ReadStream, onCtrlZ: () => void): Transform {
  const keys = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      const kept = chunk.filter((byte) => byte !== ctrlZ)
      done(null, kept)
      if (kept.length < chunk.length) onCtrlZ()
    },
  })
  return input.pipe(keys)
}

/** What the library writes before a new frame: it goes to the last line of the one before, and erases each line. */
// oxlint-disable-next-line no-control-regex
const erasing = /^(?:\u001b\[\d+B)?\u001b\[2K(?:\u001b\[\d*A\u001b\[2K)*\u001b\[G/

interface Screen {
  output: Writable
  /** Writes nothing until it is drawn again: a moving line would erase what the shell has written meanwhile. */
  hold: () => void
  /** Draws what was held back. */
  draw: () => void
}

/** Passes on what is written, and keeps the frame that is on the screen: a change of it alone does not make a frame. */
function recordFrame(output: NodeJS.WriteStream): Screen {
  let frame = ''
  let isHeld = false
  const recorder = new Writable({
    decodeStrings: false,
    write: (chunk: string | Buffer, _encoding, done) => {
      const text = chunk.toString()
      frame = erasing.test(text) ? text.replace(erasing, '') : frame + text
      if (!isHeld) output.write(text)
      done()
    },
  })
  const sizes = {
    isTTY: { get: () => output.isTTY },
    columns: { get: () => output.columns },
    rows: { get: () => output.rows },
  }
  return {
    output: Object.defineProperties(recorder, sizes),
    hold: () => {
      isHeld = true
    },
    draw: () => {
      if (isHeld) output.write(frame)
      isHeld = false
    },
  }
}
