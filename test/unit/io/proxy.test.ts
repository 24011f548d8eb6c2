// The proxy that variables and flags name.
import { describe, expect, it } from 'vitest'
import { findProxy, readProxy } from '../../../src/io/proxy.ts'

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

  it('is that of all_proxy where none is for the scheme', () => {
    expect(findProxy({ ALL_PROXY: 'proxy:1' }, 'https').url).toBe('http://proxy:1')
    expect(findProxy({ ALL_PROXY: 'proxy:1', HTTPS_PROXY: 'other:1' }, 'https').url).toBe('http://other:1')
    expect(findProxy({ all_proxy: 'proxy:1', http_proxy: '' }, 'http').url).toBe('')
    expect(findProxy({}, 'http').url).toBe('')
  })
})
