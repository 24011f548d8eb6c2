// Completes a target with what only the gateway knows: its endpoints, and credentials that it hands out.
import {
  checkDiscovery,
  discoveryUrls,
  type Discovered,
  isForeignIssuer,
  issuerIn,
  readDiscovery,
} from '../oauth/discovery.ts'
import { type Endpoint, endpointsOf, type Grant } from '../oauth/grants.ts'
import type { Target } from '../target/target.ts'
import { endpointRule } from '../wire/addresses.ts'
import type { StepName } from '../run/recording.ts'
import type { Reply } from './send.ts'
import { readBody, stringIn } from '../wire/body.ts'
import type { Flow, Gateway } from './journey.ts'
import type { Send } from './send.ts'
import { isStop, type Stop } from './stop.ts'

type Asking = Pick<Flow, 'send' | 'recorder'>

/**
 * Asks the gateway for what the target leaves open and the grants need; of several grants the first may turn out to
 * be impossible. Sends nothing for a target that leaves nothing open, unless the document of its issuer is wanted anyway.
 */
export async function completeTarget(
  flow: Asking,
  target: Target,
  grants: readonly [Grant, ...Grant[]] = ['authorization-code'],
  isDocumentWanted = false,
): Promise<Gateway | Stop> {
  const credentials =
    target.credentialsUrl === null ? {} : await fetchCredentials(flow, target.credentialsUrl)
  if (isStop(credentials)) return credentials
  const hasAll = (known: Pick<Target, Endpoint>) => (grant: Grant) =>
    endpointsOf[grant].every((name) => known[name] !== '')
  const known = { ...target, ...credentials, isIssuerRequired: false }
  flow.recorder.learn({ target: { clientId: known.clientId } })
  if ((hasAll(target)(grants[0]) && !isDocumentWanted) || target.issuer === null) return known
  const found = await discover(flow, target, target.issuer, grants)
  if (isStop(found)) return found
  const { authorizeUrl, tokenUrl, backchannelUrl, isIssuerRequired } = found
  flow.recorder.learn({
    target: {
      authorizeUrl: authorizeUrl || null,
      tokenUrl: tokenUrl || null,
      backchannelUrl: backchannelUrl || null,
      isIssuerRequired,
    },
  })
  return { ...known, ...found }
}

/** Gives the endpoints that the target leaves open, and what else the document says. */
async function discover(
  flow: Asking,
  target: Target,
  given: string,
  grants: readonly Grant[],
): Promise<(Partial<Gateway> & Pick<Gateway, Endpoint | 'isIssuerRequired'>) | Stop> {
  const issuer = issuerIn(given)
  const document = await fetchDiscovery(flow.send, issuer, 'authorize')
  if (isStop(document)) return document
  const { found, response, exchange, url } = document
  if (isForeignIssuer(found.issuer, issuer, url)) return { lacks: 'endpoint' }
  const ownIssuer = found.issuer !== null && URL.canParse(found.issuer) ? found.issuer : issuer
  const objection = await checkDiscovery(ownIssuer, response)
  if (objection !== null)
    flow.recorder.observe({
      code: 'strict_objection',
      step: 'authorize',
      exchange,
      facts: { message: objection },
    })
  const endpointOf = (setting: Endpoint) => target[setting] || (usable(found[setting]) ?? '')
  const endpoints = {
    authorizeUrl: endpointOf('authorizeUrl'),
    tokenUrl: endpointOf('tokenUrl'),
    backchannelUrl: endpointOf('backchannelUrl'),
  }
  const isNeeded = (setting: Endpoint) =>
    grants.every((grant) => endpointsOf[grant].some((needed) => needed === setting))
  const names = Object.keys(endpoints) as Endpoint[]
  if (names.some((name) => endpoints[name] === '' && isNeeded(name))) return { lacks: 'endpoint' }
  tellDiscovered(flow, issuer, endpoints)
  return {
    ...endpoints,
    jwksUri: usable(found.jwksUri),
    grantTypes: listed(found.metadata['grant_types_supported']),
    issuer: found.issuer ?? issuer,
    isIssuerRequired: found.isIssuerRequired,
  }
}

function tellDiscovered(
  { recorder }: Asking,
  issuer: string,
  { authorizeUrl, tokenUrl, backchannelUrl }: Pick<Target, Endpoint>,
): void {
  const named = { authorize: authorizeUrl, token: tokenUrl, backchannel: backchannelUrl }
  const list = Object.entries(named).flatMap(([name, url]) => (url === '' ? [] : [`${name} ${url}`]))
  recorder.emit({ type: 'note', text: recorder.redactor.text(`Discovered at ${issuer}: ${list.join(', ')}`) })
}

function listed(names: unknown): string[] | null {
  return Array.isArray(names) ? names.filter((name) => typeof name === 'string') : null
}

/** Gives a URL of the document that a profile could hold too: credentials go there. */
function usable(url: string | null): string | null {
  return url === null || endpointRule(url) !== null ? null : url
}

/** Gives where the keys of an issuer are; null when its document does not say, or says what no profile could hold. */
export async function findKeys(send: Send, issuer: string): Promise<string | null> {
  const document = await fetchDiscovery(send, issuer, 'token')
  return isStop(document) ? null : usable(document.found.jwksUri)
}

/** Fetches the document of OpenID Connect, or that of OAuth where there is none. */
async function fetchDiscovery(
  send: Send,
  issuer: string,
  step: StepName,
): Promise<{ found: Discovered; response: Response; exchange: number; url: string } | Stop> {
  for (const url of discoveryUrls(issuer)) {
    const { answer, exchange } = await followMoved(url, (address) =>
      send({
        step,
        kind: 'discovery',
        method: 'GET',
        url: address,
        headers: { accept: 'application/json' },
      }),
    )
    if (answer === null) break
    const found = answer.status === 200 ? readDiscovery(answer.text) : null
    if (found)
      return { found, exchange, url, response: new Response(answer.text, { headers: answer.headers }) }
    if (answer.status >= 500 || answer.status === 429) break
  }
  return { lacks: 'endpoint' }
}

/** After so many redirects a document is not looked for any further. */
const maxMoves = 3

/** Asks for a document, and where it has moved to on its own host: the headers of the client go with the request. */
async function followMoved(url: string, ask: (url: string) => Promise<Reply>): Promise<Reply> {
  let asked = url
  let reply = await ask(asked)
  for (let moves = 0; moves < maxMoves; moves++) {
    const moved = movedTo(asked, reply)
    if (moved === null) break
    asked = moved
    reply = await ask(asked)
  }
  return reply
}

/** Gives where an answer redirects to on its own host; null when it does not, or would give up TLS. */
function movedTo(url: string, { answer }: Reply): string | null {
  const location = answer?.headers.get('location') ?? null
  if (answer === null || answer.status < 300 || answer.status > 399 || location === null) return null
  if (!URL.canParse(location, url)) return null
  const [from, to] = [new URL(url), new URL(location, url)]
  const isOwn = to.hostname === from.hostname && endpointRule(to.href) === null
  const isPlainer = from.protocol === 'https:' && to.protocol !== 'https:'
  return isOwn && !isPlainer && to.href !== from.href ? to.href : null
}

async function fetchCredentials(
  { send }: Asking,
  url: string,
): Promise<Pick<Target, 'clientId' | 'clientSecret'> | Stop> {
  const headers = { accept: 'application/json' }
  const { answer } = await send({ step: 'authorize', kind: 'credentials', method: 'GET', url, headers })
  const body = readBody(answer?.text ?? '')
  const clientId = body.kind === 'object' ? stringIn(body.object, 'client_id') : null
  const clientSecret = body.kind === 'object' ? stringIn(body.object, 'client_secret') : null
  if (answer?.status !== 200 || clientId === null || clientSecret === null) return { lacks: 'endpoint' }
  return { clientId, clientSecret }
}
