// What direct never requests: the app's own server, and whatever else a live code would be sent to by mistake.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { OutgoingResponse, RequestHandler } from '../../src/context.ts'
import { ways } from '../../src/reach/ways.ts'
import type { Brought, WayTools } from '../../src/reach/way.ts'
import type { Sent } from '../../src/wire/exchange.ts'
import { type Gateway, queryOf, redirect, startGateway } from '../support/gateway.ts'

const state = 'state-of-this-attempt'
type Recorded = Parameters<WayTools['arrive']>[0]

interface Followed {
  brought: Brought
  requested: string[]
  arrivals: Recorded[]
}

/** Follows the chain from a gateway by real requests. */
async function follow(authorizeUrl: string, redirectUri: string): Promise<Followed> {
  const requested: string[] = []
  const arrivals: Recorded[] = []
  const query = new URLSearchParams({ redirect_uri: redirectUri, state })
  const tools: Partial<WayTools> = {
    redirectUri,
    state,
    get: async (url, headers) => {
      requested.push(url)
      return send(url, headers)
    },
    arrive: (arrival) => arrivals.push(arrival),
    open: () => Promise.reject(new Error('Nothing was to be opened')),
    show: () => {
      throw new Error('Nothing was to be shown')
    },
  }
  const brought = await ways.direct.bring(`${authorizeUrl}?${query}`, tools as WayTools)
  return { brought, requested, arrivals }
}

async function send(url: string, headers: Record<string, string>): Promise<Sent> {
  const timings = { resolvedMs: null, connectedMs: null, securedMs: null, firstByteMs: null, endedMs: 0 }
  const request = { method: 'GET', url, headers: [], body: null }
  try {
    const response = await fetch(url, { headers, redirect: 'manual' })
    const text = await response.text()
    const body = { text, byteLength: text.length, isCut: false }
    const received = { status: response.status, headers: [...response.headers], body }
    return { request, response: received, failure: null, timings, connection: null }
  } catch {
    const failure = { code: 'ECONNREFUSED', phase: 'connect', message: '' } as const
    return { request, response: null, failure, timings, connection: null }
  }
}

/** The servers of the chain: the gateway, an operator behind it, and the app at the redirect_uri. */
let gateway: Gateway
let operator: Gateway
let app: Gateway
let answer: (query: URLSearchParams) => OutgoingResponse

const answerAuthorize: RequestHandler = (request) => answer(queryOf(request))

beforeAll(async () => {
  app = await startGateway()
  operator = await startGateway()
})

beforeEach(async () => {
  app.requests.length = 0
  operator.requests.length = 0
  gateway = await startGateway({ authorize: answerAuthorize })
})

afterEach(() => gateway.close())
afterAll(() => Promise.all([app.close(), operator.close()]))

const response = `code=live-code&state=${state}`
const port = (server: Gateway) => new URL(server.origin).port

describe('the chain ends before', () => {
  it.each<[string, (redirectUri: string) => string]>([
    ['a slash at the end', (uri) => `${uri}/?${response}`],
    ['a doubled slash', (uri) => `${uri.replace('/callback', '//callback')}?${response}`],
    ['an encoded slash', (uri) => `${uri}%2F?${response}`],
    ['a path in other letters', (uri) => `${uri.replace('/callback', '/Callback')}?${response}`],
    ['a path before', (uri) => `${uri.replace('/callback', '/oauth/callback')}?${response}`],
    ['a path behind', (uri) => `${uri}/done?${response}`],
    ['another path', (uri) => `${new URL(uri).origin}/?${response}`],
    ['no response at all', (uri) => `${new URL(uri).origin}/error`],
    ['an error', (uri) => `${uri}/?error=access_denied&state=${state}`],
    ['an error without a state', (uri) => `${uri}/?error=access_denied`],
    ['another state', (uri) => `${uri}/?code=live-code&state=of-another`],
    ['the response behind a #', (uri) => `${uri}/#${response}`],
    ['another name of this machine', (uri) => `${uri.replace('127.0.0.1', 'localhost')}?${response}`],
    ['TLS on its port', (uri) => `${uri.replace('http:', 'https:')}?${response}`],
    ['a user name', (uri) => `${uri.replace('//', '//user@')}?${response}`],
  ])("the app's own server, with %s", async (_what, locate) => {
    const redirectUri = `${app.origin}/callback`
    answer = () => redirect(locate(redirectUri))
    const { brought, requested } = await follow(gateway.urls.authorizeUrl, redirectUri)
    expect(brought).toEqual({ lacks: 'redirect' })
    expect(requested).toHaveLength(1)
    expect(app.requests).toEqual([])
  })

  it.each([
    ['with www.', `https://www.app.example/callback?${response}`],
    ['on another port', `https://app.example:8443/callback?${response}`],
    ['without TLS', `http://app.example/callback?${response}`],
    ['on another path', `https://app.example/?${response}`],
    ['after a second ?', `https://app.example/callback?other=1?${response}`],
  ])('the host of the redirect_uri %s', async (_what, location) => {
    answer = () => redirect(location)
    const { brought, requested } = await follow(
      gateway.urls.authorizeUrl,
      'https://app.example/callback?tenant=1',
    )
    expect([brought, requested.length]).toEqual([{ lacks: 'redirect' }, 1])
  })

  it.each<[string, string, string]>([
    ['another program on this machine', 'https://app.example/callback', '/callback'],
    ['this machine, at another path', 'https://app.example/callback', '/elsewhere'],
    ['a server that no hop was on', 'https://app.example/oauth', '/elsewhere'],
  ])('%s that would get our response', async (_what, redirectUri, path) => {
    answer = () => redirect(`${operator.origin}${path}?${response}`)
    const { brought } = await follow(gateway.urls.authorizeUrl, redirectUri)
    expect(brought).toEqual({ lacks: 'redirect' })
    expect(operator.requests).toEqual([])
  })

  it("its own server, from an inner hop, where the gateway is this machine's too", async () => {
    const redirectUri = `http://localhost:${port(app)}/callback`
    answer = () => redirect(`${operator.origin}/authorize?redirect_uri=${app.origin}/other&state=inner`)
    const { brought, requested } = await follow(gateway.urls.authorizeUrl, redirectUri)
    expect([brought, requested.length]).toEqual([{ lacks: 'redirect' }, 2])
    expect(app.requests).toEqual([])
  })
})

describe('the chain goes on to', () => {
  const redirectUri = 'https://app.example/callback'
  const end = () => redirect(`${redirectUri}?${response}`)

  it("the aggregator's callback, with our state and a code of its own", async () => {
    const back = () => `${gateway.origin}/authorize?step=2&code=inner&state=${state}`
    answer = (query) => {
      if (query.get('step') === '2') return end()
      return redirect(
        `${operator.origin}/authorize?redirect_uri=${encodeURIComponent(back())}&state=${state}`,
      )
    }
    const { brought, requested } = await follow(gateway.urls.authorizeUrl, redirectUri)
    expect(brought).toMatchObject({ detail: 'followed 3 redirects to the redirect_uri' })
    expect(requested).toHaveLength(3)
  })

  it("a gateway that lives on the redirect_uri's origin, but not to the redirect_uri", async () => {
    const own = `${gateway.origin}/callback`
    answer = (query) =>
      redirect(query.has('step') ? `${own}?${response}` : `/authorize?step=2&code=inner&state=${state}`)
    expect((await follow(gateway.urls.authorizeUrl, own)).requested).toHaveLength(2)
    expect(gateway.count('/callback')).toBe(0)
    answer = () => redirect(`${own}/?${response}`)
    expect((await follow(gateway.urls.authorizeUrl, own)).brought).toEqual({ lacks: 'redirect' })
    expect(gateway.count('/callback/')).toBe(0)
  })
})

describe('what came back is recorded', () => {
  const redirectUri = 'https://app.example/callback'
  const arrivalOf = async (location: string) => {
    answer = () => redirect(location)
    const { brought, arrivals } = await follow(gateway.urls.authorizeUrl, redirectUri)
    expect(arrivals).toHaveLength(1)
    return { brought, arrival: arrivals[0] }
  }

  it.each([
    ['the callback', `?${response}`, 'taken', 'ours'],
    ['an error', `?error=access_denied&state=${state}`, 'taken', 'ours'],
    ['an error without a state', '?error=access_denied', 'state_missing', 'missing'],
    ['another state', '?code=x&state=other', 'state_differs', 'other'],
    ['two states', `?code=x&state=${state}&state=${state}`, 'state_doubled', 'doubled'],
  ])('%s, and handed over', async (_what, query, verdict, whose) => {
    const { brought, arrival } = await arrivalOf(redirectUri + query)
    expect(arrival).toMatchObject({ via: 'direct', from: null, verdict, what: { state: whose } })
    expect(arrival?.what).toMatchObject({ kind: 'address', host: 'app.example', path: '/callback' })
    expect(brought).toMatchObject({ callback: new URLSearchParams(query.slice(1)) })
    expect(JSON.stringify(arrival)).not.toMatch(/live-code|state-of-this-attempt/)
  })

  it('the words of an error', async () => {
    const { arrival } = await arrivalOf(
      `${redirectUri}?error=access_denied&error_description=Line+not+found&error_uri=https://a.example/e&iss=i`,
    )
    expect(arrival?.what).toMatchObject({
      error: 'access_denied',
      errorDescription: 'Line not found',
      errorUri: 'https://a.example/e',
      issuer: 'i',
    })
  })

  it('a response behind a #', async () => {
    const { brought, arrival } = await arrivalOf(`${redirectUri}#${response}`)
    expect(arrival).toMatchObject({ verdict: 'no_parameters', what: { isInFragment: true, state: 'ours' } })
    expect(brought).toMatchObject({ callback: new URLSearchParams() })
  })

  it.each([
    [
      'POST',
      'in quotes',
      `<form method="post" action="${redirectUri}"><input type="hidden" name="code" value="live-code"/><input name="state" value="${state}"></form>`,
    ],
    [
      'POST',
      'without quotes',
      `<FORM ACTION=${redirectUri} METHOD=POST><input name=code value=live-code><input value=${state} name=state>`,
    ],
  ])('a form (%s) that a page posts to the redirect_uri, %s', async (method, _how, form) => {
    answer = () => ({
      status: 200,
      headers: { 'content-type': 'text/html' },
      body: `<html><body onload="document.forms[0].submit()">${form}</body></html>`,
    })
    const { brought, arrivals } = await follow(gateway.urls.authorizeUrl, redirectUri)
    expect(brought).toEqual({ lacks: 'redirect' })
    expect(arrivals).toMatchObject([
      {
        verdict: 'wrong_method',
        what: {
          method,
          host: 'app.example',
          state: 'ours',
          parameters: expect.arrayContaining(['code', 'state']),
        },
      },
    ])
  })

  it('a page with a form of its own is none of it', async () => {
    answer = () => ({
      status: 200,
      body: '<form method="post" action="/login"><input name="user"><input name="state" value="x"></form>',
    })
    const { brought, arrivals } = await follow(gateway.urls.authorizeUrl, redirectUri)
    expect([brought, arrivals]).toEqual([{ lacks: 'redirect' }, []])
  })
})
