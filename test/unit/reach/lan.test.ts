import { describe, expect, it } from 'vitest'
import type { NetworkInterface } from '../../../src/context.ts'
import { SetupError } from '../../../src/errors.ts'
import { chooseLan } from '../../../src/reach/lan.ts'
import { parseListen } from '../../../src/settings/rules.ts'

const choose = (
  interfaces: Record<string, string[]>,
  redirectUri: string | null = null,
  port = 0,
  scheme?: 'http' | 'https' | null,
) => {
  const known: NetworkInterface[] = Object.entries(interfaces).map(([name, addresses]) => ({
    name,
    addresses,
  }))
  const network = { interfaces: () => known, isLocal: () => Promise.resolve(true) }
  return chooseLan({ network }, port, redirectUri, scheme)
}

const loopback = { lo: ['127.0.0.1', '::1'] }
const home = { wlan0: ['192.168.1.5', 'fe80::1%wlan0'] }

describe('--listen lan', () => {
  it.each([
    ['lan', { host: 'lan', port: 0 }],
    ['LAN:9000', { host: 'lan', port: 9000 }],
    ['lan:70000', null],
    ['lan:', null],
    ['lan.example:80', { host: 'lan.example', port: 80 }],
  ])('%s is read', (text, address) => {
    expect(parseListen(text)).toEqual(address)
  })

  it.each([
    [
      'an iPhone',
      { ...loopback, ...home, en7: ['172.20.10.3'] },
      '172.20.10.3',
      "lan is en7, 172.20.10.3: the range of an iPhone's hotspot.",
    ],
    [
      'an Android phone',
      { ...loopback, eth0: ['10.0.0.5'], wlan0: ['192.168.43.17'] },
      '192.168.43.17',
      "lan is wlan0, 192.168.43.17: a usual range of an Android phone's hotspot.",
    ],
    [
      'a phone that shares by USB',
      { ...home, usb0: ['192.168.42.11'] },
      '192.168.42.11',
      'lan is usb0, 192.168.42.11: usb-tethering.',
    ],
  ])('takes the hotspot of %s before others, and names those', (_, interfaces, host, words) => {
    const { address, notes } = choose(interfaces)
    expect(address).toEqual({ host, port: 8080 })
    expect(notes[0]?.startsWith(words)).toBe(true)
    expect(notes[0]).toMatch(/Others: \w+ --listen [\d.]+:8080 \(a private network\)/)
    expect(notes.at(-1)).toBe(`Register exactly this redirect_uri: http://${host}:8080/callback`)
  })

  it('can not tell a hotspot of a new Android phone, which takes any private range, and says so', () => {
    const { address, notes } = choose({ ...loopback, eth0: ['10.1.2.3'], wlan0: ['10.150.31.17'] })
    expect(address.host).toBe('10.150.31.17')
    expect(notes[1]).toContain("can't tell whether that is the phone's own hotspot")
  })

  it.each([
    ['docker0', '172.17.0.1'],
    ['tun0', '10.8.0.2'],
    ['wwan0', '10.64.0.9'],
    ['veth12', '10.0.3.1'],
    ['eth9', '169.254.3.4'],
    ['lo', '127.0.0.1'],
  ])('never is %s with %s', (name, host) => {
    expect(() => choose({ [name]: [host] })).toThrow(SetupError)
    expect(choose({ [name]: [host], ...home }).address.host).toBe('192.168.1.5')
  })

  it('is the address that the redirect_uri names, with its port', () => {
    const interfaces = { en7: ['172.20.10.3'], ...home }
    expect(choose(interfaces, 'http://192.168.1.5:9000/cb')).toMatchObject({
      address: { host: '192.168.1.5', port: 9000 },
    })
    expect(choose(interfaces, 'http://192.168.1.5/cb').address.port).toBe(80)
    expect(choose(interfaces, 'https://192.168.1.5/cb', 8443).address.port).toBe(8443)
    expect(choose(interfaces, 'https://app.example/cb').address).toEqual({ host: '172.20.10.3', port: 8080 })
    expect(choose(interfaces, 'http://192.168.1.5/cb').notes.join()).not.toContain('Register')
  })

  it('has a port of its own, and the scheme of the listener', () => {
    const { address, notes } = choose(home, null, 9443, 'https')
    expect(address.port).toBe(9443)
    expect(notes.at(-1)).toBe('Register exactly this redirect_uri: https://192.168.1.5:9443/callback')
  })

  it('names no redirect_uri where that of a tunnel is to be registered', () => {
    expect(choose({ ...home }).notes.join()).toContain('Register')
    expect(choose({ ...home }, null, 0, null).notes.join()).not.toContain('Register')
  })

  it('takes IPv6 where there is nothing else, in brackets', () => {
    const { notes } = choose({ wlan0: ['fe80::1%wlan0', '2001:db8::5'] })
    expect(notes.at(-1)).toBe('Register exactly this redirect_uri: http://[2001:db8::5]:8080/callback')
  })
})
