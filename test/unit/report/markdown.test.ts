// The report for a ticket: fits a comment, and what a server says in it is text.
import { describe, expect, test } from 'vitest'
import { markdownReport } from '../../../src/report/markdown.ts'
import { createRun } from '../../support/run.ts'
import { exchangeOf, granted, stopped } from '../../support/recording.ts'

const refused = (message: string) =>
  createRun(
    {},
    {
      end: stopped.answer,
      exchanges: [
        granted(),
        exchangeOf('api', { status: 403, body: { status: 403, code: 'PERMISSION_DENIED', message } }),
      ],
    },
  )

test('what an operator asks for first comes first', () => {
  const lines = markdownReport(createRun()).split('\n')
  expect(lines[0]).toBe('### nv verify: verified')
  expect(lines.slice(4, 10)).toEqual([
    '| Time | `2025-06-15T15:06:40.000Z` |',
    '| Outcome | `verified` |',
    '| Token | `2025-06-15T15:06:40.300Z  gateway.example  HTTP 200` |',
    '| Token correlator | `sent and returned 6f1a0e0c-0000-4000-8000-000000000001` |',
    '| API | `2025-06-15T15:06:40.360Z  gateway.example  HTTP 200` |',
    '| API correlator | `sent 6f1a0e0c-0000-4000-8000-000000000001, none returned` |',
  ])
})

test('the response that stopped the run is in it, with its body', () => {
  const text = markdownReport(refused('The scope is missing'))
  expect(text).toContain('### nv verify: could not tell: failed at step "api"')
  expect(text).toMatch(/<details><summary>Request 2, .*[^]*HTTP 403[^]*"message":"The scope is missing"/)
})

describe('a message of a server', () => {
  test.each([
    ['calls nobody', '@alice see this', /(^|[^`])@alice/m],
    ['shows no image', '![x](https://evil.example/x.png)', /(^|[^\\])!\[x\]\(/m],
    ['makes no element', '<img src=x>', /^[^`]*<img(?![^]*```)/m],
    ['ends no table', 'a | b', /^\| .* a \| b/m],
  ])('%s', (_what, message, forbidden) => {
    const findings = markdownReport(refused(message)).split('<details>')[0] ?? ''
    expect(findings).not.toMatch(forbidden)
  })

  test('does not end the block that it is in', () => {
    const text = markdownReport(refused('x\n````\n# A heading\n```'))
    const fence = /^(`{3,})http$/m.exec(text)?.[1] ?? ''
    expect(fence.length).toBeGreaterThan(4)
    expect(text.split('\n').filter((line) => line === fence)).toHaveLength(1)
  })
})

test('a run of two hundred requests with long bodies fits a comment, and says what is not in it', () => {
  const exchanges = Array.from({ length: 200 }, (_, index) =>
    exchangeOf(
      'authorize',
      { status: 302, headers: { location: `https://a.example/${'x'.repeat(500)}` } },
      index + 1,
    ),
  )
  const text = markdownReport(createRun({}, { exchanges, end: stopped.redirect }))
  expect(text.length).toBeLessThan(32_767)
  expect(text).toMatch(/160 more requests are not listed|does not fit a comment/)
})
