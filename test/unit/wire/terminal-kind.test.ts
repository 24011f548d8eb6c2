// Which terminals get plain signs, and that these are as wide as the others.
import { expect, it, test } from 'vitest'
import { createOutput } from '../../../src/io/terminal.ts'
import { isPlainTerminal, toPlainSigns } from '../../../src/wire/terminal-kind.ts'

test.each([
  [{ TERM: 'dumb' }, 'linux x64', true],
  [{ TERM: 'linux' }, 'linux x64', true],
  [{ TERM: 'xterm-256color' }, 'linux x64', false],
  [{}, 'linux x64', false],
  [{}, 'win32 x64', true],
  [{ WT_SESSION: 'x' }, 'win32 x64', false],
  [{ TERM_PROGRAM: 'vscode' }, 'win32 x64', false],
  [{ TERM: 'xterm' }, 'win32 x64', false],
])('%j on %s: %s', (env, platform, isPlain) => {
  expect(isPlainTerminal(env, platform)).toBe(isPlain)
})

it('writes ASCII of the same width', () => {
  expect(toPlainSigns('✔ ✖ → … • é')).toBe('+ x > ~ * é')
})

it.each([
  [true, { TERM: 'dumb' }, '+ done'],
  [true, { TERM: 'xterm' }, '✔ done'],
  [false, { TERM: 'dumb' }, '✔ done'],
])('what a terminal (%s) with %j gets', (isTTY, env, expected) => {
  const written: string[] = []
  const stream = { isTTY, write: (text: string) => written.push(text) } as unknown as NodeJS.WriteStream
  createOutput(stream, env, 'linux').write('✔ done')
  expect(written).toEqual([expected])
})
