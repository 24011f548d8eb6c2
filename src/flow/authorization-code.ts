// Gets an access token through a phone: authorize, callback, token.
import { FlowError } from '../errors.ts'
import { type AuthorizeParameters, buildAuthorizeUrl } from '../oauth/authorize-url.ts'
import { readCallback } from '../oauth/callback.ts'
import { grantTypes } from '../oauth/grants.ts'
import { isLoopback } from '../wire/addresses.ts'
import { buildSignedAuthorizeUrl } from '../oauth/request-object.ts'
import { readSigningKey } from '../oauth/signing-key.ts'
import { ways } from '../reach/ways.ts'
import { waitForCallback } from './await-callback.ts'
import { follow, type Hop, whyNoRedirect } from './chain-failure.ts'
import { completeProfile, type Gateway } from './gateway.ts'
import type { Granted, Journey } from './journey.ts'
import { warnOfSettings } from './settings-advice.ts'
import { requestToken } from './token-request.ts'

/** Brings the authorize URL to the phone, waits for the code, and exchanges it. */
export async function getTokenByPhone(journey: Journey): Promise<Granted> {
  const { recorder, attempt, redirectUri } = journey
  warnOfRequest(journey)
  warnOfSettings(journey, journey.input.profile)
  const { gateway, callback } = await authorize(journey)
  const code = await receiveCode(journey, gateway, callback)
  const { host } = new URL(gateway.tokenUrl)
  const accessToken = await recorder.step('token', `Exchanging the code at ${host}`, () =>
    requestToken(journey, gateway, {
      grant_type: grantTypes['authorization-code'],
      code,
      redirect_uri: gateway.repeatsRedirectUri ? redirectUri : undefined,
      code_verifier: attempt.codeVerifier,
    }),
  )
  return { gateway, accessToken }
}

/** Brings the authorize URL to the phone; gives the response when the way itself gets it. */
function authorize(journey: Journey): Promise<{ gateway: Gateway; callback: URLSearchParams | null }> {
  const { context, recorder, send, input, attempt, redirectUri, subject } = journey
  const { host } = new URL(input.profile.authorizeUrl || (input.profile.issuer ?? ''))
  return recorder.step('authorize', `Asking ${host} to authorize`, async () => {
    const gateway = await completeProfile(input.profile, send, recorder)
    subject.profile = gateway
    const url = await buildUrl(journey, gateway, {
      ...attempt,
      authorizeUrl: gateway.authorizeUrl,
      clientId: gateway.clientId,
      redirectUri,
      scope: gateway.scope,
      loginHint: formatLoginHint(gateway.loginHint, input.phoneNumber),
      prompt: gateway.prompt ?? undefined,
    })
    const hops: Hop[] = []
    const brought = await ways[input.via].bring(url, {
      redirectUri,
      state: attempt.state,
      get: (target, headers) => follow(send, hops, target, headers),
      arrive: recorder.arrive,
      open: (target) => context.open(target),
      show: (target, options) => recorder.emit({ type: 'authorize-url', url: target, ...options }),
    })
    if ('lacks' in brought) throw whyNoRedirect(hops, redirectUri)
    const { detail, callback } = brought
    const from = input.source === null ? '' : ` from ${input.source.name}`
    return { value: { gateway, callback }, detail: detail + from }
  })
}

/** Builds the authorize URL, signed where the profile wants a request object. */
async function buildUrl(
  { context, recorder }: Journey,
  gateway: Gateway,
  parameters: AuthorizeParameters,
): Promise<string> {
  if (!gateway.usesRequestObject) return buildAuthorizeUrl(parameters)
  const { issuer } = gateway
  const signed = await buildSignedAuthorizeUrl(parameters, readSigningKey(gateway), issuer, context)
  recorder.redactor.conceal(signed.requestObject)
  return signed.url
}

/** Waits for the authorization response, unless the way brought it, and takes the code from it. */
function receiveCode(journey: Journey, gateway: Gateway, brought: URLSearchParams | null): Promise<string> {
  const { context, recorder, input, attempt, redirectUri } = journey
  const { isIssuerRequired } = gateway
  // A document that names another issuer was warned about; a response may carry either name.
  const issuers = [...new Set([gateway.issuer, input.profile.issuer])].filter((name) => name !== null)
  return recorder.step('callback', 'Waiting for the phone', async () => {
    const wait = { ...journey, state: attempt.state, canPaste: input.canPaste }
    const waitedFrom = context.clock.now()
    const parameters = brought ?? (await waitForCallback(context, recorder, wait))
    if ('lacks' in parameters) {
      const seconds = Math.round((context.clock.now() - waitedFrom) / 1000)
      const { listener } = journey
      const args = { seconds, redirectUri, isListening: listener !== null, canPaste: input.canPaste }
      throw new FlowError('callback_timeout', args)
    }
    for (const code of parameters.getAll('code')) recorder.redactor.conceal(code)
    const callback = readCallback(parameters, { state: attempt.state, issuers, isIssuerRequired })
    if (callback.kind === 'code') return { value: callback.code, detail: 'received a code under our state' }
    if (callback.kind !== 'error') throw new FlowError(callback.reason, { redirectUri, issuers })
    const { error, description } = callback
    throw new FlowError('authorization_error', { error, description, redirectUri, prompt: gateway.prompt })
  })
}

function warnOfRequest({ context, recorder, input }: Journey): void {
  const { profile, state, source, phoneNumber } = input
  if (state !== null) recorder.warn('authorize', 'state_given')
  const isFormOfNumber = profile.loginHint === 'tel' || profile.loginHint === 'bare'
  if (isFormOfNumber && phoneNumber === null)
    recorder.warn('authorize', 'login_hint_left_out', { form: profile.loginHint })
  const isProxied = profile.proxy !== null || proxyVariables.some((name) => context.env[name])
  const isHere = isLoopback(new URL(profile.authorizeUrl || (profile.issuer ?? '')).hostname)
  if (source !== null && isProxied && !isHere)
    recorder.warn('authorize', 'proxy_passed_by', { source: source.name })
}

function formatLoginHint(form: string, phoneNumber: string | null): string | undefined {
  if (form === 'none') return undefined
  if (form === 'tel') return phoneNumber === null ? undefined : `tel:${phoneNumber}`
  return form === 'bare' ? (phoneNumber ?? undefined) : form
}

const proxyVariables = ['http_proxy', 'HTTP_PROXY', 'https_proxy', 'HTTPS_PROXY']
