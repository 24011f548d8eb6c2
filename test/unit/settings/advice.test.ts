// What is allowed and yet likely a mistake.
import { describe, expect, it } from 'vitest'
import { explain } from '../../../src/diagnosis/diagnose.ts'
import { adviseOn } from '../../../src/settings/advice.ts'

const hashForm = 'dpv:FraudPreventionAndDetection#number-verification-verify-read'
const spaceForm = 'dpv:FraudPreventionAndDetection number-verification:verify'

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
  for (const { code, args } of adviseOn(settings)) {
    const { severity, cause, fix } = explain('prepare', code, args)
    expect(severity).toBe('warning')
    expect(cause).toContain(code.startsWith('scope') ? settings.scope : settings.redirectUri)
    expect(fix).toMatch(/\.$/)
  }
})
