// Runs a command of nv in this process, with a simulator as its gateway.
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext, type TestContextOptions } from './context.ts'
import type { TestSimulator } from './simulator.ts'
import { clientVariables } from './variables.ts'

/** Runs it to its end; `env` goes over the variables of the simulator. */
export async function runCommand(
  simulator: TestSimulator,
  args: readonly string[],
  options: TestContextOptions = {},
) {
  const env = {
    ...clientVariables(simulator),
    NV_REDIRECT_URI: 'https://app.example/callback',
    ...options.env,
  }
  const started = createTestContext({ ...options, env })
  const exitCode = await runProgram(started.context, args)
  return { exitCode, stdout: started.out(), stderr: started.err() }
}
