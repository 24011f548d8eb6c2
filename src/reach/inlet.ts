// An inlet: how an authorization response comes back to nv.
import type { Page } from './pages/message.ts'

/** A callback that is waited for. */
export interface Expected {
  /** Resolves with the parameters of the first callback under the state. */
  readonly callback: Promise<URLSearchParams>
  /**
   * Gives the result to whoever brought the callback, and waits a moment for a phone to fetch it; not when the user
   * has interrupted.
   */
  answer(page: Page): Promise<void>
}

export interface Inlet {
  /** Hears callbacks under a state from now on; several may be expected, at once or in turn. */
  expect(state: string): Expected
  /** Hears nothing more. Nothing is left open. */
  close(): Promise<void>
}
