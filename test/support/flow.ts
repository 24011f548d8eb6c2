// Runs the verify flow in this process against a gateway, with a function that plays the phone.
import type { FlowEvent } from '../../src/flow/recorder.ts'
import { verify, type VerifyInput } from '../../src/flow/verify.ts'
import type { Target } from '../../src/target/target.ts'
import { runJourney } from '../../src/flow/run-journey.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, type TestContext, type TestContextOptions } from './context.ts'

export const secrets = { clientSecret: 'canary-client-secret-Zx9' }

/** A profile for a gateway on loopback, with the client that test gateways know. */
export function testProfile(
  urls: Pick<Target, 'authorizeUrl' | 'tokenUrl' | 'apiUrl'> & Partial<Pick<Target, 'backchannelUrl'>>,
  changes: Partial<Target> = {},
): Target {
  return {
    name: 'test',
    preset: null,
    backchannelUrl: '',
    enablementUrl: null,
    ...urls,
    apiPath: 'number-verification/v2',
    apiVersion: 'v2',
    clientId: 'test-client',
    issuer: null,
    clientSecret: secrets.clientSecret,
    credentialsUrl: null,
    authMethod: 'client_secret_basic',
    key: '',
    keyId: null,
    keyAlgorithm: null,
    redirectUri: null,
    listen: null,
    scope: 'dpv:FraudPreventionAndDetection number-verification:verify',
    loginHint: 'none',
    prompt: null,
    usesPkce: true,
    usesRequestObject: false,
    usesDpop: false,
    headers: {},
    secretValues: [],
    correlatorHeader: 'x-correlator',
    repeatsRedirectUri: true,
    needsPhone: false,
    ca: null,
    proxy: null,
    unconfirmed: [],
    assertionAudience: 'endpoint',
    origins: {},
    ignored: {},
    ...changes,
  }
}

/** What the phone does with the authorize URL; it may bring the callback to the redirect_uri. */
export type Phone = (authorizeUrl: string, test: TestContext) => Promise<void> | void

/** The phone of a person: opens the URL and follows redirects to the end, the callback included. */
export const openOnPhone: Phone = async (authorizeUrl) => {
  await fetch(authorizeUrl)
}

export interface FlowResult extends TestContext {
  run: Run
  events: FlowEvent[]
}

/** Runs the flow; the phone is handed the URL as soon as the flow shows it. */
export async function runVerify(
  input: Partial<VerifyInput> & { target: Target },
  { phone = openOnPhone, ...options }: TestContextOptions & { phone?: Phone } = {},
): Promise<FlowResult> {
  const test = createTestContext(options)
  const events: FlowEvent[] = []
  const journeys: Array<Promise<void>> = []
  const run = await runJourney(
    test.context,
    verify,
    {
      phoneNumber: '+34600000001',
      isHashed: false,
      via: 'direct',
      source: null,
      state: null,
      canPaste: false,
      operatorToken: null,
      timeoutMs: 60_000,
      ...input,
    },
    (event) => {
      events.push(event)
      if (event.type === 'authorize-url') journeys.push(Promise.resolve(phone(event.url, test)))
    },
  )
  await Promise.all(journeys)
  return { ...test, run, events }
}
