// What is printed of a bug: enough to find it, nothing that must not leave.
import { expect, it } from 'vitest'
import { describeCrash } from '../../../src/report/crash.ts'

const tool = { name: 'nv-cli', version: '1.2.3', node: 'v20.19.0', platform: 'linux x64' }

it('says where to report it, once, with the version and the stack', () => {
  const { text, problem } = describeCrash(new TypeError('x is not a function'), tool, {})
  const [first, attach, second, third, fourth] = text.split('\n')
  expect(first).toMatch(/^This is a bug in nv\. Please report it/)
  expect(attach).toMatch(/^Attach the command, without phone number and secrets/)
  expect(second).toBe('nv-cli 1.2.3, Node v20.19.0, linux x64')
  expect(third).toBe('TypeError: x is not a function')
  expect(fourth).toMatch(/^ {4}at /)
  expect(problem).toMatchObject({ code: 'bug', cause: 'TypeError: x is not a function' })
})

it('keeps secrets and phone numbers back, and steers no terminal', () => {
  const error = new Error(
    'at https://a.example/cb?code=canary1 of +34600000001 with eyJhbGciOiJub25lIn0.eyJhIjoxfQ.x and canary2 \u001b]52;c;x\u0007',
  )
  const { text, problem } = describeCrash(error, tool, { NV_CLIENT_SECRET: 'canary2' })
  for (const printed of [text, problem.cause]) {
    // oxlint-disable-next-line no-control-regex
    expect(printed).not.toMatch(/canary|600000001|eyJ|[\u0000-\u0009\u000b-\u001f]/)
  }
})

it.each([
  ['nothing', undefined],
  ['half a surrogate pair', new Error('\ud800')],
  ['what has no text', Object.create(null)],
  ['an error without a stack', Object.assign(new Error('x'), { stack: undefined })],
])('takes %s too', (_what, thrown: unknown) => {
  expect(describeCrash(thrown, tool, {}).text).toContain('bug in nv')
})
