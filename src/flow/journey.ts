// What the steps of a journey share.
import type { Context } from '../context.ts'
import type { Dpop } from '../oauth/dpop.ts'
import type { SimGrant } from '../oauth/grants.ts'
import type { Profile } from '../profile/resolve.ts'
import type { Source } from '../reach/source.ts'
import type { WayName } from '../reach/ways.ts'
import type { Command } from '../run/run.ts'
import type { Listening } from './await-callback.ts'
import type { Deadline } from './deadline.ts'
import type { Send } from './exchange.ts'
import type { Gateway } from './gateway.ts'
import type { Recorder, RunSubject } from './recorder.ts'

export interface JourneyInput {
  profile: Profile
  /** The number in question; null where the journey is to find it out. */
  phoneNumber: string | null
  via: WayName
  /** Where the phone's requests leave this machine when nv sends them; null: as the system routes them. */
  source: Source | null
  /** Null: a random one. */
  state: string | null
  /** Whether the user may be asked for the address the phone ended on. */
  canPaste: boolean
  /** The token of the SIM, which spares the way through a phone; null: the phone is asked. */
  operatorToken: OperatorToken | null
  timeoutMs: number
}

/** A temporary token that the operator gave to the SIM (GSMA TS.43). */
export interface OperatorToken {
  /** Without the `operatortoken:` before it. */
  value: string
  /** The grants that may take it, the preferred one first. */
  grants: readonly [SimGrant, ...SimGrant[]]
}

/** The values of one attempt that bind its steps together. */
export interface Attempt {
  state: string
  codeVerifier: string | undefined
  nonce: string | undefined
}

/** Everything the steps share. */
export interface Journey {
  context: Context
  command: Command
  recorder: Recorder
  send: Send
  deadline: Deadline
  input: JourneyInput
  attempt: Attempt
  /** Null where access tokens are not bound to a key. */
  dpop: Dpop | null
  listener: Listening | null
  redirectUri: string
  subject: RunSubject
}

/** An access token, and how the API is asked with it. */
export interface AccessToken {
  value: string
  /** The scheme that it is sent under; a token of type DPoP goes with a proof of its key. */
  scheme: 'Bearer' | 'DPoP'
  /** What the gateway says that it granted; null when it said nothing. */
  scope: string | null
}

/** An access token with the gateway, as it was discovered, that gave it. */
export interface Granted {
  gateway: Gateway
  accessToken: AccessToken
}
