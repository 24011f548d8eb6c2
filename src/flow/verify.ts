// The journey of `nv verify`: authorize, callback, token, api.
import { buildVerifyRequest, readApiError, readVerifyAnswer } from '../camara/api.ts'
import type { Context } from '../context.ts'
import { FlowError } from '../errors.ts'
import { buildAuthorizeUrl } from '../oauth/authorize-url.ts'
import { readCallback } from '../oauth/callback.ts'
import { createClientAuthentication } from '../oauth/client-authentication.ts'
import { buildTokenRequest, checkTokenResponse, readTokenAnswer } from '../oauth/token.ts'
import { adviseOn } from '../profile/advice.ts'
import type { Profile } from '../profile/resolve.ts'
import type { CallbackListener } from '../reach/callback-listener.ts'
import { type WayName, ways } from '../reach/ways.ts'
import type { Run } from '../run/run.ts'
import { listenForCallback, waitForCallback } from './await-callback.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { createSend, type Send } from './exchange.ts'
import { completeProfile, type Gateway } from './gateway.ts'
import { createRecorder, type Emit, type Recorder, type RunSubject } from './recorder.ts'
import { resultPage } from './result-page.ts'

export interface VerifyInput {
  profile: Profile
  phoneNumber: string
  isHashed: boolean
  via: WayName
  /** Null: a random one. */
  state: string | null
  /** Whether the user may be asked for the address the phone ended on. */
  canPaste: boolean
  timeoutMs: number
}

/** The values of one attempt that bind its steps together. */
interface Attempt {
  state: string
  codeVerifier: string | undefined
  nonce: string | undefined
}

/** Everything the steps share. */
interface Journey {
  context: Context
  recorder: Recorder
  send: Send
  deadline: Deadline
  input: VerifyInput
  attempt: Attempt
  listener: CallbackListener | null
  redirectUri: string
  subject: RunSubject
}

/** Runs the flow. Whatever stops it ends up in the Run; only a bug is thrown. */
export async function verify(context: Context, input: VerifyInput, emit: Emit): Promise<Run> {
  const { profile, phoneNumber } = input
  const recorder = createRecorder(context, emit)
  const deadline = startDeadline(context, input.timeoutMs)
  const subject: RunSubject = { profile, redirectUri: null, phoneNumber }
  const attempt = createAttempt(context, input)
  conceal(recorder, input, attempt)
  warnOfSettings(recorder, input)
  let listener: CallbackListener | null = null
  try {
    listener = await listenForCallback(context, recorder, { ...input, state: attempt.state })
    const redirectUri = listener?.redirectUri ?? profile.redirectUri ?? ''
    subject.redirectUri = redirectUri
    const send = createSend(context, recorder, deadline, profile)
    const journey = { context, recorder, send, deadline, input, attempt, listener, redirectUri, subject }
    const run = await travel(journey).then(
      (outcome) => recorder.conclude(subject, outcome),
      (error: unknown) => recorder.fail(subject, error),
    )
    await listener?.deliver(resultPage(run))
    return run
  } catch (error) {
    return recorder.fail(subject, error)
  } finally {
    deadline.release()
    await listener?.close()
  }
}

async function travel(journey: Journey): Promise<'verified' | 'mismatch'> {
  const { gateway, callback } = await authorize(journey)
  const code = await receiveCode(journey, gateway, callback)
  const accessToken = await exchangeCode(journey, gateway, code)
  return callApi(journey, gateway, accessToken)
}

/** Brings the authorize URL to the phone; gives the response when the way itself gets it. */
function authorize(journey: Journey): Promise<{ gateway: Gateway; callback: URLSearchParams | null }> {
  const { context, recorder, send, input, attempt, redirectUri, subject } = journey
  const { host } = new URL(input.profile.authorizeUrl || (input.profile.issuer ?? ''))
  return recorder.step('authorize', `Asking ${host} to authorize`, async () => {
    const gateway = await completeProfile(input.profile, send, recorder)
    subject.profile = gateway
    const url = await buildAuthorizeUrl({
      ...attempt,
      authorizeUrl: gateway.authorizeUrl,
      clientId: gateway.clientId,
      redirectUri,
      scope: gateway.scope,
      loginHint: formatLoginHint(gateway.loginHint, input.phoneNumber),
      prompt: gateway.prompt ?? undefined,
    })
    const { detail, callback } = await ways[input.via].bring(url, {
      redirectUri,
      get: (target, headers) => send('authorize', { method: 'GET', url: target, headers, isFromPhone: true }),
      open: (target) => context.open(target),
      show: (target, options) => recorder.emit({ type: 'authorize-url', url: target, ...options }),
    })
    return { value: { gateway, callback }, detail }
  })
}

/** Waits for the authorization response, unless the way brought it, and takes the code from it. */
function receiveCode(journey: Journey, gateway: Gateway, brought: URLSearchParams | null): Promise<string> {
  const { context, recorder, input, attempt, redirectUri } = journey
  const { issuer, isIssuerRequired } = gateway
  return recorder.step('callback', 'Waiting for the phone', async () => {
    const wait = { ...journey, state: attempt.state, canPaste: input.canPaste }
    const parameters = brought ?? (await waitForCallback(context, recorder, wait))
    for (const code of parameters.getAll('code')) recorder.redactor.conceal(code)
    const callback = readCallback(parameters, { state: attempt.state, issuer, isIssuerRequired })
    if (callback.kind === 'code') return { value: callback.code, detail: 'received a code under our state' }
    if (callback.kind !== 'error') throw new FlowError(callback.reason, { redirectUri })
    const { error, description } = callback
    throw new FlowError('authorization_error', { error, description, redirectUri, prompt: gateway.prompt })
  })
}

/** Exchanges the code, once, for an access token. */
function exchangeCode(
  { recorder, send, attempt, redirectUri }: Journey,
  gateway: Gateway,
  code: string,
): Promise<string> {
  const { host } = new URL(gateway.tokenUrl)
  return recorder.step('token', `Exchanging the code at ${host}`, async () => {
    const request = await buildTokenRequest({
      tokenUrl: gateway.tokenUrl,
      code,
      redirectUri: gateway.repeatsRedirectUri ? redirectUri : undefined,
      codeVerifier: attempt.codeVerifier,
      authenticate: await createClientAuthentication({ ...gateway, method: gateway.authMethod }),
    })
    const { status, headers, text } = await send('token', request)
    refuseRedirect('token_redirected', host, status, headers)
    const answer = readTokenAnswer(status, text)
    if (answer.kind === 'error') {
      const { error, description } = answer
      const retryAfter = headers.get('retry-after')
      throw new FlowError('token_error', {
        host,
        status,
        error,
        description,
        retryAfter,
        method: gateway.authMethod,
      })
    }
    if (answer.kind === 'unreadable')
      throw new FlowError('token_unreadable', { host, status, found: answer.found })
    for (const secret of answer.secrets) recorder.redactor.conceal(secret)
    const objection = await checkTokenResponse(new Response(text, { status, headers }), {
      clientId: gateway.clientId,
      issuer: gateway.issuer,
      nonce: attempt.nonce,
    })
    if (objection?.isNonceMismatch) throw new FlowError('nonce_differs', { host })
    if (objection) recorder.warn('token', 'token_response_irregular', { host, message: objection.message })
    return {
      value: answer.accessToken,
      detail: `got an access token${answer.scope ? ` for ${answer.scope}` : ''}`,
    }
  })
}

/** Asks the API about the number. */
function callApi(
  { recorder, send, input }: Journey,
  gateway: Gateway,
  accessToken: string,
): Promise<'verified' | 'mismatch'> {
  const { phoneNumber, isHashed } = input
  const { host } = new URL(gateway.apiUrl)
  return recorder.step('api', `Asking ${host} about the number`, async () => {
    const request = await buildVerifyRequest({ ...gateway, accessToken, phoneNumber, isHashed })
    const { status, headers, text } = await send('api', request)
    refuseRedirect('api_redirected', host, status, headers)
    if (status >= 400) {
      const { code, message } = readApiError(text)
      const retryAfter = headers.get('retry-after')
      const facts = { host, status, code, message, retryAfter, scope: gateway.scope, url: request.url }
      throw new FlowError('api_error', facts)
    }
    const answer = readVerifyAnswer(status, text)
    if (typeof answer === 'object')
      throw new FlowError('api_unreadable', { host, status, found: answer.undetermined })
    return { value: answer, detail: `devicePhoneNumberVerified is ${answer === 'verified'}` }
  })
}

/** Throws when a request that carried credentials was answered with a redirect: they must not follow it. */
function refuseRedirect(code: string, host: string, status: number, headers: Headers): void {
  if (status >= 300 && status < 400)
    throw new FlowError(code, { host, status, location: headers.get('location') })
}

function createAttempt(context: Pick<Context, 'random'>, { profile, state }: VerifyInput): Attempt {
  const random = () => Buffer.from(context.random(32)).toString('base64url')
  return {
    state: state ?? random(),
    codeVerifier: profile.usesPkce ? random() : undefined,
    // Only an ID token brings the nonce back, and only the scope openid asks for one.
    nonce: profile.scope.split(' ').includes('openid') ? random() : undefined,
  }
}

function conceal({ redactor }: Recorder, { profile, phoneNumber }: VerifyInput, attempt: Attempt): void {
  redactor.mask(phoneNumber)
  const secrets = [profile.clientSecret, profile.key, ...profile.secretValues, ...Object.values(attempt)]
  for (const secret of secrets) if (secret) redactor.conceal(secret)
}

function warnOfSettings(recorder: Recorder, { profile, state }: VerifyInput): void {
  if (state !== null) recorder.warn('authorize', 'state_given')
  for (const { code, args } of adviseOn(profile)) recorder.warn('authorize', code, args)
  const { preset, unconfirmed } = profile
  if (unconfirmed.length > 0)
    recorder.warn('authorize', 'preset_unconfirmed', { preset, points: unconfirmed })
}

function formatLoginHint(form: string, phoneNumber: string): string | undefined {
  if (form === 'none') return undefined
  if (form === 'tel') return `tel:${phoneNumber}`
  return form === 'bare' ? phoneNumber : form
}
