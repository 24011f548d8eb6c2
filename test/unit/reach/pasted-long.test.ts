// Texts at the limit that were made to keep nv busy: whoever has the short link can send one after another.
import { expect, test } from 'vitest'
import { judgePasted } from '../../../src/reach/inlets/pasted.ts'
import { processorMs } from '../../support/promptly.ts'

const longest = 16 * 1024

test.each([
  ['quotes of mail before an address', '>'.repeat(longest - 30) + 'https://a.example/?code=1'],
  ['the ends of a sentence', `x=${'.'.repeat(longest - 10)}a b`],
  ['quotation marks', `x=${'»'.repeat(longest - 10)}a`],
  ['stars', `*x=${'*'.repeat(longest - 10)}a`],
  ['brackets', `x=${')]'.repeat(longest / 2 - 10)}a`],
])('%s are judged at once', (_what, text) => {
  const startedAt = processorMs()
  expect(judgePasted(text, 'https://app.example/callback', 'state').parameters).toBeNull()
  expect(processorMs() - startedAt).toBeLessThan(500)
})
