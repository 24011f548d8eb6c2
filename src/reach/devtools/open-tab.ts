// Opens a tab in Chrome, and has each page ask before it requests anything.
import type { Protocol } from 'devtools-protocol/types/protocol.js'
import { SetupError } from '../../errors.ts'
import type { WayTools } from '../way.ts'
import type { Devtools } from './protocol.ts'

export interface Tab {
  targetId: string
  sessionId: string
  /** Whether it has a profile of its own, with which it ends when the connection does. */
  isOwn: boolean
  close(): Promise<void>
}

/** Opens a tab unless the run is over before that. */
export async function openInTime(devtools: Devtools, { machine, signal }: WayTools): Promise<Tab> {
  const over = new AbortController()
  const opening = openTab(devtools)
  const late = new Promise<never>((_resolve, reject) => {
    const fail = () => reject(machine.signal.aborted ? (machine.signal.reason as Error) : tabIdle())
    signal.addEventListener('abort', fail, { once: true, signal: over.signal })
    if (signal.aborted) fail()
  })
  try {
    return await Promise.race([opening, late])
  } catch (error) {
    opening.catch(() => {})
    devtools.close()
    throw error
  } finally {
    over.abort()
  }
}

/** Opens an empty tab, without cookies of others where the browser can: Chrome on Android has no such profiles. */
async function openTab(devtools: Devtools): Promise<Tab> {
  const context = await devtools
    .send('Target.createBrowserContext', { disposeOnDetach: true })
    .catch(() => null)
  const { targetId } = await devtools.send('Target.createTarget', {
    url: 'about:blank',
    ...(context && { browserContextId: context.browserContextId }),
  })
  const { sessionId } = await devtools.send('Target.attachToTarget', { targetId, flatten: true })
  await devtools.send('Target.setDiscoverTargets', { discover: true }).catch(() => {})
  return {
    targetId,
    sessionId,
    isOwn: context !== null,
    close: async () => {
      await devtools.send('Target.closeTarget', { targetId }).catch(() => {})
      devtools.close()
    },
  }
}

/** Has the browser hold each new tab until it was looked at, or no longer do so. A browser that can't is left as it is. */
export async function watchTabs(devtools: Devtools, isOn: boolean): Promise<void> {
  const filter = [{ type: 'page', exclude: false }, { exclude: true }]
  const asked = { autoAttach: isOn, waitForDebuggerOnStart: isOn, flatten: true, filter }
  await devtools.send('Target.setAutoAttach', asked).catch(() => {})
}

/** Has a page, or a frame of another site in it, tell of its requests, and ask before its documents are requested. */
export async function prepare(devtools: Devtools, redirectUri: string, session: string): Promise<void> {
  const patterns: Protocol.Fetch.RequestPattern[] = [
    { urlPattern: '*', resourceType: 'Document' },
    { urlPattern: '*', resourceType: 'Document', requestStage: 'Response' },
    // A script, or an image, would reach that server as well.
    { urlPattern: `${redirectUri.replace(/[?#].*$/, '').replace(/[\\*?]/g, '\\$&')}*` },
  ]
  // A new tab that is held answers this only once it goes on; what comes before it, it knows by then.
  devtools.send('Network.enable', {}, session).catch(() => {})
  await Promise.all([
    devtools.send('Fetch.enable', { patterns }, session),
    devtools.send(
      'Target.setAutoAttach',
      { autoAttach: true, waitForDebuggerOnStart: true, flatten: true },
      session,
    ),
  ])
}

/** Explains that the browser opened nothing. */
export function tabIdle(): SetupError {
  return new SetupError({
    code: 'tab_idle',
    title: 'Chrome requested nothing while the run had time',
    cause: 'A phone that is locked, or a browser that hangs, may not load a tab.',
    fix: 'Unlock the phone, open Chrome on it, then try again.',
  })
}
