// Reading a request: targets, hosts, parameters.
import { describe, expect, it } from 'vitest'
import { isLoopback } from '../../../src/wire/addresses.ts'
import { isExpectedHostname, readHostname, toUrlHost } from '../../../src/simulator/host.ts'
import { readCall, readParameters } from '../../../src/simulator/request.ts'

function read(target: string, hosts = ['localhost:4010'], bound = '127.0.0.1') {
  const headers = hosts.map((host): [string, string] => ['host', host])
  return readCall({ method: 'GET', target, headers, body: '', remoteAddress: '127.0.0.1' }, bound)
}

describe('a target', () => {
  it.each([
    ['/a/b?x=1?y=2', { path: '/a/b', query: 'x=1?y=2', hostname: 'localhost' }],
    ['//', { path: '//', query: '' }],
    ['//host/path', { path: '//host/path' }],
    ['http://127.0.0.1:1/a?b', { path: '/a', query: 'b', hostname: '127.0.0.1' }],
    ['HTTP://localhost', { path: '/', query: '', hostname: 'localhost' }],
    ['http://localhost?x', { path: '/', query: 'x' }],
    ['*', { status: 400 }],
    ['', { status: 400 }],
    ['ftp://localhost/', { status: 400 }],
    ['localhost:443', { status: 400 }],
    ['http://', { status: 400 }],
    ['http://evil.example/', { status: 421 }],
  ])('%s', (target, expected) => {
    expect(read(target)).toMatchObject(expected)
  })
})

describe('a host', () => {
  it.each([
    ['LOCALHOST:80', 'localhost'],
    ['192.168.1.27:4010', '192.168.1.27'],
    ['[::1]:4010', '[::1]'],
    ['my-laptop.local', 'my-laptop.local'],
    ['', null],
    [':80', null],
    ['a b', null],
    ['a:b', null],
    ['a:123456', null],
    ['a/b', null],
    ['a@b', null],
    ['a\r\nb', null],
    ['[::1', null],
    ['::1', null],
    ['-a', null],
    ['é.example', null],
    ['a'.repeat(254), null],
  ])('%j reads as %j', (host, expected) => {
    expect(readHostname(host)).toBe(expected)
  })

  it('is expected on loopback only when it is a name of loopback', () => {
    const names = [
      'localhost',
      '127.0.0.1',
      '[::1]',
      'evil.example',
      '127.0.0.1.evil.example',
      '192.168.1.2',
      'localhost.evil.example',
    ]
    expect(names.map((name) => isExpectedHostname(name, 'localhost'))).toEqual([
      true,
      true,
      true,
      false,
      false,
      false,
      false,
    ])
    expect(names.every((name) => isExpectedHostname(name, '0.0.0.0'))).toBe(true)
  })

  it.each([
    ['127.0.0.1', true],
    ['127.1', true],
    ['::1', true],
    ['LocalHost', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.1.27', false],
    ['127.0.0.1.nip.io', false],
  ])('%s is loopback: %s', (address, expected) => {
    expect(isLoopback(address)).toBe(expected)
  })

  it.each([
    ['::1', '[::1]'],
    ['::', '[::1]'],
    ['0.0.0.0', '127.0.0.1'],
    ['localhost', 'localhost'],
    ['fe80::1', '[fe80::1]'],
  ])('%s is written %s in a URL', (address, expected) => {
    expect(toUrlHost(address)).toBe(expected)
  })
})

describe('parameters', () => {
  it('without a value are absent, and doubles are told', () => {
    const parameters = readParameters(new URLSearchParams('a=1&b=&c=1&c=2&d&__proto__=x'))
    expect(['a', 'b', 'd', 'e', '__proto__'].map(parameters.get)).toEqual([
      '1',
      undefined,
      undefined,
      undefined,
      'x',
    ])
    expect(['a', 'c'].map(parameters.isDoubled)).toEqual([false, true])
    expect(parameters.hasDoubles).toBe(true)
  })
})
