// How findings speak: short, without what reads as translated, whatever facts they are given.
import { expect, it } from 'vitest'
import { catalogue, type Code, themes } from '../../../src/diagnosis/catalogue.ts'
import type { Words } from '../../../src/diagnosis/catalogue/words.ts'
import { samples } from '../../../src/diagnosis/samples.ts'

const wordsBy = Object.entries(
  catalogue as unknown as Record<string, (...facts: readonly unknown[]) => Words>,
).map(([code, entry]) => [code, entry(...samples[code as Code])] as const)

it.each(wordsBy)('%s', (_, { title, cause, fix }) => {
  const all = `${title} ${cause} ${fix}`
  expect(all.split(/\s+/).length).toBeLessThanOrEqual(60)
  expect(all).not.toMatch(
    /(?<!there )\bis no\b|can be no|\bso:|of the line that|belongs? into|\bmend\b|to be had|what has it not|’/i,
  )
  expect(all).not.toMatch(/\\[dw+]|\[0-9\]|\[a-z|openssl/i)
  expect(title).not.toMatch(/[.?]$/)
  expect(cause.trim()).toMatch(/[.)"…]$|: \S.*$/)
})

it('gives no code to two themes', () => {
  const codes = Object.values(themes).flatMap((theme) => Object.keys(theme))
  expect(codes.toSorted()).toEqual(Object.keys(catalogue).toSorted())
})
