// The aggregator's authorization endpoint, and the callback that the operator sends the phone back to.
import { isPkceValue, prompts } from './request-rules.ts'
import { e164Pattern } from '../../camara/phone-number.ts'
import { checkCookie, createCookie, endCookie, writeCookie } from '../cookie.ts'
import { basePath, isPublicClient, type Gateway } from '../gateway.ts'
import { aggregatorClientId } from '../operator/operator.ts'
import { findRedirectUriRule, resolveRedirectUri } from './redirect-uri.ts'
import { readParameters, type Call, type Parameters } from '../request.ts'
import { unwrapAuthorizationRequest } from './request-object.ts'
import {
  addParameters,
  invalidRequest,
  type OAuthProblem,
  type Reply,
  replyInvalidRequest,
  replyOAuthError,
  replyRedirect,
} from '../response.ts'
import { dropIgnoredScopes, findScopeProblem } from './scope.ts'
import { type AuthorizationRequest, type CodeChallenge } from '../state.ts'

/**
 * Answers the authorization request: on to the operator, back to the app with an error, or, when the client or its
 * redirect_uri can't be trusted, with an error that stays where it is.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.1
 */
export async function authorize(call: Call, gateway: Gateway): Promise<Reply> {
  const sent = readParameters(new URLSearchParams(call.query))
  const issuer = gateway.issuer(call.hostname)
  const unwrapped = await unwrapAuthorizationRequest(sent, call, gateway)
  const isRefused = 'error' in unwrapped
  const resolved = resolveRedirectUri(isRefused ? sent : unwrapped, call, gateway)
  const { parameters } = resolved
  const { granted, broken: ignored } = dropIgnoredScopes(parameters.get('scope') ?? '')
  const broken = [...resolved.broken, ...ignored]
  const unsafe = findRedirectProblem(parameters, gateway)
  if (unsafe) return { ...replyOAuthError(400, isRefused ? unwrapped : unsafe), broken }
  const request = isRefused ? unwrapped : readAuthorizationRequest(parameters, granted, gateway)
  if ('error' in request) return { ...redirectError(parameters, issuer, request), broken }
  const cookie = createCookie(gateway.ports, 'nv_gateway')
  const reply = replyRedirect(
    addParameters(`${gateway.operatorOrigin(call.hostname)}/authorize`, {
      response_type: 'code',
      client_id: aggregatorClientId,
      redirect_uri: gateway.callbackUrl(call.hostname),
      state: gateway.state.journeys.put({ request, cookie }),
      login_hint: request.hintedLine && `tel:${request.hintedLine}`,
      prompt: request.prompt,
      scope: request.scope,
      // No standard parameter tells the operator which app the aggregator asks for.
      api_consumer: request.clientId,
    }),
    '→ operator',
  )
  reply.headers['set-cookie'] = writeCookie(cookie, basePath)
  return { ...reply, broken }
}

/**
 * Answers the operator's redirect: exchanges the operator's code and sends the phone to the app with a code of ours,
 * or with the operator's error. Without the cookie of the browser that started, and the state it started with, it
 * never redirects.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
 */
export function completeAuthorization(call: Call, gateway: Gateway): Reply {
  const { state, operator, ports } = gateway
  const parameters = readParameters(new URLSearchParams(call.query))
  const key = parameters.get('state') ?? ''
  const journey = state.journeys.find(key)
  if (!journey || parameters.hasDoubles)
    return replyInvalidRequest('This authorization is unknown, finished or expired.')
  const { request, cookie } = journey
  const broken = checkCookie(call, cookie, gateway)
  if (!broken) {
    return replyInvalidRequest(
      'The cookie of the first hop did not come back: one browser has to follow the whole chain.',
    )
  }
  const refusal = readOperatorError(parameters)
  const subject = refusal ? undefined : operator.redeem(parameters.get('code') ?? '', key)
  if (!refusal && !subject) {
    return { ...replyInvalidRequest("The operator's code is unknown, used or expired."), broken }
  }
  state.journeys.take(key)
  const expiresAtMs = ports.clock.now() + call.rules.codeLifetimeMs
  const issuer = gateway.issuer(call.hostname)
  const reply = subject
    ? replyToApp(
        request.redirectUri,
        issuer,
        {
          code: state.codes.put({ ...request, subject, expiresAtMs, accessToken: undefined }),
          state: request.state,
        },
        'code',
      )
    : replyToApp(request.redirectUri, issuer, { ...refusal, state: request.state }, refusal?.error ?? '')
  reply.headers['set-cookie'] = endCookie(cookie, basePath)
  return { ...reply, broken }
}

/** Reads the operator's error, if there is one; what RFC 6749 does not allow in it goes no further. */
function readOperatorError(parameters: Parameters): { error: string; error_description?: string } | null {
  const error = parameters.get('error')
  if (error === undefined) return null
  if (!/^[a-z_]{1,60}$/.test(error)) return { error: 'server_error' }
  const description = parameters.get('error_description') ?? ''
  return /^[\x20-\x21\x23-\x5b\x5d-\x7e]{1,300}$/.test(description)
    ? { error, error_description: description }
    : { error }
}

/** The app's state comes back, unless it is not clear which. */
function redirectError(parameters: Parameters, issuer: string, { error, description }: OAuthProblem): Reply {
  const state = parameters.isDoubled('state') ? undefined : parameters.get('state')
  const target = parameters.get('redirect_uri') ?? ''
  return replyToApp(target, issuer, { error, error_description: description, state }, error)
}

/** @see https://www.rfc-editor.org/rfc/rfc9207#section-2 */
function replyToApp(
  redirectUri: string,
  issuer: string,
  parameters: Record<string, string | undefined>,
  detail: string,
): Reply {
  return {
    ...replyRedirect(addParameters(redirectUri, { ...parameters, iss: issuer }), `→ app, ${detail}`),
    isCallback: true,
  }
}

/** Finds the problems after which redirecting would hand the phone to anybody. */
function findRedirectProblem(
  parameters: Parameters,
  { clients, redirectUris }: Gateway,
): OAuthProblem | null {
  const doubled = ['client_id', 'redirect_uri'].find((name) => parameters.isDoubled(name))
  if (doubled) return invalidRequest(`${doubled} was sent twice.`)
  const clientId = parameters.get('client_id')
  if (clientId === undefined) return invalidRequest(explainMissing('client_id', parameters))
  if (!clients.some(({ id }) => id === clientId)) {
    return { error: 'invalid_client', description: 'The client_id is not known here.' }
  }
  const redirectUri = parameters.get('redirect_uri')
  if (redirectUri === undefined) return invalidRequest(explainMissing('redirect_uri', parameters))
  const broken = findRedirectUriRule(redirectUri)
  if (broken !== null) return invalidRequest(broken)
  return redirectUris.length === 0 || redirectUris.includes(redirectUri)
    ? null
    : invalidRequest('redirect_uri is not registered: it must equal a registered one exactly.')
}

/** Names the likely cause too: the phone sends nothing that follows an unencoded `#`. */
function explainMissing(name: string, parameters: Parameters): string {
  const isCut = /^dpv:[^# ]*$/.test(parameters.get('scope') ?? '')
  const cause = ' The scope ends after the purpose: a # that was not encoded as %23 cuts the URL there.'
  return `${name} is missing.${isCut ? cause : ''}`
}

function readAuthorizationRequest(
  parameters: Parameters,
  scope: string,
  { clients }: Gateway,
): AuthorizationRequest | OAuthProblem {
  const problem = findRequestProblem(parameters) ?? findScopeProblem(scope || undefined)
  if (problem) return problem
  const challenge = readChallenge(parameters)
  if (challenge && 'error' in challenge) return challenge
  const clientId = parameters.get('client_id') ?? ''
  if (!challenge && isPublicClient(clients, clientId)) {
    return invalidRequest('code_challenge is missing: a public client must use PKCE.')
  }
  const dpopJkt = parameters.get('dpop_jkt')
  if (dpopJkt !== undefined && !/^[\w-]{43}$/.test(dpopJkt)) {
    return invalidRequest('dpop_jkt must be the SHA-256 thumbprint of a key, in base64url.')
  }
  const hintedLine = readLine(parameters.get('login_hint'))
  if (typeof hintedLine === 'object') return hintedLine
  return {
    clientId,
    redirectUri: parameters.get('redirect_uri') ?? '',
    scope,
    state: parameters.get('state'),
    hintedLine,
    prompt: parameters.get('prompt'),
    nonce: parameters.get('nonce'),
    challenge,
    dpopJkt,
  }
}

function findRequestProblem(parameters: Parameters): OAuthProblem | null {
  if (parameters.hasDoubles) return invalidRequest('A parameter was sent twice.')
  const responseType = parameters.get('response_type')
  if (responseType === undefined) return invalidRequest('response_type is missing.')
  if (responseType !== 'code') {
    return { error: 'unsupported_response_type', description: 'response_type must be code.' }
  }
  if (![undefined, 'query'].includes(parameters.get('response_mode'))) {
    return invalidRequest('response_mode must be query, or left out.')
  }
  return findPromptProblem(parameters.get('prompt') ?? 'none')
}

/**
 * Refuses unknown prompts only: what the others mean is the operator's business.
 * @see https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
 */
function findPromptProblem(prompt: string): OAuthProblem | null {
  const values = prompt.split(' ')
  const isKnown = values.every((value) => prompts.includes(value))
  if (!isKnown) return invalidRequest('prompt must be none, login, consent or select_account.')
  return values.length > 1 && values.includes('none')
    ? invalidRequest('prompt=none must not be combined with other values.')
    : null
}

/** @see https://www.rfc-editor.org/rfc/rfc7636#section-4.3 */
function readChallenge(parameters: Parameters): CodeChallenge | OAuthProblem | undefined {
  const value = parameters.get('code_challenge')
  const method = parameters.get('code_challenge_method')
  if (value === undefined) {
    return method === undefined
      ? undefined
      : invalidRequest('code_challenge_method came without a code_challenge.')
  }
  if (method !== undefined && method !== 'S256' && method !== 'plain') {
    return invalidRequest('code_challenge_method must be S256 or plain.')
  }
  if (!isPkceValue(value)) {
    return invalidRequest('code_challenge must have 43 to 128 letters, digits and -._~ only.')
  }
  return { method: method ?? 'plain', value }
}

/** Reads the line out of `tel:+…` or of a bare number; hints of other forms are ignored, as CAMARA allows. */
function readLine(hint: string | undefined): string | undefined | OAuthProblem {
  if (hint === undefined) return undefined
  const number = hint.replace(/^tel:/i, '')
  if (e164Pattern.test(number)) return number
  if (/^(tel:)? [0-9]/i.test(hint))
    return invalidRequest('The + of login_hint arrived as a space: encode it as %2B.')
  if (/^(tel:|\+)/i.test(hint))
    return invalidRequest('login_hint must be tel: and a number in E.164 with its +.')
  return undefined
}
