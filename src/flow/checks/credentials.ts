// The line about the credentials: how the token endpoint refuses a made-up code shows whether it accepts the client.
import { isAboutCode } from '../../diagnosis/rules/check.ts'
import { meaningOf } from '../../diagnosis/meaning.ts'
import { readRefusal, wordsOf } from '../../diagnosis/refusal.ts'
import { keyMethods } from '../../oauth/client-authentication.ts'
import { tradedIn } from '../../diagnosis/catalogue/words.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange } from '../../run/recording.ts'
import {
  type Check,
  type Checking,
  diagnosePart,
  durationOf,
  exchangeOf,
  explained,
  explainPart,
  isUnreached,
  type Outcome,
  settingOf,
  unreached,
} from './checking.ts'
import { isClientKnown } from './known-client.ts'

/** Checks that the token endpoint accepts the client; for CIBA that the backchannel endpoint does too. */
export const checkCredentials: Check = async (checking) => {
  const { recorder, questions } = checking
  const handedOut = await explainHandedOut(checking)
  if (handedOut !== null) return handedOut
  const replies = [await questions.backchannel(), await questions.token()].filter((reply) => reply !== null)
  const exchanges = replies.map((reply) => exchangeOf({ recorder }, reply.exchange))
  const durationMs = durationOf(exchanges)
  const outcomes: Outcome[] = []
  for (const exchange of exchanges) outcomes.push(await judge(checking, exchange))
  const bad = outcomes.find(({ status }) => status !== 'passed')
  const last = outcomes.at(-1)
  if (last === undefined) return notAsked(checking)
  return { ...(bad ?? last), durationMs }
}

/** Explains that the gateway did not hand out client id and secret; null when it did, or need not. */
async function explainHandedOut(checking: Checking): Promise<Outcome | null> {
  const { input, questions, recorder } = checking
  if (input.target.credentialsUrl === null) return null
  const { isStopped, exchanges } = await questions.complete()
  const asked = exchanges
    .map((id) => exchangeOf({ recorder }, id))
    .filter(({ kind }) => kind === 'credentials')
  const last = asked.at(-1)
  if (!isStopped || last === undefined) return null
  if (isUnreached(last)) return unreached(last)
  const end = { kind: 'stopped', step: 'authorize', lacks: 'endpoint' } as const
  const finding = explainPart(checking, { exchanges: asked.map(({ id }) => id), end })
  if (finding === null || !['credentials_not_given', 'server_failing'].includes(finding.code)) return null
  return { ...explained(finding, ['secretHeaders']), durationMs: durationOf(asked) }
}

async function notAsked({ input, questions }: Checking): Promise<Outcome> {
  const { gateway } = await questions.complete()
  const why = gateway.tokenUrl === '' ? 'the token URL is not known' : 'the client is not complete'
  return {
    status: 'skipped',
    detail: input.obstacles.some(({ setting }) => setting === 'key') ? 'the key is missing' : why,
  }
}

async function judge(checking: Checking, exchange: Exchange): Promise<Outcome> {
  if (isUnreached(exchange)) return unreached(exchange)
  const { host } = new URL(exchange.request.url)
  const isBackchannel = exchange.kind === 'backchannel'
  const step = isBackchannel ? 'authorize' : 'token'
  const end = { kind: 'stopped', step, lacks: 'token' } as const
  const part = { exchanges: [exchange.id], end }
  const taken = diagnosePart(checking, { ...part, end: null }).find(
    ({ code }) => code === 'made_up_code_taken',
  )
  if (taken !== undefined) return explained(taken, [settingOf(exchange, checking.input.target)])
  const finding = explainPart(checking, part)
  if (finding === null) return { status: 'unknown', detail: `${host} gave no usable answer` }
  if (isBackchannel ? isAboutHint(exchange, finding) : isAccepted(checking, exchange, finding))
    return {
      status: 'passed',
      detail: `${host} accepts the client: it refused ${whatWasRefused(checking, isBackchannel)}`,
    }
  const refusal = exchange.response === null ? null : readRefusal(exchange.response)
  if (
    isUnclear(finding) &&
    /client.{0,20}(authentication|credentials?)\b/i.test(refusal === null ? '' : (wordsOf(refusal) ?? ''))
  )
    return explained(finding, ['authMethod'])
  const unclear = isUnclear(finding)
    ? diagnosePart(checking, { ...part, end: null }).find(({ code }) => code === 'credentials_unclear')
    : undefined
  if (unclear !== undefined) return explained(unclear, [])
  return { ...explained(finding, await suspectsOf(checking, exchange, finding)) }
}

function whatWasRefused({ input }: Checking, isBackchannel: boolean): string {
  return isBackchannel ? 'a request without a hint' : `a made-up ${tradedIn(input.grants[0])}`
}

/** What a server may say of a JWT bearer assertion that is itself at fault, and not the token of the SIM in it. */
const ofAssertions = new Set<unknown>(['key-id', 'signature', 'audience', 'clock', 'jti'])

/** Tells whether a refusal is of what was made up, so that the client was accepted. */
function isAccepted({ input }: Checking, exchange: Exchange, { code }: Finding): boolean {
  const refusal = exchange.response === null ? null : readRefusal(exchange.response)
  const says = refusal === null ? null : wordsOf(refusal)
  const isByAssertion = input.grants[0] === 'jwt-bearer'
  if (isByAssertion && (ofAssertions.has(meaningOf(says)) || /assertion/i.test(says ?? ''))) return false
  const ofMadeUp = [
    'invalid_grant',
    'invalid_ts43_token',
    'unknown_user_id',
    'expired_token',
    'line_not_served',
    'login_hint_refused',
    'consent_required',
    'login_required',
    'interaction_required',
  ]
  return ofMadeUp.includes(code) || (isUnclear({ code }) && isAboutCode(exchange))
}

function isUnclear({ code }: Pick<Finding, 'code'>): boolean {
  return code === 'token_error' || code === 'pkce_refused' || code === 'redirect_uri_refused'
}

/** Tells whether the backchannel endpoint missed the hint that was left out, once it knew the client. */
function isAboutHint({ response }: Exchange, { code }: Finding): boolean {
  if (response === null) return false
  const { code: sent } = readRefusal(response)
  return (
    code === 'login_hint_refused' ||
    code === 'unknown_user_id' ||
    (code === 'backchannel_error' &&
      response.status === 400 &&
      sent !== null &&
      /^invalid_(request|argument)$/i.test(sent))
  )
}

/** Names the settings that a refusal is about, the likeliest first: by the server's words, and by what other lines saw. */
async function suspectsOf(
  checking: Checking,
  exchange: Exchange,
  { code }: Finding,
): Promise<readonly string[]> {
  const { target } = checking.input
  const known: Readonly<Record<string, readonly string[]>> = {
    client_unknown: ['clientId'],
    invalid_scope: ['scope', 'apiVersion'],
    api_key_refused: ['headers'],
    invalid_dpop_proof: ['dpop'],
    use_dpop_nonce: ['dpop'],
  }
  const ofCode = known[code]
  if (ofCode !== undefined) return ofCode
  if (code === 'invalid_client') return suspectClient(checking, exchange)
  // What is forbidden is there.
  if (code === 'token_error' && exchange.response?.status === 403)
    return readRefusal(exchange.response).code === 'insufficient_scope' ? ['scope'] : []
  const ofUrl = [
    'token_unreadable',
    'token_redirected',
    'token_error',
    'endpoints_equal',
    'unsupported_grant_type',
    'response_too_large',
  ]
  const isUrl = ofUrl.includes(code) || code.startsWith('backchannel_')
  return isUrl ? [settingOf(exchange, target)] : []
}

async function suspectClient(checking: Checking, exchange: Exchange): Promise<readonly string[]> {
  const { target } = checking.input
  const refusal = exchange.response === null ? null : readRefusal(exchange.response)
  const says = refusal === null ? '' : (wordsOf(refusal) ?? '')
  // A server that wants a token is not the one that gives any.
  if (refusal?.code === null && refusal.challenge?.scheme.toLowerCase() === 'bearer')
    return [settingOf(exchange, target), 'clientSecret', 'authMethod']
  if (
    /\b(private_key_jwt|client_secret_\w+|tls_client_auth)\b|\bmethod\b|not registered for this client|authentication (method|type)/i.test(
      says,
    )
  )
    return ['authMethod']
  const isByKey = keyMethods.includes(target.authMethod)
  const { secretShape } = checking.recorder.recording().target
  if (!isByKey && secretShape?.looksLikeClientId) return ['clientId', 'clientSecret']
  if (!isByKey && (secretShape?.hasQuotes || secretShape?.hasWhiteSpace)) return ['clientSecret']
  const meaning = meaningOf(says)
  if (isByKey && meaning === 'key-id') return ['keyId', 'key']
  if (isByKey && meaning === 'signature') return ['key', 'keyId', 'keyAlgorithm']
  if (isByKey && meaning === 'audience') return ['assertionAudience']
  // What the server names counts more than what another endpoint took.
  if (/\bclient.?id\b/i.test(says) && !/\bsecret\b/i.test(says)) return ['clientId']
  if (/\bsecret\b/i.test(says)) return ['clientSecret', 'authMethod']
  const isKnown = await isClientKnown(checking)
  const proof = isByKey ? ['key', 'keyId'] : target.authMethod === 'none' ? [] : ['clientSecret']
  if (isKnown === true) return [...proof, 'authMethod']
  const isNamed = meaning === 'client' || /client.{0,30}(not known|unknown|not found|invalid)/i.test(says)
  return isKnown === false || isNamed ? ['clientId'] : ['clientId', ...proof, 'authMethod']
}
