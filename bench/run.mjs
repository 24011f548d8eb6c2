// Measures nv against a bare node and against a plain script, in one run, and prints the ratios as Markdown.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { cpus, platform, release, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const rounds = readRounds(process.argv[2] ?? '30')
const warmUpRounds = 3
const phoneNumber = '+34600000001'
const here = import.meta.dirname
const nv = join(here, '..', 'bin', 'nv.js')
const preload = ['--require', join(here, 'peak-memory.cjs')]

/** Nothing else of the environment: NODE_OPTIONS or a file of extra certificates would slow down every start. */
const home = mkdtempSync(join(tmpdir(), 'nv-bench-'))
const environment = { PATH: process.env.PATH ?? '', HOME: home }

const gateway = await startGateway()
try {
  console.log(report(measure(commandsAt(gateway.addresses))))
} finally {
  await gateway.stop()
  rmSync(home, { recursive: true, force: true })
}

function commandsAt({ authorizeUrl, tokenUrl, apiUrl, clientId, clientSecret }) {
  const script = join(here, 'plain-script.mjs')
  return {
    node: { args: ['-e', '0'], isRight: (output) => output === '' },
    line: { args: [join(here, 'one-line.mjs')], isRight: (output) => output === 'nv\n' },
    version: { args: [nv, '--version'], isRight: (output) => /^nv \d/.test(output) },
    help: { args: [nv, '--help'], isRight: (output) => output.includes('\nCommands') },
    script: {
      args: [script, authorizeUrl, tokenUrl, apiUrl, clientId, clientSecret, phoneNumber],
      isRight: (output) => JSON.parse(output).body.devicePhoneNumberVerified === true,
    },
    verify: {
      args: [nv, 'verify', phoneNumber, '--via', 'direct', '--json'],
      env: {
        NV_AUTHORIZE_URL: authorizeUrl,
        NV_TOKEN_URL: tokenUrl,
        NV_API_URL: apiUrl,
        NV_CLIENT_ID: clientId,
        NV_CLIENT_SECRET: clientSecret,
        NV_REDIRECT_URI: 'http://127.0.0.1:4011/callback',
      },
      isRight: (output) => JSON.parse(output).outcome === 'verified',
    },
  }
}

/** Runs every command once a round, each second round in reverse order, so that no command has the better place. */
function measure(commands) {
  const names = Object.keys(commands)
  const samples = Object.fromEntries(names.map((name) => [name, { timesMs: [], peaksKib: [] }]))
  for (let round = -warmUpRounds; round < rounds; round++) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const { durationMs } = run(commands[name], [])
      // Apart from the time, which the measuring of memory would lengthen.
      const { peakKib } = run(commands[name], preload)
      if (round < 0) continue
      samples[name].timesMs.push(durationMs)
      samples[name].peaksKib.push(peakKib)
    }
  }
  return samples
}

/** Runs a command to its end. Throws when it fails or says anything but what it should. */
function run({ args, env, isRight }, nodeOptions) {
  const startedAt = performance.now()
  const { status, output } = spawnSync(process.execPath, [...nodeOptions, ...args], {
    env: { ...environment, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    encoding: 'utf8',
  })
  const durationMs = performance.now() - startedAt
  const [, stdout, stderr, peakKib] = output
  if (status !== 0 || !isRight(stdout)) throw new Error(`${args.join(' ')} → ${status}\n${stdout}${stderr}`)
  return { durationMs, peakKib: Number(peakKib) }
}

function report(samples) {
  const comparisons = [
    ['`nv --version`', 'version', 'node', '≤ 1.15', ''],
    ['`nv --help`', 'help', 'node', '', ''],
    ['an ES module that prints a line', 'line', 'node', '', ''],
    ['`nv verify --via direct --json`', 'verify', 'script', '≤ 1.20', '≤ 1.30'],
  ]
  const baselines = { node: 'a bare `node`', script: 'a plain script with `fetch`' }
  const rows = comparisons.map(([label, name, baseline, timeGoal, memoryGoal]) => {
    const [one, other] = [summarize(samples[name]), summarize(samples[baseline])]
    return [
      label,
      baselines[baseline],
      `${one.medianMs.toFixed(1)} / ${other.medianMs.toFixed(1)} ms`,
      ratio(one.medianMs, other.medianMs),
      timeGoal,
      `${one.minMs.toFixed(1)} / ${other.minMs.toFixed(1)} ms`,
      ratio(one.minMs, other.minMs),
      `${one.peakMib.toFixed(1)} / ${other.peakMib.toFixed(1)} MiB`,
      ratio(one.peakMib, other.peakMib),
      memoryGoal,
    ]
  })
  const head = 'what|against|median time|ratio|goal|shortest time|ratio|peak memory|ratio|goal'.split('|')
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  const processor = `${cpus().length} × ${cpus()[0]?.model.trim()}`
  return [
    `Node ${process.version}, ${platform()} ${release()}, ${processor}, an empty environment;`,
    `${rounds} interleaved rounds after ${warmUpRounds} to warm up; peak memory is the median.`,
    '',
    ...table,
  ].join('\n')
}

function summarize({ timesMs, peaksKib }) {
  return { medianMs: median(timesMs), minMs: Math.min(...timesMs), peakMib: median(peaksKib) / 1024 }
}

function median(values) {
  const sorted = values.toSorted((a, b) => a - b)
  const half = sorted.length / 2
  return (sorted[Math.ceil(half) - 1] + sorted[Math.floor(half)]) / 2
}

function ratio(one, other) {
  return (one / other).toFixed(2)
}

/** Starts the simulator as a process of its own. */
async function startGateway() {
  const child = spawn(process.execPath, [nv, 'simulate', '--port', '0', '--json', '--quiet'], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const said = []
  child.stderr.setEncoding('utf8').on('data', (text) => said.push(text))
  const exited = once(child, 'exit')
  const line = once(createInterface({ input: child.stdout }), 'line')
  const ended = exited.then(() => {
    throw new Error(`The simulator ended before it listened: ${said.join('')}`)
  })
  const [addresses] = await Promise.race([line, ended])
  ended.catch(() => {})
  return {
    addresses: JSON.parse(addresses),
    stop: async () => {
      child.kill()
      await exited
    },
  }
}

function readRounds(text) {
  if (/^[1-9][0-9]{0,3}$/.test(text)) return Number(text)
  throw new Error(`The number of rounds must be a whole number from 1 to 9999, not ${text}`)
}
