// Makes one profile of what was found in a foreign file, and refuses to mix two clients.
import { apiVersions, readApiBase } from '../../camara/api.ts'
import { UsageError } from '../../errors.ts'
import { presets } from '../presets.ts'
import { parseSettings, type SettingName } from '../settings.ts'
import type { Candidate, Found, Imported } from './candidate.ts'

/**
 * Makes one profile of the candidates; `NV_…` wins over other keys. Throws a UsageError when two keys contradict
 * each other, or when they may be those of two clients.
 */
export function assemble(path: string, { name, candidates, ignored }: Found): Imported {
  const chosen = new Map<Candidate['setting'], Candidate>()
  for (const candidate of [...candidates].sort(
    (one, other) => Number(isOurs(other.key)) - Number(isOurs(one.key)),
  )) {
    const other = chosen.get(candidate.setting)
    if (!other) chosen.set(candidate.setting, candidate)
    else if (isOurs(other.key) && !isOurs(candidate.key))
      ignored.push({ key: candidate.key, reason: `${other.key} is there` })
    else if (other.value !== candidate.value)
      throw contradictory(path, candidate.setting, other.key, candidate.key)
  }
  refuseTwoOwners(path, chosen)
  const { clientSecret, ...values } = Object.fromEntries(
    [...chosen.values()].map(({ setting, value }) => [setting, value]),
  )
  const settings = parseSettings(
    recognizeGateway(values, clientSecret !== undefined),
    (setting) => chosen.get(setting as SettingName)?.key ?? setting,
  )
  const taken = [...chosen.values()].map(({ setting, key }) => ({ setting, key }))
  const presetKey = chosen.get('authorizeUrl')?.key ?? chosen.get('issuer')?.key
  return {
    name: name === null ? null : toProfileName(name),
    settings,
    secrets: clientSecret === undefined ? {} : { clientSecret },
    taken:
      settings.preset === 'generic' || presetKey === undefined
        ? taken
        : [{ setting: `preset ${settings.preset}`, key: presetKey }, ...taken],
    ignored,
  }
}

/** Throws when the keys have different beginnings, as in GOOGLE_CLIENT_ID and ACME_CLIENT_SECRET; `NV_` goes with any. */
function refuseTwoOwners(path: string, chosen: ReadonlyMap<Candidate['setting'], Candidate>): void {
  const others = [...chosen.values()].filter(({ key }) => !isOurs(key))
  const [first] = others
  const strangers = others.filter(({ owner }) => owner !== first?.owner)
  if (!first || strangers.length === 0) return
  throw new UsageError({
    code: 'import_contradictory',
    title: `${path} has the settings of more than one client`,
    cause: `${[first, ...strangers].map(({ key }) => key).join(' and ')} use different prefixes.`,
    fix: 'Take the wrong ones out, or let the right ones start with NV_, and import again.',
  })
}

function isOurs(key: string): boolean {
  return key.startsWith('NV_')
}

/** Takes `/number-verification/v1` off an API URL, and the version from it; any other base stays whole. */
function splitApiUrl(values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const { apiUrl } = values
  if (apiUrl === undefined || !URL.canParse(apiUrl)) return values
  const { url } = readApiBase(apiUrl)
  const [, base, version] = /^(.*?)(?<!\/v\d+)\/number-verification(?:\/(v\d+))?$/.exec(url) ?? []
  if (base === undefined) return { ...values, apiUrl: url }
  if (version === undefined) return { ...values, apiUrl: base }
  const isKnown = apiVersions.some((known) => known === version)
  return isKnown ? { apiVersion: version, ...values, apiUrl: base } : { ...values, apiUrl: url }
}

/** Replaces the URLs of a gateway that nv knows by its preset, which knows the rest too. */
function recognizeGateway(
  values: Readonly<Record<string, string>>,
  hasSecret: boolean,
): Record<string, string> {
  const known = Object.entries(presets).find(
    ([, { settings, publishedSecret }]) =>
      (['authorizeUrl', 'issuer'] as const).some(
        (name) => settings[name] !== undefined && settings[name] === values[name],
      ) &&
      (publishedSecret === undefined || settings.clientId === values['clientId']),
  )
  if (!known) {
    const isDiscovered = values['issuer'] !== undefined && values['authorizeUrl'] === undefined && !hasSecret
    return { preset: isDiscovered ? 'camara' : 'generic', ...splitApiUrl(values) }
  }
  const [name, preset] = known
  const differing = Object.entries(splitApiUrl(values)).filter(
    ([setting, value]) => value !== preset.settings[setting as SettingName],
  )
  return { preset: name, ...Object.fromEntries(differing) }
}

/** Makes a profile name of a title: `Open Gateway Sandbox` becomes `open-gateway-sandbox`. */
function toProfileName(title: string): string | null {
  const name = title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 64)
  return name === '' ? null : name
}

function contradictory(path: string, setting: string, one: string, other: string): UsageError {
  return new UsageError({
    code: 'import_contradictory',
    title: `${path} gives ${setting} twice, with two values`,
    cause: `${one} and ${other} could both be meant.`,
    fix: 'Take one of them out, or name the right one NV_…, and import again.',
  })
}
