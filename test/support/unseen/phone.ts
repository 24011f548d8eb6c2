// The phone, and the person who pastes what it shows.
import { freePort } from '../ports.ts'
import type { WaitingFlow } from '../gateway.ts'
import { pastingTerminal, type Unseen, waiting } from './failure.ts'

const open = (flow: WaitingFlow, target: string, init: RequestInit = {}) =>
  fetch(new URL(target, flow.redirectUri), { redirect: 'manual', ...init })

/** Where a tunnel would lead. */
const tunnelPort = await freePort()

/** Pastes a line that is made from the flow once its URL is shown, and then nothing more. */
function pasting(lineOf: (flow: WaitingFlow) => string) {
  return () => {
    const terminal = pastingTerminal()
    return waiting(async (flow) => {
      terminal.give(lineOf(flow))
      await terminal.refused
    }, terminal.options)()
  }
}

export const phone: readonly Unseen[] = [
  [
    'the URL was opened on the desktop, and nothing came back',
    waiting(() => {}, { via: 'browser' }),
    'callback_timeout',
    /this machine plays the phone.*--via qr/,
  ],
  [
    'nothing comes through the tunnel',
    waiting(() => {}, {
      profile: {
        redirectUri: 'https://tunnel.example/callback',
        listen: { host: '127.0.0.1', port: tunnelPort },
      },
    }),
    'callback_timeout',
    /the address does not lead to nv/,
  ],
  ['nothing at all happens', waiting(() => {}), 'callback_timeout', /Look at the phone/],
  [
    'the tunnel works, but brings every request to the root',
    waiting((flow) => open(flow, `/?code=c0de&state=${flow.state}`)),
    'callback_timeout',
    /came for \/,.*\/callback/,
  ],
  [
    'something asks for other pages of the listener, never for the callback',
    waiting(async (flow) => {
      await open(flow, '/favicon.ico')
      await open(flow, '/')
    }),
    'callback_timeout',
    /reached nv|nv was reached|listener was reached/,
  ],
  [
    'a link preview opens the callback page',
    waiting((flow) => open(flow, flow.callbackTarget, { headers: { 'sec-purpose': 'prefetch' } })),
    'callback_timeout',
    /preview/,
  ],
  [
    "the address of the browser's own error page is pasted",
    pasting(() => 'chrome-error://chromewebdata/'),
    'callback_timeout',
    /error page of the browser|browser's own/,
  ],
  [
    'a search for the name of the redirect_uri is pasted',
    pasting(() => 'https://www.google.com/search?q=app.example%2Fcallback'),
    'callback_timeout',
    /search/,
  ],
  [
    'a page of the operator is pasted, without anything of the response',
    pasting(() => 'https://login.mno.example/welcome'),
    'callback_timeout',
    /login\.mno\.example/,
  ],
  [
    'the page was opened on a desktop with another state, twice',
    waiting(async (flow) => {
      const other = flow.callbackTarget.replace(flow.state, 'x'.repeat(43))
      await open(flow, other)
      await open(flow, other)
    }),
    'callback_timeout',
    /another state/,
  ],
]
