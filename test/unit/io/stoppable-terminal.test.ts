// The terminal of a question that is stopped: what moves there meanwhile erases nothing that the shell has written.
import { EventEmitter, once } from 'node:events'
import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { openStoppableTerminal, type TerminalStreams } from '../../../src/io/stoppable-terminal.ts'

const escape = String.fromCodePoint(27)
const erase = `${escape}[2K${escape}[1A${escape}[2K${escape}[G`

function open() {
  const job = Object.assign(new EventEmitter(), { pid: 1, kill: () => true })
  const output = new PassThrough({ encoding: 'utf8' })
  const streams = { input: new PassThrough(), output } as unknown as TerminalStreams
  return { job, output, terminal: openStoppableTerminal(streams, job) }
}

it('draws the question as it stands now, once, and only after the shell had its say', async () => {
  const { job, output, terminal } = open()
  terminal.output.write('| waiting\nanswer:')
  expect(output.read()).toBe('| waiting\nanswer:')
  job.emit('SIGTSTP')
  terminal.output.write(`${erase}/ waiting\nanswer:`)
  expect(output.read()).toBe(`${escape}[J${escape}[?25h\n`)
  job.emit('SIGCONT')
  terminal.output.write(`${erase}- waiting\nanswer:`)
  expect(output.read()).toBeNull()
  await once(output, 'readable')
  expect(output.read()).toBe('- waiting\nanswer:')
  terminal.output.write(`${erase}\\ waiting\nanswer:`)
  expect(output.read()).toBe(`${erase}\\ waiting\nanswer:`)
})

it('shows the end of a question that came before it was drawn again', () => {
  const { job, output, terminal } = open()
  terminal.output.write('| waiting\nanswer:')
  job.emit('SIGCONT')
  terminal.output.write(`${erase}interrupted\n`)
  output.read()
  terminal.close()
  expect(output.read()).toBe('interrupted\n')
})

it('puts the terminal back before anyone in the job is stopped: afterwards it belongs to the shell', async () => {
  const events: string[] = []
  const kill = (_pid: number, signal: string) => events.push(signal)
  const job = Object.assign(new EventEmitter(), { pid: 1, kill })
  const setRawMode = (isRaw: boolean) => events.push(isRaw ? 'raw' : 'as before')
  const input = Object.assign(new PassThrough(), { setRawMode })
  const output = new PassThrough()
  const streams = { input, output } as unknown as TerminalStreams
  const terminal = openStoppableTerminal(streams, job)
  terminal.input.resume()
  input.write(String.fromCodePoint(0x1a))
  await once(output, 'readable')
  job.emit('SIGTSTP')
  expect(events).toEqual(['as before', 'SIGTSTP', 'SIGSTOP'])
  terminal.close()
})
