// Which interfaces a phone could reach, by name and address.
import { expect, test } from 'vitest'
import type { NetworkInterface } from '../../../../src/context.ts'
import { checkInterfaces } from '../../../../src/flow/doctor/interfaces.ts'
import { classifyInterface } from '../../../../src/reach/interface-kind.ts'

test.each([
  ['lo', ['127.0.0.1', '::1'], 'loopback'],
  ['lo0', ['127.0.0.1', '::1', 'fe80::1%lo0'], 'loopback'],
  ['en0', ['172.20.10.2'], 'iphone-hotspot'],
  ['en0', ['172.20.10.14', 'fe80::1%en0'], 'iphone-hotspot'],
  ['eth0', ['172.20.10.16'], 'private-network'],
  ['wlan0', ['192.168.43.17'], 'android-hotspot'],
  ['wlan0', ['192.168.49.1'], 'android-hotspot'],
  ['enx0a1b2c', ['192.168.42.129'], 'usb-tethering'],
  ['usb0', ['10.42.7.3'], 'usb-tethering'],
  ['rndis0', ['169.254.3.4'], 'usb-tethering'],
  ['wwan0', ['100.72.1.2'], 'modem'],
  ['wwp0s20f0u6', ['10.3.4.5'], 'modem'],
  ['docker0', ['172.17.0.1'], 'virtual'],
  ['br-1a2b3c', ['172.18.0.1'], 'virtual'],
  ['vEthernet (WSL)', ['172.28.0.1'], 'virtual'],
  ['bridge100', ['192.168.64.1'], 'virtual'],
  ['utun4', ['100.100.2.3'], 'vpn'],
  ['tailscale0', ['100.64.0.9'], 'vpn'],
  ['wg0', ['10.8.0.2'], 'vpn'],
  ['eth0', ['100.64.0.1'], 'carrier-network'],
  ['eth0', ['100.127.255.255'], 'carrier-network'],
  ['eth0', ['100.128.0.1'], 'public'],
  ['eth0', ['192.168.1.5', '2001:db8::5', 'fe80::5%eth0'], 'private-network'],
  ['eth0', ['172.31.255.1'], 'private-network'],
  ['eth0', ['172.32.0.1'], 'public'],
  ['eth0', ['fd00::2'], 'private-network'],
  ['eth0', ['169.254.7.7', 'fe80::5%eth0'], 'link-local'],
  ['eth0', ['203.0.113.9'], 'public'],
])('%s with %j: %s', (name, addresses, kind) => {
  expect(classifyInterface({ name, addresses })).toBe(kind)
})

const nowhere = { container: null, isWsl: false, isSsh: false }

function check(
  interfaces: NetworkInterface[],
  surroundings: Parameters<typeof checkInterfaces>[1] = nowhere,
) {
  const network = { interfaces: () => interfaces, isLocal: () => Promise.resolve(true) }
  return checkInterfaces({ network }, surroundings)
}

test('those of one kind share a line, without the link-local addresses beside others', () => {
  const checks = check([
    { name: 'eth0', addresses: ['192.168.1.5', 'fe80::5%eth0'] },
    { name: 'wlan0', addresses: ['192.168.1.6'] },
  ])
  expect(checks).toMatchObject([
    {
      name: 'private-network',
      status: 'ok',
      detail: 'eth0 192.168.1.5; wlan0 192.168.1.6: a private network',
    },
  ])
})

test('a hotspot says which address to listen on', () => {
  expect(check([{ name: 'en0', addresses: ['172.20.10.2'] }])[0]?.fix).toContain('--listen 172.20.10.2:8080')
})

test('nothing but loopback and bridges is no network', () => {
  const checks = check([
    { name: 'lo', addresses: ['127.0.0.1'] },
    { name: 'docker0', addresses: ['172.17.0.1'] },
  ])
  expect(checks.at(-1)).toMatchObject({ name: 'network', status: 'note' })
})

test('the addresses of a container or of WSL are not promised to a phone', () => {
  const eth0 = [{ name: 'eth0', addresses: ['172.17.0.2'] }]
  for (const surroundings of [
    { ...nowhere, container: '/.dockerenv exists' },
    { ...nowhere, isWsl: true },
  ])
    expect(check(eth0, surroundings)[0]?.consequence).toContain(
      'only reaches nv there through a port that the host forwards',
    )
})
