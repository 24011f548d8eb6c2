// The list of blocked ports is that of undici, which is the one that refuses them.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { isBlockedPort } from '../../../src/oauth/blocked-ports.ts'

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
