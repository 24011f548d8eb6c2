// The exit codes of signals.
import { expect, it } from 'vitest'
import { Cancelled, exitCodeOfSignal } from '../../src/errors.ts'

it.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const)('%s is %d, as in a shell', (signal, exitCode) => {
  expect(exitCodeOfSignal(signal)).toBe(exitCode)
  expect(new Cancelled(signal).signal).toBe(signal)
})

it('what was cancelled by no signal was by Ctrl-C', () => {
  expect(new Cancelled().signal).toBe('SIGINT')
})
