// A line for the phone's shell: what is quoted is one word, whatever it holds.
import { execFileSync } from 'node:child_process'
import { array, assert, constantFrom, oneof, property, string } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteForShell, readStart } from '../../../../src/reach/adb/shell.ts'

describe.skipIf(process.platform === 'win32')('a real shell', () => {
  const heard = (texts: readonly string[]) =>
    execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${texts.map(quoteForShell).join(' ')}`], {
      encoding: 'utf8',
    })

  test('gets every text as it was', () => {
    const text = string({ unit: 'grapheme' }).map((value) => value.replaceAll('\0', ''))
    const wild = constantFrom(
      '&',
      ';',
      '$(id)',
      '`id`',
      "'",
      '"',
      '\\',
      '\n',
      '${IFS}',
      '!',
      '*',
      '~',
      '|',
      '>x',
    )
    const mixed = array(oneof(text, wild), { maxLength: 8 }).map((parts) => parts.join(''))
    assert(
      property(array(mixed, { minLength: 1, maxLength: 20 }), (texts) => {
        expect(heard(texts)).toBe(texts.map((each) => `${each}\0`).join(''))
      }),
      { numRuns: 40 },
    )
  })
})

test.each<[string, number, string, string, string | null]>([
  ['well', 0, 'Starting: Intent { act=android.intent.action.VIEW dat=https://x/... }\n', '', null],
  [
    'in front',
    0,
    'Starting: Intent {}\nWarning: Activity not started, its current task has been brought to the front\n',
    '',
    null,
  ],
  ['a URL that speaks of errors', 0, 'Starting: Intent { dat=https://x/Error?an=Exception }\n', '', null],
  [
    'nothing takes it, on stdout',
    0,
    'Starting: Intent {}\nError: Activity not started, unable to resolve Intent { act=… }\n',
    '',
    'Error: Activity not started, unable to resolve Intent { act=… }',
  ],
  [
    'nothing takes it, on stderr',
    1,
    'Starting: Intent {}\n',
    'Error type 3\nError: Activity class {x} does not exist.\n',
    'Error type 3',
  ],
  [
    'not allowed',
    255,
    '',
    "\nException occurred while executing 'start':\njava.lang.SecurityException: Permission Denial: starting Intent\n",
    "Exception occurred while executing 'start':",
  ],
  [
    'a shell without am',
    127,
    '',
    '/system/bin/sh: am: inaccessible or not found\n',
    '/system/bin/sh: am: inaccessible or not found',
  ],
  ['a phone that is gone', 1, '', "error: device '1A2B' not found\n", "error: device '1A2B' not found"],
  ['nothing said', 1, '', '', 'exit code 1'],
])('am start: %s', (_name, exitCode, stdout, stderr, expected) => {
  expect(readStart({ exitCode, stdout, stderr })).toBe(expected)
})
