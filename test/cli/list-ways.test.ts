// `--via list`: what there is, and what this machine lacks for it.
import { expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext, type TestContextOptions } from '../support/context.ts'

async function list(args: string[], options: TestContextOptions) {
  const test = createTestContext(options)
  const exitCode = await runProgram(test.context, args)
  return { exitCode, out: test.out(), err: test.err() }
}

test.each(['verify', 'number'])('nv %s --via list prints each way with what is missing', async (command) => {
  const { exitCode, out, err } = await list([command, '--via', 'list'], { env: { SSH_TTY: '/dev/pts/0' } })
  expect([exitCode, err]).toEqual([0, ''])
  expect(out).toMatch(/^qr +not ready +\S.*; needs a terminal/m)
  expect(out).toMatch(/^browser +not ready +\S.*; needs a local session/m)
  expect(out).toMatch(/^adb +not ready +\S.*; needs adb/m)
  expect(out).toMatch(/^chrome +not ready +\S/m)
  expect(out).toMatch(/^direct +ready +\S/m)
  expect(out).toMatch(/^paste +ready +\S/m)
})

test('all but those with a cable are ready on a desktop', async () => {
  const { out } = await list(['verify', '--via', 'list'], { env: { DISPLAY: ':0' }, isTerminal: true })
  expect(out.match(/ ready /g)).toHaveLength(6)
  expect(out.match(/ not ready /g)).toHaveLength(2)
})

test('--json prints one object', async () => {
  const { exitCode, out } = await list(['verify', '--via', 'list', '--json'], {})
  expect(exitCode).toBe(0)
  expect(JSON.parse(out)).toMatchObject({
    schema: 'nv.ways/1',
    ways: [
      { name: 'qr', summary: expect.any(String), ready: false, missing: expect.any(String) },
      { name: 'browser' },
      { name: 'adb', ready: false },
      { name: 'chrome', ready: false },
      { name: 'direct', ready: true, missing: null },
      { name: 'paste' },
    ],
  })
})
