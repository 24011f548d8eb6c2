// Answers that few servers give: the finding claims what was seen of them, and quotes their words first.
import { expect, test } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import { discovery, oauthWellKnown, runDiscovered, wellKnown } from '../support/discovery.ts'
import { type Handlers, json, queryOf, redirect, runFlow, withGateway } from '../support/gateway.ts'

const firstOf = (handlers: Handlers, input: Parameters<typeof runFlow>[1] = {}) =>
  withGateway(handlers, async ({ urls }) => {
    const { result } = await runFlow(urls, input)
    return { result, first: result.findings[0] }
  })

test('words under a 200 without a token are quoted, and no URL is blamed', async () => {
  const { first } = await firstOf({ token: () => json({ error_description: 'client blocked by rules' }) })
  expect(first?.code).toBe('token_unreadable')
  expect(first?.cause).toMatch(/^The server says: "client blocked by rules"/)
  expect(first?.cause).not.toContain('URL is wrong')
})

test('a token that is a number came from the endpoint', async () => {
  const { first } = await firstOf({ token: () => json({ access_token: 12345, token_type: 'Bearer' }) })
  expect(first?.cause).toMatch(/an access_token that is empty or not a string\.$/)
})

test.each(['No se pudo identificar la línea', 'Não foi possível identificar a linha'])(
  'a line that was not identified is no server that is down: %s',
  async (error_description) => {
    const back: RequestHandler = (request) => {
      const query = queryOf(request)
      const parameters = { state: query.get('state') ?? '', error: 'server_error', error_description }
      return redirect(`${query.get('redirect_uri')}?${new URLSearchParams(parameters)}`)
    }
    const { first } = await firstOf({ authorize: back })
    expect(first?.code).toBe('line_not_identified')
  },
)

test('access_denied at the token endpoint says nothing of the line that was not seen', async () => {
  const refusal = json({ error: 'access_denied', error_description: 'SIM swapped recently' }, 400)
  const { first } = await firstOf({ token: () => refusal })
  expect(first?.cause).toMatch(
    /^The server says: "SIM swapped recently" The authorization endpoint had given a code\./,
  )
  expect(first?.cause).not.toContain('was identified')
})

test('an endpoint of a discovery document that is a list is not missing', async () => {
  await withGateway({ [wellKnown]: discovery({ token_endpoint: ['x'] }) }, async (gateway) => {
    const { result } = await runDiscovered(gateway)
    expect(result.findings[0]?.code).toBe('discovery_endpoint')
    expect(result.findings[0]?.cause).toBe('token_endpoint is an array, not an address.')
  })
})

test('a discovery document that redirects to itself is on no other host', async () => {
  const loop = () => redirect(wellKnown)
  await withGateway(
    { [wellKnown]: loop, [oauthWellKnown]: () => redirect(oauthWellKnown) },
    async (gateway) => {
      const { result } = await runDiscovered(gateway)
      expect(result.findings[0]?.code).toBe('discovery_failed')
      expect(result.findings[0]?.cause).not.toContain('on another host')
    },
  )
})

test('an empty discovery document is not one that nv continued with', async () => {
  const empty = () => json({})
  await withGateway({ [wellKnown]: empty, [oauthWellKnown]: empty }, async (gateway) => {
    const { result } = await runDiscovered(gateway)
    expect(result.findings.map(({ code }) => code)).toEqual(['discovery_failed'])
  })
})

test('JSON in place of a redirect is no page for a person', async () => {
  const { first } = await firstOf({ authorize: () => json({ ok: true }) })
  expect(first?.code).toBe('authorize_page')
  expect(`${first?.cause} ${first?.fix}`).not.toMatch(/person|see the page/)
})

test('a page that wants another browser does not point to the registration', async () => {
  const page: RequestHandler = () => ({
    status: 403,
    headers: { 'content-type': 'text/html' },
    body: '<title>Browser required</title><p>Please use a supported browser</p>',
  })
  const { first } = await firstOf({ authorize: page }, { isAsApp: true })
  expect(first?.code).toBe('authorize_refused')
  expect(first?.cause).toContain('about the browser')
  expect(first?.fix).not.toContain('client_id')
})
