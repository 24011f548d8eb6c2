// Pasting on a terminal and by lines: every line is recorded, a wrapped address is joined, nv waits on for the rest.
import { createServer } from 'node:net'
import { once } from 'node:events'
import { describe, expect, it } from 'vitest'
import type { Arrive } from '../../src/reach/arrival.ts'
import { EndOfInput, openPaste } from '../../src/reach/inlets/paste.ts'
import { createTestContext } from '../support/context.ts'
import { runFlow, startGateway } from '../support/gateway.ts'

type Recorded = Parameters<Arrive>[0]

const state = 'Zm9vYmFyYmF6cXV4'
const redirectUri = 'https://app.example/callback'

/** Pastes lines, on a terminal or not; gives the callback and what was said and recorded. */
async function paste(lines: string[], isTerminal: boolean) {
  const arrivals: Recorded[] = []
  const refusals: string[] = []
  const { context } = createTestContext({
    isTerminal,
    lines,
    prompt: {
      paste: ({ reject }) => {
        for (const line of lines) {
          const refusal = reject(line)
          if (refusal === null) return Promise.resolve(line)
          refusals.push(refusal)
        }
        return Promise.reject(new EndOfInput())
      },
    },
  })
  const inlet = openPaste(context, {
    redirectUri,
    signal: context.signal,
    arrive: (arrival) => arrivals.push(arrival),
    message: '',
    waiting: () => '',
    refuse: (reason) => refusals.push(reason),
  })
  const parameters = await inlet.expect(state).callback.catch((error: unknown) => error)
  await inlet.close()
  const callback = parameters instanceof URLSearchParams ? Object.fromEntries(parameters) : parameters
  return { callback, arrivals, verdicts: arrivals.map(({ verdict }) => verdict), refusals }
}

describe.each([
  ['on a terminal', true],
  ['by lines', false],
])('%s', (_where, isTerminal) => {
  it('takes the address', async () => {
    const { callback, arrivals } = await paste([`${redirectUri}?code=abc&state=${state}`], isTerminal)
    expect(callback).toEqual({ code: 'abc', state })
    expect(arrivals).toMatchObject([{ via: 'paste', from: null, verdict: 'taken' }])
  })

  it.each([
    ['before a parameter', [`${redirectUri}?code=abc`, `   &state=${state}`]],
    ['behind a &', [`${redirectUri}?code=abc&`, `state=${state}`]],
    ['in the middle of the state', [`${redirectUri}?code=abc&state=${state.slice(0, 5)}`, state.slice(5)]],
    ['in the middle of a name', [`${redirectUri}?state=${state}&co`, 'de=abc']],
    ['twice', [`${redirectUri}?co`, `de=abc&sta`, `te=${state}`]],
  ])('joins an address that was wrapped %s', async (_place, lines) => {
    const { callback, verdicts } = await paste(lines, isTerminal)
    expect(callback).toEqual({ code: 'abc', state })
    expect(verdicts).toHaveLength(lines.length)
    expect(verdicts.at(-1)).toBe('taken')
  })

  it('says what each line is, and waits on for the right one', async () => {
    const { callback, verdicts, refusals } = await paste(
      [
        `https://gateway.example/authorize?response_type=code&client_id=a&state=${state}`,
        'https://operator.example/error?error=invalid_client',
        `${redirectUri}?error=access_denied`,
        'SplxlOBeZQQYbYS6WxSbIA',
        `${redirectUri}?code=abc&state=${state}`,
      ],
      isTerminal,
    )
    expect(callback).toEqual({ code: 'abc', state })
    expect(verdicts).toEqual(['authorize_url', 'error_page', 'state_missing', 'bare_code', 'taken'])
    expect(refusals).toHaveLength(4)
  })

  it('ends with its input', async () => {
    const { callback, verdicts } = await paste(['nonsense', ''], isTerminal)
    expect(callback).toBeInstanceOf(EndOfInput)
    expect(verdicts).toEqual(['not_an_address'])
  })
})

it('does not go on where another program holds the port of the redirect_uri', async () => {
  const gateway = await startGateway()
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const address = other.address()
  const port = typeof address === 'object' ? address?.port : 0
  const { result } = await runFlow(gateway.urls, {
    via: 'paste',
    canPaste: true,
    profile: { redirectUri: `http://127.0.0.1:${port}/callback` },
  })
  expect(result).toMatchObject({ exitCode: 4, exchanges: [], findings: [{ code: 'port_in_use' }] })
  expect(result.findings[0]?.cause).toContain('would deliver the code to that program')
  other.close()
  await gateway.close()
})
