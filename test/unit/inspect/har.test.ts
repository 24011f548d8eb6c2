// A HAR becomes a recording; a saved run is diagnosed again, and says what it said then.
import { describe, expect, test } from 'vitest'
import { runVerify, testProfile } from '../../support/flow.ts'
import { codesOf, inspectText } from '../../support/inspect.ts'
import { startTestSimulator } from '../../support/simulator.ts'

const gateway = 'https://gw.example'
const redirect = 'https://app.example/cb'
const start = `${gateway}/authorize?response_type=code&client_id=my-app&scope=dpv%3AA%20number-verification%3Averify&redirect_uri=${encodeURIComponent(redirect)}&state=Zk3u9vRr0aPq`

interface SimpleEntry {
  method?: string
  url: string
  status?: number
  location?: string
  form?: string
  body?: string
  error?: string
  type?: string
  headers?: Record<string, string>
}

const listed = (headers: Record<string, string>) =>
  Object.entries(headers).map(([name, value]) => ({ name, value }))

function har(entries: readonly SimpleEntry[]): string {
  return JSON.stringify({
    log: {
      version: '1.2',
      entries: entries.map(
        (
          {
            method = 'GET',
            url,
            status = 200,
            location,
            form,
            body = '',
            error,
            type = 'text/html',
            headers = {},
          },
          index,
        ) => ({
          startedDateTime: new Date(1_750_000_000_000 + index * 100).toISOString(),
          time: 20,
          request: {
            method,
            url,
            headers: listed({ accept: 'text/html', ...headers }),
            ...(form === undefined ? {} : { postData: { mimeType: 'x', text: form } }),
          },
          response: {
            status: error === undefined ? status : 0,
            headers: listed({
              'content-type': type,
              ...(location === undefined ? {} : { Location: location }),
            }),
            content: { text: body },
            redirectURL: location ?? '',
            ...(error === undefined ? {} : { _error: error }),
          },
        }),
      ),
    },
  })
}

const hop: SimpleEntry = {
  url: start,
  status: 302,
  location:
    'https://operator.example/authorize?response_type=code&client_id=agg&redirect_uri=https%3A%2F%2Fgw.example%2Fback&state=s',
}
const operator: SimpleEntry = {
  url: hop.location ?? '',
  status: 302,
  location: `${redirect}?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3u9vRr0aPq`,
}
const callback: SimpleEntry = { url: operator.location ?? '' }
const token: SimpleEntry = {
  method: 'POST',
  url: `${gateway}/token`,
  form: 'grant_type=authorization_code&code=SplxlOBeZQQYbYS6WxSbIA',
  body: '{"access_token":"a-token-of-theirs-1","token_type":"Bearer","expires_in":300}',
  type: 'application/json',
  headers: { authorization: 'Basic bXktYXBwOmEtc2VjcmV0LTEyMw==' },
}
const api: SimpleEntry = {
  method: 'POST',
  url: `${gateway}/number-verification/v2/verify`,
  form: '{"phoneNumber":"+34600000001"}',
  body: '{"devicePhoneNumberVerified":true}',
  type: 'application/json',
}
const to = (location: string): SimpleEntry => ({ ...operator, location })

const flows: ReadonlyArray<
  readonly [name: string, entries: readonly SimpleEntry[], summary: RegExp, first: string | undefined]
> = [
  [
    'the whole flow',
    [{ url: 'https://app.example/' }, hop, operator, callback, token, api],
    /verified/,
    undefined,
  ],
  [
    'a mismatch',
    [hop, operator, callback, token, { ...api, body: '{"devicePhoneNumberVerified":false}' }],
    /mismatch/,
    undefined,
  ],
  ['a callback without a request of its own', [hop, operator], /it has the code/, undefined],
  ['no API call', [hop, operator, callback, token], /no API request/, undefined],
  [
    'access denied',
    [hop, to(`${redirect}?error=access_denied&state=Zk3u9vRr0aPq`)],
    /step "callback"/,
    'access_denied',
  ],
  ['another state', [hop, to(`${redirect}?code=x1y2z3&state=other`)], /step "callback"/, 'state_differs'],
  ['no state', [hop, to(`${redirect}?code=x1y2z3`)], /step "callback"/, 'state_missing'],
  [
    'behind a #',
    [hop, to(`${redirect}#code=x1y2z3&state=Zk3u9vRr0aPq`)],
    /step "callback"/,
    'response_in_fragment',
  ],
  [
    'another redirect_uri',
    [hop, to('https://app.example/cb/?code=x1y2z3&state=Zk3u9vRr0aPq')],
    /step "authorize"/,
    'response_elsewhere',
  ],
  [
    'an error page',
    [{ url: start, status: 400, body: '<!doctype html><title>Error</title>redirect_uri is not registered' }],
    /step "authorize"/,
    'redirect_uri_refused',
  ],
  [
    'a page that says what to do',
    [
      hop,
      {
        ...operator,
        status: 200,
        location: '',
        body: '<!doctype html><title>Wi-Fi</title>Turn off your Wi-Fi',
      },
    ],
    /step "authorize"/,
    'authorize_page',
  ],
  [
    'an operator that is not found',
    [hop, { url: hop.location ?? '', error: 'net::ERR_NAME_NOT_RESOLVED' }],
    /step "authorize"/,
    'host_not_found',
  ],
  [
    'invalid_client',
    [hop, operator, { ...token, status: 401, body: '{"error":"invalid_client"}' }],
    /step "token"/,
    'invalid_client',
  ],
  [
    'no token',
    [hop, operator, { ...token, body: '<!doctype html><title>x</title>' }],
    /step "token"/,
    'token_unreadable',
  ],
  [
    '403 at the API',
    [
      hop,
      operator,
      token,
      { ...api, status: 403, body: '{"status":403,"code":"PERMISSION_DENIED","message":"no"}' },
    ],
    /step "api"/,
    'permission_denied',
  ],
  [
    'the second attempt counts',
    [
      { ...hop, status: 400 },
      { ...hop, url: start.replace('Zk3', 'Zk4') },
      to(`${redirect}?code=x1y2z3&state=Zk4u9vRr0aPq`),
    ],
    /it has the code/,
    undefined,
  ],
  [
    'a backend alone',
    [token, { ...api, status: 401, body: '{"status":401,"code":"UNAUTHENTICATED","message":"no"}' }],
    /step "api"/,
    'unauthenticated',
  ],
]

describe('a HAR', () => {
  test.each(flows)('%s', async (_, entries, summary, first) => {
    const inspection = await inspectText(har(entries))
    expect(inspection?.kind).toBe('har')
    expect(inspection?.summary).toMatch(summary)
    expect(inspection?.findings.find(({ severity }) => severity === 'error')?.code).toBe(first)
    const shown = JSON.stringify(inspection)
    for (const secret of [
      'SplxlOBeZQQYbYS6WxSbIA',
      'a-token-of-theirs-1',
      'bXktYXBwOmEtc2VjcmV0',
      'a-secret-123',
      '600000001',
    ])
      expect(shown).not.toContain(secret)
    for (const { title, cause, fix } of inspection?.findings ?? [])
      expect(`${title} ${cause} ${fix}`).not.toMatch(/\bnv (sent|asked|continued)|exactly \.|is \. /)
  })

  test('in which nothing of the flow is', async () => {
    expect(await inspectText(har([{ url: 'https://news.example/' }]))).toBeNull()
  })
})

describe('a saved run', () => {
  test.each([
    ['that was verified', {}, []],
    ['that failed at the token', { clientSecret: 'wrong' }, ['invalid_client']],
  ])('%s', async (_, changes, codes) => {
    const simulator = await startTestSimulator()
    const { clientId, clientSecret } = simulator
    const { run } = await runVerify({
      target: testProfile(simulator, { clientId, clientSecret, ...changes }),
    })
    await simulator.close()
    const inspection = await inspectText(JSON.stringify(run))
    expect(inspection?.kind).toBe('run')
    expect(inspection?.findings.map(({ code }) => code)).toEqual(run.findings.map(({ code }) => code))
    expect(codesOf(inspection)).toEqual(codes)
    expect(JSON.stringify(inspection)).not.toContain('600000001')
  })

  test('that lacks what a diagnosis needs is told by its own findings', async () => {
    const findings = [
      {
        code: 'old_code',
        severity: 'error',
        step: 'token',
        title: 'Old',
        cause: 'Then.',
        fix: 'Do.',
        reference: null,
        evidence: [1],
      },
    ]
    const inspection = await inspectText(
      JSON.stringify({ schema: 'nv.run/1', outcome: 'undetermined', findings }),
    )
    expect(inspection?.kind).toBe('run')
    expect(codesOf(inspection)).toEqual(['old_code'])
  })
})

test('a check is told by its own findings', async () => {
  const finding = {
    code: 'invalid_client',
    severity: 'error',
    step: 'token',
    title: 'No',
    cause: 'It is.',
    fix: 'Do.',
    reference: null,
    evidence: [1],
  }
  const check = {
    schema: 'nv.check/1',
    exitCode: 1,
    checks: [{ name: 'credentials', status: 'failed', detail: 'no', finding }],
    findings: [finding],
  }
  const inspection = await inspectText(JSON.stringify(check))
  expect(inspection?.kind).toBe('check')
  expect(codesOf(inspection)).toEqual(['invalid_client'])
  expect(inspection?.facts).toContainEqual({
    name: 'credentials',
    value: 'failed',
    meaning: 'no',
    problem: null,
  })
})
