// Runs `nv simulate` in this process up to where it serves.
import { runProgram } from '../../src/cli/program.ts'
import { Cancelled, type ExitCode } from '../../src/errors.ts'
import type { RunningSimulator } from '../../src/simulator/simulator.ts'
import { createTestContext } from './context.ts'

/** Starts it on free ports; `stop` interrupts it and gives its exit code. */
export async function startSimulateCommand(...args: string[]) {
  const { context, out, err, interrupt } = createTestContext()
  let isReady = () => {}
  const ready = new Promise<void>((resolve) => (isReady = resolve))
  const write = (text: string) => {
    context.out.write(text)
    isReady()
  }
  const ended = runProgram({ ...context, out: { ...context.out, write } }, [
    'simulate',
    '--port',
    '0',
    '--json',
    ...args,
  ])
  await Promise.race([ready, ended])
  const simulator = JSON.parse(out()) as Omit<RunningSimulator, 'close'>
  const stop = (): Promise<ExitCode> => {
    interrupt(new Cancelled())
    return ended
  }
  return { simulator, out, err, stop }
}
