// The cases of ../shared/cases: starts what each README says, and looks for what it says is right.
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const secret = { NV_CLIENT_SECRET: 's3cret-value' }

/** Runs the cases, built program against the gateways that stand beside them. */
export async function* runCases(root, cases) {
  if (!existsSync(cases)) {
    yield { what: 'all', expected: '', actual: `${cases} is absent`, verdict: 'skipped' }
    return
  }
  const nv = join(root, 'bin', 'nv.js')
  for (const { what, port, server, script, args, env, expected } of list(cases, nv)) {
    const stop = server === undefined ? null : await start(server, port)
    try {
      const text = script === undefined ? runNv(nv, args, env) : run(script[0], script.slice(1), env)
      const found = expected.exec(text)
      const actual = found === null ? shorten(text) : found[0]
      yield { what, expected: expected.source, actual, verdict: found === null ? 'not' : 'ok' }
    } finally {
      await stop?.()
    }
  }
}

function list(cases, nv) {
  const gateway = (name, ...rest) => [process.execPath, join(cases, name, 'gateway.mjs'), ...rest]
  const against = (base, redirectUri = 'https://app.example/callback', api = base) =>
    [
      `verify +34600000001 --client-id my-app --authorize-url ${base}/authorize --token-url ${base}/token`,
      `--api-url ${api} --redirect-uri ${redirectUri} --via direct --json`,
    ].flatMap((part) => part.split(' '))
  const first = (code) => new RegExp(`"findings":\\s*\\[\\s*\\{\\s*"code":\\s*"${code}"`)
  const errors = {
    'api/apigee-product': 'not_subscribed',
    'api/ibm': 'not_subscribed',
    'token/apigee-client': 'invalid_client',
    'token/problem-jwt': 'invalid_client',
    'api/problem-credit': 'account_balance',
    'token/problem-credit': 'account_balance',
    'token/nested-error': 'invalid_grant',
    'token/camara-error': 'token_error',
    'api/header-insufficient-scope': 'permission_denied',
    'api/by-ip': 'user_not_authenticated_by_mobile_network',
    'api/not-applicable': 'line_not_served',
    'token/unknown-user': 'unknown_user_id',
  }
  const verified = /"outcome":\s*"verified"/
  const paths = ['/number-verification/v031', '/number-verification/v1rc2', '/number-verification/vwip', '']
  const near = ['/callback/', '/Callback', '/callback%2F', '/oauth/callback']
  const refused = {
    slash: /came for \/callback\/, but the redirect_uri has \/callback/,
    prefix: /came for \/callback, but the redirect_uri has \/nv\/callback/,
    'host-443': /verified/,
    'host-docker': /under Host host\.docker\.internal:5910/,
    post: /form_post/,
    tls: /A TLS handshake arrived[^]*on the plain port/,
    fragment: /came after a #/,
    'error-without-state': /access_denied.*without a state/,
  }
  const pasted = {
    'authorize-url': /the address that nv showed/,
    'two-lines': /verified/,
    'error-page': /operator\.example shows an error/,
    'error-without-state': /access_denied.*without a state/s,
    html: /verified/,
    fragment: /verified|behind a #/,
  }
  const env = { NV: `${process.execPath} ${nv}`, PATH: process.env.PATH, HOME: process.env.HOME }
  return [
    ...Object.entries(errors).map(([name, code]) => ({
      what: `gateway-errors ${name}`,
      server: gateway('gateway-errors'),
      port: 5931,
      args: against(`http://127.0.0.1:5931/${name}`, undefined, `http://127.0.0.1:5931/${name}`),
      env: secret,
      expected: first(code),
    })),
    ...paths.map((path) => ({
      what: `api-path ${path || '(none)'}`,
      server: gateway('api-path', path),
      port: 5951,
      args:
        path === ''
          ? [...against('http://127.0.0.1:5951'), '--api-path', '/']
          : against('http://127.0.0.1:5951', undefined, `http://127.0.0.1:5951${path}`),
      env: secret,
      expected: verified,
    })),
    {
      what: 'correlator',
      server: gateway('correlator'),
      port: 5981,
      args: against('http://127.0.0.1:5981'),
      env: secret,
      expected: first('api_error'),
    },
    ...near.map((path) => ({
      what: `near-redirect ${path}`,
      server: gateway('near-redirect', path),
      port: 5901,
      args: against('http://127.0.0.1:5901', 'http://127.0.0.1:5902/callback'),
      env: secret,
      expected: first('response_elsewhere'),
    })),
    {
      what: 'mismatch',
      server: [process.execPath, nv, 'simulate', '--behave', 'other-sim', '--port', '5995'],
      port: 5995,
      args: ['verify', '+34600000001', '--via', 'direct', '--json'],
      env: {
        NV_ISSUER: 'http://127.0.0.1:5995/apigateway',
        NV_API_URL: 'http://127.0.0.1:5995/apigateway',
        NV_CLIENT_ID: 'mock_sandbox_app_id',
        NV_CLIENT_SECRET: 'mock_sandbox_app_secret',
        NV_REDIRECT_URI: 'http://127.0.0.1:5996/cb',
      },
      expected: first('mismatch_explained'),
    },
    ...Object.entries(refused).map(([name, expected]) => ({
      what: `refused-callback ${name}`,
      script: [process.execPath, join(cases, 'refused-callback', 'run.mjs'), name],
      env,
      expected,
    })),
    ...Object.entries(pasted).map(([name, expected]) => ({
      what: `paste ${name}`,
      script: ['python3', join(cases, 'paste', 'run.py'), name],
      env,
      expected,
    })),
  ]
}

/** Starts a server and waits until it accepts connections; gives a function that ends it. */
async function start([command, ...args], port) {
  const child = spawn(command, args, {
    stdio: 'ignore',
    env: { PATH: process.env.PATH, HOME: process.env.HOME },
  })
  while (!(await accepts(port))) await new Promise((resolve) => setTimeout(resolve, 20))
  return async () => {
    child.kill()
    await once(child, 'exit')
  }
}

function accepts(port) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false))
    socket.on('connect', () => socket.destroy())
  })
}

/** Runs nv with a home of its own. */
function runNv(nv, args, env) {
  const home = mkdtempSync(join(tmpdir(), 'nv-bench-'))
  try {
    return run(process.execPath, [nv, ...args], { ...env, HOME: home, PATH: process.env.PATH })
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function run(command, args, env) {
  const { stdout, stderr, error } = spawnSync(command, args, { env, encoding: 'utf8', timeout: 60_000 })
  return error === undefined ? unwrap(`${stdout}\n${stderr}`) : String(error)
}

/** Joins the lines of a report that was wrapped for a terminal. */
function unwrap(text) {
  return text.startsWith('{') ? text : text.replace(/\n {7}/g, ' ')
}

function shorten(text) {
  const code = /"findings":\s*\[\s*\{\s*"code":\s*"(\w+)"/.exec(text)?.[1]
  return code ?? text.slice(-300)
}
