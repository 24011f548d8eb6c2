// The authorization request, on its way through the redirects.
import type { Login } from '../challenge.ts'
import type { Difference } from '../../oauth/redirect-uri.ts'
import type { Page } from '../page.ts'
import { describePage, explainPage } from './pages.ts'
import {
  askOperator,
  describeChallenge,
  later,
  quote,
  type Refused,
  rfc6749,
  titled,
  withStatus,
  type Words,
} from './words.ts'

interface RefusedHop extends Refused {
  isFirstHop: boolean
  page: Page | null
  /** What the server asks for before OAuth begins, as in Basic; null: nothing. */
  challenge: Login | null
  /** Whether its words can be about the address alone. */
  isAboutPath: boolean
  redirectUri: string
}

export const authorize = {
  authorize_refused: (facts: RefusedHop): Words => {
    const { cause, fix } = explainRefusedHop(facts)
    const page = facts.page === null ? '' : `It shows ${describePage(facts.page)}. `
    return {
      title: titled(facts, `${facts.host} refused to authorize${withStatus(facts)}`),
      cause: `${facts.page === null ? quote(facts.says) : page}${cause}`,
      fix,
      reference: facts.reference ?? `${rfc6749}#section-4.1.2.1`,
    }
  },
  parameters_lost: (facts: Refused & { isCut: boolean }): Words => ({
    title: titled(facts, `${facts.host} did not get the whole request${withStatus(facts)}`),
    cause: `${quote(facts.says)}nv sent that parameter. ${facts.isCut ? 'The URL was cut on the way, for example at a # in the scope or at an &.' : 'It got lost on the way, or the gateway looks for it elsewhere, as in a request object.'}`,
    fix: facts.isCut
      ? 'Copy the whole URL; on a command line, put it in quotes. If nv sent it itself, report it to the provider.'
      : 'Look at what was sent, with --verbose, and report it to the provider.',
    reference: facts.reference,
  }),
  invalid_request_object: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} does not accept the signed request${withStatus(facts)}`),
    cause: `${quote(facts.says)}It does not know the key or algorithm of the request object, or the clocks differ.`,
    fix: 'Compare the registered public key, its kid (--key-id) and algorithm (--key-algorithm); check the clock; or use --request-object off.',
    reference: facts.reference ?? 'https://www.rfc-editor.org/rfc/rfc9101#section-7',
  }),
  authorize_page: ({
    host,
    status,
    found,
    page,
    holds,
    refresh,
    isOnPhone,
  }: {
    host: string
    status: number
    found: string
    page: Page | null
    /** What of the response a JSON body holds; null: nothing. */
    holds: string | null
    /** Where its Refresh header leads a browser, without parameters; null: it has none. */
    refresh: string | null
    /** Whether a real phone shows the page. */
    isOnPhone: boolean
  }): Words => {
    const isWithoutLocation = [301, 302, 303, 307, 308].includes(status)
    const explained = isWithoutLocation
      ? {
          means: 'It is a redirect without a Location, which leads nowhere.',
          fix: `Try again. If it keeps happening, ${askOperator}.`,
        }
      : refresh !== null
        ? {
            means: `Its Refresh header sends a browser to ${refresh}, which nv does not follow.`,
            fix: 'Open the URL on a phone with --via qr.',
          }
        : page === null
          ? holds === null
            ? {
                means: "A browser can't get any further from there.",
                fix: `If that is the host of the authorize URL, check it (--authorize-url). Otherwise ${askOperator}.`,
              }
            : {
                means: `It holds ${holds} in JSON. An authorization endpoint must redirect, so a browser can't continue from here.`,
                fix: 'Check the authorize URL (--authorize-url). If it is right, ask the provider for the endpoint that redirects.',
              }
          : explainPage(page)
    return {
      title: `The redirects ended at ${host} with ${page === null ? found : 'an HTML page'}${withStatus({ status })}`,
      cause: `${page === null ? '' : `It is ${describePage(page)}. `}${explained?.means ?? 'The page is likely for a person (login or consent), or it reports an error.'}`,
      fix:
        explained?.fix ??
        (isOnPhone
          ? 'If it asks something, answer it on the phone before the time is up (--timeout). The saved run has its text: nv report last --output run.html'
          : 'Open the URL on a phone with --via qr to see the page.'),
      reference: 'https://github.com/camaraproject/NumberVerification/issues/160',
    }
  },
  redirect_elsewhere: ({
    host,
    target,
    isAddress,
    app,
    redirectUri,
  }: {
    host: string
    target: string
    /** Whether it is an address at all. */
    isAddress: boolean
    /** The store or the app that opens there; null: neither. */
    app: string | null
    redirectUri: string
  }): Words => ({
    title: `${host} redirected to ${target}`,
    ...(!isAddress
      ? {
          cause: "That is not a valid address, so a browser can't follow it either.",
          fix: `Compare the redirect_uri with the registration. Otherwise ${askOperator}.`,
        }
      : app === null
        ? {
            cause: `nv can't follow that, and it is not the redirect_uri ${redirectUri}.`,
            fix: 'Compare the redirect_uri with the registration.',
          }
        : {
            cause: `That opens ${app} on a phone, which nv can't follow, and it is not the redirect_uri ${redirectUri}.`,
            fix: "Open the URL on a phone with --via qr, which may need the operator's app. If no app should open, compare the redirect_uri with the registration.",
          }),
  }),
  response_elsewhere: ({
    target,
    redirectUri,
    difference,
  }: {
    target: string
    redirectUri: string
    /** Null: they have little in common. */
    difference: Difference | null
  }): Words => ({
    title: `The response went to ${target}, not to the redirect_uri`,
    cause: `nv asked for ${redirectUri}. ${difference === null ? 'The gateway uses another address, perhaps the registered one' : differences[difference]}. nv did not send the code there.`,
    fix: `Register exactly ${redirectUri}, or give the registered one with --redirect-uri.`,
    reference: `${rfc6749}#section-3.1.2`,
  }),
  too_many_redirects: ({ hops, host }: { hops: number; host: string }): Words => ({
    title: `More than ${hops} redirects, the last one from ${host}`,
    cause: 'The redirects loop. A cookie lost between hops can cause that.',
    fix: `Look at the hops with --verbose, and ${askOperator}.`,
  }),
}

const differences: Readonly<Record<Difference, string>> = {
  scheme: 'The scheme differs (http or https)',
  'user name': 'There is a user name in it',
  host: 'The host differs',
  port: 'The port differs',
  encoding: 'The path is percent-encoded in another way',
  slash: 'A slash was added or is missing',
  case: 'The path differs in case',
  path: 'The path differs',
  'second question mark': 'The response comes after a second question mark',
  fragment: 'The response comes after a #',
  query: 'A parameter that was registered is missing',
}

/** Says what a refusal means, by the hop that it came from and its status. */
function explainRefusedHop(facts: RefusedHop): { cause: string; fix: string } {
  const explained = facts.page === null ? null : explainPage(facts.page)
  const isTooLong =
    [413, 414, 431].includes(facts.status ?? 0) ||
    /\b(request|headers?|ur[il]|url|query( string)?|cookies?)\b( is| are)? too (long|large)/i.test(
      `${facts.says} ${facts.page?.text}`,
    )
  if (isTooLong)
    return {
      cause: 'The request is longer than this server, or one in front of it, accepts.',
      fix: `Shorten it: --request-object off, or fewer cookies and parameters. Otherwise ${askOperator}.`,
    }
  if (!facts.isFirstHop) {
    return {
      cause:
        explained?.means ??
        'This hop comes after the gateway: likely a cookie or the state got lost, or an operator is down.',
      fix: explained?.fix ?? `Try again from the start. If it keeps happening, ${askOperator}.`,
    }
  }
  if (facts.status !== null && facts.status >= 500) {
    return { cause: 'The gateway is failing.', fix: `Try again later.${later(facts)}` }
  }
  if (explained !== null) return { cause: explained.means, fix: explained.fix }
  if (facts.challenge !== null)
    return {
      cause: `It asks for ${describeChallenge(facts.challenge)} before OAuth begins: something in front of the endpoint is protected, or the URL is not that of the endpoint.`,
      fix: 'Check the authorize URL (--authorize-url), and ask the provider how a phone gets past that.',
    }
  const isWordless = facts.says === null
  if (facts.status === 404 || facts.status === 405)
    return {
      cause: `${facts.isAboutPath ? 'There' : 'Unless its words say otherwise, there'} is no authorization endpoint at that address.`,
      fix: 'Check the authorize URL (--authorize-url).',
    }
  return {
    cause: `${isWordless ? 'For' : 'If its words do not say why: for'} an unknown client_id or redirect_uri a gateway shows an error page, and sends nothing to the callback.`,
    fix: `${isWordless ? 'Check' : 'Fix what the server says. Otherwise check'} the client_id, and register exactly ${facts.redirectUri}.`,
  }
}
