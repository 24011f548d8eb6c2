// Runs a command of nv in this process, with a simulator as its gateway.
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext, type TestContextOptions } from './context.ts'
import type { TestSimulator } from './simulator.ts'

/** Runs it to its end; `env` goes over the variables of the simulator. */
export async function runCommand(
  simulator: TestSimulator,
  args: readonly string[],
  options: TestContextOptions = {},
) {
  const env = {
    NV_AUTHORIZE_URL: simulator.authorizeUrl,
    NV_TOKEN_URL: simulator.tokenUrl,
    NV_API_URL: simulator.apiUrl,
    NV_CLIENT_ID: simulator.clientId,
    NV_CLIENT_SECRET: simulator.clientSecret,
    NV_REDIRECT_URI: 'https://app.example/callback',
    ...options.env,
  }
  const started = createTestContext({ ...options, env })
  const exitCode = await runProgram(started.context, args)
  return { exitCode, stdout: started.out(), stderr: started.err() }
}
