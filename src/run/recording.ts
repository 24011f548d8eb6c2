// What a flow records: codes and facts, redacted. Everything that is shown is derived from it.
import type { OperationName } from '../camara/api.ts'
import type { Problem } from '../errors.ts'
import type { AuthUrlFlaw } from '../oauth/enablement.ts'
import type { IdTokenFacts } from '../oauth/id-token.ts'
import type { Exchange as WireExchange } from '../wire/exchange.ts'

/** The steps of a journey to an answer, in order. */
export const stepNames = ['authorize', 'callback', 'token', 'api'] as const
export type StepName = (typeof stepNames)[number]

export type Exchange = WireExchange<StepName>

export interface Step {
  name: StepName
  status: 'ok' | 'failed' | 'skipped'
  /** Milliseconds since the run started; null when the step was skipped. */
  startedMs: number | null
  durationMs: number | null
  detail: string
}

/** What a flow lacked when it stopped. */
export type Lack = 'endpoint' | 'redirect' | 'callback' | 'code' | 'token' | 'answer'

/** How a recording ended. */
export type End =
  /** The API answered. */
  | { kind: 'answered'; answer: 'verified' | 'mismatch' | 'identified' }
  | { kind: 'stopped'; step: StepName; lacks: Lack }
  /** It could not start or continue, because of nv or this machine. */
  | { kind: 'refused'; step: 'prepare' | StepName; by: 'usage' | 'setup'; problem: Problem }
  | { kind: 'interrupted'; step: 'prepare' | StepName; signal: string }

/** Why an arrival was not taken as the authorization response; the last five say what was pasted in its place. */
export const refusalCodes = [
  'wrong_host',
  'wrong_path',
  'wrong_method',
  'foreign_origin',
  'malformed_target',
  'prefetch',
  'tls_on_plain_port',
  'no_parameters',
  'state_missing',
  'state_differs',
  'state_doubled',
  'already_taken',
  'authorize_url',
  'error_page',
  'bare_code',
  'shortened',
  'not_an_address',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

/** Something that reached the listener, was pasted, or came at the end of a chain of redirects. */
export interface Arrival {
  /** Milliseconds since the run started. */
  at: number
  via: 'listener' | 'paste' | 'direct' | 'chrome'
  /** The address it came from; null: it was pasted, or nv followed the redirect itself. */
  from: string | null
  what: {
    kind: 'request' | 'tls' | 'address' | 'text'
    /** Of a request; null otherwise. */
    method: string | null
    host: string | null
    /** Without the query; null when there is none. */
    path: string | null
    /** The names of the parameters in the query or, of a POST, in the form; in order, doubles included. */
    parameters: readonly string[]
    /** Whether they came behind a # rather than in the query. */
    isInFragment: boolean
    state: 'ours' | 'other' | 'missing' | 'doubled'
    error: string | null
    errorDescription: string | null
    errorUri: string | null
    /** The parameter iss. */
    issuer: string | null
    /** What a proxy or a tunnel says that it came from. */
    forwardedFor: string | null
    userAgent: string | null
    /** What else the sender says about its device and network: client hints, by header name. */
    hints: Readonly<Record<string, string>>
  }
  verdict: 'taken' | RefusalCode
  /** How many of that kind came: a flood is counted, not stored. */
  count: number
}

/** Facts about a secret that reveal nothing of its value. */
export interface SecretShape {
  hasQuotes: boolean
  /** Invisible characters count too. */
  hasWhiteSpace: boolean
  /** It reads like a name, and the client id like a secret. */
  looksLikeClientId: boolean
}

/** The gateway and the client of a run, without their secrets; null where it was never determined. */
export interface TargetFacts {
  name: string | null
  preset: string | null
  apiVersion: string | null
  authorizeUrl: string | null
  tokenUrl: string | null
  backchannelUrl: string | null
  /** Where the provider was asked for the authorize URL; null: nv built it. */
  enablementUrl: string | null
  apiUrl: string | null
  issuer: string | null
  redirectUri: string | null
  scope: string | null
  clientId: string | null
  authMethod: string | null
  /** The key that signs assertions and request objects; null if there is none. */
  key: { algorithm: string; keyId: string | null } | null
  /** Whether client id or secret hold characters that HTTP Basic encodes. */
  hasReservedCharacters: boolean
  /** What is odd about the client secret; null if there is no secret. */
  secretShape: SecretShape | null
  /** `endpoint`, `issuer`, or a value: the aud of client assertions. */
  assertionAudience: string
  /** The form: `none`, `tel`, `bare`, or `given`. */
  loginHint: string
  prompt: string | null
  usesPkce: boolean
  usesRequestObject: boolean
  usesDpop: boolean
  /** Of the discovery document; false where there is none. */
  isIssuerRequired: boolean
  repeatsRedirectUri: boolean
  /** What the provider's documents don't confirm. */
  unconfirmed: readonly string[]
  /** Which source gave each setting its value, by setting. */
  origins: Readonly<Record<string, string>>
  /** What the environment says but a named profile ignores, by setting. */
  ignored: Readonly<Record<string, string>>
}

/** How a run was asked for, beside the target. */
export interface RequestFacts {
  /** What the API is asked; null if the journey doesn't get that far. */
  operation: OperationName | null
  /** The possible grants, the preferred one first; only the chosen one once it is chosen. */
  grants: ReadonlyArray<'authorization-code' | 'ciba' | 'jwt-bearer'>
  /** Null: no phone takes part. */
  via: string | null
  /** As configured, before a discovery document gave its own; null if none was. */
  issuer: string | null
  isHashed: boolean
  /** Whether a mock would answer at random about the number. */
  isVerdictRandom: boolean
  isStateGiven: boolean
  canPaste: boolean
  timeoutMs: number
  /** Where nv sends the phone's requests from, as requested; null: as the system routes them. */
  source: string | null
  /** Whether nv sends the phone's requests as the SDK in an app does. */
  isAsApp: boolean
  /** The origin where Chrome accepts DevTools connections without a cable; null: none was named. */
  devtools: string | null
  /** Whether nv turns Wi-Fi off on the phone on the cable. */
  isWifiOff: boolean
  /** The tunnel that nv starts, as `--tunnel` names it; null: none. */
  tunnel: string | null
  /** Whether the listener speaks TLS. */
  isTls: boolean
  isProxied: boolean
  /** `<host>:<port>` that nv listens on for the callback; null: it does not. */
  listeningOn: string | null
}

/** What can only be judged with the secret itself: judged at once, and recorded without it. */
export interface ObservationFacts extends IdTokenFacts {
  /** What a strict client objects to in the answer of the exchange. */
  strict_objection: { message: string }
  /** How the key of the client stands among those that the gateway publishes, by its thumbprint and its kid. */
  own_key: {
    published: 'same' | 'other_key' | 'other_kid' | 'absent'
    keyId: string | null
    found: string | null
  }
  /** What a probe authenticated with. */
  method_probed: { method: string }
  /** Whether a probe of the authorization endpoint used PKCE. */
  pkce_probed: { usesPkce: boolean }
  /** The member by which an answer of the API is about another number, or contradicts itself. */
  answer_contradicted: { member: string }
  /** Whether a probe of the API sent the hash of the number. */
  form_probed: { isHashed: boolean }
  /** The result of checking the authorize URL that the provider gave; the flaw is null if the URL is used. */
  auth_url_judged: {
    flaw: AuthUrlFlaw | null
    hasState: boolean
    host: string | null
    redirectUri: string | null
  }
  /** No browser could be started on this machine. */
  browser_not_started: object
  /** nv's own request reached the listener, from the address that the tunnel reports. */
  own_request_arrived: { forwardedFor: string | null }
  /** A phone continued from the start page, and its browser named this kind of network. */
  phone_left: { network: string | null }
  /** What became of nv's own request to a forwarded redirect_uri; null if nothing arrived. */
  redirect_uri_asked: { arrived: 'taken' | 'refused' | null }
  /** The browser that nv drives is on another machine, reached by plain http. */
  devtools_elsewhere: { host: string }
  /** What a phone on a cable says of itself before the flow; `isOverNetwork`: adb reaches it without a cable. */
  phone_state: Omit<PhoneState, 'subscription'> & { isOverNetwork: boolean }
  /** The same for the short link of a tunnel, where the redirect_uri leads elsewhere. */
  tunnel_asked: { arrived: 'taken' | null }
  /** The tunnel that nv started, and how long its address lives. */
  tunnel_opened: { program: string; url: string; life: 'stays' | 'changes' | 'may-change' }
  /** It no longer forwards to nv; exitCode null: it was killed, or continues under another address. */
  tunnel_lost: { program: string; exitCode: number | null; isRenamed: boolean; says: string | null }
}

/** What decides whether the operator will know the line; null: the phone does not tell. */
export interface PhoneState {
  model: string | null
  /** The version of Android. */
  android: string | null
  wifi: 'on' | 'off' | null
  mobileData: 'on' | 'off' | null
  isAirplane: boolean | null
  /** What carries its traffic, below a VPN: `cellular`, `wifi`, `none`, or another transport of Android. */
  defaultNetwork: string | null
  usesVpn: boolean | null
  /** `off`, `opportunistic` or `hostname`. */
  privateDns: string | null
  /** How many SIMs are ready. */
  sims: number | null
  /** The slot of the SIM that carries data, from 1. */
  dataSim: number | null
  /** The network that this SIM is in. */
  operator: string | null
  isRoaming: boolean | null
  /** Android's number of the subscription that is chosen for data. */
  subscription: string | null
}
export type ObservationCode = keyof ObservationFacts

export type Observation<Code extends ObservationCode = ObservationCode> = {
  [C in Code]: { code: C; step: StepName; exchange: number | null; facts: ObservationFacts[C] }
}[Code]

export interface Recording {
  /** The journey, as its command is called. */
  command: string
  /** Epoch milliseconds. */
  startedAtMs: number
  target: TargetFacts
  request: RequestFacts
  steps: readonly Step[]
  exchanges: readonly Exchange[]
  arrivals: readonly Arrival[]
  observations: readonly Observation[]
  /** Null while the run goes on. */
  end: End | null
}
