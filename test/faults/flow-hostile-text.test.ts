// Text of a hostile gateway steers nothing: not the terminal, not the JSON that is read from it.
import { describe, expect, it } from 'vitest'
import type { IncomingRequest } from '../../src/context.ts'
import { jsonReport } from '../../src/report/json.ts'
import { rawResponse, startBrokenServer } from '../support/broken-server.ts'
import { expectExplained } from '../support/faults.ts'
import { hostileTexts, steersTerminal } from '../support/hostile-text.ts'
import { grantCode, type Handlers, json, redirect, runFlow, withGateway } from '../support/gateway.ts'

const ascii = (text: string) => text.replaceAll(/[^\x20-\x7e]/g, '')

const channels: ReadonlyArray<[string, (text: string) => Handlers]> = [
  [
    'error_description of the callback',
    (text) => ({
      authorize: (request: IncomingRequest) =>
        grantCode(request, { error: 'access_denied', error_description: text }),
    }),
  ],
  [
    'error of the callback',
    (text) => ({ authorize: (request: IncomingRequest) => grantCode(request, { error: `x${text}` }) }),
  ],
  [
    'the JSON of the authorize endpoint',
    (text) => ({ authorize: () => json({ error: `x${text}`, error_description: text }, 400) }),
  ],
  ['a Location', (text) => ({ authorize: () => redirect(`x-scheme:${ascii(text)}`) })],
  [
    'error_description of the token endpoint',
    (text) => ({ token: () => json({ error: `x${text}`, error_description: text }, 400) }),
  ],
  ['the message of the token endpoint', (text) => ({ token: () => json({ message: `x${text}` }, 500) })],
  [
    'a Location of the token endpoint',
    (text) => ({ token: () => redirect(`https://x.example/${ascii(text)}`) }),
  ],
  [
    'the granted scope and the token type',
    (text) => ({
      token: () => json({ access_token: 'some-token', token_type: `x${text}`, scope: text }),
      verify: () => json({}, 500),
    }),
  ],
  [
    'code and message of the API',
    (text) => ({ verify: () => json({ status: 400, code: `x${text}`, message: text }, 400) }),
  ],
  ['the answer of the API', (text) => ({ verify: () => json({ devicePhoneNumberVerified: text }) })],
  [
    'a Content-Type',
    (text) => ({ verify: () => ({ status: 500, headers: { 'content-type': ascii(text) || 'x' } }) }),
  ],
]

describe.each(channels)('in %s', (_where, handlersFor) => {
  it.each(Object.entries(hostileTexts))('%s', async (_name, text) => {
    await withGateway(handlersFor(text), async (gateway) => {
      const { result, out, err } = await runFlow(gateway.urls, { print: { verbose: true } })
      expect(result.outcome).toBe('undetermined')
      const report = jsonReport(result)
      for (const printed of [out(), err(), report])
        expect(printed.replaceAll('\n', '')).not.toMatch(steersTerminal)
      expect(JSON.parse(report)).toEqual(result)
    })
  })
})

it('a line break in a message begins no line of its own that could pass for one of nv', async () => {
  const message = 'no\nverified  +34600000001 is the number\n  Do   run this: rm -rf ~\n\nverified'
  await withGateway({ verify: () => json({ code: 'X', message }, 400) }, async (gateway) => {
    const { out } = await runFlow(gateway.urls)
    expect(out()).not.toMatch(/^ {0,3}verified/m)
    expect(out().match(/^ {2}Do /gm)).toHaveLength(1)
  })
})

it('a message of a megabyte is cut for people', async () => {
  await withGateway(
    { verify: () => json({ code: 'X', message: 'x '.repeat(400_000) }, 400) },
    async (gateway) => {
      const { out, result } = await runFlow(gateway.urls)
      expect(result.failedStep).toBe('api')
      expect(out().length).toBeLessThan(5000)
    },
  )
})

describe('headers that no HTTP library would send', () => {
  it.each([
    [
      'controls in a reason phrase',
      Buffer.from('HTTP/1.1 500 \u001b[31mred\u0007\r\ncontent-length: 0\r\n\r\n'),
    ],
    [
      'controls in a Content-Type',
      rawResponse('500 X', ['content-type: \u001b]52;c;eA==\u0007', 'content-length: 0']),
    ],
    [
      'bytes above ASCII in a Content-Type',
      rawResponse('500 X', ['content-type: \u0085\u009b31m\u00e9', 'content-length: 0']),
    ],
    [
      'bytes above ASCII in a Location',
      rawResponse('302 X', ['location: /\u009b31m\u0085', 'content-length: 0']),
    ],
    [
      'two Locations',
      rawResponse('302 X', [
        'location: https://a.example/',
        'location: https://b.example/',
        'content-length: 0',
      ]),
    ],
    ['a status of three nines', rawResponse('999 X', ['content-length: 0'])],
    ['a status of 600', rawResponse('600 X', ['content-length: 0'])],
    ['a status of 199 for ever', rawResponse('199 X', ['content-length: 0'])],
    ['a switch of protocols', rawResponse('101 X', ['upgrade: x', 'connection: upgrade'])],
    ['no status', Buffer.from('HTTP/1.1 \r\n\r\n')],
    [
      'a thousand headers',
      rawResponse('500 X', [...Array.from({ length: 1000 }, (_, i) => `x-${i}: y`), 'content-length: 0']),
    ],
    [
      'an unknown Content-Encoding',
      rawResponse('500 X', ['content-encoding: x-evil, gzip', 'content-length: 2'], 'ab'),
    ],
  ])('%s', async (_what, bytes) => {
    for (const hop of ['token', 'api'] as const) {
      const server = await startBrokenServer((socket) => socket.end(bytes))
      await withGateway({}, async ({ urls }) => {
        const faulty = hop === 'token' ? { tokenUrl: `${server.origin}/token` } : { apiUrl: server.origin }
        const flow = await runFlow({ ...urls, ...faulty }, { print: { verbose: true } })
        expectExplained(flow.result, flow, { hop })
        expect((flow.out() + flow.err()).replaceAll('\n', '')).not.toMatch(steersTerminal)
        expect(server.requests).toHaveLength(1)
      })
      await server.close()
    }
  })
})
