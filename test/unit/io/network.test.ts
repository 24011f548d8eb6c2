// Which addresses are of this machine.
import { describe, expect, test } from 'vitest'
import { network } from '../../../src/io/network.ts'

describe('an address of this machine', () => {
  test('that of loopback is one', async () => {
    expect(await network.isLocal('127.0.0.1')).toBe(true)
  })

  const own = network.interfaces().flatMap(({ addresses }) => addresses)
  test.each(own.map((address) => [address]))('%s is one', async (address) => {
    expect(await network.isLocal(address)).toBe(true)
  })

  test.each([
    ['of multicast', '224.0.0.1'],
    ['of broadcast', '255.255.255.255'],
    ['of another machine', '192.0.2.77'],
    ['of IPv6 multicast', 'ff02::1'],
  ])('one %s is none', async (_, address) => {
    expect(await network.isLocal(address)).toBe(false)
  })
})
