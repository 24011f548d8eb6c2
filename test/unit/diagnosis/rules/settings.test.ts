// What is allowed and yet likely a mistake.
import { describe, expect, it } from 'vitest'
import { diagnose } from '../../../../src/diagnosis/diagnose.ts'
import { adviseOnSettings } from '../../../../src/diagnosis/rules/settings.ts'
import { recordingOf, type RecordingParts } from '../../../support/recording.ts'

const hashForm = 'dpv:FraudPreventionAndDetection#number-verification-verify-read'
const spaceForm = 'dpv:FraudPreventionAndDetection number-verification:verify'

const adviseOn = (settings: Parameters<typeof adviseOnSettings>[0]) =>
  adviseOnSettings(settings, { step: 'prepare' })
const codes = (settings: Parameters<typeof adviseOn>[0]) => adviseOn(settings).map(({ code }) => code)

describe('a scope', () => {
  it.each<[string, string | undefined, string[]]>([
    [hashForm, 'v0', []],
    [spaceForm, 'v1', []],
    [spaceForm, 'v2', []],
    [`openid ${spaceForm}`, 'v2', []],
    [`openid ${hashForm}`, 'v0', []],
    [hashForm, 'v1', ['scope_form_v0']],
    [hashForm, 'v2', ['scope_form_v0']],
    [spaceForm, 'v0', ['scope_form_v1']],
    [hashForm, undefined, []],
    ['dpv:A dpv:B number-verification:verify', 'v2', ['scope_two_purposes']],
    ['dpv:A#number-verification-verify-read dpv:B#sim-swap', 'v0', ['scope_two_purposes']],
    ['dpv:A#number-verification-verify-read dpv:A#number-verification-share-read', 'v0', []],
    ['dpv:A dpv:A number-verification:verify', 'v2', []],
    ['number-verification:verify', 'v2', ['scope_no_purpose']],
    ['openid', 'v0', ['scope_no_purpose']],
    ['dpv%3AFraudPreventionAndDetection%23number-verification-verify-read', 'v0', ['scope_encoded']],
    ['dpv:FraudPreventionAndDetection%20number-verification:verify', 'v2', ['scope_encoded']],
  ])('%s with %s: %j', (scope, apiVersion, expected) => {
    expect(codes({ scope, apiVersion })).toEqual(expected)
  })
})

describe('a redirect_uri', () => {
  it.each<[string | null | undefined, string[]]>([
    ['https://app.example/callback', []],
    ['http://127.0.0.1:8080/callback', []],
    ['http://localhost/callback', []],
    ['com.example.app:/callback', []],
    ['https://app.example/callback#x', ['redirect_uri_fragment']],
    ['https://app.example/callback#', ['redirect_uri_fragment']],
    ['http://app.example/callback', ['redirect_uri_plain']],
    ['http://172.20.10.2:8080/callback', ['redirect_uri_plain']],
    [null, []],
    [undefined, []],
  ])('%s: %j', (redirectUri, expected) => {
    expect(codes({ redirectUri })).toEqual(expected)
  })
})

it('is put into words that name the value and what to do', () => {
  const settings = { redirectUri: 'https://app.example/#x', scope: 'dpv:A dpv:B', apiVersion: 'v2' }
  for (const { code, severity, cause, fix } of adviseOn(settings)) {
    expect(severity).toBe('warning')
    expect(cause).toContain(code.startsWith('scope') ? settings.scope : settings.redirectUri)
    expect(fix).toMatch(/\.$/)
  }
})

describe('before anything is sent', () => {
  const byCiba: RecordingParts['request'] = { grants: ['ciba'], via: null }
  it.each<[string, RecordingParts, string[]]>([
    ['nothing', {}, []],
    ['a state of the user', { request: { isStateGiven: true } }, ['state_given']],
    [
      'a hint of a number, and none',
      { target: { loginHint: 'tel' }, request: { operation: 'device-phone-number' } },
      ['login_hint_left_out'],
    ],
    ['a source beside a proxy', { request: { source: 'wwan0', isProxied: true } }, ['proxy_passed_by']],
    [
      'another port',
      { target: { redirectUri: 'http://127.0.0.1:80/cb' }, request: { listeningOn: '127.0.0.1:8080' } },
      ['listening_elsewhere'],
    ],
    ['a network', { request: { listeningOn: '0.0.0.0:8080' } }, ['listening_beyond_this_machine']],
    ['a tunnel', { request: { listeningOn: '127.0.0.1:8080' } }, []],
    [
      'localhost at both',
      { target: { redirectUri: 'http://localhost:8080/cb' }, request: { listeningOn: '[::1]:8080' } },
      [],
    ],
    ['a preset', { target: { preset: 'vonage', unconfirmed: ['the scope'] } }, ['preset_unconfirmed']],
    ['a SIM and v1', { target: { apiVersion: 'v1' }, request: byCiba }, ['operator_token_version']],
    [
      'a SIM and a redirect_uri that nobody uses',
      { target: { redirectUri: 'https://app.example/#x' }, request: byCiba },
      [],
    ],
  ])('%s: the codes are right', (_, parts, expected) => {
    expect(diagnose(recordingOf(parts)).map(({ code }) => code)).toEqual(expected)
  })

  it('a run that was refused before it began is told about that alone', () => {
    const problem = { code: 'x', title: 'x', cause: 'x', fix: 'x' }
    const end = { kind: 'refused', step: 'prepare', by: 'usage', problem } as const
    expect(diagnose(recordingOf({ request: { isStateGiven: true }, end })).map(({ code }) => code)).toEqual([
      'x',
    ])
  })
})
