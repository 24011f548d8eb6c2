// `nv verify` from its arguments to what is on the screen.
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, type TestContextOptions } from '../support/context.ts'
import { followChain, startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { clientVariables } from '../support/variables.ts'

let simulator: TestSimulator

beforeEach(async () => {
  simulator = await startTestSimulator()
})
afterEach(() => simulator.close())

const redirectUri = 'https://app.example/callback'

function environment(): Record<string, string> {
  return {
    ...clientVariables(simulator),
    NV_REDIRECT_URI: redirectUri,
  }
}

async function nv(args: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext({ env: environment(), ...options })
  const exitCode = await runProgram(test.context, args)
  return { ...test, exitCode, stdout: test.out(), stderr: test.err() }
}

/** Replaces what differs from run to run. */
function steady(text: string): string {
  return text
    .replace(/127\.0\.0\.1(:|%3A)\d+/g, '127.0.0.1$1PORT')
    .replace(/\b\d+ ms/g, 'N ms')
    .replace(/(state|journey|code_challenge|nonce)=[\w-]{20,}/g, '$1=RANDOM')
    .replace(/(hop [2-9] GET [^\s?]+)\?\S+/g, '$1?QUERY')
    .replace(/\[redacted:[0-9a-f]{6}\]/g, '[redacted:KEY]')
    .replace(/(nv_(gateway|operator))_[\w-]{8}/g, '$1_KEY')
    .replace(/[0-9a-f]{8}-[0-9a-f-]{27}/g, 'UUID')
}

describe('what users see', () => {
  test('verified', async () => {
    const { exitCode, stdout, stderr } = await nv(['verify', '+34 600-000.001', '--via', 'direct'])
    expect(exitCode).toBe(0)
    expect(stdout).toBe("verified  this phone's number is +34600000001 (simulated)\n")
    expect(steady(stderr)).toBe(
      [
        'Read as +34600000001',
        '✔ authorize followed 4 redirects to the redirect_uri N ms',
        '✔ callback  authorization code received, state matches N ms',
        '✔ token     received an access token for dpv:FraudPreventionAndDetection number-verification:verify N ms',
        '✔ api       devicePhoneNumberVerified is true N ms',
        '',
      ].join('\n'),
    )
  })

  test('which step failed, why, and what to do', async () => {
    const env = { ...environment(), NV_CLIENT_SECRET: 'not the secret' }
    const { exitCode, stdout } = await nv(['verify', '+34600000001', '--via', 'direct'], { env })
    expect(exitCode).toBe(3)
    expect(steady(stdout)).toBe(
      [
        'could not tell  failed at step "token" (simulated)',
        '  invalid_client: 127.0.0.1:PORT does not accept the credentials (HTTP 401)',
        '  Why  The server says: "The client secret is wrong." The client secret is not',
        '       the one that the gateway has for this client_id. Reserved characters in',
        '       them were sent encoded; gateways differ in that.',
        "  Do   Copy the secret again from the provider's console: its value, not its",
        '       name or id. Then try --auth-method client_secret_basic_raw.',
        '  See  https://www.rfc-editor.org/rfc/rfc6749#section-5.2',
        '  When 2025-06-15T15:06:40.000Z',
        '       x-correlator UUID (none returned)',
        '',
      ].join('\n'),
    )
  })

  test('every request with what came back and what it means, with --verbose', async () => {
    const { stderr } = await nv(['verify', '+34600000001', '--via', 'direct', '--verbose'])
    const lines = steady(stderr).split('\n')
    expect(lines.filter((line) => /^[→←⇠✔]/.test(line))).toEqual([
      '→ hop 1 GET http://127.0.0.1:PORT/apigateway/authorize?response_type=code&client_id=mock_sandbox_app_id&scope=dpv%3AFraudPreventionAndDetection%20number-verification%3Averify&redirect_uri=https%3A%2F%2Fapp.example%2Fcallback&state=[redacted:KEY]&code_challenge=RANDOM&code_challenge_method=S256',
      '← 302 in N ms, from 127.0.0.1 to 127.0.0.1:PORT, sets nv_gateway_KEY: redirects to http://127.0.0.1:PORT/authorize',
      '→ hop 2 GET http://127.0.0.1:PORT/authorize?QUERY',
      '← 302 in N ms, from 127.0.0.1 to 127.0.0.1:PORT, sets nv_operator_KEY: redirects to identify',
      '→ hop 3 GET http://127.0.0.1:PORT/identify?QUERY',
      '← 302 in N ms, from 127.0.0.1 to 127.0.0.1:PORT, sets nv_operator_KEY: redirects to http://127.0.0.1:PORT/apigateway/callback with a code',
      '→ hop 4 GET http://127.0.0.1:PORT/apigateway/callback?QUERY',
      '← 302 in N ms, from 127.0.0.1 to 127.0.0.1:PORT, sets nv_gateway_KEY: redirects to https://app.example/callback with a code',
      '⇠ direct: /callback with code, state, iss: taken as the answer',
      '✔ authorize followed 4 redirects to the redirect_uri N ms',
      '✔ callback  authorization code received, state matches N ms',
      '→ POST http://127.0.0.1:PORT/apigateway/token',
      '← 200 in N ms: an access token came',
      '✔ token     received an access token for dpv:FraudPreventionAndDetection number-verification:verify N ms',
      '→ POST http://127.0.0.1:PORT/apigateway/number-verification/v2/verify',
      '← 200 in N ms: devicePhoneNumberVerified is true',
      '✔ api       devicePhoneNumberVerified is true N ms',
    ])
    expect(lines).toContain('    {"devicePhoneNumberVerified":true}')
    expect(lines).toContain('    x-correlator: UUID')
    expect(lines).toContain('    {"phoneNumber":"+34*******01"}')
    expect(stderr).toMatch(/^ {4}grant_type=authorization_code&code=\[redacted:[0-9a-f]{6}\]/m)
  })

  test('what --verbose shows is folded to a terminal', async () => {
    const { stderr } = await nv(['verify', '+34600000001', '--via', 'direct', '--verbose', '--no-color'], {
      isTerminal: true,
      columns: 60,
    })
    const long = stderr.split('\n').filter((line) => line.length > 60)
    expect(long.filter((line) => !line.startsWith('✔'))).toEqual([])
  })

  test('colours on a terminal, and none with NO_COLOR, --no-color or TERM=dumb', async () => {
    const args = ['verify', '+34600000001', '--via', 'direct']
    const colored = await nv(args, { isTerminal: true })
    expect(colored.stdout).toContain('\u001b[')
    for (const [extra, env] of [
      [[], { NO_COLOR: '1' }],
      [['--no-color'], {}],
      [[], { TERM: 'dumb' }],
    ] as const) {
      const { stdout, stderr } = await nv([...args, ...extra], {
        isTerminal: true,
        env: { ...environment(), ...env },
      })
      expect(stdout + stderr).not.toContain('\u001b')
    }
  })
})

describe('the ways', () => {
  test('browser: the URL is handed over and shown, and the callback is heard', async () => {
    const { NV_REDIRECT_URI: _default, ...env } = environment()
    const { exitCode, opened, stderr } = await nv(['verify', '+34600000001', '--via', 'browser'], {
      env,
      open: (url) => {
        void followChain(url, { app: 'https://nowhere.example' })
        return true
      },
    })
    expect(exitCode).toBe(0)
    expect(opened).toHaveLength(1)
    expect(stderr).toContain('Asked the browser of this machine to open it.')
    expect(stderr).toContain(opened[0])
  })

  test('browser: without one the link is shown alone', async () => {
    const { NV_REDIRECT_URI: _default, ...env } = environment()
    const { stderr, opened } = await nv(['verify', '+34600000001', '--via', 'browser'], {
      env,
      open: (url) => {
        void followChain(url, { app: 'https://nowhere.example' })
        return false
      },
    })
    expect(stderr).toContain('No browser could be started on this machine')
    expect(stderr).toContain(opened[0])
  })

  test('paste on a terminal: the question takes the address, refuses others, and a code never shows', async () => {
    let refusal: string | null = null
    let shownUrl = ''
    const context = createTestContext({
      env: environment(),
      isTerminal: true,
      prompt: {
        paste: async ({ reject }) => {
          shownUrl = /http:\/\/127\S+/.exec(context.err())?.[0] ?? ''
          refusal = reject('https://app.example/callback?code=x&state=of-another-attempt')
          const { last } = await followChain(shownUrl)
          return last instanceof URL ? last.href : ''
        },
      },
    })
    expect(
      await runProgram(context.context, ['verify', '+34600000001', '--via', 'paste', '--no-color']),
    ).toBe(0)
    expect(refusal).toBe('It belongs to another attempt: its state differs. Paste the newest address.')
    expect(context.out() + context.err()).not.toMatch(/code=[^d]/)
  })

  test('paste on a terminal: a stray callback does not tear the question; it is said afterwards', async () => {
    const { NV_REDIRECT_URI: _default, ...env } = environment()
    const shown: string[] = []
    const context = createTestContext({
      env,
      isTerminal: true,
      prompt: {
        paste: async () => {
          const url = /http:\/\/127\S+/.exec(context.err())?.[0] ?? ''
          const app = new URL(url).searchParams.get('redirect_uri') ?? ''
          shown.push(context.err())
          await fetch(`${app}?code=x&state=stray`)
          shown.push(context.err())
          const { last } = await followChain(url, { app })
          return last instanceof URL ? last.href : ''
        },
      },
    })
    expect(
      await runProgram(context.context, ['verify', '+34600000001', '--via', 'paste', '--no-color']),
    ).toBe(0)
    expect(shown[1]).toBe(shown[0])
    expect(context.err()).toContain('A callback with a wrong state was ignored')
  })

  test('auto asks a gateway for any device directly, and else shows a QR code on a terminal', async () => {
    const { stderr } = await nv(['verify', '+34600000001', '--timeout', '1s'])
    expect(stderr).toContain('followed 4 redirects')
  })

  test('nobody would hear the callback: that is said before anything is shown', async () => {
    const { exitCode, stderr } = await nv(['verify', '+34600000001', '--via', 'qr'])
    expect(exitCode).toBe(2)
    expect(stderr).toContain('Nothing would receive the callback')
    expect(simulator.entries).toEqual([])
  })
})

describe('what is sent', () => {
  async function authorizeParameters(args: readonly string[], env = {}): Promise<URLSearchParams> {
    const { stdout } = await nv(['verify', '+34600000001', '--via', 'direct', '--json', ...args], {
      env: { ...environment(), ...env },
    })
    const run = JSON.parse(stdout) as Run
    return new URL(run.exchanges[0]?.request.url ?? '').searchParams
  }

  test.each([
    ['--login-hint', 'tel', 'login_hint', 'tel:+34*******01'],
    ['--login-hint', 'bare', 'login_hint', '+34*******01'],
    ['--login-hint', 'ipport:80.90.34.2:16790', 'login_hint', 'ipport:80.90.34.2:16790'],
    ['--prompt', 'none', 'prompt', 'none'],
    [
      '--scope',
      'dpv:FraudPreventionAndDetection#number-verification-verify-read',
      'scope',
      'dpv:FraudPreventionAndDetection#number-verification-verify-read',
    ],
  ])('%s %s', async (flag, value, name, sent) => {
    expect((await authorizeParameters([flag, value])).get(name)).toBe(sent)
  })

  test('a flag is stronger than the environment', async () => {
    expect((await authorizeParameters(['--prompt', 'login'], { NV_PROMPT: 'none' })).get('prompt')).toBe(
      'login',
    )
  })

  test("a state of one's own is sent, with a warning", async () => {
    const { stdout, exitCode } = await nv([
      'verify',
      '+34600000001',
      '--via',
      'direct',
      '--json',
      '--state',
      '+34600000001',
    ])
    expect(exitCode).toBe(0)
    expect((JSON.parse(stdout) as Run).findings.map(({ code }) => code)).toEqual(['state_given'])
  })

  test('a scope of the other form is warned about', async () => {
    const { stdout } = await nv([
      'verify',
      '+34600000001',
      '--via',
      'direct',
      '--json',
      '--api-version',
      'v0',
      '--scope',
      'dpv:FraudPreventionAndDetection number-verification:verify',
    ])
    expect((JSON.parse(stdout) as Run).findings.map(({ code }) => code)).toContain('scope_form_v1')
  })
})

test('a verdict that a mock left to chance says so, also under --quiet', async () => {
  const { stdout } = await nv(['verify', '+34600000005', '--via', 'direct', '--quiet'])
  expect(stdout).toMatch(/^(verified|mismatch) {2}this phone's number is .*\(simulated, at random\)\n$/)
})
