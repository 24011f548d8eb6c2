// A name that nobody has: which one was perhaps meant, wherever a name is taken, and no question.
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext, createTestStore } from '../support/context.ts'

test.each<[string[], string]>([
  [['verfy'], 'Perhaps verify'],
  [['runs', 'shwo'], 'Perhaps show'],
  [['check', '--profil', 'x'], 'Perhaps --profile'],
  [['check', '-p', 'acme-prodction'], 'Perhaps acme-production'],
  [['check', '-p', 'simulater'], 'Perhaps simulator'],
  [['profile', 'use', 'acme-prodction'], 'Perhaps acme-production'],
  [['profile', 'add', 'mine', '--preset', 'vonag'], 'Perhaps vonage'],
  [['explain', 'invalid-gant'], 'Perhaps invalid_grant'],
  [['simulate', '--behave', 'wify'], 'Perhaps wifi'],
  [['verify', '--via', 'dirct'], 'Perhaps direct'],
  [['schema', 'simulater'], 'Perhaps simulator'],
  [['completion', 'powershel'], 'Perhaps powershell'],
  [['help', 'enviroment'], 'Perhaps environment'],
])('nv %j: %s', async (args, near) => {
  const store = createTestStore()
  await store.profiles.update(() => ({ default: null, profiles: { 'acme-production': { clientId: 'x' } } }))
  const { context, out, err } = createTestContext({ store })
  expect(await runProgram(context, args)).toBe(2)
  const text = err().replaceAll(/\s+/g, ' ')
  expect(text).toContain(near)
  expect(text).not.toContain('?')
  expect(out()).toBe('')
})
