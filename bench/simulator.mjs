// Measures the simulator under parallel flows, beside oidc-provider in the same run, and prints Markdown.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { cpus, platform, release } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { runFlows } from './flows.mjs'

const parallelCount = 200
const rounds = 5
const warmUpRounds = 2
const flowsPerRound = 4000
const memoryAfterFlows = [2_000, 10_000, 20_000, 40_000]
const here = import.meta.dirname
const environment = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', NODE_ENV: 'production' }

const simulator = [join(here, '..', 'bin', 'nv.js'), 'simulate', '--port', '0', '--json', '--quiet']
const provider = [join(here, 'oidc-gateway.mjs')]

const samples = await measureRates({ simulator, provider })
const memory = await measureMemory(simulator)
console.log(report(samples, memory))

/** Runs a round on each server in turn, each second round in reverse order, so that none has the better place. */
async function measureRates(commands) {
  const servers = await Promise.all(
    Object.entries(commands).map(async ([name, args]) => ({ name, server: await start(args) })),
  )
  const samples = Object.fromEntries(
    servers.map(({ name }) => [name, { rates: [], durationsMs: [], processorMs: [] }]),
  )
  try {
    for (let round = -warmUpRounds; round < rounds; round++) {
      for (const { name, server } of round % 2 === 0 ? servers : servers.toReversed()) {
        const before = await server.ask()
        const { durationsMs, totalMs } = await runFlows(server.gateway, flowsPerRound, parallelCount)
        const after = await server.ask()
        if (round < 0) continue
        samples[name].processorMs.push((after.processorMs - before.processorMs) / flowsPerRound)
        samples[name].rates.push(flowsPerRound / (totalMs / 1000))
        samples[name].durationsMs.push(...durationsMs)
      }
    }
  } finally {
    await Promise.all(servers.map(({ server }) => server.stop()))
  }
  return samples
}

/** Reads the memory of a server, after a garbage collection each time, as the flows go through it. */
async function measureMemory(args) {
  const server = await start(['--expose-gc', ...args])
  const memory = []
  try {
    let flows = 0
    for (const goal of memoryAfterFlows) {
      await runFlows(server.gateway, goal - flows, parallelCount)
      flows = goal
      memory.push({ flows, ...(await server.ask()) })
    }
  } finally {
    await server.stop()
  }
  return memory
}

function report({ simulator, provider }, memory) {
  const rows = [
    ['`nv simulate`', simulator],
    ['`oidc-provider`', provider],
  ].map(([label, { rates, durationsMs, processorMs }]) => [
    label,
    quantile(rates, 0.5).toFixed(0),
    `${Math.min(...rates).toFixed(0)} to ${Math.max(...rates).toFixed(0)}`,
    `${quantile(durationsMs, 0.5).toFixed(0)} ms`,
    `${quantile(durationsMs, 0.95).toFixed(0)} ms`,
    `${quantile(processorMs, 0.5).toFixed(2)} ms`,
  ])
  // Round by round, since what else the machine does changes from one to the next.
  const ratios = simulator.rates.map((rate, round) => rate / provider.rates[round])
  const ratio = quantile(ratios, 0.5)
  const processorRatio = quantile(provider.processorMs, 0.5) / quantile(simulator.processorMs, 0.5)
  const [middle, last] = memory.slice(-2)
  const growth = (last.heapUsed - middle.heapUsed) / (last.flows - middle.flows)
  return [
    `Node ${process.version}, ${platform()} ${release()}, ${cpus().length} × ${cpus()[0]?.model.trim()};`,
    `${parallelCount} parallel flows (authorize chain with cookies and PKCE, token, verify), ${rounds} interleaved rounds of ${flowsPerRound}`,
    `after ${warmUpRounds} to warm up. Servers and load are processes of their own. The provider keeps what it needs in a Map,`,
    'logs nothing, and signs in and consents without a page: 5 requests a flow, against 6 of the simulator.',
    '',
    ...table(
      ['server', 'flows a second', 'slowest to fastest round', 'a flow, p50', 'p95', 'processor time a flow'],
      rows,
    ),
    '',
    `Ratio of the rates of a round, median: ${ratio.toFixed(2)} (goal ≥ 3); of the processor time a flow ${processorRatio.toFixed(2)}.`,
    '',
    ...table(
      ['flows served', 'heap in use', 'resident'],
      memory.map(({ flows, heapUsed, rss }) => [flows.toLocaleString('en'), mib(heapUsed), mib(rss)]),
    ),
    '',
    `The heap grew by ${growth.toFixed(1)} bytes a flow over the last ${(last.flows - middle.flows).toLocaleString('en')}.`,
  ].join('\n')
}

function table(head, rows) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}

function mib(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(1)} MiB`
}

function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.ceil(share * sorted.length) - 1]
}

/** Starts a server that prints its addresses as a line of JSON when it listens. */
async function start(args) {
  const child = spawn(process.execPath, ['--require', join(here, 'usage.cjs'), ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
  })
  const exited = once(child, 'exit')
  const ended = exited.then(([code]) => {
    throw new Error(`${args.join(' ')} ended with ${code}`)
  })
  ended.catch(() => {})
  const lines = once(createInterface({ input: child.stdout }), 'line')
  const [line] = await Promise.race([lines, ended])
  return {
    gateway: JSON.parse(line),
    ask: async () => {
      child.send('usage')
      const [usage] = await Promise.race([once(child, 'message'), ended])
      return usage
    },
    stop: async () => {
      child.kill()
      await exited
    },
  }
}
