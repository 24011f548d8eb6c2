// `nv check --tunnel` and `--tls`: whether the redirect_uri leads here, before anybody picks up a phone. Real processes,
// with programs that behave as those of tunnels do.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { CheckReport } from '../../src/run/check.ts'
import { fakeHosts, type FakeMode, type FakeTunnels, installFakeTunnels } from '../support/fake-tunnels.ts'
import { createRunningClock } from '../support/context.ts'
import { freePort } from '../support/ports.ts'
import { startNv } from '../support/process.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { clientVariables } from '../support/variables.ts'

let simulator: TestSimulator
const installed: FakeTunnels[] = []
beforeAll(async () => {
  simulator = await startTestSimulator({}, createRunningClock())
})
afterAll(() => simulator.close())
afterEach(async () => {
  await Promise.all(installed.splice(0).map((fakes) => fakes.close()))
})

async function check(args: readonly string[], env: Record<string, string> = {}) {
  const running = startNv(['check', '--json', ...args], {
    env: {
      ...clientVariables(simulator),
      ...env,
    },
  })
  running.process.stdin.end()
  const { stdout, stderr } = await running.finished
  expect(stderr).toBe('')
  return (JSON.parse(stdout) as CheckReport).checks.find(({ name }) => name === 'redirect_uri')
}

async function checkThrough(mode: FakeMode, redirectUri?: string) {
  const fakes = await installFakeTunnels({ ngrok: mode })
  installed.push(fakes)
  return check(['--tunnel', 'ngrok'], {
    ...fakes.env,
    ...(redirectUri === undefined ? {} : { NV_REDIRECT_URI: redirectUri }),
  })
}

const own = `https://${fakeHosts.ngrok}`

it('a registered redirect_uri that leads here through the tunnel passes', async () => {
  const line = await checkThrough({}, `${own}/callback`)
  expect(line).toMatchObject({
    status: 'passed',
    detail: expect.stringContaining(`${own}/callback leads to`) as string,
  })
})

it('without one, the address of the tunnel is named', async () => {
  const line = await checkThrough({})
  expect(line?.status).toBe('passed')
  expect(line?.detail).toMatch(/leads to 127\.0\.0\.1:\d+; it must be registered/)
})

it('one that does not go through the tunnel is not judged', async () => {
  const line = await checkThrough({}, 'https://app.example/callback')
  expect(line?.status).toBe('skipped')
  expect(line?.detail).toContain('https://app.example/callback does not go through it')
})

it('a tunnel that does not start, and one that leads elsewhere, fail', async () => {
  const broken = await checkThrough({ says: ['ERROR: authentication failed'], exitCode: 1 })
  expect(broken).toMatchObject({ status: 'failed', settings: [] })
  expect(broken?.finding?.code).toMatch(/^tunnel_/)
  const elsewhere = await checkThrough(
    { answers: { status: 200, body: 'another server' } },
    `${own}/callback`,
  )
  expect(elsewhere).toMatchObject({ status: 'failed', finding: { code: 'redirect_uri_not_here' } })
})

it('with --tls, an https redirect_uri on this machine is listened for', async () => {
  const env = { NV_REDIRECT_URI: `https://localhost:${await freePort()}/callback` }
  expect(await check(['--tls'], env)).toMatchObject({ status: 'passed' })
  const without = await check([], env)
  expect(without?.status).toBe('skipped')
  expect(without?.detail).toContain('nv check --tls')
})
