// What the simulator remembers: pending authorizations, codes and tokens, for a while and never too many.
import type { Context } from '../context.ts'
import { createReplayGuard, type ReplayGuard } from './oauth/replay.ts'

/** A cookie that ties an authorization to one browser. */
export interface Cookie {
  name: string
  value: string
}

export type StatePorts = Pick<Context, 'clock' | 'random'>

/** How long things live, in milliseconds. */
export const lifetimesMs = {
  /** From the first hop of an authorization to the last. */
  journey: 300_000,
  /** A code, the operator's as well as the app's. */
  code: 60_000,
  accessToken: 300_000,
  /** An authentication request of CIBA. */
  backchannel: 120_000,
  dpopNonce: 300_000,
}

/** Values under random keys of 256 bits. The oldest go first when their time is over or the store is full. */
export interface Store<T> {
  /** Remembers a value and returns its new key. */
  put: (value: T) => string
  find: (key: string) => T | undefined
  /** Returns a value and forgets it. */
  take: (key: string) => T | undefined
}

/** Creates an empty store that forgets a value when its retention is over. */
export function createStore<T>(ports: StatePorts, retentionMs: number, capacity = 5000): Store<T> {
  const entries = new Map<string, { value: T; until: number }>()
  const find = (key: string) => {
    const entry = entries.get(key)
    return entry && ports.clock.now() < entry.until ? entry.value : undefined
  }
  return {
    put: (value) => {
      const now = ports.clock.now()
      for (const [key, { until }] of entries) {
        if (until > now && entries.size < capacity) break
        entries.delete(key)
      }
      const key = randomKey(ports)
      entries.set(key, { value, until: now + retentionMs })
      return key
    },
    find,
    take: (key) => {
      const value = find(key)
      entries.delete(key)
      return value
    },
  }
}

/** Makes a random value of 256 bits that is safe in a URL and in a cookie. */
export function randomKey({ random }: Pick<Context, 'random'>): string {
  return Buffer.from(random(32)).toString('base64url')
}

/** A PKCE challenge, as it was sent to the authorization endpoint. */
export interface CodeChallenge {
  method: 'S256' | 'plain'
  value: string
}

/** What a client asked for at the authorization endpoint, checked. */
export interface AuthorizationRequest {
  clientId: string
  redirectUri: string
  scope: string
  state: string | undefined
  /** The line that the login_hint names. */
  hintedLine: string | undefined
  prompt: string | undefined
  nonce: string | undefined
  challenge: CodeChallenge | undefined
  /** The thumbprint of the key that the code is bound to. */
  dpopJkt: string | undefined
}

/** A pending authorization: the request, and the cookie that ties it to one browser. */
export interface Journey<Request> {
  request: Request
  cookie: Cookie
}

/** Whom a token is about, and how that came to be known. */
export interface Subject {
  /** Null: nobody was recognised. */
  line: string | null
  /** By the network that the phone's request came over, by its SIM's token, or by the word of the client. */
  identifiedBy: 'network' | 'sim' | 'hint'
}

export interface Code extends AuthorizationRequest {
  subject: Subject
  expiresAtMs: number
  /** The token that the code was exchanged for; its presence means that the code is used up. */
  accessToken: string | undefined
}

export interface AccessToken {
  scope: string
  clientId: string
  subject: Subject
  expiresAtMs: number
  isUsed: boolean
  /** The thumbprint of the key that the token is bound to; absent: whoever holds it may use it. */
  dpopJkt?: string | undefined
}

/** A CIBA authentication request that was accepted, and how often the client has asked for its token. */
export interface BackchannelRequest {
  scope: string
  clientId: string
  subject: Subject
  expiresAtMs: number
  intervalMs: number
  pollCount: number
  /** Sooner is too soon. */
  nextPollAtMs: number
}

export interface GatewayState {
  journeys: Store<Journey<AuthorizationRequest>>
  /** Codes are remembered for as long as their token lives, so that a second use can revoke it. */
  codes: Store<Code>
  /** Tokens are remembered for longer than they live, so that the log can tell expired from unknown. */
  tokens: Store<AccessToken>
  /** CIBA requests are remembered for longer than they live, likewise. */
  backchannelRequests: Store<BackchannelRequest>
  dpopNonces: Store<true>
  /** Notes the identifier of a JWT that a client signed; false when it came before. */
  isFirstUse: ReplayGuard
  /** Notes that of a DPoP proof. It is apart, since anybody can sign proofs, and so many that the oldest are forgotten. */
  isFirstProof: ReplayGuard
  /** Keeps the subjects of ID tokens from being guessed out of phone numbers. */
  subjectSalt: Uint8Array
  /** Tells whether an address was not asked for before; of many, the oldest are forgotten. */
  isFirstVisit: (address: string) => boolean
}

/** Creates the aggregator's empty state. */
export function createGatewayState(ports: StatePorts): GatewayState {
  return {
    journeys: createStore(ports, lifetimesMs.journey),
    codes: createStore(ports, lifetimesMs.code + lifetimesMs.accessToken),
    tokens: createStore(ports, 2 * lifetimesMs.accessToken),
    backchannelRequests: createStore(ports, 2 * lifetimesMs.backchannel),
    dpopNonces: createStore(ports, lifetimesMs.dpopNonce),
    isFirstUse: createReplayGuard(ports),
    isFirstProof: createReplayGuard(ports),
    subjectSalt: ports.random(32),
    isFirstVisit: rememberVisits(1000),
  }
}

function rememberVisits(capacity: number): (address: string) => boolean {
  const visited = new Set<string>()
  return (address) => {
    if (visited.has(address)) return false
    for (const oldest of visited) if (visited.size >= capacity) visited.delete(oldest)
    visited.add(address)
    return true
  }
}
