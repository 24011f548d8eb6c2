// `nv verify --keep` as a process: one tunnel for all phones, and an end when nobody reads the verdicts any more.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Run } from '../../src/run/run.ts'
import { createRunningClock } from '../support/context.ts'
import { type FakeTunnels, installFakeTunnels } from '../support/fake-tunnels.ts'
import { untilGone } from '../support/gone.ts'
import { freePort } from '../support/ports.ts'
import { type RunningProgram, startNv } from '../support/process.ts'
import { createPublicPhone } from '../support/public-phone.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { clientVariables } from '../support/variables.ts'

let simulator: TestSimulator
let fakes: FakeTunnels | null = null
beforeAll(async () => {
  simulator = await startTestSimulator({}, createRunningClock())
})
afterAll(() => simulator.close())
afterEach(async () => {
  await fakes?.close()
  fakes = null
})

const variables = () => ({
  ...clientVariables(simulator),
})
const keep = ['verify', '+34600000001', '--keep', '--json', '--via', 'qr']
const links = (nv: RunningProgram, pattern: RegExp) => [...new Set(nv.written.stderr.match(pattern))]

async function nextLink(nv: RunningProgram, pattern: RegExp, number: number): Promise<string> {
  while (links(nv, pattern).length < number)
    await new Promise((resolve) => nv.process.stderr.once('data', resolve))
  return links(nv, pattern)[number - 1] ?? ''
}

it.skipIf(process.platform === 'win32')(
  'all phones come by the same tunnel, which ends with nv',
  async () => {
    fakes = await installFakeTunnels({ cloudflared: {} })
    const nv = startNv([...keep, '--tunnel', 'cloudflared'], { env: { ...variables(), ...fakes.env } })
    const short = /^https?:\/\/\S+\/s\/\S+$/gm
    const opened: string[] = []
    for (const number of [1, 2, 3]) {
      const link = await nextLink(nv, short, number)
      opened.push(link)
      if (number === 3) break
      expect((await createPublicPhone(fakes).open(`${link}?go`)).text).toContain('Verified')
    }
    expect(new Set(opened.map((link) => new URL(link).origin)).size).toBe(1)
    // What to register is said once.
    expect(nv.written.stderr.match(/cloudflared forwards/g)).toHaveLength(1)
    nv.process.kill('SIGINT')
    const { stdout, stderr, exitCode } = await nv.finished
    const runs = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Run)
    expect(runs.map(({ outcome }) => outcome)).toEqual(['verified', 'verified'])
    expect(new Set(runs.map(({ profile }) => profile.redirectUri)).size).toBe(1)
    expect([stderr.trimEnd().split('\n').at(-1), exitCode]).toEqual(['2 verified (simulated)', 0])
    expect(fakes.started('cloudflared')).toHaveLength(1)
    await untilGone(fakes.started('cloudflared')[0]?.pid ?? 0)
  },
)

it.skipIf(process.platform === 'win32')('one that is lost ends it where nobody can paste', async () => {
  fakes = await installFakeTunnels({ cloudflared: {} })
  const args = [...keep, '--tunnel', 'cloudflared', '--timeout', '20s']
  const nv = startNv(args, { env: { ...variables(), ...fakes.env } })
  const short = /^https?:\/\/\S+\/s\/\S+$/gm
  const first = await nextLink(nv, short, 1)
  expect((await createPublicPhone(fakes).open(`${first}?go`)).text).toContain('Verified')
  await nextLink(nv, short, 2)
  fakes.crash('cloudflared')
  // Nobody can paste here, so this attempt ends by it, and so does the run.
  const { stderr, exitCode } = await nv.finished
  expect(stderr).not.toMatch(/warning.*warning/s)
  expect(exitCode).toBe(4)
})

it.skipIf(process.platform === 'win32')('ends once its verdicts go nowhere', async () => {
  const env = { ...variables(), NV_REDIRECT_URI: `http://127.0.0.1:${await freePort()}/callback` }
  const nv = startNv(keep, { env })
  const authorize = /^http:\S+\/authorize\?\S+$/gm
  const open = async (number: number) => {
    await createPublicPhone({ env: {}, ca: '' }).open(await nextLink(nv, authorize, number))
  }
  await open(1)
  await nextLink(nv, authorize, 2)
  nv.process.stdout.destroy()
  await open(2)
  const { stderr, exitCode } = await nv.finished
  expect([stderr.trimEnd().split('\n').at(-1), exitCode]).toEqual(['2 verified (simulated)', 0])
})
