// What the proxy variables say, and what of them is shown.
import { describe, expect, test } from 'vitest'
import type { ProfileState } from '../../../../src/flow/doctor/profile.ts'
import { checkProxy, describeProxy } from '../../../../src/flow/doctor/proxy.ts'

const profile: ProfileState = {
  kind: 'found',
  name: 'acme',
  chosenBy: 'default',
  settings: {},
  origins: {},
  missing: [],
  needsPhone: true,
  hosts: ['api.acme.example', 'id.other.example:8443'],
  ignored: [],
}

test.each([
  ['http://proxy.corp:3128', 'http://proxy.corp:3128'],
  ['HTTP://proxy.corp:3128/', 'http://proxy.corp:3128'],
  ['proxy.corp:3128', 'proxy.corp:3128'],
  ['http://me:canary@proxy.corp:3128', 'http://proxy.corp:3128'],
  ['me:canary@proxy.corp:3128', 'proxy.corp:3128'],
  ['http://me:can/ary@proxy.corp:3128/?x=1', 'http://proxy.corp:3128'],
  ['http://me:c@n@ry@proxy.corp', 'http://proxy.corp'],
  ['socks5://h:1080', 'socks5://h:1080'],
  ['http://[::1]:3128', 'http://[::1]:3128'],
  ['http://me:canary', null],
  ['http://me:canary@', null],
  ['http://proxy corp', null],
  ['\u001b[31mproxy', null],
])('of %s is shown: %s', (value, shown) => {
  expect(describeProxy(value)).toBe(shown)
})

/** Gives the lines as status and name. */
function check(env: Record<string, string>, state: ProfileState = profile) {
  return checkProxy({ env }, state)
}
const shapes = (env: Record<string, string>) => check(env).map(({ name, status }) => `${name} ${status}`)

test.each<[Record<string, string>, string[]]>([
  [{}, ['proxy ok']],
  [{ HTTPS_PROXY: 'http://p:1' }, ['proxy ok']],
  [{ HTTPS_PROXY: 'p:1' }, ['proxy note']],
  [{ HTTPS_PROXY: 'socks5://p:1' }, ['proxy problem']],
  [{ HTTPS_PROXY: 'http://me:canary' }, ['proxy problem']],
  [{ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://q:1' }, ['proxy ok', 'proxy-variables note']],
  [{ HTTPS_PROXY: 'http://p:1', https_proxy: '' }, ['proxy ok', 'proxy-variables note']],
  [{ HTTPS_PROXY: 'http://p:1', https_proxy: 'http://p:1' }, ['proxy ok']],
  [{ ALL_PROXY: 'http://p:1' }, ['proxy ok']],
  [{ ALL_PROXY: 'socks5://p:1' }, ['proxy problem']],
  [{ ALL_PROXY: 'socks5://p:1', HTTPS_PROXY: 'http://p:1' }, ['proxy ok', 'proxy note']],
  [{ all_proxy: 'http://p:1', ALL_PROXY: 'http://q:1' }, ['proxy ok', 'proxy-variables note']],
  [{ HTTP_PROXY: 'http://p:1' }, ['proxy ok']],
  [{ HTTP_PROXY: 'http://p:1', https_proxy: '' }, ['proxy ok', 'proxy ok']],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '*' }, ['proxy ok', 'no-proxy note']],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: '10.0.0.0/8' }, ['proxy ok', 'no-proxy ok']],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'a.b, https://c.d' }, ['proxy ok', 'no-proxy ok', 'no-proxy note']],
  [{ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'https://c.d' }, ['proxy ok', 'no-proxy note']],
])('%j gives %j', (env, expected) => {
  expect(shapes(env)).toEqual(expected)
})

describe('the profile', () => {
  test('is told which of its hosts NO_PROXY leaves out', () => {
    const [, exceptions] = check({ HTTPS_PROXY: 'http://p:1', NO_PROXY: 'localhost, .acme.example' })
    expect(exceptions?.consequence).toBe(
      'nv asks api.acme.example directly; nv asks id.other.example:8443 through the proxy',
    )
  })

  test('may have a proxy of its own, past the variables', () => {
    const state = { ...profile, settings: { proxy: 'http://own:3128' }, origins: { proxy: 'profile acme' } }
    expect(check({ HTTPS_PROXY: 'socks5://p:1' }, state)).toMatchObject([
      { status: 'ok', detail: 'The proxy is http://own:3128, by profile acme' },
    ])
  })
})

test('no password is in any line', () => {
  for (const value of ['http://me:canary@p:1', 'me:canary@p', 'http://me:canary', 'socks5://me:canary@p:1'])
    expect(JSON.stringify(check({ HTTPS_PROXY: value, http_proxy: value, all_proxy: value }))).not.toContain(
      'canary',
    )
})
