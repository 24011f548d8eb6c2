// OAuth errors that the authorization, backchannel and token endpoints share.
import { uncapitalize } from '../../wire/text.ts'
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
  machinePlays,
  useMobileData,
  useRealPhone,
  withStatus,
  type Words,
} from './words.ts'

interface RefusedGrant extends Refused {
  grant: Grant
}

interface DenialFacts extends RefusedGrant {
  isAtToken: boolean
  /** Whether this machine played the phone. */
  isDirect: boolean
  meaning: Meaning | null
}

interface ConsentFacts extends RefusedGrant {
  prompt: string | null
}

export const refusals = {
  access_denied: (facts: DenialFacts): Words => ({
    ...explainDenial(facts),
    reference: facts.reference ?? `${rfc6749}#section-4.1.2.1`,
  }),
  consent_required: (facts: ConsentFacts): Words =>
    consent(facts, 'the user of this line has not consented yet'),
  login_required: (facts: ConsentFacts): Words =>
    consent(facts, 'the operator could not identify the line silently'),
  interaction_required: (facts: ConsentFacts): Words => consent(facts, 'the operator wants to show a page'),
  invalid_scope: (facts: RefusedGrant & { scope: string; flaw: ScopeFlaw | null }): Words => ({
    title: titled(facts, `${facts.host} does not accept the scope${withStatus(facts)}`),
    ...explainScope(facts),
    reference: facts.reference ?? `${rfc6749}#section-3.3`,
  }),
  unauthorized_client: (facts: RefusedGrant): Words => ({
    title: titled(
      facts,
      `the application may not ${isAboutFlow(facts.says) ? 'use this flow' : 'do this'}${withStatus(facts)}`,
    ),
    cause: `${quote(facts.says)}${isAboutFlow(facts.says) ? 'It' : 'Unless the server says otherwise, it'} is not enabled for ${flowOf(facts.grant)}.`,
    fix: "Check what it is enabled for in the provider's console.",
    reference: facts.reference ?? `${rfc6749}#section-5.2`,
  }),
  unsupported_response_type: (facts: Refused): Words => ({
    title: titled(
      facts,
      `${facts.host} does not let this application use response_type=code${withStatus(facts)}`,
    ),
    cause: `${quote(facts.says)}nv uses the authorization code flow, which asks for response_type=code.`,
    fix: "Enable the authorization code flow for the application in the provider's console, and check the authorize URL.",
    reference: facts.reference ?? `${rfc6749}#section-4.1.2.1`,
  }),
  par_required: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} only accepts pushed authorization requests${withStatus(facts)}`),
    cause: `${quote(facts.says)}PAR sends the parameters to a separate endpoint first, which nv does not support.`,
    fix: 'Ask the provider to lift the requirement for this application.',
    reference: facts.reference ?? 'https://www.rfc-editor.org/rfc/rfc9126#section-5',
  }),
  request_object_wanted: (facts: Refused): Words => ({
    title: titled(facts, `${facts.host} only accepts signed request objects${withStatus(facts)}`),
    cause: `${quote(facts.says)}nv sent the parameters in the URL, unsigned.`,
    fix: 'Use --request-object on, with the private key in --key.',
    reference: facts.reference ?? 'https://www.rfc-editor.org/rfc/rfc9101#section-10.5',
  }),
  line_not_identified: (facts: Refused & { isBySim: boolean; isDirect: boolean }): Words => ({
    title: titled(facts, `the mobile network did not identify the line${withStatus(facts)}`),
    cause: `${quote(facts.says)}${
      facts.isBySim
        ? 'It identifies the connection of a phone, but got a SIM token.'
        : facts.isDirect
          ? machinePlays
          : 'The request did not come from a phone on mobile data, or the operator could not see its connection.'
    }`,
    fix: facts.isDirect ? useRealPhone : useMobileData,
    reference: facts.reference,
  }),
  authorization_error: (
    facts: Refused & { missed: { name: string } | null; isOnTheWay: boolean },
  ): Words => ({
    title: `The gateway refused to authorize${facts.sent === null ? '' : `: ${facts.sent}`}${withStatus(facts)}`,
    cause: `${quote(facts.says)}It ${facts.isOnTheWay ? 'redirected to an error page of its own' : facts.status === null ? 'sent an error to the redirect_uri' : 'answered with an error'}.${facts.missed === null ? '' : ` nv sent no ${facts.missed.name}.`}`,
    fix:
      facts.missed !== null
        ? `Add ${facts.missed.name} to the query of the authorize URL (--authorize-url), with a value from the provider.`
        : facts.says !== null
          ? 'Fix what the server says. What nv sent is in --verbose.'
          : facts.sent === 'invalid_request'
            ? 'Look at what was sent, with --verbose. Common causes are a --login-hint in a form that the gateway does not accept, and a + read as a space.'
            : 'Ask the provider about this error, with the time of the request.',
    reference: facts.reference ?? `${rfc6749}#section-4.1.2.1`,
  }),
  clock_differs: (facts: Refused & { seconds: number }): Words => ({
    title: titled(
      facts,
      `the clocks of this machine and ${facts.host} differ by ${describeSeconds(facts.seconds)}${withStatus(facts)}`,
    ),
    cause: `${quote(facts.says)}By its Date header the server is ${facts.seconds < 0 ? 'behind' : 'ahead'}, so signatures from here look ${facts.seconds < 0 ? 'issued in the future' : 'expired'} there.`,
    fix: 'Set the clock of this machine, then try again. If it is right, report this to the provider.',
    reference: facts.reference,
  }),
}

/** What is odd about a scope; `use` is the one to use in its place. */
export interface ScopeFlaw {
  code: 'quotes' | 'separator' | 'encoded' | 'two purposes' | 'form of v0' | 'form of v1'
  use: string
}

function explainScope({
  says,
  scope,
  flaw,
  grant,
}: RefusedGrant & { scope: string; flaw: ScopeFlaw | null }): Pick<Words, 'cause' | 'fix'> {
  const asked = `${quote(says)}nv asked for ${scope}.`
  const use = flaw?.use ?? ''
  const flaws: Record<ScopeFlaw['code'], Pick<Words, 'cause' | 'fix'>> = {
    quotes: {
      cause: `${asked} It has quotation marks in it, and nv sent them as part of it.`,
      fix: 'Write --scope without quotation marks of its own: those around it belong to the shell.',
    },
    separator: {
      cause: `${asked} Its parts are separated by a comma or semicolon, not by a space.`,
      fix: 'Write --scope with plain spaces between the parts, in quotes.',
    },
    encoded: {
      cause: `${asked} It is percent-encoded already, so it was encoded twice.`,
      fix: 'Write --scope with plain spaces, # and colons. nv encodes it once.',
    },
    'two purposes': {
      cause: `${asked} It has more than one purpose (dpv:), and exactly one is allowed.`,
      fix: 'Keep one purpose in --scope.',
    },
    'form of v0': {
      cause: `${asked} That form belongs to API v0, and this run uses a later version.`,
      fix: `Use --scope "${use}", or --api-version v0.`,
    },
    'form of v1': {
      cause: `${asked} That form belongs to API v1 and v2, and this run uses v0.`,
      fix: `Use --scope "${use}", or another --api-version.`,
    },
  }
  return flaw === null
    ? {
        cause: `${asked} The form with # belongs to v0, the one with a space to v1 and v2; the API must be subscribed.${grant === 'ciba' ? ' Some gateways want openid in it for CIBA.' : ''}`,
        fix: 'Check --scope, --api-version, and that the application is subscribed to Number Verification.',
      }
    : flaws[flaw.code]
}

/** Tells whether a server says that a flow is not enabled, or says nothing. */
function isAboutFlow(says: string | null): boolean {
  return says === null || /grant|flow|response.?type|enabled|ciba|allowed to use/i.test(says)
}

function describeSeconds(seconds: number): string {
  const length = Math.abs(seconds)
  return length < 120 ? `${length} s` : `${Math.round(length / 60)} minutes`
}

function explainDenial(facts: DenialFacts): Words {
  if (facts.meaning === 'consent')
    return {
      title: titled(facts, `the user did not consent${withStatus(facts)}`),
      cause: `${quote(facts.says)}The user refused, or the operator has no consent for this line.`,
      fix: 'Ask the user of the line to consent, then try again.',
    }
  if (isBySim(facts.grant))
    return {
      title: titled(facts, `the operator did not recognise the line, or refused${withStatus(facts)}`),
      cause: `${quote(facts.says)}The operator did not accept the SIM token, or the user refused consent.`,
      fix: newOperatorToken,
    }
  if (facts.isAtToken)
    return {
      title: titled(facts, `${facts.host} refused this application a token${withStatus(facts)}`),
      cause: `${quote(facts.says)}The authorization endpoint had given a code. ${facts.says === null ? 'Likely this refusal' : 'Unless the server says otherwise, this refusal'} is about the application: its permissions or its subscription.`,
      fix: "Check the application's permissions and subscription in the provider's console.",
    }
  // Words that nv can't read may say more than what is likely.
  const likely = facts.isDirect
    ? machinePlays
    : 'The request did not come over mobile data of a line that the operator knows (Wi-Fi, VPN, tethering, a foreign SIM), or the user refused consent.'
  const isOpen = facts.says !== null && facts.meaning === null
  return {
    title: titled(facts, `the operator did not recognise the line, or refused${withStatus(facts)}`),
    cause: `${quote(facts.says)}${isOpen ? 'Otherwise: ' : ''}${isOpen ? uncapitalize(likely) : likely}`,
    fix: facts.isDirect ? useRealPhone : useMobileData,
  }
}

function consent(facts: ConsentFacts, title: string): Words {
  const { grant, prompt, says } = facts
  return {
    title: titled(facts, `${title}${withStatus(facts)}`),
    cause: `${quote(says)}Number Verification asks silently, so the operator can't show its consent page.`,
    fix: isBySim(grant)
      ? 'Get the consent collected in advance.'
      : prompt === null
        ? 'Get the consent collected in advance, or try --prompt consent once.'
        : `Leave out prompt=${prompt} once, or get the consent collected in advance.`,
    reference: 'https://github.com/camaraproject/NumberVerification/issues/160',
  }
}
