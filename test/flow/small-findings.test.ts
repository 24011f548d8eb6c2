// Findings about what is easily overlooked: an address to listen on as redirect_uri, an error beside a token.
import { expect, test } from 'vitest'
import { inspect } from '../../src/inspect/inspect.ts'
import { json, runFlow, startWaitingFlow, withGateway } from '../support/gateway.ts'

test.each(['0.0.0.0', '[::]'])('a redirect_uri at %s is an address to listen on', (host) =>
  withGateway({}, async ({ urls }) => {
    const { result } = await runFlow(urls, { profile: { redirectUri: `http://${host}:8080/callback` } })

    expect(result.findings.map(({ code }) => code)).toContain('redirect_uri_wildcard')
    expect(result.findings.map(({ code }) => code)).not.toContain('redirect_uri_plain')
  }),
)

test('a redirect_uri at 0.0.0.0 in an authorize URL is found too', async () => {
  const url =
    'https://gw.example/authorize?response_type=code&client_id=a&redirect_uri=http%3A%2F%2F0.0.0.0%2Fcb'
  const found = await inspect(url, { nowMs: 0, keys: [], profile: null })

  expect(found?.findings.map(({ code }) => code)).toContain('redirect_uri_wildcard')
})

test('an error beside an access token is noted, and the flow goes on', () =>
  withGateway(
    { token: () => json({ access_token: 'abc', token_type: 'Bearer', error: 'invalid_scope' }) },
    async ({ urls }) => {
      const { result } = await runFlow(urls)

      expect(result.outcome).toBe('verified')
      expect(result.findings).toContainEqual(
        expect.objectContaining({
          code: 'token_response_irregular',
          cause: 'It has an error (invalid_scope) beside the access_token.',
        }),
      )
    },
  ))

test('a browser that did not start is not looked at', () =>
  withGateway({}, async ({ urls }) => {
    const flow = await startWaitingFlow(urls, { via: 'browser', open: () => false })
    flow.clock.advance(60_000)
    const { findings } = await flow.run

    expect(findings[0]).toMatchObject({
      code: 'callback_timeout',
      cause: expect.stringContaining('No browser could be started') as string,
      fix: expect.not.stringContaining('browser that opened') as string,
    })
  }))
