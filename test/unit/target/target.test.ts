// Layers: the first that has a value gives it, and says where it is from.
import { describe, expect, it } from 'vitest'
import { findPreset } from '../../../src/settings/presets.ts'
import { describeTarget } from '../../../src/target/describe.ts'
import { createTarget } from '../../../src/target/target.ts'
import type { Settings } from '../../../src/settings/settings.ts'
import { type Layer, mergeHeaders, mergeLayers } from '../../../src/settings/layers.ts'
import { missingSettings } from '../../../src/settings/missing.ts'
import { presetLayer } from '../../../src/settings/preset-layer.ts'

const layer = (name: string, settings: Settings): Layer => ({ settings, nameOf: () => name })

describe('precedence', () => {
  it('is that of the layers, setting by setting', () => {
    const { settings, origins } = mergeLayers([
      layer('flag', { scope: 'flag' }),
      layer('environment', { scope: 'environment', clientId: 'environment' }),
      layer('profile', { scope: 'profile', clientId: 'profile', prompt: 'profile' }),
      layer('preset', { scope: 'preset', clientId: 'preset', prompt: 'preset', loginHint: 'preset' }),
    ])
    expect(settings).toEqual({
      scope: 'flag',
      clientId: 'environment',
      prompt: 'profile',
      loginHint: 'preset',
    })
    expect(origins).toEqual(settings)
  })

  it('leaves out what is undefined', () => {
    const undefinedScope = { scope: undefined } as unknown as Settings
    expect(mergeLayers([layer('a', undefinedScope), layer('b', { scope: 'b' })])).toEqual({
      settings: { scope: 'b' },
      origins: { scope: 'b' },
    })
  })

  it('takes headers one by one, and says all their sources', () => {
    const { settings, origins } = mergeLayers([
      layer('profile', { headers: { 'x-a': '1' } }),
      layer('preset', { headers: { 'X-A': '2', 'X-B': '3' } }),
    ])
    expect(settings.headers).toEqual({ 'x-a': '1', 'X-B': '3' })
    expect(origins.headers).toBe('profile, preset')
  })

  it('knows a header in another case as the same one', () => {
    expect(mergeHeaders({ 'X-RapidAPI-Host': 'a' }, { 'x-rapidapi-host': 'b' })).toEqual({
      'x-rapidapi-host': 'b',
    })
  })

  it('changes none of its layers', () => {
    const profile = layer('profile', { headers: { 'X-A': '1' } })
    mergeLayers([profile, layer('preset', { headers: { 'X-B': '2' } })])
    expect(profile.settings).toEqual({ headers: { 'X-A': '1' } })
  })
})

describe('the preset beneath', () => {
  it('gives the scope of the API version that was chosen above it', () => {
    const preset = findPreset('sandbox')
    expect(presetLayer('sandbox', preset, {}).settings.scope).toBe(
      'dpv:FraudPreventionAndDetection number-verification:verify',
    )
    expect(presetLayer('sandbox', preset, { apiVersion: 'v0' }).settings.scope).toBe(
      'dpv:FraudPreventionAndDetection#number-verification-verify-read',
    )
  })

  it('tells its own values from the defaults of nv', () => {
    const { nameOf } = presetLayer('sandbox', findPreset('sandbox'), {})
    expect(['tokenUrl', 'loginHint', 'scope'].map((name) => nameOf(name as keyof Settings))).toEqual(
      Array(3).fill('preset sandbox'),
    )
    expect(nameOf('pkce')).toBe('default')
    expect(nameOf('apiVersion')).toBe('default')
  })

  it('is the defaults of nv where there is no preset', () => {
    const { settings, nameOf } = presetLayer(undefined, undefined, {})
    expect(settings).toEqual({
      apiVersion: 'v2',
      authMethod: 'client_secret_basic',
      scope: 'dpv:FraudPreventionAndDetection number-verification:verify',
      loginHint: 'none',
      pkce: 'on',
    })
    expect(nameOf('scope')).toBe('default')
  })
})

describe('what is missing', () => {
  const none: Parameters<typeof missingSettings>[2] = { clientSecret: null, key: '' }
  const withSecret = { clientSecret: { value: 'x', from: '' }, key: '' }
  const missing = (presetName: string, settings: Settings, material = none) => {
    const preset = findPreset(presetName)
    const merged = mergeLayers([layer('', settings), presetLayer(presetName, preset, settings)])
    return missingSettings(merged.settings, preset, material)
  }

  it.each<[string, Settings, string[]]>([
    ['generic', {}, ['authorizeUrl', 'tokenUrl', 'apiUrl', 'clientId', 'clientSecret']],
    ['generic', { issuer: 'https://o.example' }, ['apiUrl', 'clientId', 'clientSecret']],
    ['generic', { authMethod: 'none' }, ['authorizeUrl', 'tokenUrl', 'apiUrl', 'clientId']],
    ['sandbox', {}, ['clientId', 'clientSecret']],
    ['camara', {}, ['issuer', 'apiUrl', 'clientId', 'key']],
    ['camara', { authorizeUrl: 'https://o.example/a' }, ['tokenUrl', 'apiUrl', 'clientId', 'key']],
    ['vonage', {}, ['clientId', 'key']],
    ['telekom', {}, ['clientId', 'key']],
    ['vodafone', {}, ['apiUrl', 'clientId', 'clientSecret']],
    ['orange-playground', {}, ['clientId', 'clientSecret']],
    ['nokia-nac', {}, ['header X-RapidAPI-Key']],
    ['nokia-nac', { headers: { 'x-rapidapi-key': '$KEY' } }, []],
    ['nokia-nac', { secretHeaders: ['X-RapidAPI-KEY'] }, []],
    ['konera', {}, ['clientId', 'clientSecret']],
  ])('%s with %j: %j', (name, settings, expected) => {
    expect(missing(name, settings)).toEqual(expected)
  })

  it('is no secret that there is, and a secret without a value', () => {
    expect(missing('sandbox', { clientId: 'a' }, withSecret)).toEqual([])
    expect(
      missing('sandbox', { clientId: 'a' }, { clientSecret: { value: '', from: 'X' }, key: '' }),
    ).toEqual(['clientSecret'])
  })
})

it('a target is described without its secrets', () => {
  const preset = findPreset('sandbox')
  const above: Settings = { preset: 'sandbox', clientId: 'a b', loginHint: 'ipport:198.51.100.7:1' }
  const { settings, origins } = mergeLayers([layer('mine', above), presetLayer('sandbox', preset, above)])
  const clientSecret = { value: 'canary-secret', from: 'NV_CLIENT_SECRET' }
  const material = {
    clientSecret,
    key: '',
    ca: 'PEM',
    headers: { 'x-key': 'canary-header' },
    secretValues: ['canary-header'],
  }
  const ignored = { tokenUrl: 'NV_TOKEN_URL' }
  const identity = { name: 'acme', preset, operation: 'device-phone-number', origins, ignored } as const
  const facts = describeTarget(createTarget(identity, settings, material), { redirectUri: 'https://a/cb' })
  expect(facts).toMatchObject({
    name: 'acme',
    preset: 'sandbox',
    redirectUri: 'https://a/cb',
    issuer: null,
    clientId: 'a b',
    hasReservedCharacters: true,
    loginHint: 'given',
    assertionAudience: 'endpoint',
    key: null,
    origins: { clientId: 'mine', tokenUrl: 'preset sandbox', pkce: 'default' },
    ignored,
  })
  expect(JSON.stringify(facts)).not.toContain('canary')
})

it('a profile holds what follows from its preset', () => {
  const preset = findPreset('vonage')
  const { settings } = mergeLayers([layer('', { clientId: 'app' }), presetLayer('vonage', preset, {})])
  const material = { clientSecret: null, key: 'k', ca: null, headers: {}, secretValues: [] }
  expect(
    createTarget({ name: 'v', preset, operation: 'verify', origins: {}, ignored: {} }, settings, material),
  ).toMatchObject({
    apiUrl: 'https://api-eu.vonage.com/camara/number-verification/v031',
    apiPath: '',
    apiVersion: 'v0',
    correlatorHeader: 'x-correlator',
    loginHint: 'bare',
    unconfirmed: [expect.stringContaining('redirect_uri'), expect.stringContaining('PKCE')],
  })
})
