// `nv simulate --behave` and `nv verify`, as two real processes.
import { afterEach, expect, it } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import type { RunningSimulator } from '../../src/simulator/simulator.ts'
import { runNv, type RunningProgram, startNv } from '../support/process.ts'
import { clientVariables } from '../support/variables.ts'

type Announced = Omit<RunningSimulator, 'close'> & { caFile?: string }

let process: RunningProgram | undefined

afterEach(async () => {
  process?.process.kill('SIGINT')
  await process?.finished
  process = undefined
})

async function simulate(...args: string[]): Promise<Announced> {
  process = startNv(['simulate', '--port', '0', '--json', ...args])
  return JSON.parse((await process.untilStdout(/^.+\n/))[0]) as Announced
}

async function verify(simulator: Announced, ...args: string[]) {
  const { exitCode, stdout } = await runNv(['verify', '+34600000001', '--via', 'direct', '--json', ...args], {
    env: {
      ...clientVariables(simulator),
      NV_REDIRECT_URI: 'https://app.example/callback',
      ...(simulator.caFile && { NV_CA: simulator.caFile }),
    },
  })
  const run = JSON.parse(stdout) as Run
  return { exitCode, failedStep: run.failedStep, codes: run.findings.map(({ code }) => code) }
}

it.each([
  ['certificate-expired', 'certificate_expired'],
  ['certificate-wrong-host', 'certificate_wrong_host'],
])('%s: %s at the first hop', async (name, code) => {
  const simulator = await simulate('--tls', '--behave', name)
  expect(await verify(simulator)).toEqual({ exitCode: 3, failedStep: 'authorize', codes: [code] })
})

it('what hangs ends with the time limit of the one and with the interruption of the other', async () => {
  const simulator = await simulate('--behave', 'hang')
  const result = await verify(simulator, '--timeout', '6s')
  expect(result).toEqual({ exitCode: 3, failedStep: 'token', codes: ['request_timeout'] })
  const hanging = fetch(simulator.tokenUrl, { method: 'POST' }).catch((error: unknown) => error)
  await process?.untilStdout(/(hang\)"[^]*){2}/)
  process?.process.kill('SIGINT')
  expect(await process?.finished).toMatchObject({ exitCode: 130 })
  expect(await hanging).toBeInstanceOf(Error)
})

it('a behaviour is switched for one client while the simulator runs', async () => {
  const simulator = await simulate()
  const url = `${simulator.baseUrl}/simulator/clients/${simulator.clientId}/behaviours`
  const headers = { 'content-type': 'application/json' }
  await fetch(url, { method: 'PUT', headers, body: JSON.stringify({ behaviours: ['wifi'] }) })
  expect(await verify(simulator)).toEqual({ exitCode: 3, failedStep: 'callback', codes: ['access_denied'] })
  await fetch(url, { method: 'DELETE' })
  expect(await verify(simulator)).toEqual({ exitCode: 0, failedStep: null, codes: [] })
})
