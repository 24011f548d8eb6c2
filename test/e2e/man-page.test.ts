// The man page: what the build keeps is what the help says, and groff has nothing to warn of.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it, test } from 'vitest'
import { createProgram } from '../../src/cli/program.ts'
import { createTestContext } from '../support/context.ts'

const path = join(import.meta.dirname, '../../dist/nv.1')
const page = readFileSync(path, 'utf8')

it('has every command, option, variable and exit code', async () => {
  const program = createProgram(createTestContext().context, () => {})
  await program.loadAll()
  const text = page.replaceAll('\\-', '-')
  for (const command of program.command.commands.flatMap((one) => [one, ...one.commands])) {
    const isHidden = !program.command
      .createHelp()
      .visibleCommands(command.parent ?? command)
      .includes(command)
    if (isHidden || command.commands.length > 0) continue
    const name =
      command.parent === program.command ? command.name() : `${command.parent?.name()} ${command.name()}`
    expect(text).toContain(`.SS nv ${name} `)
    for (const { long, hidden } of command.options)
      if (!hidden && long) expect(text).toMatch(new RegExp(`^\\.B (-\\w, )?${long}`, 'm'))
  }
  for (const word of ['NV_CLIENT_ID', 'NO_COLOR', '.B 70', '.B --no-input', '.B -p, --profile <name>'])
    expect(text).toContain(word)
})

const groff = (...args: string[]) =>
  spawnSync('groff', ['-man', '-Tutf8', '-ww', ...args, path], { encoding: 'utf8' })
const hasGroff = spawnSync('groff', ['--version']).status === 0
if (!hasGroff) process.stderr.write('Without groff the man page is not rendered.\n')

test.skipIf(!hasGroff)('groff renders it without a warning', () => {
  expect(groff('-z')).toMatchObject({ status: 0, stdout: '', stderr: '' })
  const stdout = groff('-P-c', '-rLL=100n')
    // Bold is a letter that is struck over.
    .stdout.replaceAll(new RegExp(`.${String.fromCodePoint(8)}`, 'g'), '')
    .replaceAll(/ {2,}/g, ' ')
  expect(stdout).toMatch(/nv verify \[options\] \[phone\]/)
  expect(stdout).toContain("Telefónica's Sandbox")
  expect(stdout).toContain('printf %s "$SECRET" | nv profile add acme --preset sandbox \\')
})
