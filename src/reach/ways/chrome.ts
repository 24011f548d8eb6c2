// The way by Chrome's DevTools protocol: the phone's own browser follows the chain, and nv sees every hop of it.
import { SetupError } from '../../errors.ts'
import { isInFragment } from '../../oauth/redirect-uri.ts'
import { isLoopback } from '../../wire/addresses.ts'
import { escapeText } from '../../wire/escape.ts'
import { quoteAdb } from '../adb/adb.ts'
import { describeMissingPhone, type Phone, preparePhone } from '../adb/phone.ts'
import { undoAtEnd } from '../adb/restore.ts'
import { startIntent } from '../adb/shell.ts'
import { describeResponse, nothing, refuseState } from '../arrival.ts'
import { type Browser, findBrowser, noBrowserAt } from '../devtools/endpoint.ts'
import { connectDevtools } from '../devtools/protocol.ts'
import { type Ending, goThrough } from '../devtools/tab.ts'
import type { Way, WayTools } from '../way.ts'

/**
 * Follows the chain in a fresh tab. The navigation to the redirect_uri is stopped before it leaves, so that any
 * registered one serves, whichever server it is on.
 */
export const chrome: Way = {
  summary: 'follow the redirects in Chrome on an Android phone, which shows every hop',
  opener: 'machine',
  listens: 'never',
  probe: async (machine) => {
    const missing = await describeMissingPhone(machine)
    return missing && `${missing}; or --devtools <url>`
  },
  bring: async (authorizeUrl, tools) => {
    const { machine, handset } = tools
    const { browser, place, onTab } =
      handset.devtools === null ? await reachByCable(tools) : await reachByAddress(handset.devtools, tools)
    const devtools = await connectDevtools(machine, browser.socketUrl, machine.signal)
    tools.note(`Opened a tab in ${escapeText(browser.name, 100)}${place}.`)
    const ending = await goThrough(authorizeUrl, devtools, tools, onTab)
    if (ending.kind === 'stuck') return { lacks: 'redirect' }
    return {
      detail: `stopped in the browser${place} before it went to the redirect_uri`,
      callback: takeResponse(ending, tools),
    }
  },
}

interface Reached {
  browser: Browser
  /** Goes on after the browser's name. */
  place: string
  /** Told of a tab that outlives the connection. */
  onTab(targetId: string): Promise<void>
}

async function reachByAddress(origin: string, tools: WayTools): Promise<Reached> {
  const browser = await findBrowser(tools, origin)
  if (browser === null) throw noBrowserAt(origin)
  const { protocol, hostname, host } = new URL(origin)
  if (protocol === 'http:' && !isLoopback(hostname))
    tools.observe({ code: 'devtools_elsewhere', step: 'authorize', exchange: null, facts: { host } })
  return { browser, place: ` at ${new URL(origin).host}`, onTab: () => Promise.resolve() }
}

const app = 'com.android.chrome'
const startMs = 10_000
const pollMs = 300

/** Reaches Chrome on the phone on the cable, and starts it where it does not run. */
async function reachByCable(tools: WayTools): Promise<Reached> {
  const { machine } = tools
  const phone = await preparePhone(tools)
  const origin = await forward(phone, tools)
  const place = ` on ${phone.name}`
  const onTab = (targetId: string) =>
    undoAtEnd(tools, phone, { change: 'tab', closeUrl: `${origin}/json/close/${targetId}` })
  const running = await findBrowser(tools, origin)
  if (running !== null) return { browser: running, place, onTab }
  const objection = await startIntent(phone.adb, 'about:blank', app)
  if (objection !== null) throw noChrome(phone, objection)
  const endsAt = machine.clock.elapsed() + startMs
  for (;;) {
    const browser = await findBrowser(tools, origin)
    if (browser !== null) return { browser, place, onTab }
    if (machine.clock.elapsed() >= endsAt) throw chromeSilent(phone)
    await machine.clock.sleep(pollMs, machine.signal)
  }
}

/** Leads a free port of this machine to Chrome on the phone. */
async function forward(phone: Phone, tools: WayTools): Promise<string> {
  const { adb, name } = phone
  const finished = await adb(['forward', 'tcp:0', 'localabstract:chrome_devtools_remote'])
  const port = /^(\d{1,5})\s*$/m.exec(finished.stdout)?.[1]
  if (finished.exitCode === 0 && port !== undefined) {
    await undoAtEnd(tools, phone, { change: 'forward', port: `tcp:${port}` })
    return `http://127.0.0.1:${port}`
  }
  throw new SetupError({
    code: 'adb_forward_failed',
    title: `adb can't forward a port of this machine to ${name}`,
    cause: quoteAdb(finished),
    fix: 'Try it without nv: adb forward tcp:0 localabstract:chrome_devtools_remote',
  })
}

function takeResponse(
  { method, url, posted, userAgent }: Extract<Ending, { kind: 'redirect' }>,
  { arrive, state: ours }: WayTools,
): URLSearchParams {
  const isHidden = posted === null && isInFragment(url)
  const query = isHidden ? new URLSearchParams(url.hash.slice(1)) : url.searchParams
  const parameters = posted === null ? query : new URLSearchParams([...query, ...posted])
  const response = describeResponse(parameters, (state) => state === ours, isHidden)
  arrive({
    via: 'chrome',
    from: null,
    what: { ...nothing, kind: 'address', method, host: url.host, path: url.pathname, ...response, userAgent },
    verdict: isHidden ? 'no_parameters' : (refuseState(response.state) ?? 'taken'),
  })
  return isHidden ? url.searchParams : parameters
}

function noChrome({ name }: Phone, objection: string): SetupError {
  return new SetupError({
    code: 'chrome_missing',
    title: `Chrome did not start on ${name}`,
    cause: quoteAdb({ exitCode: 0, stdout: objection, stderr: '' }),
    fix: 'Install or enable Chrome on the phone, or use --via adb, which takes any browser.',
  })
}

function chromeSilent({ name }: Phone): SetupError {
  return new SetupError({
    code: 'chrome_silent',
    title: `Chrome on ${name} does not accept DevTools connections`,
    cause: `It was started, and did not answer within ${startMs / 1000} s. This way nv only finds Chrome, no other browser.`,
    fix: 'Unlock the phone, open Chrome on it, and check that chrome://inspect on this machine shows its tabs.',
  })
}
