// The discovery document: why it gave no endpoint, what is odd about it, and what it offers beside what is configured.
import { type Discovered, isForeignIssuer, issuerIn, readDiscovery } from '../../oauth/discovery.ts'
import { type Endpoint, endpointsOf, type Grant, grantTypes } from '../../oauth/grants.ts'
import { compareWithOffer } from '../../oauth/offered.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { endpointRule } from '../../wire/addresses.ts'
import { describeValue, readBody } from '../../wire/body.ts'
import { textOf } from '../../wire/exchange.ts'
import { finding } from '../finding.ts'
import { lookalikeOf } from '../lookalike.ts'
import {
  hostAsked,
  hostOf,
  lastOf,
  locationOf,
  placeOf,
  type Rule,
  sourceOf,
  stoppedFor,
} from '../recorded.ts'
import { readRefusal, wordsOf } from '../refusal.ts'
import { explainTransport } from './network.ts'
import { explainMeaning } from './meant.ts'
import { refusedIn } from './refusing.ts'
import { meaningOf } from '../meaning.ts'
import { readPage } from '../page.ts'
import { describePage } from '../catalogue/pages.ts'

const members = {
  authorizeUrl: 'authorization_endpoint',
  tokenUrl: 'token_endpoint',
  backchannelUrl: 'backchannel_authentication_endpoint',
} as const satisfies Readonly<Record<Endpoint, string>>

interface Found {
  exchange: Exchange
  document: Discovered
  host: string
}

/** Finds the document that the endpoints of a run come from; null if none has arrived. */
function findDocument({ exchanges }: Recording): Found | null {
  for (const exchange of exchanges) {
    if (exchange.kind !== 'discovery' || exchange.step !== 'authorize') continue
    if (exchange.response?.status !== 200 || exchange.failure !== null) continue
    const document = readDiscovery(textOf(exchange.response))
    if (document !== null) return { exchange, document, host: hostAsked(exchange) }
  }
  return null
}

/** Tells whether a JSON object lacks everything that a discovery document has. */
function isNoDocument({ document }: Found): boolean {
  const { issuer, authorizeUrl, tokenUrl, backchannelUrl } = document
  return [issuer, authorizeUrl, tokenUrl, backchannelUrl].every((value) => value === null)
}

/** Lists the endpoints that every possible grant needs. */
function neededEndpoints(grants: readonly Grant[]): Endpoint[] {
  const all = Object.keys(members) as Endpoint[]
  return all.filter((name) =>
    grants.every((grant) => (endpointsOf[grant] as readonly Endpoint[]).includes(name)),
  )
}

/** Explains why there is no endpoint to continue with. */
export const explainEndpoint: Rule = (recording) => {
  const step = stoppedFor(recording, 'endpoint')
  if (step === null) return []
  const last = lastOf(recording, ['discovery', 'credentials'], step)
  const found = findDocument(recording)
  if (last === null) {
    const { issuer } = recording.target
    return [finding('operator_token_no_grant', { step }, { issuer })]
  }
  const asked = last.kind === 'credentials' ? last : mostTelling(recording, last)
  const transport = explainTransport(recording, last) ?? explainTransport(recording, asked)
  if (transport !== null) return [transport]
  if (last.kind === 'credentials') return explainCredentials(last)
  return found === null || isNoDocument(found)
    ? explainDocument(recording, asked)
    : explainMissing(recording, found)
}

/**
 * Chooses of the answers where a document could be the one that says most: a refusal, a redirect, a page, and last that
 * there is nothing.
 */
function mostTelling({ exchanges }: Recording, last: Exchange): Exchange {
  const asked = exchanges.filter(
    ({ kind, step, response }) => kind === 'discovery' && step === last.step && response !== null,
  )
  const statusOf = ({ response }: Exchange) => response?.status ?? 0
  const signs: ReadonlyArray<(exchange: Exchange) => boolean> = [
    (exchange) => statusOf(exchange) >= 500 || statusOf(exchange) === 429,
    (exchange) => [401, 403, 407, 511].includes(statusOf(exchange)),
    (exchange) => isMovedAway(exchange),
    (exchange) => isLoop(asked, exchange),
    (exchange) => statusOf(exchange) === 200,
    saysWhy,
  ]
  for (const fits of signs) {
    const found = asked.find(fits)
    if (found !== undefined) return found
  }
  return last
}

/** Tells whether a refusal has words of its own, more than that there is nothing. */
function saysWhy({ response }: Exchange): boolean {
  const refusal = response === null ? null : readRefusal(response)
  const words = refusal === null || refusal.kind === 'page' ? null : wordsOf(refusal)
  return words !== null && !/^\W*(\d{3}\W*)?(page )?not[ _-]?found\W*$/i.test(words)
}

/** Tells whether an answer redirects to where nv had asked before. */
function isLoop(asked: readonly Exchange[], exchange: Exchange): boolean {
  const location = locationOf(exchange)
  return asked.slice(0, asked.indexOf(exchange) + 1).some(({ request }) => request.url === location)
}

/** Tells whether an answer redirects to a place that nv did not follow. */
function isMovedAway(exchange: Exchange): boolean {
  const location = locationOf(exchange)
  return location !== null && (!URL.canParse(location) || new URL(location).host !== hostAsked(exchange))
}

function explainCredentials(exchange: Exchange): Finding[] {
  if (exchange.response === null) return []
  const refused = refusedIn(exchange, readRefusal(exchange.response))
  const isFailing = exchange.response.status >= 500 || exchange.response.status === 429
  return [finding(isFailing ? 'server_failing' : 'credentials_not_given', placeOf(exchange), refused)]
}

function explainDocument(recording: Recording, last: Exchange): Finding[] {
  const { response, step } = last
  if (response === null) return []
  const refused = refusedIn(last, readRefusal(response))
  if (response.status >= 500 || response.status === 429)
    return [finding('server_failing', placeOf(last), refused)]
  const place = placeOf(last)
  const isRefused = response.status === 401 || response.status === 403
  const meaning = isRefused ? meaningOf(refused.says, refused.sent) : null
  if (
    meaning === 'api-key' ||
    meaning === 'firewall' ||
    meaning === 'address' ||
    meaning === 'not-subscribed'
  ) {
    const explained = explainMeaning(recording, { place, refused, endpoint: 'api', exchange: last }, meaning)
    if (explained !== null) return [explained]
  }
  const asked = recording.exchanges.filter(
    (exchange) => exchange.kind === 'discovery' && exchange.step === step,
  )
  const page = readPage(response)
  const body = readBody(textOf(response))
  const lookalike = lookalikeOf(textOf(response), 'token_endpoint')?.replace(/\.$/, '') ?? null
  const found =
    page !== null
      ? describePage(page)
      : body.kind === 'object'
        ? `${Array.isArray(body.object['keys']) ? 'a set of keys (JWKS)' : 'a JSON object without endpoints'}${lookalike === null ? '' : `. ${lookalike}`}`
        : `${body.found}${lookalike === null ? '' : `. ${lookalike}`}`
  return [
    finding(
      'discovery_failed',
      { step, evidence: asked.map(({ id }) => id) },
      {
        ...refused,
        says: response.status >= 400 || body.kind === 'object' ? refused.says : null,
        url: last.request.url,
        urls: asked.map(({ request }) => request.url),
        source: sourceOf(recording, 'discovery'),
        location: locationOf(last),
        isLoop: isLoop(asked, last),
        challenge: readRefusal(response).challenge,
        found,
      },
    ),
  ]
}

/** Gives the issuer that a document on another origin names in place of the one asked for; null: it does not. */
function foreignIssuer({ request, target }: Recording, { exchange, document }: Found) {
  const issuer = request.issuer ?? target.issuer
  if (issuer === null || document.issuer === null) return null
  const isForeign = isForeignIssuer(document.issuer, issuer, exchange.request.url)
  return isForeign ? { issuer, found: document.issuer } : null
}

function explainMissing(recording: Recording, found: Found): Finding[] {
  const { target, request } = recording
  const { exchange, document, host } = found
  const foreign = foreignIssuer(recording, found)
  if (foreign !== null) return [finding('discovered_issuer_foreign', placeOf(exchange), { host, ...foreign })]
  for (const name of neededEndpoints(request.grants)) {
    const url = document[name]
    const rule = url === null ? whyNone(document.metadata[members[name]]) : endpointRule(url)
    if (rule !== null && !target[name])
      return [finding('discovery_endpoint', placeOf(exchange), { host, name: members[name], url, rule })]
  }
  const missing = neededEndpoints(request.grants).filter((needed) => !target[needed])
  const name = missing.find((needed) => hostOf(document[needed] ?? '') !== host) ?? missing[0]
  if (name !== undefined && request.grants[0] === 'authorization-code') {
    // A name or a password in it is not recorded.
    const rule = 'must not hold a user name or a password'
    return [
      finding('discovery_endpoint', placeOf(exchange), {
        host,
        name: members[name],
        url: document[name],
        rule,
      }),
    ]
  }
  return [finding('operator_token_no_grant', placeOf(exchange), { issuer: target.issuer })]
}

/** Says why a member of a document names no endpoint. */
function whyNone(value: unknown): string {
  if (value === '') return 'is empty'
  return value === undefined ? 'is missing' : `is ${describeValue(value)}, not an address`
}

/** Notes what is odd about a document that was used. */
export const noteDocument: Rule = (recording) => {
  const found = findDocument(recording)
  if (found === null) return []
  const { exchange, document, host } = found
  const place = placeOf(exchange)
  const { request, target, observations } = recording
  const given = request.issuer ?? target.issuer
  const issuer = given === null ? null : issuerIn(given)
  const [first] = recording.exchanges.filter(({ kind, step }) => kind === 'discovery' && step === 'authorize')
  const isMoved = first !== undefined && first.id !== exchange.id && locationOf(first) !== null
  const objection = observations.find(
    (observed) => observed.code === 'strict_objection' && observed.exchange === exchange.id,
  )
  const needed = neededEndpoints(request.grants)
  const optional = (Object.keys(members) as Endpoint[]).filter((name) => !needed.includes(name))
  const urls: Array<[string, string | null]> = [
    ...optional.flatMap((name): Array<[string, string | null]> =>
      target[name] ? [] : [[members[name], document[name]]],
    ),
    ['jwks_uri', document.jwksUri],
  ]
  return [
    ...(given !== null && issuer !== null && given !== issuer
      ? [finding('issuer_cut', place, { given, issuer })]
      : []),
    ...(isMoved
      ? [finding('discovery_moved', place, { host, asked: first.request.url, url: exchange.request.url })]
      : []),
    ...(issuer !== null &&
    document.issuer !== null &&
    document.issuer !== issuer &&
    foreignIssuer(recording, found) === null
      ? [finding('discovered_issuer_differs', place, { host, issuer, found: document.issuer })]
      : []),
    // A document without endpoints has worse faults than these.
    ...(objection?.code === 'strict_objection' && stoppedFor(recording, 'endpoint') === null
      ? [
          finding('discovery_irregular', place, {
            host,
            message:
              document.issuer === null ? 'It has no issuer' : objection.facts.message.replace(/\.$/, ''),
          }),
        ]
      : []),
    ...urls.flatMap(([name, url]) => {
      const rule = url === null ? null : endpointRule(url)
      return url === null || rule === null
        ? []
        : [finding('discovery_endpoint_ignored', place, { host, name, url, rule })]
    }),
  ]
}

/** Notes what is configured but not offered. It may work all the same: documents are not always right. */
export const noteOffer: Rule = (recording) => {
  const found = findDocument(recording)
  if (found === null || stoppedFor(recording, 'endpoint') !== null) return []
  const { exchange, document } = found
  const { target, request } = recording
  const has = (name: Endpoint) => Boolean(target[name] ?? document[name])
  const grants = request.grants
  const grant = grants.find((candidate) => endpointsOf[candidate].every(has)) ?? grants[0]
  if (grant === undefined) return []
  const wanted = {
    grantType: grantTypes[grant],
    authMethod: target.authMethod,
    algorithm: target.key?.algorithm ?? null,
    scope: target.scope ?? '',
    usesPkce: target.usesPkce,
    usesRequestObject: target.usesRequestObject,
    usesDpop: target.usesDpop,
  }
  const host = hostOf(request.issuer ?? target.issuer ?? exchange.request.url)
  return compareWithOffer(wanted, document.metadata).map(({ code, ...difference }) =>
    finding(code, placeOf(exchange), { host, ...difference }),
  )
}

/** Notes that the keys of the issuer, which an ID token is checked with, could not be fetched. */
export const noteKeys: Rule = (recording) => {
  const keys = lastOf(recording, ['keys'], 'token')
  if (keys !== null) {
    const reason = whyNoKeys(recording, keys)
    return reason === null
      ? []
      : [finding('jwks_unavailable', placeOf(keys), { url: keys.request.url, reason })]
  }
  const asked = lastOf(recording, ['discovery'], 'token')
  const isRead = asked?.response?.status === 200 && readDiscovery(textOf(asked.response)) !== null
  if (asked === null || (isRead && asked.failure === null)) return []
  const reason = 'there is no discovery document'
  return [finding('jwks_unavailable', placeOf(asked), { url: asked.request.url, reason })]
}

function whyNoKeys(recording: Recording, exchange: Exchange): string | null {
  const { response, failure } = exchange
  if (failure !== null) return explainTransport(recording, exchange)?.title ?? 'the request failed'
  if (response === null) return 'there was no answer'
  if (response.status !== 200) {
    const says = wordsOf(readRefusal(response))
    return `HTTP ${response.status}${says === null ? '' : ` ("${says}")`}`
  }
  const body = readBody(textOf(response))
  return body.kind === 'object' && Array.isArray(body.object['keys'])
    ? null
    : 'the answer is not a set of keys'
}
