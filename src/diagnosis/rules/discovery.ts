// The discovery document: why it gave no endpoint, what is odd about it, and what it offers beside what is configured.
import { isForeignIssuer, readDiscovery, type Discovered } from '../../oauth/discovery.ts'
import { type Endpoint, endpointsOf, type Grant, grantTypes } from '../../oauth/grants.ts'
import { compareWithOffer } from '../../oauth/offered.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { endpointRule } from '../../wire/addresses.ts'
import { readBody } from '../../wire/body.ts'
import { headerOf, textOf } from '../../wire/exchange.ts'
import { finding } from '../finding.ts'
import { hostAsked, hostOf, lastOf, placeOf, type Rule, stoppedFor } from '../recorded.ts'
import { readRefusal, wordsOf } from '../refusal.ts'
import { explainTransport } from './network.ts'
import { refusedIn } from './oauth-error.ts'

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

/** Finds the document that the endpoints of a run are taken from; null when none came yet, or ever. */
function findDocument({ exchanges }: Recording): Found | null {
  for (const exchange of exchanges) {
    if (exchange.kind !== 'discovery' || exchange.step !== 'authorize') continue
    if (exchange.response?.status !== 200 || exchange.failure !== null) continue
    const document = readDiscovery(textOf(exchange.response))
    if (document !== null) return { exchange, document, host: hostAsked(exchange) }
  }
  return null
}

/** Lists the endpoints that every possible grant needs. */
function neededEndpoints(grants: readonly Grant[]): Endpoint[] {
  const all = Object.keys(members) as Endpoint[]
  return all.filter((name) =>
    grants.every((grant) => (endpointsOf[grant] as readonly Endpoint[]).includes(name)),
  )
}

/** Explains why there is no endpoint to go on with. */
export const explainEndpoint: Rule = (recording) => {
  const step = stoppedFor(recording, 'endpoint')
  if (step === null) return []
  const last = lastOf(recording, ['discovery', 'credentials'], step)
  const found = findDocument(recording)
  if (last === null) {
    const { issuer } = recording.target
    return [finding('operator_token_no_grant', { step }, { issuer })]
  }
  const transport = explainTransport(recording, last)
  if (transport !== null) return [transport]
  if (last.kind === 'credentials') return explainCredentials(last)
  return found === null ? explainDocument(recording, last) : explainMissing(recording, found)
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
  const asked = recording.exchanges.filter(
    (exchange) => exchange.kind === 'discovery' && exchange.step === step,
  )
  const body = readBody(textOf(response))
  const found = body.kind === 'object' ? 'a JSON object without endpoints' : body.found
  return [
    finding(
      'discovery_failed',
      { step, evidence: asked.map(({ id }) => id) },
      {
        ...refused,
        says: response.status >= 400 ? refused.says : null,
        urls: asked.map(({ request }) => request.url),
        location: headerOf(response, 'location'),
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
    const rule = url === null ? 'is missing' : endpointRule(url)
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

/** Notes what is odd about a document that was used. */
export const noteDocument: Rule = (recording) => {
  const found = findDocument(recording)
  if (found === null) return []
  const { exchange, document, host } = found
  const place = placeOf(exchange)
  const { request, target, observations } = recording
  const issuer = request.issuer ?? target.issuer
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
    ...(issuer !== null &&
    document.issuer !== null &&
    document.issuer !== issuer &&
    foreignIssuer(recording, found) === null
      ? [finding('discovered_issuer_differs', place, { host, issuer, found: document.issuer })]
      : []),
    ...(objection?.code === 'strict_objection'
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

/** Notes what is configured and not offered. Nothing of it needs to fail: documents are not always right. */
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
