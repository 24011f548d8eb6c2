// Authentication by the token of a SIM: the backchannel request of CIBA, its end, and what prevents both grants.
import type { Grant } from '../../oauth/grants.ts'
import { explainUnreadable, redirected, type Redirected, type Unreadable } from './unusable.ts'
import {
  askOperator,
  ciba,
  isBySim,
  later,
  newOperatorToken,
  numberVerification,
  quote,
  type Refused,
  titled,
  withStatus,
  type Words,
} from './words.ts'

const requestErrors = `${ciba}#rfc.section.13`
const tokenErrors = `${ciba}#rfc.section.11`

interface Waited extends Refused {
  seconds: number
  isSlowedDown: boolean
}

export const operatorToken = {
  operator_token_version: ({ apiVersion }: { apiVersion: string }): Words => ({
    severity: 'warning',
    title: `API ${apiVersion} does not support SIM tokens`,
    cause: 'SIM-based authentication came with v2. Before that only the mobile network identifies a line.',
    fix: 'Use --api-version v2, or leave out --operator-token.',
    reference: numberVerification,
  }),
  operator_token_no_grant: ({ issuer }: { issuer: string | null }): Words => ({
    title: 'There is no way to send the operator token',
    cause: `${issuer === null ? 'The profile has no backchannel URL' : `${issuer} names no backchannel_authentication_endpoint`} for CIBA, and there is no key to sign an assertion for the JWT bearer grant.`,
    fix: 'Give --backchannel-url, or --key.',
    reference: ciba,
  }),
  unknown_user_id: (facts: Refused & { grant: Grant; sentHint: boolean | null }): Words => ({
    title: titled(
      facts,
      `the gateway finds no line ${isBySim(facts.grant) ? 'for the operator token' : 'for this request'}${withStatus(facts)}`,
    ),
    cause: `${quote(facts.says)}${
      isBySim(facts.grant)
        ? 'The token is unknown to it, or the operator of the line is not connected to it.'
        : facts.sentHint === false
          ? 'nv sent no login_hint. The line of the phone is unknown to the gateway, its operator is not connected to it, or the gateway wants a login_hint.'
          : 'The line or the login_hint is unknown to it, or the operator of the line is not connected to it.'
    }`,
    fix: isBySim(facts.grant)
      ? newOperatorToken
      : facts.sentHint === false
        ? 'Use the phone on mobile data, and ask the provider which operators it covers. If it wants a hint, try --login-hint tel.'
        : 'Check the number and --login-hint, and ask the provider which operators it covers.',
    reference: facts.reference ?? requestErrors,
  }),
  expired_login_hint_token: (facts: Refused): Words => ({
    title: titled(facts, `the operator token has expired${withStatus(facts)}`),
    cause: `${quote(facts.says)}It is valid only for a short time.`,
    fix: newOperatorToken,
    reference: facts.reference ?? requestErrors,
  }),
  ciba_mode_differs: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} expects another mode of CIBA${withStatus(facts)}`),
    cause: `${quote(facts.says)}The application is registered for ping or push, but nv polls for the token.`,
    fix: 'Get the application registered for poll mode (backchannel_token_delivery_mode=poll).',
    reference: facts.reference ?? requestErrors,
  }),
  missing_user_code: (facts: Refused): Words => userCode(facts),
  invalid_user_code: (facts: Refused): Words => userCode(facts),
  invalid_binding_message: (facts: Refused): Words => ({
    title: titled(facts, `the gateway wants a message to show to the user${withStatus(facts)}`),
    cause: `${quote(facts.says)}Number Verification shows the user nothing, so nv sends none.`,
    fix: 'Get the binding message switched off for the application.',
    reference: facts.reference ?? requestErrors,
  }),
  backchannel_error: (facts: Refused): Words => ({
    title: `The backchannel endpoint at ${facts.host} refused${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`,
    cause: `${quote(facts.says)}It did not accept the SIM token.`,
    fix: `Fix what the server says. If that is not enough, ask the provider, with the time and the correlator of the request.${later(facts)}`,
    reference: facts.reference ?? requestErrors,
  }),
  backchannel_unreadable: (facts: Unreadable): Words => ({
    title: `${facts.host} sent no auth_req_id${withStatus(facts)}`,
    ...explainUnreadable(facts, `the backchannel URL (${facts.source})`),
    reference: `${ciba}#rfc.section.7.3`,
  }),
  backchannel_redirected: (facts: Redirected): Words => redirected('backchannel endpoint', facts),
  backchannel_response_irregular: ({ host, message }: { host: string; message: string }): Words => ({
    severity: 'warning',
    title: `A strict client would reject the backchannel response of ${host}`,
    cause: `${message}.`,
    fix: 'nv continued with the auth_req_id. Report it to the provider.',
    reference: `${ciba}#rfc.section.7.3`,
  }),
  backchannel_timeout: ({
    host,
    seconds,
    isSlowedDown,
  }: {
    host: string
    seconds: number
    isSlowedDown: boolean
  }): Words => ({
    title: `${host} did not identify the line within ${seconds} s`,
    cause: `It asked to wait each time: the operator behind it is slow, or waits for the user.${slowedDown(isSlowedDown)}`,
    fix: `Try again with a longer --timeout. If it keeps happening, ${askOperator}.`,
    reference: tokenErrors,
  }),
  expired_token: (facts: Waited): Words => ({
    title: titled(facts, `the authentication expired before the line was identified${withStatus(facts)}`),
    cause: `${quote(facts.says)}${
      facts.sent === null
        ? `The time that ${facts.host} allowed ran out before nv was due to ask again, after ${facts.seconds} s`
        : `${facts.host} says that its auth_req_id has expired`
    }: the operator behind it is slow, or waits for the user.${slowedDown(facts.isSlowedDown)}`,
    fix: `Try again. If it keeps happening, ${askOperator}.`,
    reference: facts.reference ?? tokenErrors,
  }),
  transaction_failed: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} could not identify the line${withStatus(facts)}`),
    cause: `${quote(facts.says)}Something failed at the operator behind it.`,
    fix: 'Try again, or leave out --operator-token and use the phone itself on mobile data.',
    reference: facts.reference ?? tokenErrors,
  }),
}

function userCode(facts: Refused): Words {
  return {
    title: titled(facts, `the gateway wants a user code${withStatus(facts)}`),
    cause: `${quote(facts.says)}Number Verification asks the user nothing, so nv sends none.`,
    fix: 'Get the user code switched off for the application.',
    reference: facts.reference ?? requestErrors,
  }
}

/** Says that the gateway made the polling slower. */
function slowedDown(isSlowedDown: boolean): string {
  return isSlowedDown ? ' It asked nv to poll less often (slow_down), which cost part of that time.' : ''
}
