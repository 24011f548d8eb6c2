// Runs a journey: starts to record and to listen, goes through the steps, and concludes.
import type { Context } from '../context.ts'
import { createDpop } from '../oauth/dpop.ts'
import { scopesOf } from '../oauth/enablement.ts'
import type { RequestFacts } from '../run/recording.ts'
import type { Run } from '../run/run.ts'
import { describeTarget, isProxied } from '../target/describe.ts'
import type { Listening } from './meeting/listening.ts'
import { openListening } from './meeting/open-listening.ts'
import { createStanding, type Standing } from './meeting/standing.ts'
import { isRandomVerdict } from '../wire/simulated.ts'
import { conclude } from './conclude.ts'
import { startDeadline } from './deadline.ts'
import { formatTunnel } from '../reach/tunnels.ts'
import { isEnabledByProvider } from './enablement.ts'
import type { Attempt, Flow, Journey, JourneyInput } from './journey.ts'
import { probePkce } from './probe-pkce.ts'
import { probeCredentials } from './probe.ts'
import { inTime } from './in-time.ts'
import { createRecorder, type Emit, type Recorder } from './recorder.ts'
import { phoneResultPage } from './meeting/result-page.ts'
import { openRunPage, type RunPage } from './meeting/local-page.ts'
import { meetPhone } from './meeting/meet-phone.ts'
import { ways } from '../reach/ways.ts'
import type { Target } from '../target/target.ts'
import { isForwarded } from './meeting/self-test.ts'
import { createSend } from './send.ts'
import { isStop } from './stop.ts'

/** Runs a journey. Whatever stops it ends up in the Run; only a bug is thrown. */
export async function runJourney<Input extends JourneyInput>(
  context: Context,
  journey: Journey<Input>,
  input: Input,
  emit: Emit,
): Promise<Run> {
  const { target } = input
  const request = describeRequest(context, journey, input)
  const isBuilt = !isEnabledByProvider(input)
  const described = {
    ...describeTarget(target, { redirectUri: target.redirectUri }),
    ...(isBuilt
      ? { enablementUrl: null }
      : { scope: scopesOf(target.scope).join(' '), usesPkce: false, usesRequestObject: false }),
  }
  let page: RunPage | null = null
  const recorder = createRecorder(context, { command: journey.name, target: described, request }, (event) => {
    emit(event)
    page?.tell(event)
  })
  const attempt = createAttempt(context, input)
  conceal(recorder, input, attempt)
  const deadline = startDeadline(context, input.timeoutMs)
  let { phoneNumber }: { phoneNumber: string | null } = input
  let listener: Listening | null = null
  const closing: Array<() => Promise<void>> = []
  const atEnd = (close: () => Promise<void>) => void closing.push(close)
  try {
    try {
      if (input.operatorToken === null)
        listener = await listen(context, { recorder, deadline, atEnd }, { ...input, state: attempt.state })
      // What a tunnel takes to come up is not the phone's time.
      if (listener?.tunnel) deadline.restart()
      const redirectUri = listener?.redirectUri ?? target.redirectUri ?? ''
      recorder.learn({
        target: { redirectUri: redirectUri || null },
        request: { listeningOn: listener?.listeningOn ?? null },
      })
      const send = createSend(context, recorder, deadline, trusting(target, listener), input.source)
      const dpop = target.usesDpop ? createDpop(context) : null
      const way = { via: input.via, redirectUri, isForwarded: isForwarded(target) }
      const landing = await meetPhone({ context, recorder, send }, listener, way)
      if (listener?.tunnel) deadline.restart()
      if (input.page) {
        page = await openRunPage(context, recorder, input)
        page.expect({ redirectUri, state: attempt.state, landing, shortLink: listener?.shortLink ?? null })
        await showPage(context, recorder, page.url)
      }
      const values = { attempt, dpop, listener, page, redirectUri, landing, atEnd }
      const flow: Flow = { context, recorder, send, deadline, input, ...values }
      const answer = await journey.run(flow, input)
      if (isStop(answer) && input.probes) {
        await probeCredentials({ context, recorder, send }, target)
        await probePkce(flow)
      }
      if (!isStop(answer)) {
        phoneNumber = answer.phoneNumber ?? phoneNumber
        recorder.answer(answer.answer)
      }
    } catch (error) {
      recorder.end(error)
    }
    const run = conclude(context, journey, {
      recording: recorder.recording(),
      durationMs: recorder.elapsedMs(),
      phoneNumber,
    })
    page?.finish(run)
    await listener?.answer(phoneResultPage(run))
    return run
  } finally {
    deadline.release()
    await inTime(context, Promise.all([listener?.close(), page?.close(), ...closing.map((close) => close())]))
  }
}

/** Opens the page in this machine's browser, unless there is none or this is a CI job, and says where it is. */
async function showPage(
  { env, open }: Pick<Context, 'env' | 'open'>,
  { emit }: Pick<Recorder, 'emit'>,
  url: string,
): Promise<void> {
  const isOpened = !env['CI'] && (await open(url))
  emit({ type: 'page', url, isOpened })
}

/** Makes nv trust its own listener, which it requests before the phone does. */
function trusting(target: Target, listener: Listening | null): Target {
  const own = listener?.certificate?.ca ?? null
  return own === null ? target : { ...target, ca: [target.ca, own].filter(Boolean).join('\n') }
}

/** Listens for the callback. What stays for the next phone is not closed here. */
function listen(
  context: Context,
  run: Parameters<typeof openListening>[1],
  input: JourneyInput & { state: string },
): Promise<Listening | null> {
  const { standing = createStanding(), via } = input
  if (input.standing === undefined) run.atEnd(() => closeAfterLastPage(context, run.recorder, standing))
  // Over a cable a port of the phone leads here, for the start page at least.
  return openListening(context, run, { ...input, isReachable: ways[via].opener === 'cable' }, standing)
}

/** The page with the result has left nv, and still has to travel through the tunnel; in milliseconds. */
const lastPageMs = 700

async function closeAfterLastPage(
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  recorder: Recorder,
  { tunnel, close }: Standing,
): Promise<void> {
  const isPhoneThere = recorder.recording().arrivals.some(({ verdict }) => verdict === 'taken')
  if (isPhoneThere && tunnel?.loss === null) await clock.sleep(lastPageMs, signal).catch(() => {})
  await close()
}

function describeRequest(
  context: Pick<Context, 'env'>,
  { operation }: Pick<Journey, 'operation'>,
  input: JourneyInput,
): RequestFacts {
  const { operatorToken, source, state, via, isHashed, canPaste, timeoutMs, target, phoneNumber } = input
  const isHinted = target.loginHint === 'tel' || target.loginHint === 'bare'
  return {
    operation,
    grants: operatorToken?.grants ?? ['authorization-code'],
    via: operatorToken === null ? via : null,
    issuer: target.issuer,
    isHashed,
    isVerdictRandom:
      operation === 'verify' &&
      operatorToken === null &&
      phoneNumber !== null &&
      isRandomVerdict(phoneNumber, { isHashed, ...(isHinted && { line: phoneNumber }) }),
    isStateGiven: state !== null,
    canPaste,
    timeoutMs,
    source: source?.name ?? null,
    isAsApp: input.isAsApp ?? false,
    devtools: input.handset?.devtools ?? null,
    isWifiOff: input.handset?.turnsWifiOff ?? false,
    tunnel: input.tunnel ? formatTunnel(input.tunnel) : null,
    isTls: Boolean(input.tls),
    isProxied: isProxied(context, target),
    listeningOn: null,
  }
}

function createAttempt(context: Pick<Context, 'random'>, input: JourneyInput): Attempt {
  const { target, state, operatorToken } = input
  const random = () => Buffer.from(context.random(32)).toString('base64url')
  // Both answer an authorization request of ours, which a SIM's token does without, and a provider may build itself.
  const isOurs = operatorToken === null && !isEnabledByProvider(input)
  return {
    state: state ?? random(),
    codeVerifier: isOurs && target.usesPkce ? random() : undefined,
    // Only an ID token brings the nonce back, and only the scope openid asks for one.
    nonce: isOurs && target.scope.split(' ').includes('openid') ? random() : undefined,
  }
}

function conceal({ redactor }: Recorder, input: JourneyInput, attempt: Attempt): void {
  const { target, phoneNumber, operatorToken } = input
  if (phoneNumber !== null) redactor.mask(phoneNumber)
  const own = [target.clientSecret, target.key, operatorToken?.value]
  const secrets = [...own, ...target.secretValues, ...Object.values(attempt)]
  for (const secret of secrets) if (secret) redactor.conceal(secret)
}
