// The help: what leads, what fits a small terminal, and what people type who mean help.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { describe, expect, it, test } from 'vitest'
import { createProgram, runProgram } from '../../src/cli/program.ts'
import { environmentNameOf } from '../../src/settings/flags.ts'
import { settingNames } from '../../src/settings/settings.ts'
import { createTestContext } from '../support/context.ts'

async function nv(args: readonly string[], columns = 80) {
  const { context, out, err } = createTestContext({ columns })
  const exitCode = await runProgram(context, args)
  return { exitCode, out: out(), err: err() }
}

const source = join(import.meta.dirname, '../../src')
const program = createProgram(createTestContext().context, () => {})
await program.loadAll()
const all = commandsIn(program.command)

function commandsIn(command: Command): string[][] {
  return command.commands.flatMap((one) => [
    [one.name()],
    ...commandsIn(one).map((names) => [one.name(), ...names]),
  ])
}

describe.each(all.map((names) => [names.join(' '), names] as const))('nv %s --help', (_line, names) => {
  it('fits 24 rows of 80 columns with the prompt, examples first', async () => {
    const { exitCode, out } = await nv([...names, '--help'])
    expect(exitCode).toBe(0)
    const lines = out.split('\n')
    expect(lines.length, out).toBeLessThanOrEqual(24)
    expect(lines[0]).toMatch(`Usage: nv ${names.join(' ')} `)
    expect(lines[3]).toBe('Examples:')
    const long = lines.filter((line) => line.length > 80 && line.includes(' -') && !line.startsWith('  nv'))
    expect(long).toEqual([])
  })

  it('names its exit codes, unless it only holds other commands', async () => {
    const { out } = await nv([...names, '--help'])
    expect(out).toMatch(/^(Exit codes: 0 |Commands:)/m)
  })

  it('--all names every option', async () => {
    const { out } = await nv(['help', ...names, '--all'])
    for (const flag of [
      '--profile',
      '--json',
      '--quiet',
      '--verbose',
      '--no-color',
      '--no-input',
      '--timeout',
    ])
      expect(out).toContain(flag)
  })
})

describe('nv alone', () => {
  it('shows three examples and the commands, within 24 rows, with exit code 0', async () => {
    const { exitCode, out, err } = await nv([])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out.split('\n').length).toBeLessThanOrEqual(24)
    expect(out.split('\n').filter((line) => line.length > 80)).toEqual([])
    expect(out).toMatch(/Examples:\n(?: {2}nv .*\n){3}\nCommands[^\n]*:\n {2}verify /)
    expect(await nv(['--help'])).toMatchObject({ out })
    expect(await nv(['help'])).toMatchObject({ out })
  })

  it('has the options of every command with --all', async () => {
    expect((await nv(['--help', '--all'])).out).toContain('--no-input')
  })

  test.each([['--json'], ['profile', '--json']])(
    'is an error for a program that asks for JSON: %j',
    async (...args) => {
      const { exitCode, out, err } = await nv(args)
      expect(exitCode).toBe(2)
      expect(err).toMatch(/error {2}Missing command\n {2}Why .*\n {2}Do {3}/)
      expect(JSON.parse(out)).toMatchObject({
        schema: 'nv.error/1',
        exitCode: 2,
        error: { code: 'missing_command' },
      })
    },
  )
})

describe('what people type', () => {
  test.each<[string[], RegExp]>([
    [['help', 'profile', 'add'], /^Usage: nv profile add /],
    [['help', 'profile', 'ls'], /^Usage: nv profile list /],
    [['profile', 'help'], /Unknown command "help"/],
    [['verify', '-h'], /^Usage: nv verify /],
    [['verify', '+34600000001', '--help'], /^Usage: nv verify /],
    [['version'], /^nv 0\.0\.0-test\n$/],
    [['--version'], /^nv 0\.0\.0-test\n$/],
    [['profile', 'ls'], /PROFILE|profile/i],
    [['runs', 'ls'], /^/],
  ])('nv %j', async (args, text) => {
    const { out, err } = await nv(args)
    expect(out + err).toMatch(text)
  })

  test.each<[string[], RegExp]>([
    [['foo', '--help'], /Unknown command "foo"/],
    [['help', 'foo'], /Unknown command "foo"/],
    [['help', 'profile', 'foo'], /Unknown command "foo"[^]*nv profile --help/],
    [['profile', 'foo', '--help'], /Unknown command "foo"/],
    [['ls'], /Perhaps nv profile list, or: nv runs list/],
    [['rm'], /Perhaps nv profile remove, or: nv runs rm/],
    [['add'], /Perhaps nv profile add/],
  ])('nv %j is an error', async (args, text) => {
    const { exitCode, out, err } = await nv(args)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toMatch(text)
  })
})

describe('topics', () => {
  it('environment has every variable that the source names', async () => {
    const { out } = await nv(['help', 'environment'])
    const named = new Set(sources().flatMap((text) => text.match(/\bNV_[A-Z_]+\b(?!_)/g) ?? []))
    // The build writes the first ones in; the others stand in the commands that nv report prints.
    const others = ['NV_VERSION', 'NV_HOMEPAGE', 'NV_BUGS', 'NV_PHONE_NUMBER', 'NV_HASHED_PHONE_NUMBER']
    const missing = [...named].filter(
      (name) => !name.endsWith('_') && !others.includes(name) && !out.includes(name),
    )
    expect(missing).toEqual([])
    for (const name of settingNames.map(environmentNameOf).filter((one) => one.startsWith('NV_')))
      expect(out).toMatch(new RegExp(`^  ${name} +\\S`, 'm'))
  })

  it('exit-codes has all of them', async () => {
    const { out } = await nv(['help', 'exit-codes'])
    for (const code of [0, 1, 2, 3, 4, 70, 129, 130, 143])
      expect(out).toMatch(new RegExp(`^  ${code} +\\S`, 'm'))
  })
})

it('no command says a part of its help in another way', () => {
  expect(sources().filter((text) => text.includes('.addHelpText('))).toEqual([])
})

function sources(): string[] {
  return readdirSync(source, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(source, path), 'utf8'))
}
