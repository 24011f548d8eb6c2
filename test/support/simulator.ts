// A simulator on loopback with a clock of its own, and a phone that follows redirects as a browser would.
import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { CookieJar } from 'tough-cookie'
import type { Behaviour } from '../../src/simulator/behaviour/behaviour.ts'
import type { Switched } from '../../src/simulator/behaviour/switchboard.ts'
import type { Rules } from '../../src/simulator/rules.ts'
import { createSigningKey } from '../../src/simulator/oauth/keys.ts'
import { listen } from '../../src/io/listener.ts'
import {
  startSimulator,
  type RequestEntry,
  type RunningSimulator,
  type SimulatorOptions,
} from '../../src/simulator/simulator.ts'
import { createTestClock, type TestClock } from './context.ts'

/** The redirect_uri of the tests. Nothing listens there, and nothing needs to. */
export const redirectUri = 'https://app.example/callback'

export const scopeOf = {
  v0: 'dpv:FraudPreventionAndDetection#number-verification-verify-read',
  v1: 'dpv:FraudPreventionAndDetection number-verification:verify',
  v2: 'dpv:FraudPreventionAndDetection number-verification:verify',
}

export const shareScopeOf = {
  v0: 'dpv:FraudPreventionAndDetection#number-verification-share-read',
  v1: 'dpv:ServiceProvision number-verification:device-phone-number:read',
  v2: 'dpv:ServiceProvision number-verification:device-phone-number:read',
}

/** One key for all simulators of a worker, since making one takes longer than most tests. */
const signingKey = createSigningKey()

export interface TestSimulator extends RunningSimulator {
  clock: TestClock
  entries: RequestEntry[]
}

/** Starts a simulator on a free port, at an even time. */
export async function startTestSimulator(
  options: Partial<SimulatorOptions> = {},
  clock = createTestClock(),
  listening = listen,
): Promise<TestSimulator> {
  const entries: RequestEntry[] = []
  const onRequest = (entry: RequestEntry) => void entries.push(entry)
  const ports = { listen: listening, clock, random: (byteCount: number) => randomBytes(byteCount) }
  const simulator = await startSimulator(ports, {
    host: '127.0.0.1',
    port: 0,
    onRequest,
    signingKey,
    ...options,
  })
  return { ...simulator, clock, entries }
}

/** Makes a behaviour that bends rules, and switches it on. */
export function bend(rules: Partial<Rules>): Switched[] {
  const behaviour: Behaviour = { does: 'bends rules', shows: 'what the rules say', steps: ['token'], rules }
  return [{ name: `test-${Object.keys(rules).join('-')}`, step: 'token', behaviour }]
}

export interface Hop {
  url: string
  response: Response
}

/** Follows redirects with a cookie jar, until an answer is no redirect or the next address is the app's. */
export async function followChain(
  url: string,
  {
    jar = new CookieJar(),
    app = redirectUri,
    stopAt,
  }: { jar?: CookieJar; app?: string; stopAt?: RegExp } = {},
): Promise<{ hops: Hop[]; last: URL | Response }> {
  const hops: Hop[] = []
  for (let next = url; hops.length < 10;) {
    const response = await fetch(next, {
      redirect: 'manual',
      headers: { cookie: await jar.getCookieString(next) },
    })
    hops.push({ url: next, response })
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, next)
    const location = response.headers.get('location')
    if (location === null) return { hops, last: response }
    next = new URL(location, next).href
    if (next.startsWith(app) || stopAt?.test(next)) return { hops, last: new URL(next) }
  }
  throw new Error('Too many redirects')
}

/** Builds an authorize URL; a parameter that is undefined is left out. */
export function authorizeUrl(
  simulator: RunningSimulator,
  changes: Record<string, string | undefined> = {},
): string {
  const parameters = {
    response_type: 'code',
    client_id: simulator.clientId,
    scope: scopeOf.v2,
    redirect_uri: redirectUri,
    state: 'some-state',
    ...changes,
  }
  const pairs = Object.entries(parameters).filter((pair): pair is [string, string] => pair[1] !== undefined)
  return `${simulator.authorizeUrl}?${new URLSearchParams(pairs)}`
}

/** Goes through the whole chain and returns the app's code. */
export async function obtainCode(
  simulator: RunningSimulator,
  changes: Record<string, string | undefined> = {},
): Promise<string> {
  const { last } = await followChain(authorizeUrl(simulator, changes))
  const code = last instanceof URL ? last.searchParams.get('code') : null
  if (code === null) throw new Error('There was no code')
  return code
}

export function basic(id: string, secret: string): string {
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`
}

/** Sends a token request; the client of the simulator authenticates unless the headers say otherwise. */
export async function postToken(
  simulator: RunningSimulator,
  body: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(simulator.tokenUrl, {
    method: 'POST',
    headers: {
      authorization: basic(simulator.clientId, simulator.clientSecret),
      'content-type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
  })
}

/** Goes through the whole flow and returns an access token. */
export async function obtainToken(
  simulator: RunningSimulator,
  changes: Record<string, string | undefined> = {},
): Promise<string> {
  const code = await obtainCode(simulator, changes)
  const response = await postToken(simulator, {
    grant_type: 'authorization_code',
    code,
    redirect_uri: changes['redirect_uri'] ?? redirectUri,
  })
  const { access_token: accessToken } = (await response.json()) as { access_token: string }
  return accessToken
}

/** Sends bytes as they are and returns what comes back, until the server or 3 seconds end it. */
export function sendRaw(port: string | number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes))
    let text = ''
    socket.setTimeout(3000, () => socket.destroy())
    socket.on('data', (chunk) => (text += chunk.toString('latin1')))
    socket.on('error', reject)
    socket.on('close', () => resolve(text))
  })
}
