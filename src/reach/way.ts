// A way: brings the authorize URL to the phone, and perhaps the authorization response back.
import type { Context } from '../context.ts'
import type { Sent } from '../wire/exchange.ts'
import type { Arrive } from './arrival.ts'

/** What a way may look at to tell whether it can be gone from this machine. */
export type Machine = Pick<Context, 'err' | 'input' | 'env' | 'tool'>

export interface WayTools {
  redirectUri: string
  /** The state of the authorization request. */
  state: string
  /** Sends a GET as the phone would. It is recorded, whatever comes of it. */
  get(url: string, headers: Record<string, string>): Promise<Sent>
  /** Records what came back. */
  arrive: Arrive
  /** Hands a URL to the desktop's browser; false when there is none to hand it to. */
  open(url: string): Promise<boolean>
  /** Shows the URL to the user, as a QR code too if asked. */
  show(url: string, options: { isQr: boolean; note: string | null }): void
}

/** What came of bringing the URL. Why there is no redirect to the redirect_uri is in the exchanges. */
export type Brought =
  | {
      /** What was done, for the step. */
      detail: string
      /** The parameters of the response when the way itself got it, else null. */
      callback: URLSearchParams | null
      /** Takes back what was set up for the phone; it is called once, however the run ends. */
      close?(): Promise<void>
    }
  | { lacks: 'redirect' }

export interface Way {
  /** What it is, in one line. */
  summary: string
  /** Whether a listener has to hear the response, may hear it, or never will. */
  listens: 'required' | 'optional' | 'never'
  /** Says in one line what it needs on this machine and does not find; null: it is ready. */
  probe(machine: Machine): Promise<string | null>
  /** Brings the URL to the phone. One that can't throws a SetupError, and leaves nothing behind. */
  bring(authorizeUrl: string, tools: WayTools): Promise<Brought>
}
