// Cookies between the hops of a chain, as a browser would keep them.
import { describe, expect, it } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import { rawResponse, startBrokenServer } from '../support/broken-server.ts'
import { grantCode, redirect, runFlow, withGateway } from '../support/gateway.ts'

/** Sets cookies at /authorize, goes to a path, and gives the Cookie header that arrives there. */
async function cookieAt(path: string, setCookie: string | string[]): Promise<string | undefined> {
  const authorize: RequestHandler = (request) =>
    redirect(`${path}?${request.target.split('?')[1]}`, 302, { 'set-cookie': setCookie })
  return withGateway({ authorize, [path as '/']: (request) => grantCode(request) }, async (gateway) => {
    const { result } = await runFlow(gateway.urls)
    expect(result).toMatchObject({ outcome: 'verified', findings: [] })
    for (const { path: asked, headers } of gateway.requests)
      if (asked !== path) expect(headers.map(([name]) => name)).not.toContain('cookie')
    return gateway.requests
      .find(({ path: asked }) => asked === path)
      ?.headers.find(([name]) => name === 'cookie')?.[1]
  })
}

it.each<[string, string, string | string[], string | undefined]>([
  ['a session cookie', '/inner', 'sid=1', 'sid=1'],
  ['several cookies', '/inner', ['a=1', 'b=2; HttpOnly', 'c=3; SameSite=Lax'], 'a=1; b=2; c=3'],
  ['a cookie that replaces one', '/inner', ['a=1', 'a=2'], 'a=2'],
  ['a Secure cookie, because this is loopback', '/inner', 'sid=1; Secure', 'sid=1'],
  ['a cookie for the path', '/app/inner', 'sid=1; Path=/app', 'sid=1'],
  ['a cookie with a time to live', '/inner', 'sid=1; Max-Age=60', 'sid=1'],
  ['a cookie with odd characters', '/inner', 'sid=a"b,c=d&e', 'sid=a"b,c=d&e'],
  ['no cookie for another path', '/inner', 'sid=1; Path=/app', undefined],
  ['no cookie for a path that only begins like it', '/application', 'sid=1; Path=/app', undefined],
  ['no cookie that has expired', '/inner', 'sid=1; Max-Age=0', undefined],
  ['no cookie with a date in the past', '/inner', 'sid=1; Expires=Thu, 01 Jan 1970 00:00:00 GMT', undefined],
  ['no cookie that was taken back', '/inner', ['sid=1', 'sid=; Max-Age=-1'], undefined],
  ['no cookie for a domain of others', '/inner', 'sid=1; Domain=evil.example', undefined],
  ['no cookie for a top-level domain', '/inner', 'sid=1; Domain=com', undefined],
  ['no cookie from an empty line', '/inner', ['', ';', '=', '; Path=/'], undefined],
])('sends %s', async (_what, path, setCookie, expected) => {
  expect(await cookieAt(path, setCookie)).toBe(expected)
})

it('keeps the cookies of two hosts apart', async () => {
  await withGateway({ '/identify': (request) => grantCode(request) }, async (operator) => {
    const target = new URL(operator.origin)
    target.hostname = 'localhost'
    const authorize: RequestHandler = (request) =>
      redirect(`${operator.origin}/identify?${request.target.split('?')[1]}`, 302, { 'set-cookie': 'sid=1' })
    await withGateway({ authorize }, async (gateway) => {
      const authorizeUrl = gateway.urls.authorizeUrl.replace('127.0.0.1', 'localhost')
      const { result } = await runFlow({ ...gateway.urls, authorizeUrl })
      expect(result.outcome).toBe('verified')
    })
    expect(operator.requests[0]?.headers.map(([name]) => name)).not.toContain('cookie')
  })
})

it('never sends a cookie to the token endpoint or the API', async () => {
  const authorize: RequestHandler = (request) => {
    const answer = grantCode(request)
    return { ...answer, headers: { ...answer.headers, 'set-cookie': 'sid=1; Path=/' } }
  }
  await withGateway({ authorize }, async (gateway) => {
    await runFlow(gateway.urls)
    expect(gateway.requests.flatMap(({ headers }) => headers.map(([name]) => name))).not.toContain('cookie')
  })
})

describe('a hostile Set-Cookie does not stop the chain', () => {
  it.each([
    ['of twelve thousand characters', `sid=${'x'.repeat(12_000)}`],
    ['with bytes above ASCII', 'sid=\u00e9\u00ff'],
    ['with a tab', 'sid=a\tb'],
    ['with a name of a prototype', '__proto__=1; constructor=2'],
    ['with a broken date', 'sid=1; Expires=never; Max-Age=soon; Path; Domain'],
    ['with a thousand attributes', `sid=1${'; x=y'.repeat(1000)}`],
  ])('%s', async (_what, setCookie) => {
    const server = await startBrokenServer((socket) => {
      const query = /\?(\S+)/.exec(server.requests.at(-1) ?? '')?.[1] ?? ''
      const parameters = new URLSearchParams(query)
      const location =
        server.requests.length === 1
          ? `/inner?${query}`
          : `${parameters.get('redirect_uri')}?code=some-code&state=${parameters.get('state')}`
      socket.write(
        rawResponse('302 Found', [`Location: ${location}`, `Set-Cookie: ${setCookie}`, 'content-length: 0']),
      )
    })
    await withGateway({}, async (gateway) => {
      const { result } = await runFlow({ ...gateway.urls, authorizeUrl: `${server.origin}/authorize` })
      expect(result.findings).toEqual([])
      expect(result.outcome).toBe('verified')
      expect(server.requests).toHaveLength(2)
    })
    await server.close()
  })
})
