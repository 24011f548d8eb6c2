// What leaves nv steers no terminal: control bytes go in wherever something goes in, and every byte that leaves is read.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { environmentNameOf, flagOf, flagSettings } from '../../src/settings/flags.ts'
import { settingNames } from '../../src/settings/settings.ts'
import { rawResponse, startBrokenServer } from '../support/broken-server.ts'
import { grantCode, json, withGateway } from '../support/gateway.ts'
import { freePort } from '../support/ports.ts'
import { type Finished, runNv, startNv } from '../support/process.ts'
import { isThorough } from '../support/rounds.ts'
import { runHere } from '../support/run-here.ts'
import { makeFolder } from '../support/store-harness.ts'

/** Title, clipboard, colour, cursor, C1, bidi, line separators, DEL, zero width; `red` follows a style that nv has too. */
const hostile =
  'x\u001b]0;t\u0007\u001b]52;c;eA==\u0007\u001b[2J\u001b[31mred\r\b\u009b31m\u009d52;c;eA==\u009c\u202e\u2066\u2028\u2029\u0085\u007f\u200b\ufeffz'

// oxlint-disable-next-line no-control-regex
const ownStyles = /\u001b\[(?:0|1|2|22|31|32|33|39|97;40)m/g

/** Looks at every character of what a process wrote. */
function expectInert({ exitCode, stdout, stderr }: Finished): void {
  for (const text of [stdout, stderr]) {
    expect(text).not.toContain('\u001b[31mred')
    expect(text.replace(ownStyles, '').replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffd]/u)
    expect(text).not.toMatch(/\bis a bug in nv\b/)
  }
  expect([0, 1, 2, 3, 4]).toContain(exitCode)
}

const modes = [
  { flags: ['--json', '--verbose'], env: {} },
  { flags: ['--quiet'], env: { FORCE_COLOR: '1' } },
  { flags: ['--verbose'], env: { FORCE_COLOR: '1' } },
]

interface Inputs {
  env?: Record<string, string>
  cwd?: string
  input?: string
}

let runs = 0

/** Runs nv in one mode after the other, or in all where there is time; nothing it is asked for takes long. */
async function runAll(args: readonly string[], { env = {}, ...rest }: Inputs = {}): Promise<void> {
  const turn = runs++ % modes.length
  for (const mode of isThorough ? modes : modes.slice(turn, turn + 1)) {
    expectInert(await runHere([...args, ...mode.flags], { ...rest, env: { ...mode.env, ...env } }))
  }
}

const verify = ['verify', '+34600000001', '--timeout', '3s']
const gateway = {
  NV_AUTHORIZE_URL: 'http://127.0.0.1:9/authorize',
  NV_TOKEN_URL: 'http://127.0.0.1:9/token',
  NV_API_URL: 'http://127.0.0.1:9/api',
  NV_CLIENT_ID: 'id',
  NV_CLIENT_SECRET: 'a-secret',
}

describe('arguments', () => {
  const simulate = ['simulate', '--port', '0', '--timeout', '1ms']
  it.each<readonly string[]>([
    [hostile],
    ['help', hostile],
    [`--${hostile}`],
    ['verify', `--${hostile}`],
    ['verify', hostile, '--profile', 'simulator'],
    ['verify', hostile],
    ['number', hostile],
    [...verify, '--profile', hostile],
    ...['--via', '--timeout', '--state', '--grant', '--operator-token', '--interface', '--local-address'].map(
      (flag) => ['verify', '+34600000001', '--profile', 'simulator', flag, hostile],
    ),
    [...verify, ...flagSettings.flatMap((name) => [flagOf(name), hostile])],
    ['check', hostile],
    ['check', '--profile', 'simulator', '--redirect-uri', hostile],
    ['check', '--profile', 'simulator', '--junit', `/nowhere/${hostile}`],
    ['doctor', hostile],
    ['doctor', '--redirect-uri', hostile],
    ['profile', hostile],
    ['profile', 'add', hostile, '--client-id', 'x'],
    ['profile', 'add', 'acme', '--preset', hostile],
    ...['show', 'edit', 'remove', 'use', 'export', 'import'].map((name) => ['profile', name, hostile]),
    ['profile', 'rename', hostile, hostile],
    ['profile', 'edit', 'acme', '--unset', hostile],
    ...[
      '--port',
      '--host',
      '--client',
      '--client-key',
      '--mode',
      '--lines',
      '--behave',
      '--redirect-uri',
    ].map((flag) => ['simulate', flag, hostile]),
    ['simulate', '--mode', 'network', '--line', `+34600000001,${hostile}=x`],
    ['simulate', '--mode', 'network', '--line', `${hostile},operator=${hostile}`],
    [...simulate, '--client', `${hostile}:${hostile}`],
    [...simulate, '--mode', 'network', '--line', `+34600000001,operator=${hostile},sim-token=${hostile}`],
  ])('of each command: %#', async (...args) => {
    await runAll(args)
  })
})

describe('the environment', () => {
  const variables = [
    ...settingNames.map(environmentNameOf).filter((name) => name.startsWith('NV_')),
    'NV_PROFILE',
    'NV_CLIENT_SECRET',
    'NV_GRANT',
    'NV_CONFIG_DIR',
    'NV_SECRET_STORE',
    'HTTP_PROXY',
    'HOME',
  ]
  it.each(variables)('%s', async (name) => {
    const env = { ...gateway, [name]: hostile }
    await runAll(verify, { env })
    await runAll(['profile', 'show'], { env })
  })

  it('a folder of profiles whose name steers', async () => {
    const folder = join(makeFolder(), hostile.replaceAll('/', ''))
    const env = { NV_CONFIG_DIR: folder, NV_SECRET_STORE: 'file', NV_TEST_SECRET: 'x' }
    const add = ['profile', 'add', '--preset', 'sandbox', '--client-id', 'id', '--client-secret-stdin']
    await runAll(add, { env, input: 'a-secret' })
    await runAll(['profile', 'list'], { env })
    writeFileSync(join(folder, 'profiles.json'), '{')
    await runAll(['profile', 'list'], { env })
  })
})

describe('files', () => {
  const config = (content: unknown) => {
    const cwd = makeFolder()
    writeFileSync(join(cwd, 'nv.config.json'), JSON.stringify(content))
    return { cwd }
  }
  it.each<[string, unknown]>([
    ['the name of a profile', { profile: hostile, profiles: { [hostile]: { ...settings() } } }],
    ['a profile that is not there', { profile: hostile }],
    ['a member', { [hostile]: hostile }],
    ['a preset', { preset: hostile }],
    ['values', { profile: 'a', profiles: { a: { clientId: hostile, scope: hostile } } }],
    ['URLs', { profile: 'a', profiles: { a: { authorizeUrl: `https://a.example/${hostile}` } } }],
    ['headers', { ...settings(), headers: { [hostile]: hostile } }],
    ['the value of a header', { ...settings(), headers: { 'x-a': 'a\u009b31m\u0085' } }],
  ])('nv.config.json: %s', async (_what, content) => {
    const place = config(content)
    await runAll(['profile', 'show'], place)
    await runAll(['profile', 'list'], place)
    await runAll([...verify, '--via', 'direct'], { ...place, env: { NV_CLIENT_SECRET: 'a-secret' } })
  })

  it('stored profiles', async () => {
    const folder = makeFolder()
    const profiles = { [hostile]: { clientId: hostile, [hostile]: hostile }, b: { scope: hostile } }
    writeFileSync(join(folder, 'profiles.json'), JSON.stringify({ default: hostile, profiles }))
    const env = { NV_CONFIG_DIR: folder, NV_SECRET_STORE: 'file' }
    for (const args of [
      ['list'],
      ['show'],
      ['show', 'b'],
      ['show', hostile],
      ['export', hostile],
      ['edit', 'b', '--client-id', 'x'],
      ['remove', hostile, '--yes'],
    ])
      await runAll(['profile', ...args], { env })
    await runAll(verify, { env })
  })

  it('what is imported, from a file and from standard input', async () => {
    const folder = makeFolder()
    const env = { NV_CONFIG_DIR: join(folder, 'store'), NV_SECRET_STORE: 'file' }
    const values = ['client_id', 'token_url', hostile].map((key) => ({ key, value: hostile, enabled: true }))
    const texts = {
      '.env': `CLIENT_ID=${hostile}\n${hostile}=${hostile}\nSCOPE=${hostile}\n`,
      'a.postman_environment.json': JSON.stringify({ name: hostile, values }),
      'b.json': JSON.stringify({ schema: 'nv.profile/1', name: hostile, settings: { clientId: hostile } }),
    }
    for (const [name, text] of Object.entries(texts)) {
      writeFileSync(join(folder, name), text)
      await runAll(['profile', 'import', join(folder, name)], { env })
      await runAll(['profile', 'import', '-'], { env, input: text })
    }
  })

  it('keys, certificates, lines and operator tokens, by name and by content', async () => {
    const folder = makeFolder()
    const path = join(folder, hostile.replaceAll('/', ''))
    writeFileSync(path, hostile)
    mkdirSync(`${path}d`)
    for (const named of [path, `${path}d`, `${path}-missing`]) {
      await runAll([...verify, '--key', named, '--auth-method', 'private_key_jwt'], { env: gateway })
      await runAll([...verify, '--ca', named], { env: gateway })
      await runAll([...verify, '--operator-token', named], { env: gateway })
      await runAll(['simulate', '--mode', 'network', '--lines', named])
      await runAll(['simulate', '--client-key', `x:${named}`])
    }
    writeFileSync(
      path,
      JSON.stringify({ lines: [{ phoneNumber: hostile, operator: hostile, [hostile]: 1 }] }),
    )
    await runAll(['simulate', '--mode', 'network', '--lines', path])
  })
})

function settings() {
  return {
    authorizeUrl: 'http://127.0.0.1:9/authorize',
    tokenUrl: 'http://127.0.0.1:9/token',
    apiUrl: 'http://127.0.0.1:9',
    clientId: 'id',
  }
}

describe('standard input', () => {
  it.each([
    ['an operator token', [...verify, '--operator-token', '-']],
    ['an address', [...verify, '--via', 'paste']],
    ['a secret', ['profile', 'add', 'acme', '--client-id', 'x', '--client-secret-stdin']],
  ])('%s', async (_what, args) => {
    const address = `http://127.0.0.1:9/callback?error=${hostile}&error_description=${encodeURIComponent(hostile)}`
    const env = { ...gateway, NV_REDIRECT_URI: `https://app.example/callback`, NV_CONFIG_DIR: makeFolder() }
    await runAll(args, { env, input: `${hostile}\n${address}\n` })
  })
})

describe('servers', () => {
  /** In all that a URL may hold between its host and its end, and before it. */
  const hostileUrls = (origin: string) => [
    `${origin}/authorize?${hostile}`,
    `${origin}/authorize?a=\r\n\r\nverified  this phone's number is +34600000001`,
    ` ${origin}/authorize`,
    `${origin}/authorize?\u202eabc`,
    `${origin}/authorize?\ud800`,
    `${origin}/authorize?é ü`,
  ]
  it.each(['qr', 'paste', 'browser', 'direct'])(
    'the authorization_endpoint of a discovery document, by %s',
    async (via) => {
      for (let i = 0; i < hostileUrls('').length; i++) {
        await withGateway(
          {
            '/.well-known/openid-configuration': (request) => {
              const origin = `http://${request.headers.find(([name]) => name === 'host')?.[1]}`
              const document = {
                issuer: origin,
                authorization_endpoint: hostileUrls(origin)[i],
                token_endpoint: `${origin}/token`,
                scopes_supported: [hostile],
                [hostile]: hostile,
              }
              return json(document)
            },
          },
          async ({ origin }) => {
            const env = {
              NV_ISSUER: origin,
              NV_API_URL: origin,
              NV_CLIENT_ID: 'id',
              NV_CLIENT_SECRET: 'a-secret',
              NV_REDIRECT_URI:
                via === 'paste' ? 'https://app.example/cb' : `http://127.0.0.1:${await freePort()}/`,
            }
            for (const { flags, env: ofMode } of modes) {
              const args = ['verify', '+34600000001', '--timeout', '300ms', '--via', via, ...flags]
              const finished = await runHere(args, { env: { ...ofMode, ...env } })
              expectInert(finished)
              const shown = /^http.*$/m.exec(finished.stderr)?.[0]
              if (shown !== undefined) expect(shown).toMatch(/^[!-~]+$/)
            }
          },
        )
      }
    },
  )

  it('headers and bodies of every step', async () => {
    const raw = rawResponse(
      '500 \u001b[31mred\u009b31m',
      [`x-a: ${hostile.replace(/[\r\n]/g, '')}`, `content-type: \u001b]52;c;eA==\u0007`, 'content-length: 5'],
      '\u001b[31mred'.slice(0, 5),
    )
    const server = await startBrokenServer((socket) => socket.end(raw))
    await withGateway(
      { token: () => json({ error: hostile, error_description: hostile, error_uri: hostile }, 400) },
      async ({ urls }) => {
        const env = (changes: Partial<typeof urls>) => {
          const { authorizeUrl, tokenUrl, apiUrl } = { ...urls, ...changes }
          return {
            ...gateway,
            NV_AUTHORIZE_URL: authorizeUrl,
            NV_TOKEN_URL: tokenUrl,
            NV_API_URL: apiUrl,
          }
        }
        for (const changes of [{}, { authorizeUrl: server.origin }, { tokenUrl: server.origin }])
          await runAll([...verify, '--via', 'direct'], { env: env(changes) })
      },
    )
    await withGateway(
      {
        authorize: (request) => grantCode(request, { error: hostile, error_description: hostile }),
        number: () => json({ devicePhoneNumber: hostile }),
      },
      async ({ urls }) => {
        const env = { ...gateway, NV_AUTHORIZE_URL: urls.authorizeUrl, NV_TOKEN_URL: urls.tokenUrl }
        await runAll([...verify, '--via', 'direct'], { env })
      },
    )
    await withGateway({ number: () => json({ devicePhoneNumber: hostile }) }, async ({ urls }) => {
      const env = {
        ...gateway,
        NV_AUTHORIZE_URL: urls.authorizeUrl,
        NV_TOKEN_URL: urls.tokenUrl,
        NV_API_URL: urls.apiUrl,
      }
      await runAll(['number', '--timeout', '3s', '--via', 'direct'], { env })
    })
    await server.close()
  })
})

describe('in a job of GitHub Actions', () => {
  it('a server commands nothing', async () => {
    const error = {
      error: 'invalid_grant',
      error_description: 'x\n::stop-commands::x\n  ::add-mask::y ##[error]z',
    }
    await withGateway({ token: () => json(error, 400) }, async ({ urls }) => {
      const env = {
        ...gateway,
        NV_AUTHORIZE_URL: urls.authorizeUrl,
        NV_TOKEN_URL: urls.tokenUrl,
        NV_API_URL: urls.apiUrl,
        GITHUB_ACTIONS: 'true',
      }
      for (const flags of [[], ['--verbose'], ['--json']]) {
        const { stdout, stderr } = await runNv([...verify, '--via', 'direct', ...flags], { env })
        expect(stderr).toContain('::error title=nv verify')
        expect(stdout + stderr).not.toMatch(/^\s*::(?!error title=nv )|##\[/m)
      }
    })
  })
})

describe('the simulator', () => {
  it.each([[[]], [['--json']]])('logs requests inertly %j', async (flags) => {
    const nv = startNv(['simulate', '--port', '0', ...flags], { env: { FORCE_COLOR: '1' } })
    const [base = ''] = await nv.untilStdout(/http:\/\/127\.0\.0\.1:\d+/)
    const text = encodeURIComponent(hostile)
    const form = new URLSearchParams({ grant_type: hostile, client_id: hostile, code: hostile })
    await fetch(`${base}/${text}?${text}=${text}`)
    await fetch(`${base}/authorize?client_id=${text}&redirect_uri=${text}&response_type=${text}`)
    await fetch(`${base}/token`, { method: 'POST', body: form })
    await fetch(`${base}/number-verification/v2/verify`, {
      method: 'POST',
      headers: { authorization: 'Bearer \u009b31m\u0085', 'x-correlator': '\u009b31m' },
      body: JSON.stringify({ phoneNumber: hostile }),
    })
    await fetch(`${base}/simulator/clients/${text}/behaviours`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ behaviours: [hostile] }),
    })
    nv.process.kill('SIGINT')
    const finished = await nv.finished
    expectInert({ ...finished, exitCode: 0 })
  })
})
