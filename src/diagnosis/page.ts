// Reads a page in HTML that came in place of an answer: what kind of page it is, and its first words.
import { headerOf, type ResponseMessage, textOf } from '../wire/exchange.ts'
import { firstSentence, textOfElement, visibleText } from './markup.ts'

export type PageKind =
  | 'captive-portal'
  | 'firewall'
  | 'proxy'
  | 'client-certificate'
  | 'default-server'
  | 'form-post'
  | 'form-onward'
  | 'redirect'
  | 'app-link'
  | 'interstitial'
  | 'browser-refused'
  | 'wifi-off'
  | 'one-time-password'
  | 'phone-number'
  | 'consent'
  | 'parked'
  | 'maintenance'
  | 'login'
  | 'error'
  | 'other'

export interface Page {
  kind: PageKind
  title: string | null
  /** The first sentence of what a person would read; null if there is no text. */
  words: string | null
  /** The reference that a firewall asks for. */
  reference: string | null
  /** All that a person would read, as far as it is worth keeping. */
  text: string
  /** Where a form, a script or a link leads, without its parameters. */
  target: string | null
}

/** How much of the text of a page is kept. */
const maxText = 2000

/** Longer pages are judged by their beginning. */
const maxLength = 32_768

/** Reads a response as a page; null when it is not one. */
export function readPage(response: ResponseMessage | null): Page | null {
  const html = textOf(response)
    .replace(/^\uFEFF/, '')
    .trimStart()
    .slice(0, maxLength)
  if (response === null || !isHtml(html)) return null
  const title = textOfElement(html, 'title') ?? textOfElement(html, 'h1')
  const text = visibleText(html)
  const words = firstSentence(text)
  const read = { response, html, text: `${title ?? ''} ${text}`.toLowerCase() }
  const kind = classify(read)
  const reference = referenceIn(text) ?? (kind === 'firewall' ? referenceOf(response) : null)
  return { kind, title, words, reference, text: text.slice(0, maxText), target: targetOf(kind, html) }
}

function isHtml(given: string): boolean {
  const text = withoutComments(given)
  return (
    (text === '' && given !== '') ||
    /^<(?!\?xml)(!doctype html|html|head|body|title|meta|script|center|h\d|p|div|form|b|pre)\b/i.test(text) ||
    /^<\?xml[^>]{0,200}>\s*<!doctype html/i.test(text)
  )
}

/** Takes off the comments that a page begins with; an XML document can begin with one, too. */
function withoutComments(text: string): string {
  let rest = text
  while (rest.startsWith('<!--')) {
    const end = rest.indexOf('-->')
    rest = end < 0 ? '' : rest.slice(end + 3).trimStart()
  }
  return rest
}

interface ReadPage {
  response: ResponseMessage
  html: string
  text: string
}

/** What checks of visitors load, whatever language their page is in. */
export const botCheck =
  /captcha-delivery\.com|\/_incapsula_resource|px-captcha|\/challenge-platform\/|awswaf\.com/i

/** Entra puts its errors onto its login page. */
const errorNumber = /\baadsts\d{4,}/

/** A page that speaks of these is an operator's; that of a hotel knows no such thing. */
const ofMobileNetwork =
  /\b(mobile|cellular) (data|network|connection|number|connect)\b|\bmsisdn\b|\bsim\b|datos móviles|red móvil|dados móveis|rede móvel|données mobiles|réseau mobile|dati mobili|rete mobile|mobile daten|mobilfunk|rufnummer|mobiele (data|netwerk)/

/** The kinds in the order in which they are tried; the first that fits is taken. */
const signs: ReadonlyArray<[PageKind, (page: ReadPage) => boolean]> = [
  ['error', ({ text }) => errorNumber.test(text)],
  [
    'captive-portal',
    ({ response, html, text }) =>
      response.status === 511 ||
      /wispaccessgatewayparam/i.test(html) ||
      (/\b(wi-?fi|wlan|hotspot|captive|network access|internet access)\b/.test(text) &&
        /\b(sign in|log ?in|welcome|accept|terms|connect|connectez-vous|connectarse|conectarte|akzeptieren|nutzungsbedingungen|acepta|accetta|aceite|conditions|condiciones|condizioni|condições)\b/.test(
          text,
        ) &&
        !/(turn|switch) off|desactiv|désactiv|disattiv|deslig|ausschalten|deaktiv/.test(text) &&
        !ofMobileNetwork.test(text)),
  ],
  [
    'client-certificate',
    ({ text }) =>
      /no required ssl certificate|ssl certificate error|client certificate (is )?(either )?(required|missing|not trusted|invalid)|certificate required/.test(
        text,
      ),
  ],
  [
    'firewall',
    ({ response, html, text }) =>
      botCheck.test(html) ||
      /request (was |is )?(unsuccessful|rejected|blocked)|requested url was rejected|attention required|you have been blocked|web ?(application|site) firewall|mod_?security|wordfence|\bweb firewall\b|cloudflare to restrict access|checking your browser|^just a moment|(verify|confirm) (that )?you are (a )?human|not a (ro)?bot\b|ddos.?(guard|protection)|\burl .{0,30}(rechazad|rejeitad|rejetée|respint|abgelehnt)|reference\s*#\s*[0-9a-f]+(\.[0-9a-f]+){2}|sucuri|access denied.{0,300}reference|incapsula|support id/s.test(
        text,
      ) ||
      (response.status === 403 && headerOf(response, 'cf-mitigated') !== null),
  ],
  [
    'proxy',
    ({ response, text }) =>
      headerOf(response, 'x-squid-error') !== null ||
      /zscaler|blue ?coat|forcepoint|forti(guard|gate|net)|squid|umbrella|opendns|netskope|sophos|mcafee web|palo alto|web ?filter|this (web)?site is blocked|your (administrator|organi[sz]ation) (has )?(blocked|denied)|access to this (site|page) (is|has been) (blocked|denied)/.test(
        text,
      ),
  ],
  [
    'default-server',
    ({ text }) =>
      /welcome to (nginx|caddy|openresty)|apache2? .{0,40}default page|iis windows|\bit works!|default web site page|test page for the/.test(
        text,
      ),
  ],
  [
    'form-post',
    ({ html }) =>
      /<form\b[^>]*\bmethod\s*=\s*["']?post/i.test(html) &&
      /<input\b[^>]*\bname\s*=\s*["']?(code|id_token|error|response)["'\s/>]/i.test(html) &&
      /<input\b[^>]*\btype\s*=\s*["']?hidden/i.test(html),
  ],
  [
    'form-onward',
    ({ html }) =>
      /<form\b[^>]*\bmethod\s*=\s*["']?post/i.test(html) &&
      /\.submit\(/.test(html) &&
      /<input\b[^>]*\btype\s*=\s*["']?hidden/i.test(html) &&
      !/<input\b[^>]*\btype\s*=\s*["']?(text|tel|password|number|email)/i.test(html),
  ],
  [
    'app-link',
    ({ html }) =>
      /(href|location)[^>;]{0,40}["'](intent|itms-apps|market):|href\s*=\s*["'](?!https?:|ftp:|data:)[a-z][a-z\d+.-]{2,30}:\/\/|play\.google\.com\/store|apps\.apple\.com/i.test(
        html,
      ),
  ],
  [
    'redirect',
    ({ html }) =>
      /<meta\b[^<>]*http-equiv\s*=\s*["']?refresh[^<>]*url\s*=/i.test(html) ||
      /<script\b[^]*?\blocation(\.href)?\s*=(?!=)|<script\b[^]*?\blocation\.(replace|assign)\(/i.test(html),
  ],
  [
    'interstitial',
    ({ text }) =>
      /open (this |it )?(page |link )?in (your |the |another )?(default |external )?browser/.test(text),
  ],
  [
    'browser-refused',
    ({ text }) =>
      /\b(supported|compatible|modern|up-to-date|mobile|standard|real) (web ?)?browser|browser .{0,20}(required|not supported|unsupported|outdated|too old)|unsupported browser|user.?agent|(enable|requires?) javascript|navegador (no|não) (es |é )?compatible|navegador compat/.test(
        text,
      ),
  ],
  [
    'wifi-off',
    ({ text }) =>
      /(turn|switch) off (your )?wi-?fi|disable (your )?wi-?fi|(use|enable|switch to|turn on|connect to) (your |the )?(mobile|cellular) (data|network)|(d[eé]sactiv|disattiv|apag|spegn|desconect|desliga|desligue)\w* (el |la |o |le |il |su |tu |votre )?wi-?fi|wi-?fi (uit|af|off)\b|datos móviles|dados móveis|mobiele data|rete mobile|mobil veri|data seluler|danych? komórkow|мобильн[а-я]* (данн|интернет|сет)|移动数据|モバイルデータ|모바일 데이터|मोबाइल डेटा|(wlan|wi-?fi) (aus|deaktiv)|mobile daten|mobilfunk|données mobiles|dati mobili/.test(
        text,
      ),
  ],
  [
    'one-time-password',
    ({ html, text }) =>
      /autocomplete\s*=\s*["']?one-time-code/i.test(html) ||
      /one-?time (password|code|pin)|verification code|\botp\b|code (we|that we) sent|sms-?code|(code|código|codice|kod) .{0,30}(per|par|por|via|by|z|aus|dal|do|from) sms|einmalpasswort|bestätigungscode|código (de verificación|sms|que )|code de vérification/.test(
        text,
      ),
  ],
  [
    'phone-number',
    ({ html }) =>
      (html.match(/<input\b[^>]*>/gi) ?? []).some(
        (input) =>
          /\b(type\s*=\s*["']?tel|name\s*=\s*["']?(msisdn|phone|mobile))/i.test(input) &&
          !/\btype\s*=\s*["']?(hidden|submit)/i.test(input),
      ),
  ],
  [
    'maintenance',
    ({ text }) =>
      /\b(under|scheduled|planned|in) maintenance\b|maintenance (mode|work|window)|wartungsarbeiten|mantenimiento|manutenção|\bbe (right )?back (soon|shortly)|services? (is|are) (temporarily |currently )?(not available|unavailable) (right now|at the moment|at this time)|working to restore/.test(
        text,
      ),
  ],
  [
    'parked',
    ({ text }) =>
      /domain .{0,20}(is|may be) (for sale|parked)|buy this domain|parked (domain|free)/.test(text),
  ],
  ['login', ({ html }) => /<input\b[^>]*\btype\s*=\s*["']?password/i.test(html)],
  [
    'error',
    ({ response, text }) =>
      response.status >= 400 ||
      /invalid_(request|client|scope|grant)|unauthorized_client|redirect_uri|\berror\b|not found|something went wrong/.test(
        text,
      ),
  ],
  [
    'consent',
    ({ text }) =>
      /\bconsent\b|consentimiento|consentimento|einwilligung|zustimmen|consentement|consenso|\bautoriza(s|r|ção)?\b|\bautorizo\b|\b(allow|authori[sz]e|share)\b.{0,80}\b(access|number|data|app)/s.test(
        text,
      ),
  ],
  [
    'login',
    ({ text }) => /\b(sign|log) ?in\b|anmelden|iniciar sesión|se connecter|iniciar sessão/.test(text),
  ],
]

function classify(page: ReadPage): PageKind {
  return signs.find(([, fits]) => fits(page))?.[0] ?? 'other'
}

const actionOf = /<form\b[^>]*\baction\s*=\s*["']?([^"'\s>?#]+)/i

function targetOf(kind: PageKind, html: string): string | null {
  const patterns: Partial<Record<PageKind, RegExp>> = {
    'form-post': actionOf,
    'form-onward': actionOf,
    redirect:
      /(?:http-equiv\s*=\s*["']?refresh[^<>]*url\s*=\s*["']?|location(?:\.href)?\s*=\s*["']|location\.(?:replace|assign)\(\s*["'])([^"'\s>?#]+)/i,
    'app-link':
      /["']((?!https?:|ftp:|data:)[a-z][a-z\d+.-]{2,30}:\/\/[^"'?#]{0,80}|(?:intent|itms-apps|market):[^"'?#]{0,80}|https:\/\/(?:play\.google|apps\.apple)\.com\/[^"'?#]{0,80})/i,
  }
  const pattern = patterns[kind]
  return pattern === undefined ? null : (pattern.exec(html)?.[1]?.slice(0, 120) ?? null)
}

/** Finds the reference among the headers of a response that a firewall made. */
function referenceOf(response: ResponseMessage): string | null {
  const names = ['cf-ray', 'x-iinfo', 'x-amz-cf-id', 'x-akamai-request-id', 'x-request-id']
  return (
    names
      .map((name) => headerOf(response, name))
      .find((value) => value !== null)
      ?.slice(0, 60) ?? null
  )
}

/** Finds the reference that a firewall's page asks for. */
function referenceIn(text: string): string | null {
  const found =
    /\b(?:(?:reference|support|incident|event|ray|request|case|error)[\s-]*(?:#|id|no\.?|number)|id (?:de|di) \w+)\s*(?:is|es|est|ist|lautet|è)?\s*[:#]?\s*([A-Za-z0-9][\w.:-]{5,60})/i.exec(
      text,
    )
  return found?.[1]?.replace(/[.:]$/, '') ?? null
}
