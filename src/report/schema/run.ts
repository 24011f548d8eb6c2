// The schema of a Run, `nv.run/1`.
import { stepNames } from '../../run/recording.ts'
import { exchangeKinds } from '../../wire/exchange.ts'
import {
  count,
  described,
  duration,
  either,
  list,
  mapOf,
  nullable,
  object,
  oneOf,
  type Schema,
  text,
  time,
  yesOrNo,
} from './build.ts'

const step = oneOf(...stepNames)
const stepOrPrepare = oneOf('prepare', ...stepNames)

export const tool = object({ name: text, version: text, node: text, platform: text })

export const outcome = oneOf('verified', 'mismatch', 'identified', 'undetermined')

export const exitCode = described(
  '0 verified or identified, 1 mismatch, 2 usage, 3 undetermined, 4 this machine, 70 a bug, 129 to 143 a signal',
  count,
)

export const problem = object({ code: text, title: text, cause: text, fix: text })

export const finding = object({
  code: text,
  severity: oneOf('error', 'warning', 'info'),
  step: stepOrPrepare,
  title: text,
  cause: text,
  fix: text,
  reference: nullable(text),
  evidence: described('the ids of exchanges', list(count)),
})

export const profile = object({
  ...Object.fromEntries(
    [
      'name',
      'preset',
      'apiVersion',
      'authorizeUrl',
      'tokenUrl',
      'backchannelUrl',
      'enablementUrl',
      'apiUrl',
      'issuer',
      'redirectUri',
      'scope',
      'clientId',
      'authMethod',
      'prompt',
    ].map((name) => [name, nullable(text)]),
  ),
  key: nullable(object({ algorithm: text, keyId: nullable(text) })),
  hasReservedCharacters: yesOrNo,
  secretShape: nullable(object({ hasQuotes: yesOrNo, hasWhiteSpace: yesOrNo, looksLikeClientId: yesOrNo })),
  assertionAudience: text,
  loginHint: text,
  usesPkce: yesOrNo,
  usesRequestObject: yesOrNo,
  usesDpop: yesOrNo,
  isIssuerRequired: yesOrNo,
  repeatsRedirectUri: yesOrNo,
  unconfirmed: list(text),
  origins: described('which source gave each setting', mapOf(text)),
  ignored: described('the variables that a named profile did not let in', mapOf(text)),
})

const request = object({
  operation: nullable(oneOf('verify', 'device-phone-number')),
  grants: list(oneOf('authorization-code', 'ciba', 'jwt-bearer')),
  via: nullable(text),
  issuer: nullable(text),
  isHashed: yesOrNo,
  isVerdictRandom: yesOrNo,
  isStateGiven: yesOrNo,
  canPaste: yesOrNo,
  timeoutMs: duration,
  source: nullable(text),
  isAsApp: yesOrNo,
  devtools: nullable(text),
  isWifiOff: yesOrNo,
  tunnel: nullable(text),
  isTls: yesOrNo,
  isProxied: yesOrNo,
  listeningOn: nullable(text),
})

const headers = described('names in lower case, in order, doubles included', {
  type: 'array',
  items: { type: 'array', items: text, minItems: 2, maxItems: 2 },
})
const body = nullable(object({ text, byteLength: count, isCut: yesOrNo }))

const connection = object({
  localAddress: text,
  remoteAddress: text,
  protocol: text,
  proxy: nullable(text),
  certificate: nullable(
    object({ subject: text, issuer: text, validFrom: text, validTo: text, root: nullable(text) }),
  ),
})

export const exchange = object({
  id: count,
  step,
  kind: oneOf(...exchangeKinds),
  sentBy: oneOf('nv', 'phone'),
  hop: nullable(count),
  request: object({ method: text, url: text, headers, body }),
  response: nullable(object({ status: count, headers, body })),
  failure: nullable(
    object({
      code: text,
      phase: oneOf('resolve', 'connect', 'tls', 'proxy', 'headers', 'body'),
      message: text,
    }),
  ),
  timings: object({
    startedMs: duration,
    resolvedMs: nullable(duration),
    connectedMs: nullable(duration),
    securedMs: nullable(duration),
    firstByteMs: nullable(duration),
    endedMs: duration,
  }),
  connection: nullable(connection),
  correlator: object({ sent: nullable(text), returned: nullable(text) }),
  clockSkewSeconds: nullable({ type: 'number' }),
})

const arrival = object({
  at: duration,
  via: oneOf('listener', 'paste', 'direct', 'chrome'),
  from: nullable(text),
  what: object({
    kind: oneOf('request', 'tls', 'address', 'text'),
    method: nullable(text),
    host: nullable(text),
    path: nullable(text),
    parameters: list(text),
    isInFragment: yesOrNo,
    state: oneOf('ours', 'other', 'missing', 'doubled'),
    error: nullable(text),
    errorDescription: nullable(text),
    errorUri: nullable(text),
    issuer: nullable(text),
    forwardedFor: nullable(text),
    userAgent: nullable(text),
    hints: mapOf(text),
  }),
  verdict: text,
  count,
})

const observation = object({ code: text, step, exchange: nullable(count), facts: mapOf({}) })

const end = either(
  object({ kind: oneOf('answered'), answer: oneOf('verified', 'mismatch', 'identified') }),
  object({ kind: oneOf('stopped'), step, lacks: text }),
  object({ kind: oneOf('refused'), step: stepOrPrepare, by: oneOf('usage', 'setup'), problem }),
  object({ kind: oneOf('interrupted'), step: stepOrPrepare, signal: text }),
)

/** What `nv verify --json` and `nv number --json` print, and what is saved. */
export const run: Schema = object({
  schema: oneOf('nv.run/1'),
  id: text,
  startedAt: time,
  durationMs: duration,
  tool,
  command: text,
  profile,
  phoneNumber: nullable(text),
  simulated: yesOrNo,
  outcome,
  failedStep: nullable(stepOrPrepare),
  exitCode,
  steps: list(
    object({
      name: step,
      status: oneOf('ok', 'failed', 'skipped'),
      startedMs: nullable(duration),
      durationMs: nullable(duration),
      detail: text,
    }),
  ),
  findings: described('the most likely cause first', list(finding)),
  exchanges: list(exchange),
  arrivals: list(arrival),
  observations: list(observation),
  request,
  end,
})
