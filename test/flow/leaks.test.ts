// Nothing leaks: secrets appear in no output, in no common encoding, not even when a hostile server hands them back.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { IncomingRequest, OutgoingResponse } from '../../src/context.ts'
import { maskPhoneNumber } from '../../src/camara/phone-number.ts'
import { jsonReport } from '../../src/report/json.ts'
import type { Run } from '../../src/run/run.ts'
import { encodings, expectNoCanary } from '../support/canaries.ts'
import { everyReport } from '../support/every-report.ts'
import { secrets } from '../support/flow.ts'
import {
  bringCallback,
  canary,
  type FlowOptions,
  type Gateway,
  grantCode,
  json,
  queryOf,
  redirect,
  runFlow,
  type StartedFlow,
  startWaitingFlow,
  withGateway,
} from '../support/gateway.ts'

const phoneNumber = '+34600123456'
const clientSecret = 'canary secret+with/odd&"chars"='
/** Of five parts, as an encrypted one: nobody can read its nonce, and the flow goes on. */
const idToken = ['{"alg":"dir"}', '{"sub":"canary-subject"}', 'canary-iv', 'canary-text', 'canary-tag']
  .map((part) => Buffer.from(part).toString('base64url'))
  .join('.')
const refreshToken = 'canary-refresh-token-Vb5'
const tokens = {
  access_token: canary.accessToken,
  token_type: 'Bearer',
  expires_in: 300,
  id_token: idToken,
  refresh_token: refreshToken,
}
const options: FlowOptions = {
  phoneNumber,
  print: { verbose: true },
  profile: {
    clientSecret,
    loginHint: 'tel',
    scope: 'openid dpv:FraudPreventionAndDetection number-verification:verify',
  },
}

/** Everything that is signed: an assertion, a request object, proofs. */
const signing: FlowOptions = {
  ...options,
  profile: {
    ...options.profile,
    authMethod: 'private_key_jwt',
    key: String(
      generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'sec1', format: 'pem' }),
    ),
    usesRequestObject: true,
    usesDpop: true,
  },
}

/** Everything that the gateway has learned by now: from a request, its headers, and what it handed out itself. */
function learned(request: IncomingRequest, gateway: Gateway, isTokenGiven: boolean): string[] {
  const header = (wanted: string) => request.headers.find(([name]) => name === wanted)?.[1] ?? ''
  const authorization = header('authorization')
  const earlier = gateway.requests.flatMap(({ query, body }) => [
    ...query.values(),
    ...new URLSearchParams(body).values(),
  ])
  // A token is known to nv, so that it could be taken out, only once it was handed out.
  const own = request.target.includes('/verify') || isTokenGiven ? Object.values(tokens) : []
  const values = [
    ...earlier,
    authorization,
    authorization.split(' ')[1] ?? '',
    header('dpop'),
    ...own.map(String),
    canary.code,
    clientSecret,
  ]
  return [...new Set([...values, phoneNumber, phoneNumber.slice(1)])].filter(
    (value) => value.length > 8 && !value.includes('dpv:'),
  )
}

/** The secrets of a run, as far as it came. */
function secretsOf({ requests }: Gateway): string[] {
  const form = new URLSearchParams(requests.find(({ path }) => path === '/token')?.body)
  const query = requests.find(({ path }) => path === '/authorize')?.query
  const fields = ['code_verifier', 'code', 'client_assertion']
  const values = [
    ...['state', 'nonce', 'request'].map((name) => query?.get(name)),
    ...fields.map((name) => form.get(name)),
    ...requests.flatMap(({ headers }) =>
      headers.flatMap(([name, value]) => (name === 'dpop' ? [value] : [])),
    ),
  ]
  const basic = Buffer.from(`test-client:${new URLSearchParams([['', clientSecret]]).toString().slice(1)}`)
  return [
    ...values,
    ...Object.values(tokens).filter((value) => typeof value === 'string' && value !== 'Bearer'),
  ]
    .concat([
      clientSecret,
      ...Object.values(secrets),
      basic.toString('base64'),
      phoneNumber.slice(1),
      phoneNumber.slice(3),
    ])
    .filter((value): value is string => typeof value === 'string' && value !== '')
}

function expectNoLeak(gateway: Gateway, flow: Pick<StartedFlow, 'out' | 'err'>, run: Run): void {
  const report = jsonReport({ ...run, phoneNumber: null })
  const answer = flow
    .out()
    .replaceAll(`number is ${phoneNumber}`, '')
    .replaceAll(`number is not ${phoneNumber}`, '')
  for (const output of [flow.err(), answer, report, ...everyReport(run)])
    expectNoCanary(output, secretsOf(gateway))
}

type Reflect = (request: IncomingRequest, text: string) => OutgoingResponse

const inHeader = (text: string) => text.replaceAll(/[^\x20-\x7e]|"/g, '')
const header = (text: string) => ({ 'content-type': `text/plain; x="${inHeader(text)}"` })
const reflections: ReadonlyArray<[string, '/authorize' | '/token' | '/verify', Reflect]> = [
  ['the body of an error page', '/authorize', (_, text) => ({ status: 400, body: text })],
  [
    'the message of an error page',
    '/authorize',
    (_, text) => json({ error: text, error_description: text, message: text }, 400),
  ],
  ['headers of a page', '/authorize', (_, text) => ({ status: 200, headers: header(text) })],
  [
    'a Location that leads nowhere',
    '/authorize',
    (_, text) => redirect(`x-scheme://h/${encodeURI(text)}?${encodeURI(text)}`),
  ],
  ['a Location that is no URL', '/authorize', (_, text) => redirect(`http://[${encodeURI(text)}`)],
  [
    'error_description',
    '/authorize',
    (request, text) => grantCode(request, { error: 'access_denied', error_description: text }),
  ],
  ['error', '/authorize', (request, text) => grantCode(request, { error: text.slice(0, 2000) })],
  [
    'a Location and a Content-Type on the way',
    '/authorize',
    (request, text) => {
      const answer = grantCode(request, { echo: text, code: canary.code })
      return { ...answer, headers: { ...answer.headers, ...header(text) } }
    },
  ],
  [
    'error_description',
    '/token',
    (_, text) => json({ error: 'invalid_grant', error_description: text }, 400),
  ],
  ['error', '/token', (_, text) => json({ error: text }, 400)],
  ['message and code', '/token', (_, text) => json({ code: text, message: text }, 401)],
  [
    'a Location',
    '/token',
    (_, text) => redirect(`https://elsewhere.example/${encodeURI(text)}?x=${encodeURI(text)}`, 307),
  ],
  [
    'scope and headers of the token itself',
    '/token',
    (_, text) => json({ ...tokens, scope: text }, 200, header(text)),
  ],
  ['token_type', '/token', (_, text) => json({ ...tokens, token_type: text })],
  ['message and code', '/verify', (_, text) => json({ status: 403, code: text, message: text }, 403)],
  [
    'message under a known code',
    '/verify',
    (_, text) => json({ status: 400, code: 'INVALID_ARGUMENT', message: text }, 400),
  ],
  ['headers', '/verify', (_, text) => json({ devicePhoneNumberVerified: true }, 200, header(text))],
  ['a Location', '/verify', (_, text) => redirect(`/x/${encodeURI(text)}`, 302, header(text))],
  [
    'the correlator',
    '/verify',
    (_, text) => json({ devicePhoneNumberVerified: true }, 200, { 'x-correlator': inHeader(text) }),
  ],
  ['the correlator', '/token', (_, text) => json(tokens, 200, { 'x-correlator': inHeader(text) })],
  [
    'the name of a cookie',
    '/authorize',
    (request, text) => {
      const answer = grantCode(request)
      const cookie = `${encodeURIComponent(text)}=; Path=/`
      return { ...answer, headers: { ...answer.headers, 'set-cookie': cookie } }
    },
  ],
]

describe.each(reflections)('handed back in %s by %s', (_what, path, reflect) => {
  it.each(encodings.map((encode, index) => [index, encode] as const))(
    'in encoding %d, nothing of it is shown',
    async (_index, encode) => {
      let gateway: Gateway | undefined
      const handler = (request: IncomingRequest) => {
        const values = gateway
          ? learned(request, gateway, path === '/token' && reflect(request, '').status === 200)
          : []
        return reflect(request, values.map((value) => `<${encode(value)}>`).join(' '))
      }
      const endpoint = path === '/verify' ? 'verify' : path
      await withGateway({ '/token': () => json(tokens), [endpoint]: handler }, async (started) => {
        gateway = started
        const flow = await runFlow(started.urls, options)
        expect(started.requests.length).toBeGreaterThan(0)
        expectNoLeak(started, flow, flow.result)
      })
    },
  )
})

/** Grants a code as a server does that reads the request object. */
function grantSigned(request: IncomingRequest): OutgoingResponse {
  const payload = queryOf(request).get('request')?.split('.')[1] ?? ''
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Record<string, string>
  return grantCode({ ...request, target: `/authorize?${new URLSearchParams(claims)}` })
}

describe.each(
  reflections.filter(([what, path]) => path !== '/authorize' || what === 'the message of an error page'),
)('what is signed, handed back in %s by %s', (_what, path, reflect) => {
  it.each(encodings.map((encode, index) => [index, encode] as const))(
    'in encoding %d, is not shown',
    async (_index, encode) => {
      let gateway: Gateway | undefined
      const handler = (request: IncomingRequest) => {
        const values = gateway
          ? learned(request, gateway, path === '/token' && reflect(request, '').status === 200)
          : []
        return reflect(request, values.map((value) => `<${encode(value)}>`).join(' '))
      }
      const endpoint = path === '/verify' ? 'verify' : path
      const token = () => json({ ...tokens, token_type: 'DPoP' })
      await withGateway({ authorize: grantSigned, '/token': token, [endpoint]: handler }, async (started) => {
        gateway = started
        const flow = await runFlow(started.urls, signing)
        expect(started.requests.length).toBeGreaterThan(0)
        expectNoLeak(started, flow, flow.result)
      })
    },
  )
})

describe('a run that succeeds', () => {
  it('directly, verbose', async () => {
    await withGateway({ token: () => json(tokens) }, async (gateway) => {
      const flow = await runFlow(gateway.urls, options)
      expect(flow.result.outcome).toBe('verified')
      expect(flow.err()).toContain('GET http')
      expectNoLeak(gateway, flow, flow.result)
    })
  })

  it('with the secret in the body, verbose', async () => {
    await withGateway({ token: () => json(tokens) }, async (gateway) => {
      const profile = { ...options.profile, authMethod: 'client_secret_post' as const }
      const flow = await runFlow(gateway.urls, { ...options, profile })
      expect(flow.result.outcome).toBe('verified')
      expectNoLeak(gateway, flow, flow.result)
    })
  })

  it('with an assertion, a request object and proofs, verbose', async () => {
    const token = () => json({ ...tokens, token_type: 'DPoP' })
    await withGateway({ authorize: grantSigned, token }, async (gateway) => {
      const flow = await runFlow(gateway.urls, signing)
      expect(flow.result.outcome).toBe('verified')
      expect(secretsOf(gateway).filter((secret) => secret.startsWith('eyJ')).length).toBeGreaterThanOrEqual(4)
      expectNoLeak(gateway, flow, flow.result)
    })
  })

  it('by QR code: the URL to open is the only place of the state and the number', async () => {
    await withGateway({ token: () => json(tokens) }, async (gateway) => {
      const flow = await startWaitingFlow(gateway.urls, options)
      await fetch(`${flow.redirectUri}?code=forged&state=forged`)
      await bringCallback(flow)
      const run = await flow.run
      expect(run.outcome).toBe('verified')
      const url = await flow.authorizeUrl
      expect(flow.err().split(url)).toHaveLength(2)
      expectNoLeak(gateway, { out: flow.out, err: () => flow.err().replace(url, '') }, run)
      const { state, nonce } = Object.fromEntries(new URL(url).searchParams)
      for (const secret of [state, nonce])
        expect(flow.err().replace(url, '') + JSON.stringify(run)).not.toContain(secret)
    })
  })

  it('with the number hashed: the hash is no more shown than the number', async () => {
    const hash = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(phoneNumber))).toString('hex')
    const verify = (request: IncomingRequest) => {
      expect(request.body).toContain(hash)
      return json({ status: 400, code: 'INVALID_ARGUMENT', message: `Unknown hash ${hash}` }, 400)
    }
    await withGateway({ verify }, async (gateway) => {
      const { result, err, out } = await runFlow(gateway.urls, { ...options, isHashed: true })
      expect(result.failedStep).toBe('api')
      expect(JSON.stringify(result) + err() + out()).not.toContain(hash)
    })
  })
})

it('an access token in place of the answer is not shown, not even its beginning', async () => {
  const accessToken = `long-canary-token-${'0123456789'.repeat(8)}`
  const verify = () => json({ devicePhoneNumberVerified: accessToken })
  const token = () => json({ ...tokens, access_token: accessToken })
  await withGateway({ token, verify }, async (gateway) => {
    const { result, err, out } = await runFlow(gateway.urls, options)
    expect(result.findings[0]?.code).toBe('api_unreadable')
    expect(JSON.stringify(result) + err() + out()).not.toContain('long-canary')
  })
})

it('the number is whole in phoneNumber, and masked wherever else it would be', async () => {
  const hop = (request: IncomingRequest) => {
    const query = queryOf(request)
    return query.has('hop')
      ? grantCode(request)
      : redirect(`${request.target}&hop=1&msisdn=34611222333&next=tel%3A%2B34611222333`)
  }
  await withGateway({ authorize: hop }, async (gateway) => {
    const { result } = await runFlow(gateway.urls, options)
    expect(result.phoneNumber).toBe(phoneNumber)
    expect(result.exchanges[0]?.request.url).toContain(
      `login_hint=tel%3A%2B${maskPhoneNumber(phoneNumber).slice(1)}`,
    )
    expect(JSON.stringify(result.exchanges[0]?.response?.headers)).toContain('msisdn=34*******33')
    expect(JSON.stringify(result)).not.toContain('611222333')
  })
})

it('the codes and states of inner hops are not shown, whatever parameter of a URL holds them', async () => {
  const authorize = (request: IncomingRequest) => {
    const query = queryOf(request)
    if (query.has('hop')) return grantCode(request)
    const inner = encodeURIComponent('https://aggregator.example/callback?code=inner-code&state=inner-state')
    return redirect(`${request.target}&hop=1&continue=${inner}#access_token=inner-token`)
  }
  await withGateway({ authorize }, async (gateway) => {
    const { result, err } = await runFlow(gateway.urls, options)
    expect(result.outcome).toBe('verified')
    expect(JSON.stringify(result) + err()).not.toMatch(/inner-(code|state|token)/)
  })
})

it('state, verifier and nonce are separate values of 256 bits, new in each run', async () => {
  const seen: string[] = []
  for (let i = 0; i < 20; i++) {
    await withGateway({ token: () => json(tokens) }, async (gateway) => {
      await runFlow(gateway.urls, options)
      const query = gateway.requests[0]?.query
      const form = new URLSearchParams(gateway.requests.find(({ path }) => path === '/token')?.body)
      seen.push(query?.get('state') ?? '', query?.get('nonce') ?? '', form.get('code_verifier') ?? '')
    })
  }
  expect(new Set(seen).size).toBe(60)
  for (const value of seen) expect(Buffer.from(value, 'base64url').length).toBeGreaterThanOrEqual(32)
})
