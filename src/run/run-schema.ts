// What a saved run has to hold to be diagnosed, and to be shown.
import * as v from 'valibot'
import { authUrlFlaws } from '../oauth/enablement.ts'
import { exchangeKinds } from '../wire/exchange.ts'
import type { Recording } from './recording.ts'
import { refusalCodes, stepNames } from './recording.ts'
import type { Run } from './run.ts'

const text = v.string()
const textOrNull = v.nullable(text)
/** Beyond it no time can be told. */
const maxNumber = 1e14
const number = v.pipe(v.number(), v.minValue(-maxNumber), v.maxValue(maxNumber))
const numberOrNull = v.nullable(number)
const yesNo = v.boolean()
const stepName = v.picklist(stepNames)
const anyStep = v.picklist(['prepare', ...stepNames])
const list = <T extends v.GenericSchema>(item: T) => v.pipe(v.array(item), v.maxLength(2000))

const body = v.object({ text, byteLength: number, isCut: yesNo })
const message = { headers: list(v.tuple([text, text])), body: v.nullable(body) }

const exchange = v.object({
  id: number,
  step: stepName,
  kind: v.picklist(exchangeKinds),
  sentBy: v.picklist(['nv', 'phone']),
  hop: numberOrNull,
  request: v.object({ ...message, method: text, url: text }),
  response: v.nullable(v.object({ ...message, status: number })),
  failure: v.nullable(
    v.object({
      code: text,
      phase: v.picklist(['resolve', 'connect', 'tls', 'proxy', 'headers', 'body']),
      message: text,
    }),
  ),
  timings: v.object({
    startedMs: number,
    resolvedMs: numberOrNull,
    connectedMs: numberOrNull,
    securedMs: numberOrNull,
    firstByteMs: numberOrNull,
    endedMs: number,
  }),
  connection: v.nullable(
    v.object({
      localAddress: text,
      remoteAddress: text,
      protocol: text,
      proxy: textOrNull,
      certificate: v.nullable(
        v.object({ subject: text, issuer: text, validFrom: text, validTo: text, root: textOrNull }),
      ),
    }),
  ),
  correlator: v.object({ sent: textOrNull, returned: textOrNull }),
  clockSkewSeconds: v.optional(numberOrNull, null),
})

const arrival = v.object({
  at: number,
  via: v.picklist(['listener', 'paste', 'direct', 'chrome']),
  from: textOrNull,
  what: v.object({
    kind: v.picklist(['request', 'tls', 'address', 'text']),
    method: textOrNull,
    host: textOrNull,
    path: textOrNull,
    parameters: list(text),
    isInFragment: yesNo,
    state: v.picklist(['ours', 'other', 'missing', 'doubled']),
    error: textOrNull,
    errorDescription: textOrNull,
    errorUri: textOrNull,
    issuer: textOrNull,
    forwardedFor: textOrNull,
    userAgent: textOrNull,
    hints: v.optional(v.record(text, text), {}),
  }),
  verdict: v.picklist(['taken', ...refusalCodes]),
  count: number,
})

const observed = <C extends string, F extends v.ObjectEntries>(code: C, facts: F) =>
  v.object({ code: v.literal(code), step: stepName, exchange: numberOrNull, facts: v.object(facts) })

const observation = v.variant('code', [
  observed('strict_objection', { message: text }),
  observed('redirect_uri_asked', { arrived: v.nullable(v.picklist(['taken', 'refused'])) }),
  observed('auth_url_judged', {
    flaw: v.nullable(v.picklist(authUrlFlaws)),
    hasState: yesNo,
    host: textOrNull,
    redirectUri: textOrNull,
  }),
  observed('own_request_arrived', { forwardedFor: textOrNull }),
  observed('phone_left', { network: textOrNull }),
  observed('tunnel_asked', { arrived: v.nullable(v.literal('taken')) }),
  observed('tunnel_opened', {
    program: text,
    url: text,
    life: v.picklist(['stays', 'changes', 'may-change']),
  }),
  observed('tunnel_lost', { program: text, exitCode: numberOrNull, isRenamed: yesNo, says: textOrNull }),
  observed('id_token_unreadable', {}),
  observed('nonce_differs', { isMissing: yesNo }),
  observed('id_token_signature', { algorithm: text, keyId: textOrNull, message: text }),
  observed('id_token_issuer', { issuer: text, found: text }),
  observed('id_token_audience', { clientId: text, found: text, authorizedParty: textOrNull }),
  observed('id_token_expired', { seconds: numberOrNull }),
  observed('id_token_access_token', {}),
  observed('id_token_incomplete', { missing: text }),
  observed('browser_not_started', {}),
  observed('method_probed', { method: text }),
  observed('pkce_probed', { usesPkce: yesNo }),
  observed('form_probed', { isHashed: yesNo }),
  observed('own_key', {
    published: v.picklist(['same', 'other_key', 'other_kid', 'absent']),
    keyId: textOrNull,
    found: textOrNull,
  }),
])

const target = v.object({
  name: textOrNull,
  preset: textOrNull,
  apiVersion: textOrNull,
  authorizeUrl: textOrNull,
  tokenUrl: textOrNull,
  backchannelUrl: textOrNull,
  enablementUrl: v.optional(textOrNull, null),
  apiUrl: textOrNull,
  issuer: textOrNull,
  redirectUri: textOrNull,
  scope: textOrNull,
  clientId: textOrNull,
  authMethod: textOrNull,
  key: v.nullable(v.object({ algorithm: text, keyId: textOrNull })),
  hasReservedCharacters: yesNo,
  secretShape: v.nullable(v.object({ hasQuotes: yesNo, hasWhiteSpace: yesNo, looksLikeClientId: yesNo })),
  assertionAudience: text,
  loginHint: text,
  prompt: textOrNull,
  usesPkce: yesNo,
  usesRequestObject: yesNo,
  usesDpop: yesNo,
  isIssuerRequired: yesNo,
  repeatsRedirectUri: yesNo,
  unconfirmed: list(text),
  origins: v.record(text, text),
  ignored: v.optional(v.record(text, text), {}),
})

const request = v.object({
  operation: v.nullable(v.picklist(['verify', 'device-phone-number'])),
  grants: list(v.picklist(['authorization-code', 'ciba', 'jwt-bearer'])),
  via: textOrNull,
  issuer: textOrNull,
  isHashed: yesNo,
  isVerdictRandom: v.optional(yesNo, false),
  isStateGiven: yesNo,
  canPaste: yesNo,
  timeoutMs: number,
  source: textOrNull,
  isAsApp: v.optional(yesNo, false),
  devtools: v.optional(textOrNull, null),
  isWifiOff: v.optional(yesNo, false),
  tunnel: v.optional(textOrNull, null),
  isTls: v.optional(yesNo, false),
  isProxied: yesNo,
  listeningOn: textOrNull,
})

const problem = v.object({ code: text, title: text, cause: text, fix: text })

const end = v.variant('kind', [
  v.object({ kind: v.literal('answered'), answer: v.picklist(['verified', 'mismatch', 'identified']) }),
  v.object({
    kind: v.literal('stopped'),
    step: stepName,
    lacks: v.picklist(['endpoint', 'redirect', 'callback', 'code', 'token', 'answer']),
  }),
  v.object({ kind: v.literal('refused'), step: anyStep, by: v.picklist(['usage', 'setup']), problem }),
  v.object({ kind: v.literal('interrupted'), step: anyStep, signal: text }),
])

const step = v.object({
  name: stepName,
  status: v.picklist(['ok', 'failed', 'skipped']),
  startedMs: numberOrNull,
  durationMs: numberOrNull,
  detail: text,
})

const run = v.object({
  schema: v.literal('nv.run/1'),
  command: text,
  startedAt: v.pipe(
    text,
    v.check((date) => !Number.isNaN(Date.parse(date))),
  ),
  profile: target,
  request,
  steps: list(step),
  exchanges: list(exchange),
  arrivals: list(arrival),
  observations: list(observation),
  end,
})

const finding = v.object({
  code: text,
  severity: v.picklist(['error', 'warning', 'info']),
  step: anyStep,
  title: text,
  cause: text,
  fix: text,
  reference: textOrNull,
  evidence: list(number),
})

const whole = v.object({
  ...run.entries,
  id: v.pipe(text, v.regex(/^[0-9a-f]+$/)),
  durationMs: number,
  tool: v.object({ name: text, version: text, node: text, platform: text }),
  phoneNumber: textOrNull,
  simulated: yesNo,
  outcome: v.picklist(['verified', 'mismatch', 'identified', 'undetermined']),
  failedStep: v.nullable(anyStep),
  exitCode: number,
  findings: list(finding),
})

/** Reads a saved run, with what an older version of nv did not record; null when it lacks what every version does. */
export function readSavedRun(value: unknown): Run | null {
  const { success, output } = v.safeParse(whole, value)
  return success ? ({ ...(value as Run), ...output } as Run) : null
}

/** Reads a saved run into the recording that it was derived from; null when it lacks something. */
export function readRunRecording(value: unknown): Recording | null {
  const { success, output } = v.safeParse(run, value)
  if (!success) return null
  const { command, request: asked, steps, exchanges, arrivals, observations, end: ended } = output
  const startedAtMs = Date.parse(output.startedAt)
  const ran = { command, startedAtMs, target: output.profile, request: asked }
  return { ...ran, steps, exchanges, arrivals, observations, end: ended }
}
