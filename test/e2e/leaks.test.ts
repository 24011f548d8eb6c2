// Real processes against a gateway that hands out canaries: no output that nv has shows one, for any way to authenticate.
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { expect, test } from 'vitest'
import type { IncomingRequest } from '../../src/context.ts'
import { expectNoCanary } from '../support/canaries.ts'
import { canary, type Gateway, grantCode, json, queryOf, redirect, withGateway } from '../support/gateway.ts'
import { type Finished, startNv } from '../support/process.ts'
import { makeFolder } from '../support/store-harness.ts'

const phoneNumber = '+34600123456'
const clientSecret = 'canary-client-secret-Zx9/Qw'
const operatorToken = 'canary-operator-token-Jc7/Rt+2='
const refreshToken = 'canary-refresh-token-Vb5'
const idToken = ['{"alg":"dir"}', '{"sub":"canary-subject"}', 'canary-iv', 'canary-text', 'canary-tag']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.')
const pem = String(
  generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
)
const keyBody = pem.split('\n').slice(1, -2).join('')

interface Method {
  args?: readonly string[]
  tokenType?: string
  isBySim?: boolean
}

const methods: Readonly<Record<string, Method>> = {
  'HTTP Basic': {},
  'the secret in the body': { args: ['--auth-method', 'client_secret_post'] },
  private_key_jwt: { args: ['--auth-method', 'private_key_jwt'] },
  DPoP: { args: ['--auth-method', 'private_key_jwt', '--dpop', 'on'], tokenType: 'DPoP' },
  CIBA: { isBySim: true, args: ['--grant', 'ciba'] },
  'a JWT bearer assertion': { isBySim: true, args: ['--grant', 'jwt-bearer'] },
}

/** Everything secret that went over the wire, and what was configured. */
function secretsOf({ requests }: Pick<Gateway, 'requests'>): string[] {
  const names = ['state', 'nonce', 'code_verifier', 'client_assertion', 'assertion', 'request']
  const sent = requests.flatMap(({ query, body, headers }) => [
    ...[query, new URLSearchParams(body)].flatMap((pairs) => names.flatMap((name) => pairs.getAll(name))),
    ...headers.flatMap(([name, value]) =>
      name === 'dpop' ? [value] : name === 'authorization' ? [value.replace(/^\w+ /, '')] : [],
    ),
  ])
  const given = [...Object.values(canary), idToken, refreshToken]
  const configured = [clientSecret, operatorToken, keyBody, phoneNumber.slice(1), phoneNumber.slice(3)]
  return [...new Set([...sent, ...given, ...configured])].filter((secret) => secret !== '')
}

/** Hands everything it has learned back, in bodies, headers and errors. */
function echo(request: IncomingRequest): Record<string, string> {
  const { body, headers, target } = request
  const said = `${body} ${target} ${headers.map(([, value]) => value).join(' ')}`
  return { echo: said, base64: Buffer.from(said).toString('base64'), inside: JSON.stringify({ said }) }
}

const authorize = (request: IncomingRequest) =>
  queryOf(request).has('hop') ? grantCode(request) : redirect(`${request.target}&hop=1`)

/** What was said of the number on stdout, where whoever typed it is told. */
const withoutAnswer = (text: string) => text.replaceAll(phoneNumber, '')

test.each(Object.entries(methods))('with %s', async (_name, method) => {
  const { args = [], tokenType = 'Bearer', isBySim = false } = method
  const folder = makeFolder()
  const key = join(folder, 'key.pem')
  writeFileSync(key, pem, { mode: 0o600 })
  let token = () => ({ status: 200, error: {} as object })
  const commandLines: string[] = []
  const handlers = {
    authorize,
    token: (request: IncomingRequest) => {
      commandLines.push(commandLineOf(running?.process.pid))
      const { status, error } = token()
      const tokens = {
        access_token: canary.accessToken,
        token_type: tokenType,
        id_token: idToken,
        refresh_token: refreshToken,
      }
      return json({ ...(status === 200 ? tokens : error), ...echo(request) }, status)
    },
    verify: (request: IncomingRequest) => json({ devicePhoneNumberVerified: true, ...echo(request) }),
  }
  let running: ReturnType<typeof startNv> | undefined
  await withGateway(handlers, async (gateway) => {
    const { urls } = gateway
    const state = join(folder, 'state')
    const env = {
      NV_STATE_DIR: state,
      NV_AUTHORIZE_URL: urls.authorizeUrl,
      NV_TOKEN_URL: urls.tokenUrl,
      NV_API_URL: urls.apiUrl,
      NV_BACKCHANNEL_URL: urls.backchannelUrl ?? '',
      NV_CLIENT_ID: 'test-client',
      NV_CLIENT_SECRET: clientSecret,
      NV_REDIRECT_URI: 'https://app.example/callback',
      NV_KEY: key,
      NV_SCOPE: 'openid dpv:FraudPreventionAndDetection number-verification:verify',
    }
    const run = (command: readonly string[], input = ''): Promise<Finished> => {
      running = startNv(command, { env, cwd: folder })
      running.process.stdin.end(input)
      return running.finished
    }
    const way = isBySim ? ['--operator-token', '-'] : ['--via', 'direct']
    const verify = (...more: string[]) =>
      run(['verify', phoneNumber, ...way, ...args, '--verbose', ...more], isBySim ? operatorToken : '')

    const good = await verify('--junit', 'nv.xml', '--report', 'nv.html')
    expect(good).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^verified/) as string })
    token = () => ({
      status: 400,
      error: { error: 'invalid_grant', error_description: isBySim ? operatorToken : canary.code },
    })
    const bad = await verify('--json')
    expect(bad.exitCode).toBe(3)
    const bundle = await run(['report', 'last', '--bundle', 'nv.zip'])
    expect(bundle.exitCode).toBe(0)
    const [newest = '', oldest = ''] = readdirSync(join(state, 'runs')).map((name) =>
      name.replace(/^.*-|\.json$/g, ''),
    )
    const diff = await run(['runs', 'diff', oldest, newest])
    expect(diff.exitCode).toBe(0)

    const outputs = [
      ...[good, bad, bundle, diff].flatMap(({ stdout, stderr }) => [withoutAnswer(stdout), stderr]),
      ...['nv.xml', 'nv.html'].map((name) => readFileSync(join(folder, name), 'utf8')),
      ...readdirSync(join(state, 'runs')).map((name) => readFileSync(join(state, 'runs', name), 'utf8')),
      ...Object.values(unzipSync(readFileSync(join(folder, 'nv.zip')))).map((bytes) => strFromU8(bytes)),
      ...commandLines.map(withoutAnswer),
    ]
    const secrets = secretsOf(gateway)
    expect(secrets.length).toBeGreaterThan(9)
    for (const output of outputs) expectNoCanary(output, secrets)
  })
})

/** Reads the arguments of a process, as anybody on this machine may. */
function commandLineOf(pid: number | undefined): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

test('the page that a phone gets says nothing of its request', async () => {
  await withGateway({}, async (gateway) => {
    const { urls } = gateway
    const running = startNv(['verify', phoneNumber, '--via', 'qr', '--no-save'], {
      env: {
        NV_AUTHORIZE_URL: urls.authorizeUrl,
        NV_TOKEN_URL: urls.tokenUrl,
        NV_API_URL: urls.apiUrl,
        NV_CLIENT_ID: 'test-client',
        NV_CLIENT_SECRET: clientSecret,
      },
    })
    const [url] = await running.untilStderr(/http:\/\/\S+\/authorize\S+/)
    const answered = await fetch(url)
    const page = await answered.text()
    const { exitCode } = await running.finished
    expect({ exitCode, status: answered.status }).toEqual({ exitCode: 0, status: 200 })
    expect(page).toContain('<html')
    expectNoCanary(page + answered.url, secretsOf(gateway))
  })
})
