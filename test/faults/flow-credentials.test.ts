// Credentials go to the configured endpoints and nowhere else; server-supplied URLs open nothing.
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openInBrowser } from '../../src/io/browser.ts'
import { parseSettings } from '../../src/settings/settings.ts'
import { secrets } from '../support/flow.ts'
import {
  canary,
  type Gateway,
  json,
  redirect,
  runFlow,
  startGateway,
  startFlow,
  withGateway,
} from '../support/gateway.ts'

let elsewhere: Gateway

beforeAll(async () => {
  elsewhere = await startGateway({ '/token': () => json({ access_token: 'x', token_type: 'Bearer' }) })
})

afterAll(() => elsewhere.close())

describe.each([301, 302, 303, 307, 308])('a %d to another origin', (status) => {
  it('from the token endpoint: the other origin gets nothing', async () => {
    await withGateway({ token: () => redirect(`${elsewhere.origin}/token`, status) }, async (gateway) => {
      const { result } = await runFlow(gateway.urls)
      expect(result).toMatchObject({ exitCode: 3, failedStep: 'token' })
      expect(result.findings[0]?.cause).toContain(elsewhere.host)
      expect(gateway.count('verify')).toBe(0)
    })
    expect(elsewhere.requests).toEqual([])
  })

  it('from the API: the other origin gets nothing', async () => {
    await withGateway({ verify: () => redirect(`${elsewhere.origin}/x`, status) }, async (gateway) => {
      const { result } = await runFlow(gateway.urls)
      expect(result).toMatchObject({ exitCode: 3, failedStep: 'api' })
    })
    expect(elsewhere.requests).toEqual([])
  })
})

it('hops of the chain get no credentials and no number', async () => {
  const hops: string[] = []
  await withGateway({ '/identify': () => ({ status: 404 }) }, async (operator) => {
    await withGateway({ authorize: () => redirect(`${operator.origin}/identify`) }, async (gateway) => {
      await runFlow(gateway.urls)
      hops.push(JSON.stringify([gateway.requests, operator.requests]))
    })
  })
  const seen = hops.join()
  expect(seen).not.toContain('authorization')
  for (const secret of [secrets.clientSecret, canary.accessToken, '600000001'])
    expect(seen).not.toContain(secret)
})

it('the secret goes to the token endpoint only, the access token to the API only', async () => {
  await withGateway({}, async (gateway) => {
    const { result } = await runFlow(gateway.urls)
    expect(result.outcome).toBe('verified')
    const basic = Buffer.from(`test-client:${secrets.clientSecret}`).toString('base64')
    const credentials = gateway.requests.map(({ path, headers, target, body }) => ({
      path,
      hasSecret: JSON.stringify([headers, target, body]).includes(basic),
      hasToken: JSON.stringify([headers, target, body]).includes(canary.accessToken),
    }))
    expect(credentials).toEqual([
      { path: '/authorize', hasSecret: false, hasToken: false },
      { path: '/token', hasSecret: true, hasToken: false },
      { path: '/number-verification/v2/verify', hasSecret: false, hasToken: true },
    ])
  })
})

it('the code is exchanged with the verifier of this run and the redirect_uri of its request', async () => {
  await withGateway({}, async (gateway) => {
    await runFlow(gateway.urls)
    const query = gateway.requests[0]?.query
    const form = new URLSearchParams(gateway.requests[1]?.body)
    const digest = await crypto.subtle.digest(
      'SHA-256',
      new TextEncoder().encode(form.get('code_verifier') ?? ''),
    )
    expect(query?.get('code_challenge')).toBe(Buffer.from(digest).toString('base64url'))
    expect(form.get('redirect_uri')).toBe(query?.get('redirect_uri'))
    expect(form.get('code')).toBe(canary.code)
  })
})

describe('settings', () => {
  const names = ['authorizeUrl', 'tokenUrl', 'apiUrl'] as const

  it.each(names)('refuse %s over plain http to another machine', (name) => {
    for (const url of [
      'http://gateway.example/x',
      'http://192.168.1.1/x',
      'http://127.0.0.1.evil.example/x',
      'http://localhost.evil.example/x',
      'http://[2001:db8::1]/x',
      'HTTP://gateway.example/x',
      'http://0.0.0.0/x',
    ]) {
      expect(() => parseSettings({ [name]: url }, (key) => key)).toThrow()
    }
  })

  it.each(names)('refuse %s that is no URL of a server, or holds credentials', (name) => {
    for (const url of [
      'file:///etc/passwd',
      'javascript:alert(1)',
      'ftp://gateway.example/x',
      'gateway.example/x',
      '//gateway.example/x',
      'https://user:pass@gateway.example/x',
      'https://gateway.example/x#fragment',
      'https://gateway.example/\u001b[31m',
      '',
    ]) {
      expect(() => parseSettings({ [name]: url }, (key) => key)).toThrow()
    }
  })

  it.each(names)('take %s over https, and over plain http to this machine', (name) => {
    for (const url of [
      'https://gateway.example/x',
      'http://127.0.0.1:1/x',
      'http://localhost/x',
      'http://[::1]:1/x',
    ])
      expect(parseSettings({ [name]: url }, (key) => key)).toEqual({ [name]: url })
  })

  it.each(['javascript:alert(1)', 'data:text/html,x', 'file:///x', 'vbscript:x', 'callback', '/callback'])(
    'refuse the redirect_uri %s',
    (redirectUri) => {
      expect(() => parseSettings({ redirectUri }, (key) => key)).toThrow()
    },
  )
})

describe('the opener', () => {
  const desktop = { env: { DISPLAY: ':0' }, platform: 'linux' }

  it.each([
    'javascript:alert(1)',
    'JavaScript:alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'file:///etc/passwd',
    'vbscript:x',
    'ftp://h/x',
    'mailto:a@b',
    'smb://h/x',
    'ms-msdt:/id',
    '--flag',
    '-a Calculator',
    '/usr/bin/true',
    'C:\\Windows\\System32\\calc.exe',
    '$(true)',
    '`true`',
    '"; true; "',
    '',
    ' ',
    'https://',
    'http://[',
    'https://user:password@h/x',
  ])('refuses %j', async (url) => {
    expect(await openInBrowser(url, desktop)).toBe(false)
  })

  it.each([{ SSH_CONNECTION: '1 2 3 4', DISPLAY: ':0' }, { SSH_TTY: '/dev/pts/0', DISPLAY: ':0' }, {}])(
    'hands nothing over where there is no desktop: %j',
    async (env) => {
      expect(await openInBrowser('https://gateway.example/', { env, platform: 'linux' })).toBe(false)
    },
  )

  it('is given the authorize URL with every character that a shell could read encoded', async () => {
    await withGateway({}, async (gateway) => {
      const flow = startFlow(gateway.urls, {
        via: 'browser',
        profile: { redirectUri: null, scope: `openid "$(true)" \`true\` 'x' ; & | < > \\` },
        timeoutMs: 1000,
      })
      await flow.authorizeUrl
      flow.clock.advance(1000)
      await flow.run
      expect(flow.opened).toHaveLength(1)
      expect(flow.opened[0]).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/authorize\?/)
      expect(flow.opened[0]).not.toMatch(/["$`;|<>\\\s]/)
    })
  })
})
