// A terminal of 80 columns: no line is wider, unless one word alone is.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext } from '../support/context.ts'
import { hasTerminals } from '../support/terminal.ts'
import { startProgram } from '../support/process.ts'

const folder = mkdtempSync(join(tmpdir(), 'nv-narrow-'))
afterAll(() => rmSync(folder, { recursive: true }))

const authorizeUrl =
  'https://g.example/authorize?response_type=code&client_id=x&scope=openid+dpv:FraudPreventionAndDetection+number-verification:verify&redirect_uri=https://a.example/cb'

it.each([
  ['verify', '+34600000001', '-p', 'simulator'],
  ['verify', '+34600000001', '-p', 'simulator', '--verbose'],
  ['check', 'simulator'],
  ['doctor'],
  ['explain'],
  ['explain', 'invalid_grant'],
  ['inspect', authorizeUrl],
  ['profile', 'show', 'sandbox-mock'],
  ['profile', 'list'],
  ['verify', '--via', 'list'],
  ['simulate', '--list'],
  ['help', 'environment'],
  ['help', 'verify', '--all'],
  ['help', 'simulate', '--all'],
  ['help', 'profile', 'add', '--all'],
  ['--help', '--all'],
])('nv %s %s %s %s %s', async (...args) => {
  const { context, out, err } = createTestContext({ isTerminal: true, columns: 80 })
  await runProgram(
    context,
    args.filter((arg) => arg !== undefined),
  )
  const lines = stripVTControlCharacters(out() + err()).split('\n')
  expect(lines.length).toBeGreaterThan(1)
  // The last word of a line may be a URL, or a command to copy.
  const wide = lines.filter(
    (line) => line.length > 80 && !/^ *\S*$|^ *(?:\S+ +)?https?:\S+$|^ +(?:nv|ip|curl) /.test(line),
  )
  expect(wide).toEqual([])
})

describe.skipIf(!hasTerminals)('on a terminal', () => {
  const show = async (TERM: string) => {
    const script = join(import.meta.dirname, '../support/terminal.py')
    const nv = join(import.meta.dirname, '../../bin/nv.js')
    const args = ['verify', '+34600000001', '-p', 'simulator', '--verbose']
    const running = startProgram('python3', [script, process.execPath, nv, ...args], {
      env: { TERM, HOME: folder, NV_STATE_DIR: folder, NV_CONFIG_DIR: folder },
    })
    await running.untilStderr(/exitCode/)
    running.process.stdin.end()
    return (await running.finished).stdout
  }

  it('that is dumb gets ASCII, and nothing that moves or colours', async () => {
    const shown = await show('dumb')
    expect(shown).toMatch(/^\+ token /m)
    expect(shown).not.toMatch(/[^\r\n -~]/)
  })

  it('that is none gets signs, and each step has its line', async () => {
    const shown = stripVTControlCharacters(await show('xterm'))
    expect(shown).toMatch(/✔ token /)
    expect(shown.split(/\r?\n|\r/).filter((line) => /✔.*✔|✔.*→/.test(line))).toEqual([])
  })
})
