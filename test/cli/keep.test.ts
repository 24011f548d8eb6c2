// nv verify --keep: one verdict for each phone that comes, a new state each time, and a sum at the end.
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import type { Context } from '../../src/context.ts'
import { Cancelled } from '../../src/errors.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, type TestContextOptions } from '../support/context.ts'
import { type Gateway, grantCode, type Handlers, json, redirect, startGateway } from '../support/gateway.ts'
import { freePort } from '../support/ports.ts'

let gateway: Gateway
/** What the gateway answers next. */
let answers: Handlers

beforeEach(async () => {
  answers = {}
  gateway = await startGateway({
    authorize: (request) => answers.authorize?.(request) ?? grantCode(request),
    verify: (request) => answers.verify?.(request) ?? json({ devicePhoneNumberVerified: true }),
  })
})
afterEach(() => gateway.close())

/** Starts the command; each link that it shows can be waited for. */
async function start(args: readonly string[], options: TestContextOptions = {}) {
  const redirectUri = `http://127.0.0.1:${await freePort()}/callback`
  const env = {
    NV_AUTHORIZE_URL: gateway.urls.authorizeUrl,
    NV_TOKEN_URL: gateway.urls.tokenUrl,
    NV_API_URL: gateway.urls.apiUrl,
    NV_CLIENT_ID: 'test-client',
    NV_CLIENT_SECRET: 'canary-client-secret-Zx9',
    NV_REDIRECT_URI: redirectUri,
  }
  const test = createTestContext({ env, ...options })
  const links: string[] = []
  let tell = () => {}
  const { err } = test.context
  const watched: Context = {
    ...test.context,
    err: {
      isTerminal: err.isTerminal,
      columns: err.columns,
      rows: err.rows,
      write: (text) => {
        err.write(text)
        links.push(...(text.match(/http:\/\/\S+\/authorize\?\S+/g) ?? []))
        tell()
      },
    },
  }
  const link = async (number: number): Promise<string> => {
    while (links.length < number) await new Promise<void>((resolve) => (tell = resolve))
    return links[number - 1] ?? ''
  }
  const ended = runProgram(watched, ['verify', '+34600000001', '--via', 'qr', '--keep', ...args])
  return { ...test, link, ended }
}

const open = (url: string) =>
  fetch(url, { headers: { 'user-agent': 'Mozilla/5.0 (Linux; Android 14) Mobile' } })
const stateOf = (url: string) => new URL(url).searchParams.get('state')

/** Takes one phone after the other through the flow, and then presses Ctrl-C. */
async function takePhones(
  args: readonly string[],
  phones: readonly Handlers[],
  options?: TestContextOptions,
) {
  const nv = await start(args, options)
  const links: string[] = []
  for (const [index, handlers] of phones.entries()) {
    answers = handlers
    links.push(await nv.link(index + 1))
    await open(links.at(-1) ?? '')
  }
  links.push(await nv.link(phones.length + 1))
  nv.interrupt(new Cancelled())
  return { ...nv, links, exitCode: await nv.ended }
}

const good: Handlers = {}
const bad: Handlers = { verify: () => json({ devicePhoneNumberVerified: false }) }
const refused: Handlers = {
  authorize: (request) => {
    const query = new URL(request.target, 'http://x').searchParams
    const back = new URLSearchParams({ error: 'access_denied', state: query.get('state') ?? '' })
    return redirect(`${query.get('redirect_uri')}?${back}`)
  },
}

describe('the sum, and the exit code', () => {
  test.each([
    ['all verified', [good, good], '2 verified', 0],
    ['one mismatched', [good, bad, good], '2 verified, 1 mismatch', 1],
    ['one could not tell', [good, refused], '1 verified, 1 could not tell', 3],
    ['a mismatch is an answer, and outranks what is none', [refused, bad], '1 mismatch, 1 could not tell', 1],
    ['nothing came back', [], 'Nothing came back', 130],
  ])('%s', async (_what, phones, sum, exitCode) => {
    const { out, exitCode: given } = await takePhones([], phones)
    expect(out().trimEnd().split('\n').at(-1)).toBe(sum)
    expect(given).toBe(exitCode)
  })
})

it('prints a verdict for each phone when it is there, each under a state of its own', async () => {
  const { out, links } = await takePhones([], [good, bad])
  expect(out()).toMatch(/^verified [^]*\nmismatch [^]*\n\n1 verified, 1 mismatch\n$/)
  expect(new Set(links.map(stateOf)).size).toBe(3)
})

it('saves each as a run, and not the one that nobody came to', async () => {
  const { context } = await takePhones([], [good, bad])
  const store = await context.openRuns()
  expect((await store.names()).length).toBe(2)
})

it('--json prints one run a line, and the sum on stderr', async () => {
  const { out, err } = await takePhones(['--json'], [good, refused])
  const runs = out()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Run)
  expect(runs.map(({ schema, outcome }) => [schema, outcome])).toEqual([
    ['nv.run/1', 'verified'],
    ['nv.run/1', 'undetermined'],
  ])
  expect(err()).toContain('\n1 verified, 1 could not tell\n')
})

it('gives a new link when nobody came in time, and counts nothing', async () => {
  const nv = await start(['--timeout', '60s'])
  const first = await nv.link(1)
  nv.clock.advance(60_000)
  const second = await nv.link(2)
  expect(stateOf(second)).not.toBe(stateOf(first))
  expect(nv.err()).toContain('Nothing came back in time (nv explain callback_timeout). Here is a new link.')
  await open(second)
  await nv.link(3)
  nv.interrupt(new Cancelled())
  expect(await nv.ended).toBe(0)
  expect(nv.out()).toMatch(/\n\n1 verified\n$/)
})

it('does not take for a phone what knocks at the port', async () => {
  const nv = await start([])
  const redirectUri = new URL(new URL(await nv.link(1)).searchParams.get('redirect_uri') ?? '')
  await fetch(new URL('/favicon.ico', redirectUri))
  await fetch(redirectUri, { method: 'HEAD' })
  nv.interrupt(new Cancelled())
  expect(await nv.ended).toBe(130)
  expect(nv.out()).toBe('\nNothing came back\n')
})

it('ends by another signal with its own exit code, and sums up all the same', async () => {
  const nv = await start([])
  await open(await nv.link(1))
  await nv.link(2)
  nv.interrupt(new Cancelled('SIGTERM'))
  expect(await nv.ended).toBe(143)
  expect(nv.out()).toMatch(/\n\n1 verified\n$/)
})

it('does not try again and again what stops before a phone could come', async () => {
  const { ended, out } = await start(['--enablement-url', `${gateway.origin}/nowhere`])
  expect(await ended).toBe(3)
  expect(out()).toContain('answered without an authorize URL')
  expect(gateway.count('/nowhere')).toBe(1)
})

describe('refused, with nothing sent', () => {
  test.each([
    [['--via', 'direct'], 'keep_needs_a_person'],
    [['--via', 'browser'], 'keep_needs_a_person'],
    [['--state', 'x'], 'keep_is_for_many'],
    [['--report', 'a.html'], 'keep_is_for_many'],
    [['--junit', 'a.xml'], 'keep_is_for_many'],
    [['--page'], 'keep_is_for_many'],
    [['--operator-token', 'token.txt'], 'keep_is_for_many'],
  ])('%j: %s', async (args, code) => {
    const { ended, out } = await start([...args, '--json'])
    expect(await ended).toBe(2)
    expect(JSON.parse(out())).toMatchObject({ exchanges: [], findings: [{ code }] })
    expect(gateway.requests).toEqual([])
  })
})
