import { expect, test } from 'vitest'
import { findingReport, hang, type Style } from '../../../src/report/human.ts'

const same = (text: string) => text
const plain: Style = { good: same, bad: same, warn: same, dim: same, bold: same }
const title = 'UNAUTHENTICATED: the API at gateway.example does not accept the access token (HTTP 401)'

test('a line is broken at spaces on a terminal, below its head, and styles take no room', () => {
  const text = 'received a token for number-verification:verify \x1b[2m18 ms\x1b[22m'
  expect(hang('✔ token ', text, { isTerminal: true, columns: 40 }).split('\n')).toEqual([
    '✔ token received a token for',
    '        number-verification:verify \x1b[2m18 ms\x1b[22m',
  ])
  expect(hang('✔ token ', text, { isTerminal: false, columns: 40 })).toBe(`✔ token ${text}`)
})

test.each(['error', 'warning', 'note', ''] as const)('a title is broken at spaces: "%s"', (label) => {
  const lines = findingReport(label, { title, cause: 'x', fix: 'y', reference: null }, plain, 60).split('\n')
  expect(lines[0]).toMatch(/gateway\.example/)
  expect(lines[1]).toMatch(/^ {2,9}\S.*\(HTTP 401\)$/)
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(60)
})
