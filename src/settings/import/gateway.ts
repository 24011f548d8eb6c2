// Recognises the gateway that foreign settings are for, by its URLs or by its name.
import { apiVersions, readApiBase } from '../../camara/api.ts'
import { presets } from '../presets.ts'
import type { SettingName } from '../settings.ts'

type Values = Readonly<Record<string, string>>

/** What tells the gateway beside the values: keys, and the names of the file. */
export interface Hints {
  preset: string | undefined
  /** Keys that were taken, with their settings. */
  keys: ReadonlyMap<string, string>
  names: readonly string[]
  hasSecret: boolean
}

export interface Gateway {
  /** With the preset, and without what the preset says already. */
  values: Record<string, string>
  /** What the preset was recognised by; null: by nothing. */
  by: string | null
}

const endpoints = ['authorizeUrl', 'issuer', 'tokenUrl', 'apiUrl', 'backchannelUrl'] as const

/** Replaces the URLs of a gateway that nv knows by its preset, which knows the rest too. */
export function recognizeGateway(values: Values, hints: Hints): Gateway {
  if (hints.preset !== undefined) return withPreset(hints.preset, values, null)
  const exact = Object.entries(presets).find(
    ([, { settings, publishedSecret }]) =>
      (['authorizeUrl', 'issuer'] as const).some(
        (name) => settings[name] !== undefined && settings[name] === values[name],
      ) &&
      (publishedSecret === undefined || settings.clientId === values['clientId']),
  )
  if (exact)
    return withPreset(exact[0], values, hints.keys.get('authorizeUrl') ?? hints.keys.get('issuer') ?? null)
  return recognizeHost(values, hints) ?? recognizeName(values, hints) ?? unknown(values, hints)
}

/** A gateway has more hosts than its preset names: api-eu-3.vonage.com beside api-eu.vonage.com. */
const domains: ReadonlyArray<readonly [domain: RegExp, preset: string]> = [
  [/(^|\.)vonage\.com$/, 'vonage'],
  [/^network-as-code\..*rapidapi\.com$/, 'nokia-nac'],
  [/(^|\.)konera\.com$/, 'konera'],
  [/(^|\.)vodafone\.com$/, 'vodafone'],
  [/^sandbox\.opengateway\.telefonica\.com$/, 'sandbox'],
]

/** Where the endpoint that the phone opens is not said, the others tell whose it is. */
function recognizeHost(values: Values, { keys }: Hints): Gateway | null {
  if (values['authorizeUrl'] !== undefined || values['issuer'] !== undefined) return null
  const given = endpoints.filter((name) => values[name] !== undefined)
  const found = given.map((name) => {
    const url = values[name] ?? ''
    const host = URL.canParse(url) ? new URL(url).hostname : ''
    return domains.find(([domain]) => domain.test(host))?.[1]
  })
  const [preset] = found
  if (preset === undefined || found.some((other) => other !== preset)) return null
  return withPreset(preset, values, keys.get(given[0] ?? '') ?? null)
}

const names: ReadonlyArray<readonly [name: RegExp, preset: string]> = [
  [/vonage|nexmo/i, 'vonage'],
  [/network[-_ ]?as[-_ ]?code|(^|[^a-z])nokia|nokia[-_]?nac/i, 'nokia-nac'],
  [/konera/i, 'konera'],
  [/vodafone/i, 'vodafone'],
  [/(^|[^a-z])orange([^a-z]|$)/i, 'orange-playground'],
  [/(telefonica|open[-_ ]?gateway).*sandbox|sandbox.*(telefonica|open[-_ ]?gateway)/i, 'sandbox'],
]

/** Where no URL says whose it is, the names of keys and of the file do. */
function recognizeName(values: Values, hints: Hints): Gateway | null {
  if (endpoints.some((name) => values[name] !== undefined)) return null
  if (values['clientId'] === presets['sandbox-mock']?.settings.clientId)
    return withPreset('sandbox-mock', values, hints.keys.get('clientId') ?? null)
  for (const text of [...hints.keys.values(), ...hints.names]) {
    const preset = names.find(([name]) => name.test(text))?.[1]
    if (preset !== undefined) return withPreset(preset, values, text)
  }
  // An application id with a private key is what Vonage gives; others speak of a client.
  const id = hints.keys.get('clientId') ?? ''
  return /^id$|application_?id$/i.test(id) && values['key'] !== undefined
    ? withPreset('vonage', values, id)
    : null
}

function unknown(values: Values, { hasSecret }: Hints): Gateway {
  const isDiscovered = values['issuer'] !== undefined && values['authorizeUrl'] === undefined && !hasSecret
  // Who has a key and no secret proves itself with the key; with the preset of CAMARA that is so.
  const usesKey = values['key'] !== undefined && !hasSecret && !isDiscovered
  return {
    values: {
      ...(usesKey ? { authMethod: 'private_key_jwt' } : {}),
      preset: isDiscovered ? 'camara' : 'generic',
      ...splitApiUrl(values),
    },
    by: null,
  }
}

function withPreset(name: string, values: Values, by: string | null): Gateway {
  const known = presets[name]?.settings ?? {}
  const differing = Object.entries(splitApiUrl(values)).filter(
    ([setting, value]) => value !== known[setting as SettingName],
  )
  return { values: { ...Object.fromEntries(differing), preset: name }, by }
}

/** Takes `/number-verification/v1` off an API URL, and the version from it; any other base stays whole. */
function splitApiUrl(values: Values): Values {
  const { apiUrl } = values
  if (apiUrl === undefined || !URL.canParse(apiUrl)) return values
  const { url } = readApiBase(apiUrl)
  const [, base, version] = /^(.*?)(?<!\/v\d+)\/number-verification(?:\/(v\d+))?$/.exec(url) ?? []
  if (base === undefined) return { ...values, apiUrl: url }
  if (version === undefined) return { ...values, apiUrl: base }
  const isKnown = apiVersions.some((known) => known === version)
  return isKnown ? { apiVersion: version, ...values, apiUrl: base } : { ...values, apiUrl: url }
}
