// The requests of a check: each is sent once, when it is first needed, and shared by the lines that look at it.
import { buildVerifyRequest } from '../../camara/api.ts'
import type { Context } from '../../context.ts'
import { createClientAuthentication, keyMethods } from '../../oauth/client-authentication.ts'
import { createDpop } from '../../oauth/dpop.ts'
import { grantTypes } from '../../oauth/grants.ts'
import { buildJwtBearerParameters } from '../../oauth/jwt-bearer.ts'
import { buildTokenRequest } from '../../oauth/token.ts'
import { buildUrl, formatLoginHint } from '../authorization-code.ts'
import { completeTarget } from '../complete-target.ts'
import type { Gateway } from '../journey.ts'
import type { Recorder } from '../recorder.ts'
import type { Reply, Send } from '../send.ts'
import { isStop } from '../stop.ts'
import { sendTokenRequest } from '../token-request.ts'
import { type Authorized, followWithin } from './follow.ts'
import type { CheckInput } from './check-input.ts'

/** Where a redirect_uri of nv itself leads; no gateway asks for it. */
const ownRedirectUri = 'http://127.0.0.1/callback'

/** A number that nobody has: its country code is not assigned. */
const nobodysNumber = '+99900000000'

/** Each question is asked once; null: it can't be asked for want of a setting. */
export interface Questions {
  state: string
  redirectUri: string
  /** Gives the target with what the gateway says of itself; `isStopped` when that was not enough. */
  complete(): Promise<{ gateway: Gateway; isStopped: boolean; exchanges: readonly number[] }>
  keys(): Promise<Reply | null>
  /** Trades in a code, or what the grant takes in its place, that nobody issued. */
  token(): Promise<Reply | null>
  /** Asks for an authentication without saying who it is about. */
  backchannel(): Promise<Reply | null>
  /** Asks to authorize without a phone. */
  authorize(): Promise<Authorized | null>
  /** Asks the API under a token that nobody issued. */
  api(): Promise<Reply | null>
  /** Asks them all, and ends when each has its answer. */
  everything(): Promise<void>
}

/** Prepares the questions of a check. */
export function prepareQuestions(
  context: Context,
  recorder: Recorder,
  send: Send,
  input: CheckInput,
): Questions {
  const { target, grants, missing } = input
  const [grant] = grants
  const random = () => `nv-check-${Buffer.from(context.random(24)).toString('base64url')}`
  const conceal = (value: string) => {
    recorder.redactor.conceal(value)
    return value
  }
  const state = conceal(random())
  const codeVerifier = target.usesPkce ? conceal(random() + random()) : undefined
  const redirectUri = target.redirectUri ?? ownRedirectUri
  const proven = { context, send, dpop: target.usesDpop ? createDpop(context) : null }
  const isByKey = keyMethods.includes(target.authMethod)
  const canAuthenticate =
    !['clientId', 'clientSecret', 'key', 'issuer'].some((name) => missing.includes(name)) &&
    (target.key !== '' || !(isByKey || grant === 'jwt-bearer'))
  const isByPhone = grant === 'authorization-code'

  const complete = once(async () => {
    const before = recorder.recording().exchanges.length
    const isOpen = target.issuer !== null || target.credentialsUrl !== null
    const completed = isOpen ? await completeTarget({ send, recorder }, target, grants, true) : null
    const isStopped = isStop(completed)
    const gateway = completed === null || isStopped ? { ...target, isIssuerRequired: false } : completed
    const { exchanges } = recorder.recording()
    return { gateway, isStopped, exchanges: exchanges.slice(before).map(({ id }) => id) }
  })

  const keys = once(async () => {
    const { jwksUri } = (await complete()).gateway
    if (!jwksUri) return null
    const headers = { accept: 'application/json' }
    return send({ step: 'token', kind: 'keys', method: 'GET', url: jwksUri, headers, isPublic: true })
  })

  const token = once(async () => {
    const { gateway, isStopped } = await complete()
    const hasClient = gateway.clientId !== '' && !(isStopped && target.credentialsUrl !== null)
    if (!canAuthenticate || !hasClient || gateway.tokenUrl === '') return null
    return sendTokenRequest(proven, gateway, await tradeIn(gateway))
  })

  /** Makes the parameters that trade in something that nobody issued. */
  async function tradeIn(gateway: Gateway): Promise<Record<string, string | undefined>> {
    if (grant === 'ciba') return { grant_type: grantTypes.ciba, auth_req_id: conceal(random()) }
    if (grant === 'jwt-bearer')
      return buildJwtBearerParameters({ ...gateway, operatorToken: conceal(random()) }, context)
    return {
      grant_type: grantTypes[grant],
      code: conceal(random()),
      redirect_uri: gateway.repeatsRedirectUri ? redirectUri : undefined,
      code_verifier: codeVerifier,
    }
  }

  const backchannel = once(async () => {
    const { gateway } = await complete()
    if (grant !== 'ciba' || !canAuthenticate || gateway.backchannelUrl === '') return null
    const { backchannelUrl, scope, authMethod } = gateway
    const authenticate = createClientAuthentication({ ...gateway, method: authMethod }, context)
    // Without a hint nothing is started, whoever asks.
    const parameters = { scope }
    const request = await buildTokenRequest({ tokenUrl: backchannelUrl, parameters, authenticate })
    return send({ ...request, step: 'authorize', kind: 'backchannel' })
  })

  const authorize = once(async () => {
    const { gateway } = await complete()
    const isSignable = !gateway.usesRequestObject || gateway.key !== ''
    if (!isByPhone || gateway.authorizeUrl === '' || gateway.clientId === '' || !isSignable) return null
    const url = await buildUrl({ context, recorder }, gateway, {
      authorizeUrl: gateway.authorizeUrl,
      clientId: gateway.clientId,
      redirectUri,
      scope: gateway.scope,
      state,
      codeVerifier,
      nonce: gateway.scope.split(' ').includes('openid') ? conceal(random()) : undefined,
      loginHint: formatLoginHint(gateway.loginHint, null),
      prompt: gateway.prompt ?? undefined,
    })
    return followWithin(send, recorder, { url, redirectUri, state })
  })

  const api = once(async () => {
    if (target.apiUrl === '') return null
    const { headers, ...request } = await buildVerifyRequest({
      ...target,
      phoneNumber: nobodysNumber,
      isHashed: false,
    })
    const authorization = `Bearer ${conceal(random())}`
    return send({ ...request, step: 'api', kind: 'api', headers: { ...headers, authorization } })
  })

  return {
    state,
    redirectUri,
    complete,
    keys,
    token,
    backchannel,
    authorize,
    api,
    everything: async () => {
      await Promise.all([complete, keys, token, backchannel, authorize, api].map((ask) => ask()))
    },
  }
}

function once<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () => (asked ??= ask())
}
