// Chromium, where this machine has one.
import { type Browser, chromium } from 'playwright-core'
import { inject } from 'vitest'
import { chromiumPath } from './start-chromium.ts'

export const hasChromium = chromiumPath !== undefined

/** Connects to the browser that all tests share; closing the connection ends what was opened through it. */
export function connectToChromium(): Promise<Browser> {
  return chromium.connect(inject('chromiumEndpoint') ?? '')
}
