// The journey of `nv verify`: authorize, callback, token, api.
import { buildVerifyRequest, readApiError, readVerifyAnswer } from '../camara/api.ts'
import type { Context } from '../context.ts'
import { FlowError } from '../errors.ts'
import { buildAuthorizeUrl } from '../oauth/authorize-url.ts'
import { readCallback } from '../oauth/callback.ts'
import { clientSecretBasic } from '../oauth/client-authentication.ts'
import { buildTokenRequest, checkTokenResponse, readTokenAnswer } from '../oauth/token.ts'
import type { Profile } from '../profile/resolve.ts'
import { type CallbackListener } from '../reach/callback-listener.ts'
import { type WayName, ways } from '../reach/ways.ts'
import type { Run } from '../run/run.ts'
import { type Deadline, startDeadline } from './deadline.ts'
import { createSend, type Send } from './exchange.ts'
import { createRecorder, type Emit, type Recorder, type RunSubject } from './recorder.ts'
import { listenForCallback, waitForCallback } from './await-callback.ts'
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
  codeVerifier: string
  nonce: string | undefined
}

/** Runs the flow. Whatever stops it ends up in the Run; only a bug is thrown. */
export async function verify(context: Context, input: VerifyInput, emit: Emit): Promise<Run> {
  const recorder = createRecorder(context, emit)
  const deadline = startDeadline(context, input.timeoutMs)
  const subject: RunSubject = { profile: input.profile, redirectUri: null, phoneNumber: input.phoneNumber }
  const attempt = createAttempt(context, input)
  conceal(recorder, input, attempt)
  let listener: CallbackListener | null = null
  try {
    listener = await listenForCallback(context, recorder, { ...input, state: attempt.state })
    subject.redirectUri = listener?.redirectUri ?? input.profile.redirectUri
    const run = await travel({
      context,
      recorder,
      deadline,
      input,
      attempt,
      listener,
      redirectUri: subject.redirectUri ?? '',
    })
      .then((outcome) => recorder.conclude(subject, outcome))
      .catch((error: unknown) => recorder.fail(subject, error))
    await listener?.deliver(resultPage(run))
    return run
  } catch (error) {
    return recorder.fail(subject, error)
  } finally {
    deadline.release()
    await listener?.close()
  }
}

interface Journey {
  context: Context
  recorder: Recorder
  deadline: Deadline
  input: VerifyInput
  attempt: Attempt
  listener: CallbackListener | null
  redirectUri: string
}

async function travel(journey: Journey): Promise<'verified' | 'mismatch'> {
  const { context, recorder, deadline } = journey
  const send = createSend(context, recorder, deadline)
  const callback = await authorize(journey, send)
  const code = await receiveCode(journey, callback)
  const accessToken = await exchangeCode(journey, send, code)
  return callApi(journey, send, accessToken)
}

function authorize(journey: Journey, send: Send): Promise<URLSearchParams | null> {
  const { context, recorder, input, attempt, redirectUri } = journey
  const { profile } = input
  return recorder.step('authorize', `Asking ${new URL(profile.authorizeUrl).host} to authorize`, async () => {
    const url = await buildAuthorizeUrl({
      authorizeUrl: profile.authorizeUrl,
      clientId: profile.clientId,
      redirectUri,
      scope: profile.scope,
      ...attempt,
      loginHint: formatLoginHint(profile.loginHint, input.phoneNumber),
      prompt: profile.prompt ?? undefined,
    })
    const { detail, callback } = await ways[input.via].bring(url, {
      redirectUri,
      get: (target, headers) =>
        send('authorize', { method: 'GET', url: target, headers, isCorrelated: false }),
      open: (target) => context.open(target),
      show: (target, options) => recorder.emit({ type: 'authorize-url', url: target, ...options }),
    })
    return { value: callback, detail }
  })
}

function receiveCode(journey: Journey, brought: URLSearchParams | null): Promise<string> {
  const { context, recorder, deadline, input, attempt, listener, redirectUri } = journey
  return recorder.step('callback', 'Waiting for the phone', async () => {
    const parameters =
      brought ??
      (await waitForCallback(context, recorder, {
        listener,
        deadline,
        redirectUri,
        state: attempt.state,
        canPaste: input.canPaste,
      }))
    const code = parameters.get('code')
    if (code) recorder.redactor.conceal(code)
    const callback = readCallback(parameters, { state: attempt.state, issuer: null, isIssuerRequired: false })
    if (callback.kind === 'code') return { value: callback.code, detail: 'received a code under our state' }
    if (callback.kind === 'error') {
      throw new FlowError('authorization_error', {
        error: callback.error,
        description: callback.description,
        redirectUri,
      })
    }
    throw new FlowError(callback.reason, { redirectUri })
  })
}

function exchangeCode(journey: Journey, send: Send, code: string): Promise<string> {
  const { recorder, input, attempt, redirectUri } = journey
  const { profile } = input
  const { host } = new URL(profile.tokenUrl)
  return recorder.step('token', `Exchanging the code at ${host}`, async () => {
    const request = await buildTokenRequest({
      tokenUrl: profile.tokenUrl,
      code,
      redirectUri,
      codeVerifier: attempt.codeVerifier,
      authenticate: clientSecretBasic(profile.clientId, profile.clientSecret),
    })
    const { status, headers, text } = await send('token', request)
    refuseRedirect('token_redirected', host, status, headers)
    const answer = readTokenAnswer(status, text)
    if (answer.kind === 'error') {
      throw new FlowError('token_error', {
        host,
        status,
        error: answer.error,
        description: answer.description,
      })
    }
    if (answer.kind === 'unreadable') {
      throw new FlowError('token_unreadable', { host, status, found: answer.found })
    }
    for (const secret of answer.secrets) recorder.redactor.conceal(secret)
    const objection = await checkTokenResponse(new Response(text, { status, headers }), {
      clientId: profile.clientId,
      issuer: null,
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

function callApi(journey: Journey, send: Send, accessToken: string): Promise<'verified' | 'mismatch'> {
  const { recorder, input } = journey
  const { profile, phoneNumber, isHashed } = input
  const { host } = new URL(profile.apiUrl)
  return recorder.step('api', `Asking ${host} about the number`, async () => {
    const request = await buildVerifyRequest({ ...profile, accessToken, phoneNumber, isHashed })
    const { status, headers, text } = await send('api', request)
    refuseRedirect('api_redirected', host, status, headers)
    if (status >= 400) {
      throw new FlowError('api_error', {
        host,
        status,
        ...readApiError(text),
        scope: profile.scope,
        url: request.url,
      })
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
    codeVerifier: random(),
    // Only an ID token brings the nonce back, and only the scope openid asks for one.
    nonce: profile.scope.split(' ').includes('openid') ? random() : undefined,
  }
}

function conceal({ redactor }: Recorder, { profile, phoneNumber }: VerifyInput, attempt: Attempt): void {
  redactor.mask(phoneNumber)
  const basic = Buffer.from(`${profile.clientId}:${profile.clientSecret}`, 'utf8').toString('base64')
  for (const secret of [profile.clientSecret, basic, attempt.state, attempt.codeVerifier, attempt.nonce]) {
    if (secret) redactor.conceal(secret)
  }
}

function formatLoginHint(form: string, phoneNumber: string): string | undefined {
  if (form === 'none') return undefined
  if (form === 'tel') return `tel:${phoneNumber}`
  return form === 'bare' ? phoneNumber : form
}
