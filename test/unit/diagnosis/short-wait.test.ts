// A wait that began when most of the time of the run was over.
import { expect, test } from 'vitest'
import { diagnose } from '../../../src/diagnosis/diagnose.ts'
import { recordingOf } from '../../support/recording.ts'

const explain = (durationMs: number) =>
  diagnose(
    recordingOf({
      request: { timeoutMs: 20_000, listeningOn: '127.0.0.1:8080' },
      steps: [{ name: 'callback', status: 'failed', startedMs: 20_000 - durationMs, durationMs, detail: '' }],
      end: { kind: 'stopped', step: 'callback', lacks: 'callback' },
    }),
  )[0]

test.each([
  [400, 'Nothing came back within the 0 s that were left of 20 s', true],
  [7_000, 'Nothing came back within the 7 s that were left of 20 s', true],
  [19_000, 'Nothing came back within 19 s', false],
])('%d ms', (durationMs, title, isShort) => {
  expect(explain(durationMs)?.title).toBe(title)
  expect(explain(durationMs)?.fix.includes('--timeout')).toBe(isShort)
})
