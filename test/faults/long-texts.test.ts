// A server that says a megabyte: the run ends in time, and what is said of it stays short.
import { describe, expect, it } from 'vitest'
import { jsonReport } from '../../src/report/json.ts'
import type { Run } from '../../src/run/run.ts'
import { discovery, runDiscovered, wellKnown } from '../support/discovery.ts'
import { grantCode, type Handlers, json, runFlow, startWaitingFlow, withGateway } from '../support/gateway.ts'
import { isThorough } from '../support/rounds.ts'

/** Nearly all that nv reads of a body. */
const length = 900_000

const texts: Readonly<Record<string, string>> = {
  'one letter': 'x'.repeat(length),
  words: 'lorem ipsum '.repeat(length / 12),
  'percent signs': '%41'.repeat(length / 3),
  base64: 'QUJD'.repeat(length / 4),
  parameters: '&code=b'.repeat(length / 7),
  'phone numbers': '+34600000001 '.repeat(length / 13),
  'beginnings of JWTs': 'eyJhbGciOiJub25lIn0.eyJhIjoxfQ.'.repeat(length / 31),
  quotes: '"{'.repeat(length / 4),
  escapes: '\\u0041'.repeat(length / 12),
  'more than ASCII': 'é'.repeat(length / 2),
}

/** Measures how long nothing else could happen, in processor time: other programs may keep this one waiting. */
async function measureStandstill<T>(work: () => Promise<T>): Promise<{ result: T; longestMs: number }> {
  let longestMs = 0
  let last = process.cpuUsage().user / 1000
  const look = () => {
    const now = process.cpuUsage().user / 1000
    longestMs = Math.max(longestMs, now - last)
    last = now
  }
  const timer = setInterval(look, 5)
  try {
    const result = await work()
    look()
    return { result, longestMs }
  } finally {
    clearInterval(timer)
  }
}

function expectShort(run: Run): void {
  for (const { title, cause, fix, reference } of run.findings) {
    expect(title.length).toBeLessThan(310)
    for (const text of [cause, fix, reference ?? '']) expect(text.length).toBeLessThan(1010)
  }
  for (const { detail } of run.steps) expect(detail.length).toBeLessThan(1010)
  const { exchanges: _, ...rest } = run
  expect(jsonReport(rest as Run).length).toBeLessThan(40_000)
  // Of a body the beginning is kept, and JSON may need six characters for one.
  expect(jsonReport(run).length).toBeLessThan(600_000)
}

const channels: Readonly<Record<string, (text: string) => Handlers>> = {
  'the description of the token endpoint': (text) => ({
    token: () => json({ error: 'invalid_client', error_description: text }, 400),
  }),
  'the error of the token endpoint': (text) => ({ token: () => json({ error: text }, 400) }),
  'the granted scope': (text) => ({
    token: () => json({ access_token: 'an-access-token', token_type: 'Bearer', scope: text }),
  }),
  'the message of the API': (text) => ({
    verify: () => json({ status: 400, code: 'X', message: text }, 400),
  }),
  'the code of the API': (text) => ({ verify: () => json({ code: text }, 400) }),
  'an error page': (text) => ({
    authorize: () => ({
      status: 400,
      headers: { 'content-type': 'text/html' },
      body: `<title>${text}</title><p>${text.slice(0, 1000)}`,
    }),
  }),
  'the callback': (text) => ({
    authorize: (request) => grantCode(request, { error: 'x', error_description: text.slice(0, 4000) }),
  }),
}

/** Every third text in turn, so that each one comes through two channels at least; all of them where there is time. */
const textsOf = (where: string) => {
  const first = Object.keys(channels).indexOf(where)
  return Object.entries(texts).filter((_, index) => isThorough || (index + first) % 3 === 0)
}

describe.each(Object.entries(channels))('%s', (where, handlersFor) => {
  it.each(textsOf(where))('of %s', async (_what, text) => {
    await withGateway(handlersFor(text), async ({ urls }) => {
      const { result, longestMs } = await measureStandstill(async () => (await runFlow(urls)).result)
      expectShort(result)
      expect(longestMs).toBeLessThan(2500)
    })
  })
})

it.each(['scopes_supported', 'issuer', 'authorization_endpoint', 'grant_types_supported'])(
  'a discovery document with a long %s',
  async (name) => {
    const long = 'a '.repeat(300_000)
    const value = name.endsWith('supported') ? long.split(' ') : `https://a.example/${'a'.repeat(600_000)}`
    await withGateway({ [wellKnown]: discovery({ [name]: value }) }, async (gateway) => {
      expectShort((await runDiscovered(gateway)).result)
    })
  },
)

it('a pasted line of half a megabyte', async () => {
  await withGateway({}, async ({ urls }) => {
    const parameters = Array.from({ length: 20_000 }, (_, i) => `parameter${i}=x`).join('&')
    const line = `https://app.example/callback?error=e&error_description=${'x '.repeat(100_000)}&${parameters}`
    const run = startWaitingFlow(urls, {
      via: 'paste',
      canPaste: true,
      profile: { redirectUri: 'https://app.example/callback' },
      lines: [line],
    })
    expectShort(await (await run).run)
  })
})
