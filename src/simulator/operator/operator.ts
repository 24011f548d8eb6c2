// The operator's authorization server: an origin of its own that recognises the line and hands out a code for it.
import { e164Pattern } from '../../camara/phone-number.ts'
import { checkCookie, createCookie, endCookie, writeCookie } from '../cookie.ts'
import type { SimulatorMode } from '../../wire/simulated.ts'
import { mockLine } from '../../wire/simulated.ts'
import type { ConsentRequest, Line, Lines } from './lines.ts'
import { renderConsentPage } from '../pages/consent-page.ts'
import { renderLeavingPage } from '../pages/leaving-page.ts'
import { renderPhonePage } from '../pages/phone-page.ts'
import { readChosenPhone, readRememberedPhone, rememberPhone, type Connection } from './phone.ts'
import { readPageForm, readParameters, type Call, type Parameters } from '../request.ts'
import {
  addParameters,
  type OAuthProblem,
  type Reply,
  replyInvalidRequest,
  replyRedirect,
} from '../response.ts'
import { createStore, lifetimesMs, type Journey, type StatePorts, type Subject } from '../state.ts'
import { isBrowser } from '../user-agent.ts'

/** The aggregator's client_id at the operator. */
export const aggregatorClientId = 'simulator-aggregator'

interface OperatorRequest {
  redirectUri: string
  state: string
  /** The line that the aggregator was told of; only mock mode believes it. */
  hintedLine: string | undefined
  prompts: readonly string[]
  scope: string
  /** The client of the aggregator for which it asks. */
  apiConsumer: string
}

interface OperatorJourney extends Journey<OperatorRequest> {
  /** The line that was recognised, while its user is asked for consent. */
  line?: Line
}

export interface OperatorOptions {
  ports: StatePorts
  mode: SimulatorMode
  isStrict: boolean
  lines: Lines
  /** The aggregator's redirect_uri, under the host that the phone reached the operator by. */
  aggregatorCallback: (hostname: string) => string
}

/** The operator's endpoints, in the order in which a phone meets them. */
export interface Operator {
  authorize: (call: Call) => Reply
  identify: (call: Call) => Reply
  choosePhone: (call: Call) => Reply
  askConsent: (call: Call) => Reply
  decideConsent: (call: Call) => Reply
  /** Exchanges a code for the line that was recognised, once; undefined when there is no such code for that state. */
  redeem: (code: string, state: string) => Subject | undefined
  /** Gives the aggregator's state of a pending journey. */
  stateOf: (journey: string) => string | undefined
}

/**
 * Creates the operator. In network mode it recognises the line by the address that the request comes from, or lets a
 * person choose which phone the browser plays; in mock mode it takes the aggregator's word for it.
 */
export function createOperator(options: OperatorOptions): Operator {
  const { ports, mode, lines, aggregatorCallback } = options
  const journeys = createStore<OperatorJourney>(ports, lifetimesMs.journey)
  const codes = createStore<{ subject: Subject; state: string }>(ports, lifetimesMs.code)

  const authorize = (call: Call): Reply => {
    const request = readRequest(call, aggregatorCallback(call.hostname))
    if (!request) return replyInvalidRequest('The aggregator is unknown here, or its request is incomplete.')
    const cookie = createCookie(ports, 'nv_operator')
    const reply = replyRedirect(
      `identify?journey=${journeys.put({ request, cookie })}`,
      '→ operator, identify',
    )
    reply.headers['set-cookie'] = writeCookie(cookie, '/')
    return reply
  }

  const identify = (call: Call): Reply =>
    follow(call, readParameters(new URLSearchParams(call.query)), options.isStrict, (journey, key) => {
      const { hintedLine, prompts } = journey.request
      if (mode === 'mock') return leave(call, key, journey, succeed(journey, hintedLine ?? mockLine))
      const line = lines.atAddress(call.remoteAddress)
      const wantsChoice = prompts.some((prompt) => prompt === 'login' || prompt === 'select_account')
      if (isBrowser(call) && (!line || wantsChoice)) {
        return renderPhonePage(key, lines, readRememberedPhone(call, lines, line))
      }
      return recognise(call, key, journey, line ?? 'unknown')
    })

  const choosePhone = (call: Call): Reply => {
    const form = readPageForm(call)
    return follow(call, form, true, (journey, key) => {
      const phone = readChosenPhone(form, lines)
      if (!phone) return replyInvalidRequest('The form does not say which phone this is.')
      const { line, connection } = phone
      const reply = recognise(call, key, journey, connection === 'mobile' ? line : connection)
      reply.headers['set-cookie'] = [reply.headers['set-cookie'] ?? [], rememberPhone(phone)].flat()
      return reply
    })
  }

  const askConsent = (call: Call): Reply =>
    follow(call, readParameters(new URLSearchParams(call.query)), options.isStrict, (journey, key) =>
      journey.line
        ? renderConsentPage(key, journey.line, journey.request)
        : replyInvalidRequest('The phone has not been recognised yet.'),
    )

  const decideConsent = (call: Call): Reply => {
    const form = readPageForm(call)
    return follow(call, form, true, (journey, key) => {
      const { line } = journey
      const decision = form.get('decision')
      if (!line || (decision !== 'allow' && decision !== 'refuse')) {
        return replyInvalidRequest('The form lacks the decision or the phone.')
      }
      if (decision === 'refuse') return leave(call, key, journey, problems.refused)
      lines.giveConsent(line, askedIn(journey))
      return leave(call, key, journey, succeed(journey, line.phoneNumber))
    })
  }

  /** Finds the journey of a request and checks that it comes from the browser that is on it. */
  const follow = (
    call: Call,
    parameters: Parameters,
    isStrict: boolean,
    answer: (journey: OperatorJourney, key: string) => Reply,
  ): Reply => {
    const key = parameters.get('journey') ?? ''
    const journey = journeys.find(key)
    if (!journey || parameters.hasDoubles)
      return replyInvalidRequest('This authorization is unknown, finished or expired.')
    const broken = checkCookie(call, journey.cookie, { isStrict })
    if (!broken) return replyInvalidRequest("The operator's cookie did not come back.")
    return { ...answer(journey, key), broken }
  }

  const recognise = (
    call: Call,
    key: string,
    journey: OperatorJourney,
    line: Line | keyof typeof unidentified,
  ): Reply => {
    if (typeof line === 'string') return leave(call, key, journey, unidentified[line])
    if (lines.hasConsent(line, askedIn(journey)))
      return leave(call, key, journey, succeed(journey, line.phoneNumber))
    if (!journey.request.prompts.includes('consent')) {
      return leave(call, key, journey, problems.consentRequired)
    }
    journey.line = line
    return { ...replyRedirect(`consent?journey=${key}`, '→ operator, consent'), status: 303 }
  }

  const succeed = ({ request: { state } }: OperatorJourney, line: string) => ({
    code: codes.put({ subject: { line, identifiedBy: 'network' }, state }),
  })

  /** Ends the journey here: back to the aggregator, by a page after a form. */
  const leave = (
    call: Call,
    key: string,
    { request, cookie }: OperatorJourney,
    outcome: { code: string } | OAuthProblem,
  ): Reply => {
    journeys.take(key)
    const isCode = 'code' in outcome
    const location = addParameters(request.redirectUri, {
      ...(isCode ? outcome : { error: outcome.error, error_description: outcome.description }),
      state: request.state,
    })
    const detail = `→ gateway, ${isCode ? 'operator code' : outcome.error}`
    const reply =
      call.method === 'POST' ? renderLeavingPage(location, detail) : replyRedirect(location, detail)
    reply.headers['set-cookie'] = endCookie(cookie, '/')
    return reply
  }

  const redeem = (code: string, state: string) => {
    const issued = codes.take(code)
    return issued?.state === state ? issued.subject : undefined
  }

  const stateOf = (journey: string) => journeys.find(journey)?.request.state

  return { authorize, identify, choosePhone, askConsent, decideConsent, redeem, stateOf }
}

function askedIn({ request: { apiConsumer, scope } }: OperatorJourney): ConsentRequest {
  return { clientId: apiConsumer, scope }
}

/** What the operator answers about a phone whose line its network does not see. */
const unidentified: Record<Exclude<Connection, 'mobile'> | 'unknown', OAuthProblem> = {
  wifi: deny('The line was not identified by the mobile network: the phone is on Wi-Fi.'),
  vpn: deny('The line was not identified by the mobile network: the phone is behind a VPN.'),
  unknown: deny(
    'The line was not identified by the mobile network: the address of the request belongs to no line.',
  ),
}

const problems: Record<'refused' | 'consentRequired', OAuthProblem> = {
  refused: deny('The user did not consent.'),
  consentRequired: {
    error: 'consent_required',
    description: 'The user has not consented yet, and without prompt=consent no page may ask.',
  },
}

function deny(description: string): OAuthProblem {
  return { error: 'access_denied', description }
}

function readRequest(call: Call, expectedRedirectUri: string): OperatorRequest | null {
  const parameters = readParameters(new URLSearchParams(call.query))
  const redirectUri = parameters.get('redirect_uri')
  const state = parameters.get('state')
  const hintedLine = parameters.get('login_hint')?.replace(/^tel:/, '')
  const isKnown = parameters.get('client_id') === aggregatorClientId && redirectUri === expectedRedirectUri
  if (!isKnown || parameters.hasDoubles || parameters.get('response_type') !== 'code') return null
  if (!state || (hintedLine !== undefined && !e164Pattern.test(hintedLine))) return null
  return {
    redirectUri,
    state,
    hintedLine,
    prompts: (parameters.get('prompt') ?? 'none').split(' '),
    scope: parameters.get('scope') ?? '',
    apiConsumer: parameters.get('api_consumer') ?? '',
  }
}
