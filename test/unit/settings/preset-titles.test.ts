// The titles of the presets, as the dialogue of `nv profile add` lists them.
import { expect, test } from 'vitest'
import { presets } from '../../../src/settings/presets.ts'

test('each fits the list beside its name, on 80 columns', () => {
  const rows = Object.entries(presets).map(([name, { title }]) => `❯ ${name.padEnd(17)} ${title}`)
  expect(rows.filter((row) => row.length > 80)).toEqual([])
})
