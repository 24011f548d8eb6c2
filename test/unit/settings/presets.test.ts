// Presets: each value has a source, and is what the documents say.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { apiVersions } from '../../../src/camara/api.ts'
import { builtInProfiles, findPreset, presets } from '../../../src/settings/presets.ts'
import { parseSettings } from '../../../src/settings/settings.ts'
import { adviseOnSettings } from '../../../src/diagnosis/rules/settings.ts'
import { mergeLayers } from '../../../src/settings/layers.ts'
import { missingSettings } from '../../../src/settings/missing.ts'
import { presetLayer } from '../../../src/settings/preset-layer.ts'

/** The documents themselves, where they lie beside the project. */
const reference = join(import.meta.dirname, '../../../../shared/reference/telefonica')
const entries = Object.entries(presets)

it('are those of the design', () => {
  expect(Object.keys(presets).toSorted()).toEqual([
    'camara',
    'generic',
    'konera',
    'nokia-nac',
    'orange-playground',
    'sandbox',
    'sandbox-mock',
    'simulator',
    'telekom',
    'vodafone',
    'vonage',
  ])
})

describe.each(entries)('%s', (name, preset) => {
  it('passes the rules that a profile passes', () => {
    expect(parseSettings({ ...preset.settings }, String)).toEqual(preset.settings)
  })

  it('has a source for every value, or says that it is unconfirmed', () => {
    const { title: _title, sources, unconfirmed, settings, scopes, ...fields } = preset
    const scopeNames = Object.keys(scopes ?? {}).map((operation) => `scope of ${operation}`)
    const values = [...Object.keys(settings), ...Object.keys(fields), ...scopeNames]
    const covered = new Set([...Object.keys(sources), ...Object.keys(unconfirmed)])
    expect(values.filter((value) => !covered.has(value))).toEqual([])
  })

  it('names as sources only documents, and only of values that it has', () => {
    const { settings, sources } = preset
    for (const [value, source] of Object.entries(sources)) {
      expect(value in settings || value in preset || value.startsWith('scope of ')).toBe(true)
      if (name !== 'simulator') expect(source).toMatch(/^https:\/\/\S+$/)
    }
  })

  it('has scopes that nobody is warned about', () => {
    // Nokia's own code and Vodafone's page ask for a form that the version does not have; a run takes what its preset asks for.
    if (name === 'nokia-nac' || name === 'vodafone') return
    for (const scopes of Object.values(preset.scopes ?? {}))
      for (const [apiVersion, scope] of Object.entries(scopes))
        expect(adviseOnSettings({ scope, apiVersion }, { step: 'prepare' })).toEqual([])
  })

  it('asks for openid for both operations or for neither', () => {
    const hasOpenid = (scope: string) => scope.split(' ').includes('openid')
    const { scopes } = preset
    for (const version of scopes ? apiVersions : [])
      expect(hasOpenid(scopes?.['device-phone-number'][version] ?? '')).toBe(
        hasOpenid(scopes?.verify[version] ?? ''),
      )
  })

  it('says in words what no document confirms', () => {
    for (const point of Object.values(preset.unconfirmed)) expect(point).toMatch(/^(whether|the) /)
  })
})

it.each(builtInProfiles)('%s lacks nothing', (name) => {
  const preset = presets[name]
  const { settings } = mergeLayers([presetLayer(name, preset, {})])
  const clientSecret = { value: preset?.publishedSecret ?? '', from: '' }
  expect(missingSettings({ ...settings, preset: name }, preset, { clientSecret, key: '' })).toEqual([])
})

it('that no document covers say so', () => {
  const open = entries.filter(([, { unconfirmed }]) => Object.keys(unconfirmed).length > 0)
  expect(open.map(([name]) => name)).toEqual([
    'vonage',
    'telekom',
    'vodafone',
    'orange-playground',
    'nokia-nac',
    'konera',
  ])
})

it('are found by their own names alone', () => {
  expect(findPreset('sandbox')).toBe(presets['sandbox'])
  for (const name of [undefined, '', 'constructor', '__proto__', 'Sandbox'])
    expect(findPreset(name)).toBeUndefined()
})

it('send no secret without the user having given it', () => {
  for (const [name, { publishedSecret }] of entries)
    expect(publishedSecret !== undefined).toBe(builtInProfiles.includes(name))
})

describe.skipIf(!existsSync(reference))("Telefónica's documents (skipped where they are absent)", () => {
  const read = (file: string) => readFileSync(join(reference, file), 'utf8')

  it('name the endpoints of both Sandbox presets', () => {
    const server = `https://${/^servers:[^]*?default: (\S+)/m.exec(read('authorization.yaml'))?.[1]}`
    for (const name of ['sandbox', 'sandbox-mock']) {
      const { settings } = presets[name] ?? { settings: {} }
      expect(settings).toMatchObject({
        authorizeUrl: `${server}/authorize`,
        tokenUrl: `${server}/token`,
        backchannelUrl: `${server}/bc-authorize`,
        apiUrl: server,
      })
    }
  })

  it.each(['v0', 'v1', 'v2'])('serve the API %s beneath the same base', (version) => {
    const [, path, host] =
      /^servers:[^]*?\{host\}(\S+)"[^]*?default: (\S+)/m.exec(read(`number-verification-${version}.yaml`)) ??
      []
    expect(path).toBe(`/number-verification/${version}`)
    expect(`https://${host}`).toBe(presets['sandbox']?.settings.apiUrl)
  })

  it('publish the credentials of the mock mode', () => {
    const { settings, publishedSecret } = presets['sandbox-mock'] ?? { settings: {} }
    expect(read('authorization.yaml')).toContain(`\`${settings.clientId}\` / \`${publishedSecret}\``)
  })

  it.each(['v0', 'v1', 'v2'] as const)('ask for the scope of the API %s', (version) => {
    for (const part of presets['sandbox']?.scopes?.verify[version].split(/[ #]/) ?? [])
      expect(read('authorization.yaml') + read(`number-verification-${version}.yaml`)).toContain(part)
    expect(read(`number-verification-${version}.yaml`)).toContain(
      `\`${presets['sandbox']?.scopes?.['device-phone-number'][version]}\``,
    )
  })
})
