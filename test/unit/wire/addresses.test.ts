// One spelling for each address, and the ports that undici refuses.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { isBlockedPort, normalizeAddress } from '../../../src/wire/addresses.ts'

it.each([
  ['127.0.0.2', '127.0.0.2'],
  [' 10.0.0.1 ', '10.0.0.1'],
  ['255.255.255.255', '255.255.255.255'],
  ['::1', '::1'],
  ['[::1]', '::1'],
  ['0:0:0:0:0:0:0:1', '::1'],
  ['FE80::00A1', 'fe80::a1'],
  ['fe80::1%eth0', 'fe80::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['::ffff:127.0.0.2', '127.0.0.2'],
  ['::FFFF:7f00:2', '127.0.0.2'],
  ['::ffff:0:2', '0.0.0.2'],
])('%s is %s', (text, address) => {
  expect(normalizeAddress(text)).toBe(address)
})

it.each([
  '',
  'localhost',
  '127.1',
  '127.0.0.02',
  '0x7f.0.0.1',
  '256.0.0.1',
  '1.2.3.4.5',
  '2130706433',
  '1::2::3',
  ':',
  ':::',
  '::g',
  '::1/64',
  '1.2.3.4/8',
  '::1]/x[',
  'a'.repeat(1000),
])('%j is none', (text) => {
  expect(normalizeAddress(text)).toBeNull()
})

it('blocks exactly the ports that undici blocks', () => {
  const source = readFileSync(
    new URL('../../../node_modules/undici/lib/web/fetch/constants.js', import.meta.url),
    'utf8',
  )
  const list = /badPorts = [^[]*\[([^\]]*)\]/.exec(source)?.[1] ?? ''
  const refused = [...list.matchAll(/'([0-9]+)'/g)].map(([, port]) => Number(port))
  expect(refused.length).toBeGreaterThan(50)
  const blocked = Array.from({ length: 65536 }, (_, port) => port).filter(isBlockedPort)
  expect(blocked).toEqual(refused.toSorted((a, b) => a - b))
})
