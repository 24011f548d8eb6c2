// Hostile requests at the callback listener of the built program, on both families, beside slow clients; then the true one.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { join } from 'node:path'
import { hostileKinds } from './hostile-requests.mjs'
import { exchange, repeat, startSlowClients } from './raw-client.mjs'

const here = import.meta.dirname
const slowCount = 200
const parallelCount = 100
const securityHeaders = ['cache-control', 'referrer-policy', 'x-content-type-options']

/** Sends that many requests of each kind; gives the figures. */
export async function fuzzListener(countOfEach, wanted = '') {
  const gateway = await startGateway()
  const nv = await startNv(gateway.port)
  const { state, port, path } = nv
  const families = [
    { host: '127.0.0.1', port },
    { host: '::1', port },
  ]
  const endSlow = startSlowClients(families, `GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\n`, slowCount)
  try {
    const figures = { kinds: [], answers: 0, unprotected: [], unanswered: 0, redirects: 0 }
    const before = await nv.usage()
    const startedAt = performance.now()
    for (const [kind, make] of Object.entries(hostileKinds)) {
      if (!kind.includes(wanted)) continue
      await repeat(countOfEach, parallelCount, async (index) => {
        const made = make({ host: `localhost:${port}`, path })
        const { bytes, ending } = typeof made === 'string' || Buffer.isBuffer(made) ? { bytes: made } : made
        const text = await exchange(families[index % 2], bytes, ending)
        if (ending !== 'reset') judge(figures, kind, text)
      })
      figures.kinds.push({ kind, ...(await nv.usage()) })
    }
    figures.durationMs = performance.now() - startedAt
    figures.before = before
    figures.after = await nv.usage()
    const callbackAt = performance.now()
    const query = new URLSearchParams({ code: 'the-true-code', state })
    await exchange(families[0], `GET ${path}?${query} HTTP/1.1\r\nHost: localhost:${port}\r\n\r\n`)
    figures.trueCallbackMs = performance.now() - callbackAt
    // What the phone's browser does next: it fetches the page with the result.
    const run = await nv.finished
    figures.slowClients = endSlow()
    figures.run = run
    figures.codeExchanges = gateway.exchanges()
    return figures
  } finally {
    endSlow()
    nv.end()
    gateway.close()
  }
}

function judge(figures, kind, text) {
  if (text === null) figures.unanswered++
  if (!text) return
  figures.answers++
  const head = text.slice(0, text.indexOf('\r\n\r\n')).toLowerCase()
  if (head.startsWith('http/1.1 3')) figures.redirects++
  const body = text.slice(text.indexOf('\r\n\r\n') + 4)
  // What Node's parser refuses has a status and nothing else, for which there is nothing to protect.
  if (body === '' && !/\r\ncontent-type:/.test(head)) return
  const missing = securityHeaders.filter((name) => !head.includes(`\r\n${name}:`))
  if (!head.includes("content-security-policy: default-src 'none'")) missing.push('content-security-policy')
  if (missing.length > 0) figures.unprotected.push(`${kind}: ${missing}`)
}

async function startGateway() {
  let exchangeCount = 0
  const server = createServer((request, response) => {
    if (request.url === '/token') exchangeCount++
    request.resume()
    response.setHeader('content-type', 'application/json')
    response.end(
      JSON.stringify(
        request.url === '/token'
          ? { access_token: 'x', token_type: 'Bearer', expires_in: 300 }
          : { devicePhoneNumberVerified: true },
      ),
    )
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return { port: server.address().port, exchanges: () => exchangeCount, close: () => server.close() }
}

/** Starts the built program; it waits for a phone on both addresses of localhost. */
async function startNv(gatewayPort) {
  const gateway = `http://127.0.0.1:${gatewayPort}`
  const port = 20_000 + Math.floor(Math.random() * 12_000)
  const args = ['verify', '+34600000001', '--via', 'qr', '--json', '--timeout', '60m']
  const child = spawn(
    process.execPath,
    ['--expose-gc', '--require', join(here, 'usage.cjs'), join(here, '../bin/nv.js'), ...args],
    {
      env: {
        PATH: process.env.PATH ?? '',
        HOME: '/nonexistent',
        NV_CONFIG_DIR: '/nonexistent',
        NV_AUTHORIZE_URL: `${gateway}/authorize`,
        NV_TOKEN_URL: `${gateway}/token`,
        NV_API_URL: gateway,
        NV_CLIENT_ID: 'bench',
        NV_CLIENT_SECRET: 'bench-secret',
        NV_REDIRECT_URI: `http://localhost:${port}/callback`,
      },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    },
  )
  const written = { out: '', err: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (written.out += text))
  const finished = once(child, 'close').then(([exitCode]) => ({ exitCode, ...written }))
  const url = await new Promise((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text) => {
      written.err += text
      const match = /^(http:\S+authorize\?\S+)$/m.exec(written.err)
      if (match && written.err.includes('Waiting')) resolve(match[1])
    })
    void finished.then(() => reject(new Error(`nv ended early: ${written.err}`)))
  })
  const { searchParams } = new URL(url)
  return {
    port,
    path: new URL(searchParams.get('redirect_uri')).pathname,
    state: searchParams.get('state'),
    finished,
    usage: async () => {
      child.send('usage')
      const [usage] = await once(child, 'message')
      return usage
    },
    end: () => child.kill('SIGKILL'),
  }
}
