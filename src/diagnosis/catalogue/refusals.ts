// Errors of OAuth that the authorization, the backchannel and the token endpoint share.
import type { Grant } from '../../oauth/grants.ts'
import type { Meaning } from '../meaning.ts'
import {
  flowOf,
  isBySim,
  newOperatorToken,
  quote,
  type Refused,
  rfc6749,
  titled,
  useMobileData,
  withStatus,
  type Words,
} from './words.ts'

interface RefusedGrant extends Refused {
  grant: Grant
}

interface ConsentFacts extends RefusedGrant {
  prompt: string | null
}

export const refusals = {
  access_denied: (facts: RefusedGrant & { isAtToken: boolean; meaning: Meaning | null }): Words => ({
    ...explainDenial(facts),
    reference: facts.reference ?? `${rfc6749}#section-4.1.2.1`,
  }),
  consent_required: (facts: ConsentFacts): Words =>
    consent(facts, 'the user of this line has not consented yet'),
  login_required: (facts: ConsentFacts): Words =>
    consent(facts, 'the operator could not identify the line silently'),
  interaction_required: (facts: ConsentFacts): Words => consent(facts, 'the operator wants to show a page'),
  invalid_scope: (facts: RefusedGrant & { scope: string }): Words => ({
    title: titled(facts, `${facts.host} does not accept the scope${withStatus(facts)}`),
    cause: `${quote(facts.says)}nv asked for ${facts.scope}. The form with # belongs to v0, the one with a space to v1 and v2; the API must be subscribed.${facts.grant === 'ciba' ? ' Some want openid in it for CIBA.' : ''}`,
    fix: 'Check --scope (not percent-encoded), --api-version, and that the application is subscribed to Number Verification.',
    reference: facts.reference ?? `${rfc6749}#section-3.3`,
  }),
  unauthorized_client: (facts: RefusedGrant): Words => ({
    title: titled(facts, `the application may not use this flow${withStatus(facts)}`),
    cause: `${quote(facts.says)}It is not enabled for ${flowOf(facts.grant)}.`,
    fix: "Enable it in the provider's console.",
    reference: facts.reference ?? `${rfc6749}#section-5.2`,
  }),
  authorization_error: (facts: Refused & { isInvalidRequest: boolean }): Words => ({
    title: `The gateway refused to authorize${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`,
    cause: `${quote(facts.says)}It ${facts.status === null ? 'sent an error to the redirect_uri' : 'answered with an error'}.`,
    fix: facts.isInvalidRequest
      ? 'See with --verbose what was sent. A --login-hint in a form that the gateway does not take is a common cause, or a + read as a space.'
      : 'Solve what the server says. If it says nothing, ask the provider about this error, with the time of the request.',
    reference: facts.reference ?? `${rfc6749}#section-4.1.2.1`,
  }),
  clock_differs: (facts: Refused & { seconds: number }): Words => ({
    title: titled(
      facts,
      `the clocks of this machine and ${facts.host} differ by ${describeSeconds(facts.seconds)}${withStatus(facts)}`,
    ),
    cause: `${quote(facts.says)}By its Date header the server is ${facts.seconds < 0 ? 'behind' : 'ahead'}, so what was signed here looks ${facts.seconds < 0 ? 'issued in the future' : 'expired'} there.`,
    fix: 'Set the clock of this machine, then try again. If it is right, report it to the provider.',
    reference: facts.reference,
  }),
}

function describeSeconds(seconds: number): string {
  const length = Math.abs(seconds)
  return length < 120 ? `${length} s` : `${Math.round(length / 60)} minutes`
}

function explainDenial(facts: RefusedGrant & { isAtToken: boolean; meaning: Meaning | null }): Words {
  if (facts.meaning === 'consent')
    return {
      title: titled(facts, `the user did not consent${withStatus(facts)}`),
      cause: `${quote(facts.says)}Somebody refused, or the operator has no consent of this line.`,
      fix: 'Have the user of the line give consent, then try again.',
    }
  if (isBySim(facts.grant))
    return {
      title: titled(facts, `the operator did not recognise the line, or refused${withStatus(facts)}`),
      cause: `${quote(facts.says)}The operator does not accept the token of the SIM, or consent was refused.`,
      fix: newOperatorToken,
    }
  if (facts.isAtToken)
    return {
      title: titled(facts, `${facts.host} does not give this application a token${withStatus(facts)}`),
      cause: `${quote(facts.says)}The line was identified already. This refusal is about the application: what it may ask, or its subscription.`,
      fix: "Check the application's permissions and subscription in the provider's console.",
    }
  return {
    title: titled(facts, `the operator did not recognise the line, or refused${withStatus(facts)}`),
    cause: `${quote(facts.says)}The request did not come over mobile data of a line the operator knows (Wi-Fi, VPN, tethering, a foreign SIM), or consent was refused.`,
    fix: useMobileData,
  }
}

function consent(facts: ConsentFacts, title: string): Words {
  const { grant, prompt, says } = facts
  return {
    title: titled(facts, `${title}${withStatus(facts)}`),
    cause: `${quote(says)}Number Verification asks silently, so the operator can't show its consent page.`,
    fix: isBySim(grant)
      ? 'Have the consent collected beforehand.'
      : prompt === null
        ? 'Have the consent collected beforehand, or try --prompt consent once.'
        : `Leave prompt=${prompt} out once, or have the consent collected beforehand.`,
    reference: 'https://github.com/camaraproject/NumberVerification/issues/160',
  }
}
