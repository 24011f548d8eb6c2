// Settings that are allowed and yet likely a mistake, and what the way of asking leaves out: known before anything is sent.
import { type OperationName, operations } from '../../camara/api.ts'
import type { Finding } from '../../run/finding.ts'
import { isHeardAt, isLoopback, isWildcard, listenerOf, withoutBrackets } from '../../wire/addresses.ts'
import type { ScopeFlaw } from '../catalogue/refusals.ts'
import { finding, type Place } from '../finding.ts'
import { isByPhone, type Rule } from '../recorded.ts'

const atAuthorize: Place = { step: 'authorize' }

/** Looks at the request and its settings; a run that was refused before it began shows none of it. */
export const noteRequest: Rule = (recording) => {
  const { target, request, end } = recording
  if (end?.kind === 'refused' && end.step === 'prepare') return []
  const byPhone = isByPhone(recording)
  return [
    ...noteIgnored(recording),
    ...(byPhone ? noteListening(recording) : []),
    ...(request.isStateGiven && byPhone ? [finding('state_given', atAuthorize)] : []),
    ...(byPhone ? noteLoginHint(recording) : []),
    ...(byPhone ? noteProxy(recording) : []),
    ...adviseOnSettings(
      {
        redirectUri: byPhone ? target.redirectUri : null,
        // What the preset itself asks for needs no advice.
        scope: target.origins['scope']?.startsWith('preset ') ? null : target.scope,
        apiVersion: target.apiVersion,
        operation: request.operation ?? 'verify',
      },
      atAuthorize,
    ),
    ...notePreset(target, atAuthorize),
    ...noteVersion(recording),
  ]
}

const noteIgnored: Rule = ({ target: { ignored, name } }) => {
  const variables = Object.values(ignored)
  return variables.length === 0
    ? []
    : [finding('variables_ignored', { step: 'prepare' }, { variables, profile: name ?? '' })]
}

const noteLoginHint: Rule = ({ target, request }) => {
  const isFormOfNumber = target.loginHint === 'tel' || target.loginHint === 'bare'
  return isFormOfNumber && request.operation === 'device-phone-number'
    ? [finding('login_hint_left_out', atAuthorize, { form: target.loginHint })]
    : []
}

const noteProxy: Rule = ({ target, request }) => {
  const url = target.authorizeUrl ?? target.issuer ?? request.issuer ?? ''
  const isHere = URL.canParse(url) && isLoopback(new URL(url).hostname)
  return request.source !== null && request.isProxied && !isHere
    ? [finding('proxy_passed_by', atAuthorize, { source: request.source })]
    : []
}

const noteVersion: Rule = (recording) => {
  const { apiVersion } = recording.target
  return !isByPhone(recording) && apiVersion !== null && /^v[01]/.test(apiVersion)
    ? [finding('operator_token_version', atAuthorize, { apiVersion })]
    : []
}

const noteListening: Rule = ({ target, request }) => {
  const listening = request.listeningOn === null ? null : readAddress(request.listeningOn)
  if (listening === null) return []
  const { redirectUri } = target
  const own = redirectUri !== null && URL.canParse(redirectUri) ? listenerOf(redirectUri) : null
  const isElsewhere = own !== null && redirectUri !== null && !isHeardAt(own, listening)
  return [
    ...(isLoopback(listening.host)
      ? []
      : [finding('listening_beyond_this_machine', atAuthorize, { host: listening.host })]),
    ...(isElsewhere
      ? [finding('listening_elsewhere', atAuthorize, { redirectUri, listen: request.listeningOn ?? '' })]
      : []),
  ]
}

interface Address {
  host: string
  port: number
}

function readAddress(text: string): Address | null {
  const match = /^(.*):(\d+)$/.exec(text)
  return match === null ? null : { host: withoutBrackets(match[1] ?? ''), port: Number(match[2]) }
}

/** What people mistype; null or left out if not known. */
export interface AdvisedSettings {
  redirectUri?: string | null | undefined
  scope?: string | null | undefined
  apiVersion?: string | null | undefined
  operation?: OperationName
}

/** Looks over the settings that people mistype; for a run, and for the commands that save a profile. */
export function adviseOnSettings(settings: AdvisedSettings, place: Place): Finding[] {
  const { redirectUri, scope } = settings
  return [
    ...(redirectUri ? adviseOnRedirectUri(redirectUri, place) : []),
    ...(scope ? adviseOnScope(scope, settings, place) : []),
  ]
}

/** Says which values of a preset the provider's documents don't confirm. */
export function notePreset(
  { preset, unconfirmed }: { preset: string | null; unconfirmed: readonly string[] },
  place: Place,
): Finding[] {
  return unconfirmed.length === 0
    ? []
    : [finding('preset_unconfirmed', place, { preset: preset ?? 'of this profile', points: unconfirmed })]
}

function adviseOnRedirectUri(redirectUri: string, place: Place): Finding[] {
  if (!URL.canParse(redirectUri)) return []
  const { protocol, hostname } = new URL(redirectUri)
  if (redirectUri.includes('#')) return [finding('redirect_uri_fragment', place, { redirectUri })]
  if (isWildcard(hostname)) return [finding('redirect_uri_wildcard', place, { redirectUri, hostname })]
  return protocol === 'http:' && !isLoopback(hostname)
    ? [finding('redirect_uri_plain', place, { redirectUri })]
    : []
}

/** Names the first oddity of a scope; null if there is none. */
export function scopeFlaw(
  scope: string,
  { apiVersion, operation = 'verify' }: Pick<AdvisedSettings, 'apiVersion' | 'operation'>,
): ScopeFlaw | null {
  if (/["'“”‘’]/.test(scope)) return { code: 'quotes', use: '' }
  if (/[,;]/.test(scope)) return { code: 'separator', use: '' }
  const [first] = adviseOnScope(scope, { apiVersion, operation }, atAuthorize)
  const use = operations[operation].scopes
  switch (first?.code) {
    case 'scope_encoded':
      return { code: 'encoded', use: '' }
    case 'scope_two_purposes':
      return { code: 'two purposes', use: '' }
    case 'scope_form_v0':
      return { code: 'form of v0', use: use.v2 }
    case 'scope_form_v1':
      return { code: 'form of v1', use: use.v0 }
    default:
      return null
  }
}

function adviseOnScope(scope: string, settings: AdvisedSettings, place: Place): Finding[] {
  const { apiVersion, operation = 'verify' } = settings
  if (/%(20|23|3a)/i.test(scope)) return [finding('scope_encoded', place, { scope })]
  const purposes = scope.split(' ').filter((token) => token.startsWith('dpv:'))
  const names = new Set(purposes.map((token) => token.replace(/#.*$/, '')))
  const isHashForm = purposes.some((token) => token.includes('#'))
  const isV0 = apiVersion?.startsWith('v0') ?? false
  const advice: Finding[] = []
  if (names.size > 1) advice.push(finding('scope_two_purposes', place, { scope }))
  if (isHashForm && apiVersion && !isV0)
    advice.push(finding('scope_form_v0', place, { scope, apiVersion, operation }))
  if (!isHashForm && purposes.length > 0 && apiVersion === 'v0')
    advice.push(finding('scope_form_v1', place, { scope, operation }))
  if (purposes.length === 0) advice.push(finding('scope_no_purpose', place, { scope }))
  return advice
}
