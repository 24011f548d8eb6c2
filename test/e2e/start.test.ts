// What each start of the built program loads: few files, as each costs nearly a millisecond.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const dist = join(import.meta.dirname, '../../dist')

/** Gives a file of the bundle and all that it imports at once, not when it is needed. */
function loadedWith(name: string, loaded = new Set<string>()): Set<string> {
  if (loaded.has(name)) return loaded
  loaded.add(name)
  const text = readFileSync(join(dist, name), 'utf8')
  for (const [, imported = ''] of text.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w-]+\.js)"/g))
    loadedWith(imported, loaded)
  return loaded
}

it('is one file for what all commands need, beside what packages are', () => {
  expect([...loadedWith('main.js')].length).toBeLessThanOrEqual(5)
})
