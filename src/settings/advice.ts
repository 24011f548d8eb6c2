// What is allowed in settings and yet likely a mistake; a flow and the profile commands say so.
import type { Observation } from '../errors.ts'
import { isLoopback } from '../wire/addresses.ts'
import { findPreset } from './presets.ts'

/** Looks over the settings that people mistype; what the preset itself asks for needs no advice. */
export function adviseOn(settings: {
  redirectUri?: string | null | undefined
  scope?: string | undefined
  apiVersion?: string | undefined
  preset?: string | null | undefined
}): Observation[] {
  const { redirectUri, scope, apiVersion, preset } = settings
  const own = Object.values(findPreset(preset ?? undefined)?.scopes ?? {}).flatMap((byVersion) =>
    Object.entries(byVersion),
  )
  const isOwn = own.some(([version, known]) => known === scope && version === apiVersion)
  return [
    ...(redirectUri ? adviseOnRedirectUri(redirectUri) : []),
    ...(scope && !isOwn ? adviseOnScope(scope, apiVersion) : []),
  ]
}

function adviseOnRedirectUri(redirectUri: string): Observation[] {
  const { protocol, hostname } = new URL(redirectUri)
  if (redirectUri.includes('#')) return [{ code: 'redirect_uri_fragment', args: { redirectUri } }]
  if (protocol === 'http:' && !isLoopback(hostname))
    return [{ code: 'redirect_uri_plain', args: { redirectUri } }]
  return []
}

function adviseOnScope(scope: string, apiVersion: string | undefined): Observation[] {
  const purposes = scope.split(' ').filter((token) => token.startsWith('dpv:'))
  const purposeNames = new Set(purposes.map((token) => token.replace(/#.*$/, '')))
  const args = { scope, apiVersion: apiVersion ?? null }
  if (/%(20|23|3a)/i.test(scope)) return [{ code: 'scope_encoded', args }]
  const advice: Observation[] = []
  if (purposeNames.size > 1) advice.push({ code: 'scope_two_purposes', args })
  const isHashForm = purposes.some((token) => token.includes('#'))
  if (isHashForm && apiVersion !== undefined && apiVersion !== 'v0')
    advice.push({ code: 'scope_form_v0', args })
  if (!isHashForm && purposes.length > 0 && apiVersion === 'v0') advice.push({ code: 'scope_form_v1', args })
  if (purposes.length === 0) advice.push({ code: 'scope_no_purpose', args })
  return advice
}
