// A way: brings the authorize URL to the phone, and perhaps the authorization response back.
import type { Context, Prompt } from '../context.ts'
import type { Observation } from '../run/recording.ts'
import type { Sent } from '../wire/exchange.ts'
import type { Arrive } from './arrival.ts'
import type { Landing, Opener } from './landing.ts'

/** What a way may look at to tell whether it can be gone from this machine. */
export type Machine = Pick<
  Context,
  'err' | 'input' | 'env' | 'tool' | 'run' | 'files' | 'clock' | 'signal' | 'network'
>

/** What was said of the phone: each is for the ways that know it. */
export interface HandsetOptions {
  /** The serial number of the phone on the cable; null: the only one there is. */
  device: string | null
  /** Whether Wi-Fi is turned off on the phone during the run. */
  turnsWifiOff: boolean
  /** Where Chrome accepts DevTools connections, as in http://127.0.0.1:9222; null: Chrome on the phone on the cable. */
  devtools: string | null
}

export interface WayTools {
  /** This machine, and what of it a way uses; the signal is that of an interruption. */
  machine: Machine & Pick<Context, 'send' | 'prompt' | 'openSocket' | 'openPhoneChanges'>
  /** Aborts at the end of the time that the run has, or when it is interrupted. */
  signal: AbortSignal
  handset: HandsetOptions
  redirectUri: string
  /** The state of the authorization request. */
  state: string
  /** Where the gateway's redirect brings the phone. */
  landing: Landing
  /** Leads the phone to the start page, and on to the authorize URL; null where the phone can't reach nv. */
  shortLink: string | null
  /** `<host>:<port>` that nv listens on for the callback; null: it does not. */
  listeningOn: string | null
  /** Whether the user may be asked on the terminal. */
  canAsk: boolean
  /** Asks, while nothing else is written to the terminal. */
  ask<T>(question: (prompt: Prompt) => Promise<T>): Promise<T>
  /** Milliseconds since the run started. */
  elapsedMs(): number
  /** Whether requests are sent as the SDK in an app sends them. */
  isAsApp: boolean
  /** Sends a GET as the phone would, in the usual time or less. It is recorded, whatever comes of it. */
  get(url: string, headers: Record<string, string>, limitMs?: number): Promise<Sent>
  /** Records a request that the phone itself sent, and what came of it; `startedMs` by `elapsedMs`. */
  watch(sent: Sent, startedMs: number): void
  /** Records what came back. */
  arrive: Arrive
  /** Records a fact that was seen; what follows from it is said at once. */
  observe(observation: Observation): void
  /** Hands a URL to the desktop's browser; false when there is none to hand it to. */
  open(url: string): Promise<boolean>
  /** Shows the URL to the user, as a QR code too if asked. */
  show(url: string, options: { isQr: boolean; note: string | null }): void
  /** Says on a line what is worth knowing and no finding. */
  note(text: string): void
  /** Says what is waited for until `note`, `show` or the end of the step. */
  waiting(describe: () => string): void
  /** Takes back, when the run ends and however it does, what was set up; called before it is set up. */
  atEnd(close: () => Promise<void>): void
}

/** What came of bringing the URL. Why there is no redirect to the redirect_uri is in the exchanges. */
export type Brought =
  | {
      /** What was done, for the step. */
      detail: string
      /** The parameters of the response when the way itself got it, else null. */
      callback: URLSearchParams | null
    }
  | { lacks: 'redirect' }

export interface Way {
  /** What it is, in one line. */
  summary: string
  opener: Opener
  /** Whether a listener has to hear the response, may hear it, or never will. */
  listens: 'required' | 'optional' | 'never'
  /** Says in one line what it needs on this machine and does not find; null: it is ready. */
  probe(machine: Machine): Promise<string | null>
  /** Brings the URL to the phone. One that can't throws a SetupError. */
  bring(authorizeUrl: string, tools: WayTools): Promise<Brought>
}
