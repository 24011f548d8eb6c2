// Hostile requests at every endpoint of the built simulator: each is answered, none as a bug, and then it still works.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { loadTypeScript } from './load-typescript.mjs'
import { runFlows } from './flows.mjs'
import { exchange, repeat } from './raw-client.mjs'

const here = import.meta.dirname
const parallelCount = 50
const methods = ['GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'BREW']
const names =
  'client_id redirect_uri scope state code grant_type code_verifier login_hint code_challenge code_challenge_method nonce prompt request auth_req_id assertion client_assertion client_assertion_type client_secret response_type journey phoneNumber'.split(
    ' ',
  )

/** Sends that many requests; gives the figures. */
export async function fuzzSimulator(count, seed = 20_250_615) {
  const { createRandom, makeJson, makeText } = await loadTypeScript('bench/fuzz-entry.ts')
  const random = createRandom(seed)
  const { simulator, usage, end } = await startSimulator()
  const gateway = new URL(simulator.baseUrl)
  const operator = new URL(simulator.operatorUrl)
  const known = [simulator.clientId, simulator.clientSecret, 'https://app.example/callback', '+34600000001']
  const text = (most) => makeText(random, most, known)
  const paths = [
    'authorize',
    'token',
    'bc-authorize',
    'callback',
    'jwks',
    '.well-known/openid-configuration',
    ...['v0', 'v1', 'v2'].flatMap((version) => [
      `number-verification/${version}/verify`,
      `number-verification/${version}/device-phone-number`,
    ]),
  ].map((path) => `${gateway.pathname}/${path}`)
  const pathsOfOthers = [
    '/',
    '/authorize',
    '/consent',
    '/_nv/behaviours',
    '/.well-known/openid-configuration',
  ]

  const form = () =>
    Array.from({ length: random.below(9) }, () => [
      random.pick(names),
      random.below(3) === 0 ? random.pick(known) : text(8),
    ])
      .map((pair) => pair.map((part) => (random.below(6) === 0 ? part : encode(part))).join('='))
      .join('&')
  const header = () => text(6).replace(/[\r\n\0]/g, ' ')
  const makeRequest = () => {
    const isOfOperator = random.below(5) === 0
    const { host, hostname, port } = isOfOperator ? operator : gateway
    const path =
      random.below(12) === 0
        ? `/${encode(text(6))}`
        : random.pick(isOfOperator || random.below(6) === 0 ? pathsOfOthers : paths)
    const method = random.below(3) > 0 ? random.pick(['GET', 'POST']) : random.pick(methods)
    const isJson = random.below(3) === 0
    const body = method === 'GET' ? '' : isJson ? JSON.stringify(makeJson(random, 3, known)) : form()
    const lines = [
      `${method} ${path.replace(/[\s]/g, '')}?${form().replace(/[\s\0]/g, '')} HTTP/1.1`,
      `Host: ${random.below(20) === 0 ? header() : host}`,
      ...(random.below(2) === 0
        ? [`Authorization: ${random.pick(['Basic', 'Bearer', 'DPoP'])} ${header()}`]
        : []),
      ...(random.below(3) === 0 ? [`Cookie: journey=${header()}`] : []),
      ...(random.below(4) === 0 ? [`X-Correlator: ${header()}`] : []),
      ...(random.below(6) === 0 ? [`DPoP: ${header()}`] : []),
      `Content-Type: ${isJson ? 'application/json' : 'application/x-www-form-urlencoded'}`,
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ]
    return { to: { host: hostname, port: Number(port) }, bytes: `${lines.join('\r\n')}\r\n\r\n${body}` }
  }

  try {
    const before = await usage()
    const statuses = new Map()
    const bugs = []
    let unanswered = 0
    const startedAt = performance.now()
    await repeat(count, parallelCount, async () => {
      const { to, bytes } = makeRequest()
      const answer = await exchange(to, bytes)
      const status = /^HTTP\/1\.1 (\d{3})/.exec(answer ?? '')?.[1]
      if (status === undefined) unanswered++
      else statuses.set(status, (statuses.get(status) ?? 0) + 1)
      if (status === '500') bugs.push(bytes.slice(0, 300))
    })
    const durationMs = performance.now() - startedAt
    const after = await usage()
    const { durationsMs } = await runFlows(simulator, 20, 2)
    return { before, after, statuses, bugs, unanswered, durationMs, flowsAfter: durationsMs.length }
  } finally {
    await end()
  }
}

/** Encodes a text for a query; halves of surrogate pairs, which can't be, are left out. */
function encode(text) {
  return encodeURIComponent(Buffer.from(text).toString())
}

async function startSimulator() {
  const child = spawn(
    process.execPath,
    [
      '--expose-gc',
      '--require',
      join(here, 'usage.cjs'),
      join(here, '../bin/nv.js'),
      'simulate',
      '--port',
      '0',
      '--json',
      '--quiet',
    ],
    {
      env: { PATH: process.env.PATH ?? '', HOME: '/nonexistent', NV_CONFIG_DIR: '/nonexistent' },
      stdio: ['ignore', 'pipe', 'ignore', 'ipc'],
    },
  )
  const [line] = await once(createInterface({ input: child.stdout }), 'line')
  child.stdout.resume()
  return {
    simulator: JSON.parse(line),
    usage: async () => {
      child.send('usage')
      const [usage] = await once(child, 'message')
      return usage
    },
    end: async () => {
      const exited = once(child, 'exit')
      child.kill()
      await exited
    },
  }
}
