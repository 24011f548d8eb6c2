// The names of profiles.
import { expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { checkProfileName, requireProfileName } from '../../../src/settings/names.ts'

it.each(['acme', 'ACME.prod', 'a', '1', 'acme-2_x', 'constructor', 'x'.repeat(64)])('%s is one', (name) => {
  expect(requireProfileName(name)).toBe(name)
})

it.each([
  '',
  ' acme',
  'acme ',
  'ac me',
  'acme#1',
  '../acme',
  'acme/prod',
  '-p',
  '--json',
  '.hidden',
  '_x',
  '__proto__',
  'acmé',
  'a\u202eb',
  'a\nb',
  'x'.repeat(65),
])('%j is none', (name) => {
  expect(() => requireProfileName(name)).toThrow(UsageError)
  expect(checkProfileName(name)).toMatch(/^It must have 1 to 64 letters/)
})

it.each(['simulator', 'sandbox-mock', 'Simulator', 'SANDBOX-MOCK'])('%s is built in', (name) => {
  expect(checkProfileName(name)).toBe('It is the name of a built-in profile.')
})
