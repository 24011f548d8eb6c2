// Runs a journey: starts the run, gets an access token by a phone or by its SIM's token, asks, and ends.
import type { Context } from '../context.ts'
import { createDpop } from '../oauth/dpop.ts'
import { formatListen } from '../profile/settings.ts'
import type { Command, Outcome, Run } from '../run/run.ts'
import { isHeardAt, isLoopback, listenerOf } from '../wire/addresses.ts'
import { type Listening, listenForCallback } from './await-callback.ts'
import { getTokenByPhone } from './authorization-code.ts'
import { startDeadline } from './deadline.ts'
import { createSend } from './exchange.ts'
import type { Attempt, Granted, Journey, JourneyInput } from './journey.ts'
import { getTokenBySim } from './operator-token.ts'
import { createRecorder, type Emit, type Recorder, type RunSubject } from './recorder.ts'
import { resultPage } from './result-page.ts'

/** Asks the API with an access token; gives what came of it. */
export type Ask = (journey: Journey, granted: Granted) => Promise<Exclude<Outcome, 'undetermined'>>

/** Runs a journey. Whatever stops it ends up in the Run; only a bug is thrown. */
export async function runJourney(
  context: Context,
  command: Command,
  input: JourneyInput,
  emit: Emit,
  ask: Ask,
): Promise<Run> {
  const { profile, phoneNumber } = input
  const recorder = createRecorder(context, command, emit)
  const deadline = startDeadline(context, input.timeoutMs)
  const subject: RunSubject = { profile, redirectUri: null, phoneNumber }
  const attempt = createAttempt(context, input)
  conceal(recorder, input, attempt)
  let listener: Listening | null = null
  try {
    if (input.operatorToken === null) warnOfListening(recorder, input)
    if (input.operatorToken === null)
      listener = await listenForCallback(context, recorder, { ...input, state: attempt.state })
    const redirectUri = listener?.redirectUri ?? profile.redirectUri ?? ''
    subject.redirectUri = redirectUri
    const send = createSend(context, recorder, deadline, profile, input.source)
    const dpop = profile.usesDpop ? createDpop(context) : null
    const values = { input, attempt, dpop, listener, redirectUri, subject }
    const journey: Journey = { context, command, recorder, send, deadline, ...values }
    const run = await getToken(journey)
      .then((granted) => ask(journey, granted))
      .then(
        (outcome) => recorder.conclude(subject, outcome),
        (error: unknown) => recorder.fail(subject, error),
      )
    await listener?.answer(resultPage(run))
    return run
  } catch (error) {
    return recorder.fail(subject, error)
  } finally {
    deadline.release()
    await listener?.close()
  }
}

/** Says where it will listen, when others than a phone could be surprised by it. */
function warnOfListening(recorder: Recorder, { profile, via }: JourneyInput): void {
  const { listen, redirectUri } = profile
  if (listen === null || (redirectUri !== null && (via === 'direct' || listen.port === 0))) return
  if (!isLoopback(listen.host))
    recorder.warn('authorize', 'listening_beyond_this_machine', { host: listen.host })
  const own = redirectUri === null ? null : listenerOf(redirectUri)
  if (own && !isHeardAt(own, listen))
    recorder.warn('authorize', 'listening_elsewhere', { redirectUri, listen: formatListen(listen) })
}

function getToken(journey: Journey): Promise<Granted> {
  const { operatorToken } = journey.input
  return operatorToken === null ? getTokenByPhone(journey) : getTokenBySim(journey, operatorToken)
}

function createAttempt(
  context: Pick<Context, 'random'>,
  { profile, state, operatorToken }: JourneyInput,
): Attempt {
  const random = () => Buffer.from(context.random(32)).toString('base64url')
  const isByPhone = operatorToken === null
  return {
    state: state ?? random(),
    // Both answer an authorization request, which a SIM's token does without.
    codeVerifier: isByPhone && profile.usesPkce ? random() : undefined,
    // Only an ID token brings the nonce back, and only the scope openid asks for one.
    nonce: isByPhone && profile.scope.split(' ').includes('openid') ? random() : undefined,
  }
}

function conceal({ redactor }: Recorder, input: JourneyInput, attempt: Attempt): void {
  const { profile, phoneNumber, operatorToken } = input
  if (phoneNumber !== null) redactor.mask(phoneNumber)
  const own = [profile.clientSecret, profile.key, operatorToken?.value]
  const secrets = [...own, ...profile.secretValues, ...Object.values(attempt)]
  for (const secret of secrets) if (secret) redactor.conceal(secret)
}
