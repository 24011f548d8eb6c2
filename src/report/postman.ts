// A Run as a collection of Postman with its environment: the flow once more, with variables in place of secrets.
import { isMasked } from '../run/masked.ts'
import type { Exchange } from '../run/recording.ts'
import type { Run } from '../run/run.ts'
import { toInertJson } from '../wire/escape.ts'
import { headerOf } from '../wire/exchange.ts'
import { code, prose, table } from './markdown-text.ts'
import {
  afterBackchannel,
  afterCredentials,
  afterHop,
  afterNumber,
  afterToken,
  afterVerify,
  beforeAuthorize,
  beforeEach,
} from './postman/scripts.ts'
import { encodeParameter, fill, fillJson, literal } from './postman/variables.ts'
import { isForm, ownHeaders, pairsOf } from './sent-again.ts'
import { privacyOf, summaryOf } from './summary.ts'

/** The format of both files. */
const schema = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json'

/** What the scripts set. */
const ownVariables = new Set([
  'access_token',
  'auth_req_id',
  'code',
  'code_challenge',
  'code_verifier',
  'hashed_phone_number',
  'next_url',
  'nonce',
  'phone_number_digits',
  'state',
])

interface Item {
  name: string
  event: object[]
  request: object
  protocolProfileBehavior: object
}

/**
 * Prints the flow of a run as a collection, v2.1. The collection makes state, nonce and verifier itself; assertions and
 * proofs, which need a key, are variables.
 * @see https://schema.postman.com/collection/json/v2.1.0/draft-07/docs/index.html
 */
export function postmanCollection(run: Run): string {
  return `${toInertJson({
    info: { name: `nv ${run.command}: run ${run.id}`, description: describe(run), schema },
    item: itemsOf(run),
    event: [script('prerequest', beforeEach)],
  })}\n`
}

/** Prints the environment that the collection needs; secrets have no value. */
export function postmanEnvironment(run: Run): string {
  const known = knownValues(run)
  const used = JSON.stringify(itemsOf(run)).matchAll(/\{\{(?:encoded_)?(\w+)\}\}/g)
  const names = new Set([...Object.keys(known), ...[...used].map(([, name = '']) => name), 'phone_number'])
  const values = [...names]
    .filter((name) => !ownVariables.has(name))
    .map((name) => ({
      key: name,
      value: known[name] ?? '',
      type: name in known || name === 'phone_number' ? 'default' : 'secret',
      enabled: true,
    }))
  return `${toInertJson({
    name: `nv ${run.command}: run ${run.id}`,
    values,
    _postman_variable_scope: 'environment',
  })}\n`
}

function describe(run: Run): string {
  const { profile } = run
  const needsEncoding = profile.authMethod === 'client_secret_basic' && profile.hasReservedCharacters
  return [
    table(
      ['', ''],
      summaryOf(run).map(([label, value]) => [label, code(value)]),
    ),
    'Set the variables of the environment that have no value. Assertions, proofs and request objects are good for one request only.',
    ...(needsEncoding ? ['HTTP Basic takes client_id and client_secret form-encoded.'] : []),
    ...('ca' in profile.origins
      ? ['The gateway has a CA of its own: newman run --ssl-extra-ca-certs takes it.']
      : []),
    prose(privacyOf(run)),
  ].join('\n\n')
}

/** Gives the values of the environment that are not secret. */
function knownValues(run: Run): Record<string, string> {
  const { profile, exchanges, phoneNumber } = run
  const urls = exchanges
    .filter(({ hop }) => hop === null || hop === 1)
    .map(({ kind, request }) => [urlVariables[kind], withoutQuery(request.url)] as const)
  const values: Array<readonly [string | undefined, string | null]> = [
    ['authorize_url', isByPhone(run) && profile.authorizeUrl ? withoutQuery(profile.authorizeUrl) : null],
    ...urls.toReversed(),
    ['client_id', profile.clientId],
    ['scope', profile.scope],
    ['redirect_uri', isByPhone(run) ? redirectUriOf(run) : null],
    ['phone_number', phoneNumber !== null && !isMasked(phoneNumber) ? phoneNumber : null],
  ]
  return Object.fromEntries(
    values.flatMap(([name, value]) => (name === undefined || !value ? [] : [[name, literal(value)]])),
  )
}

const urlVariables: Readonly<Partial<Record<Exchange['kind'], string>>> = {
  authorize: 'authorize_url',
  backchannel: 'backchannel_url',
  token: 'token_url',
  api: 'api_url',
  credentials: 'credentials_url',
}

function isByPhone({ request }: Run): boolean {
  return request.via !== null
}

/** Gives the redirect_uri that the run used. */
function redirectUriOf({ exchanges, profile, request }: Run): string {
  const sent = exchanges.flatMap(({ kind, request: { url, body } }) =>
    kind === 'authorize' || kind === 'token'
      ? [...pairsOf(queryOf(url)), ...pairsOf(body?.text ?? '')].filter(([name]) => name === 'redirect_uri')
      : [],
  )
  return sent[0]?.[1] ?? profile.redirectUri ?? `http://${request.listeningOn ?? '127.0.0.1'}/callback`
}

function itemsOf(run: Run): Item[] {
  const first = (kind: Exchange['kind']) => run.exchanges.find((exchange) => exchange.kind === kind)
  const [credentials, backchannel, token, api] = [
    first('credentials'),
    first('backchannel'),
    first('token'),
    first('api'),
  ]
  const afterApi = run.request.operation === 'device-phone-number' ? afterNumber : afterVerify
  return [
    ...(credentials ? [itemOf(run, credentials, 'Credentials', afterCredentials)] : []),
    ...(isByPhone(run) ? authorizeItems(run, first('authorize')) : []),
    ...(backchannel ? [itemOf(run, backchannel, 'Backchannel', afterBackchannel)] : []),
    ...(token ? [itemOf(run, token, 'Token', afterToken)] : []),
    ...(api ? [itemOf(run, api, 'API', afterApi)] : []),
  ]
}

/** The request of the phone and the redirects after it; where a phone sent it, it is made of the settings. */
function authorizeItems(run: Run, exchange: Exchange | undefined): Item[] {
  const pairs = exchange ? pairsOf(queryOf(exchange.request.url)) : authorizationRequest(run)
  const query = pairs.map(([key, value]) => ({ key, value: fill(run, value, key) }))
  const url = addressOf('authorize_url', query)
  const events = [script('prerequest', beforeAuthorize), script('test', afterHop)]
  return [
    { ...item('Authorize', events, false), request: { method: 'GET', header: [], url } },
    {
      ...item('Next hop', [script('test', afterHop)], false),
      request: { method: 'GET', header: [], url: addressOf('next_url', []) },
    },
  ]
}

/** What nv puts into the authorize URL. */
function authorizationRequest(run: Run): Array<readonly [string, string]> {
  const { clientId, scope, prompt, usesPkce, usesRequestObject, loginHint } = run.profile
  const secret = '[redacted]'
  const isHinted = loginHint === 'tel' || loginHint === 'bare'
  const parameters: Array<readonly [string, string | null]> = [
    ['response_type', 'code'],
    ['client_id', clientId],
    ['scope', scope],
    ['redirect_uri', redirectUriOf(run)],
    ['state', secret],
    ['nonce', scope?.split(' ').includes('openid') === true ? secret : null],
    ['login_hint', isHinted ? (loginHint === 'tel' ? 'tel:+0**0' : '+0**0') : null],
    ['prompt', prompt],
    ['code_challenge', usesPkce ? secret : null],
    ['code_challenge_method', usesPkce ? 'S256' : null],
    ['request', usesRequestObject ? secret : null],
  ]
  return parameters.flatMap(([name, value]) =>
    value === null || value === '' ? [] : [[name, value] as const],
  )
}

function itemOf(run: Run, exchange: Exchange, name: string, after: string): Item {
  const { request, kind } = exchange
  const hasForm = isForm(request)
  const text = request.body?.text ?? ''
  const fields = pairsOf(text).map(([key, value]) => ({ key, value: fill(run, value, key), type: 'text' }))
  const body = hasForm
    ? { mode: 'urlencoded', urlencoded: fields }
    : { mode: 'raw', raw: fillJson(run, text), options: { raw: { language: 'json' } } }
  const query = pairsOf(queryOf(request.url)).map(([key, value]) => ({ key, value: fill(run, value, key) }))
  const { auth, header } = authorizationOf(exchange)
  const headers = request.headers
    .filter(
      ([key]) => !ownHeaders.has(key) && key !== 'authorization' && !(hasForm && key === 'content-type'),
    )
    .map(([key, value]) => ({
      key,
      value:
        value === exchange.correlator.sent
          ? '{{$guid}}'
          : fill(run, value, key === 'dpop' ? `dpop_proof_${kind}` : key),
    }))
  return {
    ...item(name, [script('test', after)], true),
    request: {
      method: request.method,
      header: [...headers, ...header],
      url: addressOf(urlVariables[kind] ?? 'url', query),
      auth,
      ...(request.body && { body }),
    },
  }
}

/** Redirects are followed by hand, where the code is on the way; the backend follows none, and has no cookies. */
function item(name: string, event: object[], disableCookies: boolean): Omit<Item, 'request'> {
  return { name, event, protocolProfileBehavior: { followRedirects: false, disableCookies } }
}

function script(listen: 'prerequest' | 'test', text: string): object {
  return { listen, script: { type: 'text/javascript', exec: text.split('\n') } }
}

/** Says how a request authenticates: as Postman calls it, or by a header. */
function authorizationOf({ request, kind }: Exchange): { auth: object; header: object[] } {
  const value = headerOf(request, 'authorization')
  const [scheme = ''] = value?.split(' ', 1) ?? []
  if (value === null) return { auth: { type: 'noauth' }, header: [] }
  if (scheme === 'Basic') {
    const basic = [
      { key: 'username', value: '{{client_id}}', type: 'string' },
      { key: 'password', value: '{{client_secret}}', type: 'string' },
    ]
    return { auth: { type: 'basic', basic }, header: [] }
  }
  const variable = kind === 'api' ? 'access_token' : 'application_jwt'
  if (scheme === 'Bearer') {
    const bearer = [{ key: 'token', value: `{{${variable}}}`, type: 'string' }]
    return { auth: { type: 'bearer', bearer }, header: [] }
  }
  return {
    auth: { type: 'noauth' },
    header: [{ key: 'authorization', value: `${literal(scheme)} {{${variable}}}` }],
  }
}

function addressOf(variable: string, query: ReadonlyArray<{ key: string; value: string }>): object {
  const raw = query.map(({ key, value }) => `${key}=${value}`).join('&')
  return {
    raw: `{{${variable}}}${raw === '' ? '' : `?${raw}`}`,
    host: [`{{${variable}}}`],
    query: query.map(encodeParameter),
  }
}

function queryOf(url: string): string {
  return url.replace(/#.*$/s, '').replace(/^[^?]*\??/, '')
}

function withoutQuery(url: string): string {
  return url.replace(/[?#].*$/s, '')
}
