// Pages in HTML that came in place of an answer: what they are, and what to do about each kind.
import type { Page } from '../page.ts'
import { askOperator, quote, withStatus, type Words } from './words.ts'

/** Names a page by its host, title and first words. */
export function describePage({ title, words }: Page): string {
  if (title === null)
    return words === null ? 'an HTML page without text' : `an HTML page that begins "${words}"`
  return words === null || words === title
    ? `an HTML page titled "${title}"`
    : `an HTML page titled "${title}" that begins "${words}"`
}

/** The pages that are meant for the user of a phone. */
const ofPhone: ReadonlySet<Page['kind']> = new Set<Page['kind']>([
  'redirect',
  'app-link',
  'interstitial',
  'browser-refused',
  'wifi-off',
  'one-time-password',
  'phone-number',
  'consent',
  'login',
  'form-post',
  'form-onward',
])

/**
 * Says what a page means in place of what a program asked for, with the setting that gave the URL; null where its kind
 * tells nothing.
 */
export function explainPageForProgram(page: Page, setting: string): { means: string; fix: string } | null {
  if (page.kind === 'parked')
    return { means: 'It is the page of a parked domain: the host is wrong.', fix: `Check ${setting}.` }
  if (!ofPhone.has(page.kind)) return explainPage(page)
  const what = page.kind === 'login' ? 'a login page' : 'a page for a person'
  return {
    means: `It is ${what}: the URL leads to a website, not to the endpoint.`,
    fix: `Check ${setting}.`,
  }
}

/** Says what a page of that kind means on the phone's way, and what to do; null where the kind tells nothing. */
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
      fix: 'Get the host allowed in the proxy, or exclude it with NO_PROXY.',
    },
    'client-certificate': {
      means: 'The server requires a client certificate (mutual TLS), which nv does not support.',
      fix: 'Ask the provider for an endpoint without mutual TLS.',
    },
    'default-server': {
      means: 'It is the default page of a web server: nothing is set up at that address.',
      fix: 'Check the host and the path of the URL.',
    },
    'form-post': {
      means: `It posts the response${where} as a form (response_mode form_post), which nv does not accept.`,
      fix: 'Get the application registered for a response in the query.',
    },
    'form-onward': {
      means: `It posts a form on${where} by script, as a browser would. nv does not follow that.`,
      fix: 'Open the URL on a phone with --via qr.',
    },
    redirect: {
      means: `It redirects a browser${where} by script or meta refresh, which nv does not follow.`,
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
    'browser-refused': {
      means: 'It is about the browser: the program that asked is not one that it serves.',
      fix: 'Open the URL in a browser on a phone, with --via qr.',
    },
    'wifi-off': {
      means: 'It asks for mobile data: the request came over Wi-Fi or another network.',
      fix: 'Use the phone itself on mobile data, with Wi-Fi and VPN off. Then try again.',
    },
    'one-time-password': {
      means: 'It asks for a one-time password: the line was not recognised by its connection.',
      fix: 'Use the phone itself on mobile data, with Wi-Fi and VPN off. Then try again.',
    },
    'phone-number': {
      means: 'It asks for the phone number: the line was not recognised by its connection.',
      fix: 'Use the phone itself on mobile data, with Wi-Fi and VPN off. Then try again.',
    },
    consent: {
      means: 'It asks the user for consent.',
      fix: 'Open the URL on a phone with --via qr and give consent once, then try again.',
    },
    login: {
      means: 'It is a login page: the line was not recognised by its connection.',
      fix: 'Open the URL on a phone on mobile data, with --via qr.',
    },
    maintenance: {
      means: 'The site says that it is under maintenance.',
      fix: 'Try again later.',
    },
    parked: {
      means: 'It is the page of a parked domain: the host is wrong.',
      fix: 'Check the host of the URL.',
    },
    error: null,
    other: null,
  }
  return explanations[kind]
}

export const pages = {
  captive_portal: ({
    host,
    page,
    status,
    location = null,
  }: {
    host: string
    page: Page | null
    status: number
    /** Where it redirected to; null: it did not. */
    location?: string | null
  }): Words => ({
    title: `A network login page answered instead of ${host} (HTTP ${status})`,
    cause: `${describeLogin(page, location)}. The request ${location === null ? 'never' : 'likely never'} reached the gateway.`,
    fix: 'Sign in to the network in a browser, or use another one, then try again.',
    reference: 'https://www.rfc-editor.org/rfc/rfc6585#section-6',
  }),
  firewall_page: ({
    host,
    page,
    status,
    says = null,
  }: {
    host: string
    /** Null: it said so without a page. */
    page: Page | null
    status: number | null
    says?: string | null
  }): Words => {
    const reference = page?.reference ?? null
    return {
      title: `A firewall in front of ${host} blocked the request${withStatus({ status })}`,
      cause: `${page === null ? (says === null ? 'It answered with a check for a human visitor.' : quote(says)) : `It answered with ${describePage(page)}.`}${reference === null ? '' : ` Its reference is ${reference}.`}`,
      fix: `Try another network. If it keeps happening, ${askOperator}${reference === null ? '' : ', and that reference'}.`,
    }
  },
  proxy_page: ({ host, page, status }: { host: string; page: Page; status: number }): Words => ({
    title: `A proxy answered instead of ${host} (HTTP ${status})`,
    cause: `It returned ${describePage(page)}. ${status >= 500 ? 'Likely it could not reach the gateway.' : 'The request never reached the gateway.'}`,
    fix:
      status >= 500
        ? 'Check the host of the URL, and whether the proxy may connect to it; or exclude it with NO_PROXY.'
        : 'Get the host allowed in the proxy, or exclude it with NO_PROXY.',
  }),
}

function describeLogin(page: Page | null, location: string | null): string {
  if (location !== null)
    return `It redirected to ${location}, which looks like a network login page (captive portal)`
  return page === null ? 'The status says so (captive portal)' : `It is ${describePage(page)}`
}
