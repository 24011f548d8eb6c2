// A journey: what is asked, in which steps; and what the steps of one flow share.
import type { OperationName } from '../camara/api.ts'
import type { Context, TlsIdentity } from '../context.ts'
import type { Dpop } from '../oauth/dpop.ts'
import type { SimGrant } from '../oauth/grants.ts'
import type { Target } from '../target/target.ts'
import type { Landing } from '../reach/landing.ts'
import type { Source } from '../reach/source.ts'
import type { TunnelChoice } from '../reach/tunnels.ts'
import type { HandsetOptions } from '../reach/way.ts'
import type { WayName } from '../reach/ways.ts'
import type { StepName } from '../run/recording.ts'
import type { Listening } from './meeting/listening.ts'
import type { Standing } from './meeting/standing.ts'
import type { Deadline } from './deadline.ts'
import type { RunPage } from './meeting/local-page.ts'
import type { Recorder } from './recorder.ts'
import type { Send } from './send.ts'
import type { Stop } from './stop.ts'

/** What is done in a run, by the name of its command. */
export interface Journey<Input extends JourneyInput = JourneyInput> {
  name: string
  steps: readonly StepName[]
  operation: OperationName
  /** Goes through the steps, to the answer of the API. */
  run(flow: Flow, input: Input): Promise<JourneyAnswer | Stop>
}

/** What the API answered; `phoneNumber` where it named one. */
export interface JourneyAnswer {
  answer: 'verified' | 'mismatch' | 'identified'
  phoneNumber?: string
}

export interface JourneyInput {
  target: Target
  /** The number in question; null where the journey is to find it out. */
  phoneNumber: string | null
  /** Whether the API gets the hash of the number. */
  isHashed: boolean
  via: WayName
  /** Where the phone's requests leave this machine when nv sends them; null: as the system routes them. */
  source: Source | null
  /** Whether nv sends the phone's requests as the SDK in an app does; left out: as a browser. */
  isAsApp?: boolean
  /** What the options say about the phone. */
  handset?: HandsetOptions
  /** What the listener proves itself with, `temporary` for a certificate of this run; left out: it speaks no TLS. */
  tls?: TlsIdentity | 'temporary' | null
  /** The tunnel to start, if any. */
  tunnel?: TunnelChoice | null
  /** What stays for the next phone, and is closed by whoever made it; left out: nothing does. */
  standing?: Standing
  /** Null: a random one. */
  state: string | null
  /** Whether the user may be asked for the address the phone ended on. */
  canPaste: boolean
  /** The token of the SIM, which makes the phone unnecessary; null if the phone is needed. */
  operatorToken: OperatorToken | null
  timeoutMs: number
  /** Whether a page on this machine shows the run too; by default it doesn't. */
  page?: boolean
  /** Where the QR code is written as a picture, if anywhere. */
  qrFile?: string
  /** Whether the short link leads to the gateway at once, without the start page. */
  skipsStartPage?: boolean
  /** Whether harmless requests may be added where they settle the cause. */
  probes?: boolean
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

/** One run of a journey: everything its steps share. */
export interface Flow {
  context: Context
  recorder: Recorder
  send: Send
  deadline: Deadline
  input: JourneyInput
  attempt: Attempt
  /** Null where access tokens are not bound to a key. */
  dpop: Dpop | null
  listener: Listening | null
  /** Null: the run is shown on no page of this machine. */
  page: Pick<RunPage, 'callback'> | null
  redirectUri: string
  /** Where the gateway's redirect leaves the phone. */
  landing: Landing
  /** Registers work for the end of the run, however it ends. */
  atEnd(close: () => Promise<void>): void
}

/** An access token, and how the API is asked with it. */
export interface AccessToken {
  value: string
  /** The scheme that it is sent under; a token of type DPoP goes with a proof of its key. */
  scheme: 'Bearer' | 'DPoP'
}

/** An access token with the gateway, as it was discovered, that gave it. */
export interface Granted {
  gateway: Gateway
  accessToken: AccessToken
}

/** A target with everything a flow sends, and what it knows of the issuer. */
export interface Gateway extends Target {
  isIssuerRequired: boolean
  /** Where the keys of the issuer are; null: its document does not say, undefined: nobody has looked. */
  jwksUri?: string | null
  /** The grants that its document lists; null: it lists none, undefined: nobody has looked. */
  grantTypes?: readonly string[] | null
}
