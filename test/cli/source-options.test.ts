// --interface and --local-address, from the arguments to what is sent or refused.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { network } from '../../src/io/network.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, type TestContextOptions } from '../support/context.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { clientVariables } from '../support/variables.ts'

let simulator: TestSimulator

beforeEach(async () => {
  simulator = await startTestSimulator()
})
afterEach(() => simulator.close())

async function nv(args: readonly string[], options: TestContextOptions = {}) {
  const env = {
    ...clientVariables(simulator),
    NV_REDIRECT_URI: 'https://app.example/callback',
  }
  const test = createTestContext({ env, ...options })
  const exitCode = await runProgram(test.context, ['verify', '+34600000001', '--json', ...args])
  return { ...test, exitCode, run: JSON.parse(test.out()) as Run }
}

describe('refused, with nothing sent', () => {
  test.each([
    [['--interface', 'lo', '--local-address', '127.0.0.1'], 2, 'source_twice'],
    [['--interface', 'lo', '--via', 'qr'], 2, 'source_unused'],
    [['--local-address', '127.0.0.1', '--via', 'paste'], 2, 'source_unused'],
    [['--local-address', '127.0.0.1', '--via', 'browser'], 2, 'source_unused'],
    [['--local-address', 'localhost'], 2, 'local_address_invalid'],
    [['--local-address', '300.0.0.1'], 2, 'local_address_invalid'],
    [['--local-address', ''], 2, 'local_address_invalid'],
    [['--local-address', '0.0.0.0'], 2, 'local_address_invalid'],
    [['--local-address', '::'], 2, 'local_address_invalid'],
    [['--local-address', '[::]'], 2, 'local_address_invalid'],
    [['--local-address', 'fe80::1/64'], 2, 'local_address_invalid'],
    [['--local-address', '192.0.2.99'], 4, 'address_not_local'],
    [['--local-address', '2001:db8::99'], 4, 'address_not_local'],
    [['--interface', 'no-such-modem'], 4, 'interface_unknown'],
    [['--interface', ''], 4, 'interface_unknown'],
  ])('%j: exit %d, %s', async (args, exitCode, code) => {
    const { run, ...ended } = await nv(args)
    expect(ended.exitCode).toBe(exitCode)
    expect(run).toMatchObject({ failedStep: 'prepare', exchanges: [], findings: [{ code }] })
    expect(simulator.entries).toEqual([])
  })

  test('an unknown interface brings the list of those there are', async () => {
    const [first] = network.interfaces()
    const { run } = await nv(['--interface', 'no-such-modem'])
    expect(run.findings[0]?.fix).toContain(`${first?.name}  ${first?.addresses[0]}`)
  })
})

describe('taken', () => {
  const loopback = network.interfaces().find(({ addresses }) => addresses.includes('127.0.0.1'))?.name ?? ''

  test.each([
    ['--local-address', '127.0.0.1'],
    ['--interface', loopback],
  ])('%s %s: auto goes direct on a terminal too, and says from where', async (...args) => {
    const { run, exitCode } = await nv(args, { isTerminal: true })
    expect(exitCode).toBe(0)
    expect(run.steps[0]?.detail).toBe(`followed 4 redirects to the redirect_uri from ${args[1]}`)
  })

  test('the profile simulator takes them too', async (context) => {
    if (!(await network.isLocal('127.0.0.2'))) context.skip('127.0.0.2 is no address of this machine')
    const { run } = await nv(['--local-address', '127.0.0.2', '--profile', 'simulator'], { env: {} })
    expect(run.exchanges.map(({ connection }) => connection?.localAddress)).toEqual([
      ...Array.from({ length: 4 }, () => '127.0.0.2'),
      '127.0.0.1',
      '127.0.0.1',
    ])
  })
})
