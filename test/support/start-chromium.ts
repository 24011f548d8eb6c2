// Starts Chromium once for all the tests that need one, before the first of them.
import { existsSync } from 'node:fs'
import { chromium } from 'playwright-core'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** Where Chromium takes connections; null where this machine has none. */
    chromiumEndpoint: string | null
  }
}

/** Undefined where there is none. */
export const chromiumPath = [
  process.env['NV_TEST_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
].find((path) => path !== undefined && existsSync(path))

/** Starts a browser without a window that asks nothing of the Internet; the function that it returns ends it. */
export default async function startChromium(
  project: TestProject,
): Promise<(() => Promise<void>) | undefined> {
  if (chromiumPath === undefined) {
    project.provide('chromiumEndpoint', null)
    return undefined
  }
  const server = await chromium.launchServer({
    executablePath: chromiumPath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-sync',
    ],
  })
  project.provide('chromiumEndpoint', server.wsEndpoint())
  return () => server.close()
}
