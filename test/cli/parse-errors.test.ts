// What the parser refuses: title, why and what to do, as every other error, and as JSON on demand.
import { describe, expect, it, test } from 'vitest'
import { createProgram, runProgram } from '../../src/cli/program.ts'
import { optionsOf } from '../../src/cli/parser.ts'
import { createTestContext } from '../support/context.ts'
import { expectSchema } from '../support/schema.ts'

async function nv(args: readonly string[]) {
  const { context, out, err } = createTestContext()
  const exitCode = await runProgram(context, args)
  return { exitCode, out: out(), err: err() }
}

const cases: ReadonlyArray<readonly [args: string[], code: string, title: string, fix: RegExp]> = [
  [['verfy'], 'unknown_command', 'Unknown command "verfy"', /Perhaps verify/],
  [['profile', 'ad'], 'unknown_command', 'Unknown command "ad"', /Perhaps add/],
  [['explain', '--jsn'], 'unknown_option', 'Unknown option "--jsn"', /Perhaps --json/],
  [['--via', 'qr', 'schema', 'run'], 'unknown_option', 'Unknown option "--via"', /nv --help --all/],
  [['check', '--profil=acme-secret'], 'unknown_option', 'Unknown option "--profil"', /Perhaps --profile/],
  [['check', '--profile'], 'missing_value', '--profile has no value', /nv check --profile <name>/],
  [['check', '--pkce', 'maybe'], 'invalid_choice', '--pkce can\'t be "maybe"', /nv check --help --all/],
  [
    ['check', '--auth-method', 'private_key_jwk'],
    'invalid_choice',
    '--auth-method can\'t be "private_key_jwk"',
    /Perhaps private_key_jwt/,
  ],
  [['schema'], 'missing_argument', 'Missing argument <name>', /nv schema --help/],
  [['explain', 'a', 'b'], 'excess_arguments', 'Too many arguments for nv explain', /nv explain --help/],
  [['profile', 'rename', 'a'], 'missing_argument', 'Missing argument <new-name>', /nv profile rename --help/],
  [
    ['check', '--timeout', '--json'],
    'missing_value',
    '--timeout has no value',
    /nv check --timeout <duration>/,
  ],
  [['check', '-p', '-q'], 'missing_value', '--profile has no value', /nv check --profile <name>/],
  [['check', '-qp', '--verbose'], 'missing_value', '--profile has no value', /nv check --profile <name>/],
]

test.each(cases)('nv %j', async (args, code, title, fix) => {
  const { exitCode, out, err } = await nv(args)
  expect({ exitCode, out: args.includes('--json') ? '' : out }).toEqual({ exitCode: 2, out: '' })
  const [first, why, todo] = err.split('\n')
  expect(first).toBe(`error  ${title}`)
  expect(why).toMatch(/^ {2}Why {2}\S/)
  expect(todo).toMatch(/^ {2}Do {3}\S|^ {7}\S/)
  expect(err).toMatch(/^ {2}Do {3}\S/m)
  expect(err.replaceAll(/\s+/g, ' ')).toMatch(fix)
  expect(err).not.toContain('acme-secret')
  expect(err).not.toContain('?')
  const asJson = await nv(args.includes('--json') ? args : [...args, '--json'])
  if (args.at(-1) === '--profile') return
  expect(asJson).toMatchObject({ exitCode: 2, err })
  expectSchema(JSON.parse(asJson.out), 'error')
  expect(JSON.parse(asJson.out)).toMatchObject({ error: { code, title } })
})

describe('an option that would take the next option as its value', () => {
  const program = createProgram(createTestContext().context, () => {})
  it('is refused by every command, for every option', async () => {
    await program.loadAll()
    const commands = program.command.commands.flatMap((one) =>
      one.commands.length > 0 ? one.commands : [one],
    )
    for (const command of commands) {
      const names =
        command.parent === program.command ? [command.name()] : [command.parent?.name() ?? '', command.name()]
      for (const { required, long } of optionsOf(command)) {
        if (!required || !long) continue
        const { exitCode, err } = await nv([...names, long, '--quiet'])
        expect({ exitCode, err }, `${names.join(' ')} ${long}`).toMatchObject({
          exitCode: 2,
          err: expect.stringContaining(`error  ${long} has no value`),
        })
      }
    }
  })

  it('takes a value that starts with a dash, and one that is joined', async () => {
    expect((await nv(['verify', '+34600000001', '-p', 'simulator', '--state', '-Zk3u9v'])).exitCode).toBe(0)
    expect((await nv(['verify', '+34600000001', '-p', 'simulator', '--state=--json'])).exitCode).toBe(0)
  })
})

test('what follows -- is nobody’s option', async () => {
  const { err } = await nv(['explain', '--', '--json'])
  expect(err).toContain('Unknown finding "--json"')
})

test('verify and number print a run, as for any other refusal', async () => {
  for (const args of [
    ['--via', 'pigeon', '--json'],
    ['--timeout', '--json'],
    ['--state', '--json'],
  ]) {
    const { out } = await nv(['verify', '+34600000001', ...args])
    expect(JSON.parse(out)).toMatchObject({ schema: 'nv.run/1', exitCode: 2, failedStep: 'prepare' })
  }
})
