// Failures that nobody listed: the first finding is right, by its code and by its words, and short.
import { describe, expect, it } from 'vitest'
import { unseen } from '../support/unseen/table.ts'

/** What servers wrote, which is quoted at its own length. */
const quoted = /The server says: ".*?" |(titled|begins) ".*?"(?= that| *[.,])/g

describe.each(Object.entries(unseen))('%s', (_, failures) => {
  it.each(failures)('%s', async (_failure, run, code, words) => {
    const { findings, outcome } = await run()
    const [first] = findings
    const text = `${first?.title} | ${first?.cause} | ${first?.fix}`
    expect(outcome).toBe('undetermined')
    expect([first?.code, text]).toEqual([code, expect.stringMatching(words)])
    const ours = text.replace(quoted, '').replaceAll(' | ', ' ')
    expect(ours.split(/\s+/).length).toBeLessThanOrEqual(60)
  })
})
