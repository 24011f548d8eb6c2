// What arrived in place of the authorization response, and why nv could not take it.
import type { Arrival } from '../../run/recording.ts'
import { quote, type Words } from './words.ts'

type Explained = Pick<Words, 'title' | 'cause' | 'fix'>

interface Facts {
  what: Arrival['what']
  redirectUri: string
  title: string
  /** What it was, by whether it had our state. */
  ours: string
}

/** Says what arrived and why it was not accepted; null if that doesn't explain the wait. */
export function explainArrival(
  { what, verdict }: Arrival,
  { redirectUri, seconds }: { redirectUri: string; seconds: number },
): Explained | null {
  const arrived = what.kind === 'tls' ? 'TLS handshake' : what.state === 'ours' ? 'callback' : 'request'
  const title = `A ${arrived} arrived, but nv could not accept it (waited ${seconds} s)`
  const ours = what.state === 'ours' ? 'A request with our state' : 'A request'
  return explanations[verdict]?.({ what, redirectUri, title, ours }) ?? null
}

const pathOf = (url: string) => (URL.canParse(url) ? new URL(url).pathname : url)
const hostOf = (url: string) => (URL.canParse(url) ? new URL(url).host : url)

const explanations: Readonly<Partial<Record<Arrival['verdict'], (facts: Facts) => Explained>>> = {
  wrong_path: ({ what, redirectUri, title, ours }) =>
    what.path?.includes('%3F…')
      ? {
          title,
          cause: `${ours} came, but its ? was percent-encoded (%3F), so that what followed was part of the path, not a query.`,
          fix: 'Have the gateway, or what stands in front of nv, redirect to the address as it is.',
        }
      : {
          title,
          cause: `${ours} came for ${what.path ?? 'another path'}, but the redirect_uri has ${pathOf(redirectUri)}.`,
          fix: 'Give the redirect_uri exactly as registered. If a tunnel strips or adds a path, configure it not to.',
        },
  wrong_host: ({ what, redirectUri, title, ours }) => ({
    title,
    cause: `${ours} came under Host ${what.host ?? '(none)'}, but the redirect_uri has ${hostOf(redirectUri)}.`,
    fix: 'Have the tunnel or proxy keep the Host header, or give --redirect-uri with that host.',
  }),
  wrong_method: ({ what, title }) => ({
    title,
    cause:
      what.method === 'POST' && what.state === 'missing'
        ? `It came as a POST, without our state. ${listOthers(what.parameters)}nv only accepts a GET with the response in the query.`
        : what.method === 'POST'
          ? 'It came as a POST, as with response_mode form_post. nv only accepts a GET with the response in the query.'
          : `It came as ${what.method ?? 'another method'}, not as GET: likely a program looked at the link.`,
    fix:
      what.method === 'POST'
        ? 'Get the application registered for a response in the query.'
        : 'Open the link on the phone itself, rather than from a chat or a mail.',
  }),
  tls_on_plain_port: ({ redirectUri, title }) => ({
    title,
    cause: `It came on the plain port: likely a browser turned ${redirectUri} into https.`,
    fix: 'Turn HTTPS-only off in that browser, or use an https redirect_uri with a tunnel.',
  }),
  no_parameters: ({ what, title }) =>
    what.parameters.length > 0
      ? {
          title,
          cause:
            `It has neither code nor error nor state. ${listOthers(what.parameters)}${jarmIn(what.parameters)}`.trim(),
          fix: 'Get the application registered for the code flow with a response in the query (response_mode query).',
        }
      : {
          title: 'The callback page was opened without parameters',
          cause: 'They came after a # (response_mode fragment), or something on the way removed them.',
          fix: 'If the address on the phone has parameters, paste it. Get the response sent in the query.',
        },
  prefetch: () => ({
    title: 'Only a preview of the callback page arrived',
    cause: 'A browser or chat app fetched the address ahead of time. That is not the user opening it.',
    fix: 'Scan the QR code instead of sending the link in a chat.',
  }),
  foreign_origin: ({ title, ours }) => ({
    title,
    cause: `${ours} was sent by a page of another origin, which nv does not accept.`,
    fix: 'The gateway has to redirect the browser to the redirect_uri itself.',
  }),
  authorize_url: () => explainPasted('authorize_url'),
  error_page: ({ what }) => explainPasted('error_page', what),
  bare_code: () => explainPasted('bare_code'),
  shortened: () => ({
    title: 'The pasted address was shortened',
    cause: 'Its code or state ends in "…", as programs show long addresses.',
    fix: 'Copy the address from the address bar of the phone, not the text of a link to it.',
  }),
  not_an_address: ({ what }) => explainStray(what.host ?? ''),
  state_missing: ({ what }) => explainForeign(what, 'without a state'),
  state_differs: ({ what }) => explainForeign(what, 'with another state'),
  state_doubled: ({ what }) => explainForeign(what, 'with more than one state'),
}

/** Says what a pasted address is when it doesn't belong to this flow. */
function explainStray(host: string): Explained {
  const isBrowsers = /^(chrome-error|about|chrome|edge|safari|data|blob):/.test(host)
  const isSearch = /(^|\.)(google|bing|duckduckgo|yahoo|ecosia|startpage|yandex)\./.test(host)
  const what = isBrowsers
    ? "The pasted address is the browser's own error page"
    : isSearch
      ? `The pasted address is a search at ${host}`
      : `The pasted address, at ${host}, has no response in it`
  return {
    title: what,
    cause: isBrowsers
      ? 'The browser could not open what the gateway redirected to, and shows its own error page.'
      : 'It has no code, error or state.',
    fix: 'Paste the address that the phone was sent to: go back once, or copy it from the address bar before it changes.',
  }
}

function explainForeign(
  { error, errorDescription, parameters, state }: Arrival['what'],
  how: string,
): Explained {
  if (error !== null)
    return {
      title: `${error}: the gateway sent an error ${how}`,
      cause: `${quote(errorDescription)}nv can't tell whether it answers this attempt, and kept waiting.`,
      fix: 'Fix what the error says, then try again.',
    }
  const meant = state === 'missing' ? meantAsState(parameters) : null
  return {
    title: `A callback arrived ${how}`,
    cause: meant ?? 'It belongs to an older attempt, or the gateway lost the state.',
    fix: 'Open the newest URL once. If it keeps happening, report it to the provider.',
  }
}

/** Says which parameter was likely meant as the state; null when none was. */
export function meantAsState(names: readonly string[]): string | null {
  const escaped = names.find((name) => name.startsWith('amp;'))
  if (escaped !== undefined)
    return `It has ${escaped}: an & was written as in HTML (&amp;) where the address was made.`
  const near = names.find((name) => /^(.*_)?state$/i.test(name.replaceAll('-', '_')))
  if (near !== undefined) return `It has ${near}, which is another name.`
  return names.some((name) => /[=%]/.test(name))
    ? 'Its query is percent-encoded as a whole, so that no parameter can be told apart.'
    : null
}

/** Says that a response is likely signed; empty when nothing tells so. */
export function jarmIn(names: readonly string[]): string {
  return names.includes('response') ? 'That may be a signed response (JARM), which nv does not read.' : ''
}

/** Lists what came in place of the state. */
export function listOthers(names: readonly string[]): string {
  const shown = names.filter((name) => /^[\w.-]{1,40}$/.test(name)).slice(0, 4)
  if (names.length === 0) return 'It has no parameters at all. '
  return shown.length === 0 ? '' : `It has ${shown.join(', ')}. `
}

export type PastedError = Pick<Arrival['what'], 'host' | 'error' | 'errorDescription'>

/** Says what was pasted in place of the address that the phone ended on. */
export function explainPasted(
  verdict: 'authorize_url' | 'error_page' | 'bare_code',
  what: PastedError = { host: null, error: null, errorDescription: null },
): Explained {
  if (verdict === 'authorize_url')
    return {
      title: 'The pasted address is the one that nv showed',
      cause: 'It is the authorize URL, not the address that the phone ended on.',
      fix: 'Open it on the phone first, then paste the final address.',
    }
  if (verdict === 'bare_code')
    return {
      title: 'Only a code was pasted',
      cause: "Without the state that came with it nv can't tell whether it belongs to this attempt.",
      fix: 'Paste the whole final address.',
    }
  return {
    title: `${what.host ?? 'The gateway'} shows an error${what.error === null ? '' : `: ${what.error}`}`,
    cause: `${quote(what.errorDescription)}The pasted address is an error page, so nothing was sent to the redirect_uri.`,
    fix: 'Compare the client_id and the redirect_uri with the registration, character by character.',
  }
}
