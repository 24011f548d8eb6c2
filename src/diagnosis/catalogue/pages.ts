// Pages in HTML that came in place of an answer: what they are, and what to do about each kind.
import type { Page } from '../page.ts'
import { askOperator, type Words } from './words.ts'

/** Names a page by its host's title and first words. */
export function describePage({ title, words }: Page): string {
  if (title === null)
    return words === null ? 'an HTML page without text' : `an HTML page that begins "${words}"`
  return words === null || words === title
    ? `an HTML page titled "${title}"`
    : `an HTML page titled "${title}" that begins "${words}"`
}

/** Says what a page of that kind means, and what to do; null where the kind tells nothing. */
export function explainPage({ kind, reference, target }: Page): { means: string; fix: string } | null {
  const where = target === null ? '' : ` to ${target}`
  const explanations: Readonly<Record<Page['kind'], { means: string; fix: string } | null>> = {
    'captive-portal': {
      means: "It looks like the login page of this machine's network (captive portal).",
      fix: 'Sign in to the network in a browser, or use another one, then try again.',
    },
    firewall: {
      means: `A firewall in front of the gateway blocked the request${reference === null ? '' : ` (reference ${reference})`}.`,
      fix: `Try another network. If it keeps happening, ${askOperator}${reference === null ? '' : ', and that reference'}.`,
    },
    proxy: {
      means: 'It comes from a proxy between this machine and the gateway.',
      fix: 'Have the host allowed in the proxy, or exclude it with NO_PROXY.',
    },
    'client-certificate': {
      means: 'The server requires a client certificate (mutual TLS), and nv presents none.',
      fix: 'Ask the provider for an endpoint without mutual TLS.',
    },
    'default-server': {
      means: 'It is the default page of a web server: nothing is set up at that address.',
      fix: 'Check the host and the path of the URL.',
    },
    'form-post': {
      means: `It posts the response${where} by a form (response_mode form_post), which nv does not take.`,
      fix: 'Have the application registered for a response in the query.',
    },
    redirect: {
      means: `It sends a browser on${where} by script or meta refresh, which nv does not follow.`,
      fix: 'Open the URL on a phone with --via qr.',
    },
    'app-link': {
      means: `It wants to open an app${where}.`,
      fix: 'Open the URL on a phone with --via qr.',
    },
    interstitial: {
      means: 'It wants the link to be opened in another browser.',
      fix: 'Open the URL in the browser of the phone, not inside a chat app.',
    },
    'wifi-off': {
      means: 'It asks for mobile data: the request came over Wi-Fi or another network.',
      fix: 'Use the phone itself on mobile data, with Wi-Fi and VPN off. Then try again.',
    },
    'one-time-password': {
      means: 'It asks for a one-time password: the line was not recognised by its connection.',
      fix: 'Use the phone itself on mobile data, with Wi-Fi and VPN off. Then try again.',
    },
    consent: {
      means: 'It asks the user of the line for consent.',
      fix: 'Open the URL on a phone with --via qr and give consent once, then try again.',
    },
    login: {
      means: 'It is a login page: the line was not recognised by its connection.',
      fix: 'Open the URL on a phone on mobile data, with --via qr.',
    },
    error: null,
    other: null,
  }
  return explanations[kind]
}

export const pages = {
  captive_portal: ({ host, page, status }: { host: string; page: Page | null; status: number }): Words => ({
    title: `A login page of the network answered in place of ${host} (HTTP ${status})`,
    cause: `${page === null ? 'The status says so' : `It is ${describePage(page)}`}. The request never reached the gateway.`,
    fix: 'Sign in to the network in a browser, or use another one, then try again.',
    reference: 'https://www.rfc-editor.org/rfc/rfc6585#section-6',
  }),
  firewall_page: ({ host, page, status }: { host: string; page: Page; status: number }): Words => ({
    title: `A firewall in front of ${host} blocked the request (HTTP ${status})`,
    cause: `It answered with ${describePage(page)}.${page.reference === null ? '' : ` Its reference is ${page.reference}.`}`,
    fix: `Try another network. If it keeps happening, ${askOperator}${page.reference === null ? '' : ', and that reference'}.`,
  }),
}
