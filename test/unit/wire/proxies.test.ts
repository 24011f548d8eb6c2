// The proxy that variables and flags name, and the hosts that are reached without one.
import { describe, expect, it } from 'vitest'
import { isException, proxyVariable, proxyVariableFor, readProxy } from '../../../src/wire/proxies.ts'

describe('a proxy', () => {
  it.each([
    ['proxy:3128', 'http://proxy:3128'],
    ['10.0.0.1:8080', 'http://10.0.0.1:8080'],
    ['localhost:3128', 'http://localhost:3128'],
    ['me:pw@proxy.example:3128', 'http://me:pw@proxy.example:3128'],
    [' http://proxy.example:3128 ', 'http://proxy.example:3128'],
    ['https://proxy.example', 'https://proxy.example'],
    ['', ''],
  ])('%j is %s', (value, url) => {
    expect(readProxy(value, 'HTTPS_PROXY')).toEqual({ url, problem: null })
  })

  it.each([
    ['socks5://me:canary@10.0.0.1:1080', 'HTTPS_PROXY names 10.0.0.1:1080 as a socks5 proxy'],
    ['socks5h://localhost:1', 'HTTPS_PROXY names localhost:1 as a socks5h proxy'],
    ['http://[::1', 'HTTPS_PROXY is not a URL'],
  ])('%s can not be used, and is named', (value, problem) => {
    const named = readProxy(value, 'HTTPS_PROXY')
    expect(named.problem).toContain(problem)
    expect(JSON.stringify(named)).not.toContain('canary')
    expect(URL.canParse(named.url)).toBe(true)
  })
})

describe('the variable that counts', () => {
  it.each([
    [{}, null, null],
    [{ ALL_PROXY: 'a' }, 'ALL_PROXY', 'ALL_PROXY'],
    [{ all_proxy: 'a', ALL_PROXY: 'b' }, 'all_proxy', 'all_proxy'],
    [{ ALL_PROXY: 'a', HTTPS_PROXY: 'b' }, 'HTTPS_PROXY', 'ALL_PROXY'],
    [{ ALL_PROXY: 'a', HTTP_PROXY: 'b' }, 'ALL_PROXY', 'HTTP_PROXY'],
    [{ HTTP_PROXY: 'a' }, 'HTTP_PROXY', 'HTTP_PROXY'],
    [{ https_proxy: '', HTTP_PROXY: 'a' }, null, 'HTTP_PROXY'],
    [{ https_proxy: '', ALL_PROXY: 'a' }, null, 'ALL_PROXY'],
    [{ https_proxy: ' ', HTTPS_PROXY: 'a' }, null, null],
  ])('in %j is %s for https, %s for http', (env, https, http) => {
    expect([proxyVariable(env, 'https'), proxyVariable(env, 'http')]).toEqual([https, http])
  })

  it('is none for this machine, and for what NO_PROXY names', () => {
    const env = { HTTPS_PROXY: 'a', NO_PROXY: 'corp.example' }
    const of = (url: string) => proxyVariableFor(env, new URL(url))
    expect(of('https://gateway.example/')).toBe('HTTPS_PROXY')
    expect(of('https://localhost:1/')).toBe(null)
    expect(of('https://id.corp.example/')).toBe(null)
  })
})

describe('an entry of NO_PROXY', () => {
  it.each([
    ['gw.example', 'https://gw.example/', true],
    ['gw.example', 'https://id.gw.example/', true],
    ['gw.example', 'https://mygw.example/', false],
    ['GW.example.', 'https://gw.EXAMPLE./', true],
    ['.gw.example', 'https://gw.example/', true],
    ['*.gw.example', 'https://id.gw.example/', true],
    ['*', 'https://gw.example/', true],
    ['gw.example:443', 'https://gw.example/', true],
    ['gw.example:443', 'http://gw.example/', false],
    ['gw.example:8443', 'https://gw.example/', false],
    ['gw.example:80', 'http://gw.example/', true],
    ['10.1.2.3', 'https://10.1.2.3/', true],
    ['10.1.2.3:443', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['0.0.0.0/0', 'https://gw.example/', false],
    ['2001:db8::1', 'https://[2001:db8::1]/', true],
    ['[2001:DB8::1]:443', 'https://[2001:db8::1]/', true],
    ['[2001:db8::1]:8443', 'https://[2001:db8::1]/', false],
    ['2001:db8::/32', 'https://[2001:db8:ff::1]/', true],
    ['2001:db8::/32', 'https://[2001:db9::1]/', false],
    ['10.0.0.0/8', 'https://[2001:db8::1]/', false],
    ['https://gw.example', 'https://gw.example/', false],
  ])('%s, for %s: %s', (entry, url, expected) => {
    expect(isException(entry, new URL(url))).toBe(expected)
  })
})
