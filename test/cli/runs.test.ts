// What is kept of runs, from `nv verify` to `nv runs` and `nv report`.
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { SetupError } from '../../src/errors.ts'
import { annotateRun } from '../../src/report/github.ts'
import { schemaNames } from '../../src/report/schema/schemas.ts'
import type { RunStore } from '../../src/run/run-store.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, createTestRuns, type TestContextOptions } from '../support/context.ts'
import { exchangeOf, stopped } from '../support/recording.ts'
import { runCommand } from '../support/run-command.ts'
import { createRun } from '../support/run.ts'
import { expectSchema } from '../support/schema.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { makeFolder, modeOf } from '../support/store-harness.ts'

let simulator: TestSimulator
beforeAll(async () => {
  simulator = await startTestSimulator({ mode: 'network' })
})
afterAll(() => simulator.close())

const number = '+34600000001'

const nv = (args: readonly string[], options?: TestContextOptions) => runCommand(simulator, args, options)

/** Runs the flow as a line of the operator, or from an address that belongs to none. */
function verify(
  runs: RunStore,
  args: readonly string[] = [],
  address = '127.0.0.2',
  options: TestContextOptions = {},
) {
  return nv(['verify', number, '--local-address', address, ...args], { runs, ...options })
}

const listed = async (runs: RunStore, args: readonly string[] = []) => {
  const { stdout } = await nv(['runs', 'list', '--json', ...args], { runs })
  expectSchema(JSON.parse(stdout), 'runs')
  return (JSON.parse(stdout) as { runs: Array<Pick<Run, 'id' | 'outcome'>> }).runs
}

const isLinux = process.platform === 'linux'

describe('a run is kept', () => {
  test('with its number masked, and printed again as it was', async () => {
    const runs = createTestRuns()
    const { stdout } = await verify(runs, ['--via', 'direct', '--json'], '127.0.0.1')
    const printed = JSON.parse(stdout) as Run
    expectSchema(printed, 'run')
    const shown = await nv(['runs', 'show', 'last', '--json'], { runs })
    expect(JSON.parse(shown.stdout)).toEqual({ ...printed, phoneNumber: '+34*******01' })
    expect(shown.stdout).not.toContain(number.slice(1))
  })

  test('with the number, for one who wants it', async () => {
    const runs = createTestRuns()
    await verify(runs, ['--show-number'])
    expect(JSON.parse((await nv(['runs', 'show', '--json'], { runs })).stdout)).toMatchObject({
      phoneNumber: number,
    })
    expect((await nv(['report'], { runs })).stdout).not.toContain(number)
  })

  test('not with --no-save, and not when nothing was sent', async () => {
    const runs = createTestRuns()
    await verify(runs, ['--no-save'])
    await nv(['verify', '600'], { runs })
    expect(await runs.names()).toEqual([])
  })

  test('a save that fails is said, and changes no verdict', async () => {
    const full = new SetupError({ code: 'x', title: "Can't write it", cause: 'The disk is full.', fix: 'x' })
    const runs: RunStore = { ...createTestRuns(), save: () => Promise.reject(full) }
    const { exitCode, stdout, stderr } = await verify(runs)
    expect({ exitCode, stdout }).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('verified') as string,
    })
    expect(stderr).toContain("The run was not saved. Can't write it. The disk is full.")
    expect((await verify(runs, ['--quiet'])).stderr).toBe('')
  })
})

describe('nv runs', () => {
  test('lists the newest first, with what came of each', async () => {
    const runs = createTestRuns()
    await verify(runs)
    await verify(runs, [], '127.0.0.9')
    const { stdout } = await nv(['runs', 'list'], { runs })
    const [head, first, second] = stdout.split('\n')
    expect(head).toMatch(/^ID +TIME +COMMAND +PROFILE +NUMBER +OUTCOME$/)
    expect(first).toMatch(
      /^[0-9a-f]{12}  \S+Z  verify .*\+34\*{7}01  undetermined at callback: access_denied/,
    )
    expect(second).toMatch(/verified \(simulated\)$/)
  })

  test('filters by profile, outcome, time and number', async () => {
    const runs = createTestRuns()
    const acme = createRun().profile
    const day = (date: number) => new Date(Date.UTC(2025, 5, date)).toISOString()
    await runs.save(createRun({ id: '0a', startedAt: day(1), profile: { ...acme, name: 'acme' } }))
    await runs.save(
      createRun({ id: '0b', startedAt: day(14), outcome: 'mismatch', phoneNumber: '+34*******02' }),
    )
    await runs.save(createRun({ id: '0c', startedAt: day(15), profile: { ...acme, name: 'other' } }))
    const ids = async (...args: string[]) => (await listed(runs, args)).map(({ id }) => id)
    expect(await ids()).toEqual(['0c', '0b', '0a'])
    expect(await ids('--profile', 'other')).toEqual(['0c'])
    expect(await ids('--outcome', 'mismatch')).toEqual(['0b'])
    expect(await ids('--since', '2025-06-10')).toEqual(['0c', '0b'])
    expect(await ids('--since', '20h')).toEqual(['0c'])
    expect(await ids('--since', '7d')).toEqual(['0c', '0b'])
    expect(await ids('--number', '+34 600 000 002')).toEqual(['0b'])
    expect(await ids('--number', '+34*******02')).toEqual(['0b'])
    for (const [flag, value] of [
      ['--outcome', 'good'],
      ['--since', 'yesterday'],
      ['--number', 'x'],
    ] as const)
      expect((await nv(['runs', 'list', flag, value], { runs })).exitCode).toBe(2)
    const { stderr } = await nv(['runs', 'list', '--since', 'yesterday'], { runs })
    expect(stderr).toContain('Write for example 30m, 2h, 7d or 2026-05-31.')
  })

  test('breaks no word of the list on a terminal of 80 columns', async () => {
    const runs = createTestRuns()
    await verify(runs)
    const test = createTestContext({ runs, isTerminal: true, columns: 80, env: { NO_COLOR: '1' } })
    await runProgram(test.context, ['runs', 'list'])
    const lines = test.out().trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    expect(lines[3]).toMatch(/^ {2}verified/)
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80)
  })

  test('shows what an operator asks for first, and then everything', async () => {
    const runs = createTestRuns()
    await verify(runs)
    const { stdout } = await nv(['runs', 'show'], { runs })
    const lines = stdout.split('\n')
    expect(lines[0]).toMatch(/^Time {2,}\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/)
    expect(lines.slice(1, 6).map((line) => line.split(/ {2,}/)[0])).toEqual([
      'Outcome',
      'Token',
      'Token correlator',
      'API',
      'API correlator',
    ])
    expect(stdout).toContain("verified  this phone's number is +34*******01 (simulated)")
    expect(stdout).toContain('← 200 in')
  })

  test('finds a run by the beginning of its id, if no other begins so', async () => {
    const runs = createTestRuns()
    for (const id of ['aa11', 'aa22', 'bb33']) await runs.save(createRun({ id }))
    const idOf = async (wanted: string) => {
      const { stdout, exitCode } = await nv(['runs', 'show', wanted, '--json'], { runs })
      return exitCode === 0 ? (JSON.parse(stdout) as Run).id : exitCode
    }
    expect(await Promise.all(['aa11', 'b', 'BB', 'last', 'aa', 'cc'].map(idOf))).toEqual([
      'aa11',
      'bb33',
      'bb33',
      'bb33',
      2,
      2,
    ])
  })

  test('removes one, or all, and never guesses which', async () => {
    const runs = createTestRuns()
    for (const id of ['aa11', 'aa22', 'bb33']) await runs.save(createRun({ id }))
    expect((await nv(['runs', 'rm'], { runs })).exitCode).toBe(2)
    expect((await nv(['runs', 'rm', 'last', '--all'], { runs })).exitCode).toBe(2)
    expect((await nv(['runs', 'rm', 'aa'], { runs })).exitCode).toBe(2)
    expect((await nv(['runs', 'rm', 'aa1'], { runs })).stderr).toBe('Removed run aa11.\n')
    const removed: unknown = JSON.parse(
      (await nv(['runs', 'rm', '--all', '--yes', '--json'], { runs })).stdout,
    )
    expectSchema(removed, 'removed-runs')
    expect(removed).toMatchObject({ removed: ['bb33', 'aa22'] })
    expect(await runs.names()).toEqual([])
    expect((await nv(['runs', 'list'], { runs })).stderr).toBe('No saved runs yet.\n')
    expect((await nv(['report'], { runs })).exitCode).toBe(2)
  })
})

describe('nv runs diff names the decisive difference in its first line', () => {
  const firstLine = async (runs: RunStore) => {
    const [newer, older] = await runs.names()
    return (await nv(['runs', 'diff', older?.id ?? '', newer?.id ?? ''], { runs })).stdout.split('\n')[0]
  }

  test.skipIf(!isLinux)('a good run and one from Wi-Fi: where the request came from', async () => {
    const runs = createTestRuns()
    await verify(runs)
    await verify(runs, [], '127.0.0.9')
    expect(await firstLine(runs)).toBe(
      "the address that the phone's requests leave from: A 127.0.0.2; B 127.0.0.9",
    )
  })

  test('the same settings, another answer: the first one that differs', async () => {
    const runs = createTestRuns()
    const good = createRun({ id: '0a' })
    const location = 'https://gateway.example/callback?error=access_denied'
    const exchanges = good.exchanges
      .slice(0, 2)
      .map((exchange) =>
        exchange.hop === 2 && exchange.response
          ? { ...exchange, response: { ...exchange.response, headers: [['location', location] as const] } }
          : exchange,
      )
    await runs.save(good)
    await runs.save(createRun({ id: '0b', exchanges, outcome: 'undetermined', failedStep: 'callback' }))
    expect(await firstLine(runs)).toBe(
      'answer of hop 2: A HTTP 302, to https://gateway.example/callback with a code; B HTTP 302, to https://gateway.example/callback with error=access_denied',
    )
  })

  test('another scope', async () => {
    const runs = createTestRuns()
    await verify(runs, ['--scope', 'dpv:FraudPreventionAndDetection number-verification:verify'])
    await verify(runs, ['--scope', 'number-verification:verify'])
    expect(await firstLine(runs)).toBe(
      'scope: A dpv:FraudPreventionAndDetection number-verification:verify; B number-verification:verify',
    )
  })

  test('none between two runs that went alike, and as JSON', async () => {
    const runs = createTestRuns()
    await verify(runs)
    await verify(runs)
    expect(await firstLine(runs)).toBe('No difference, apart from what every run has of its own.')
    await verify(runs, [], '127.0.0.9')
    const [newest, older] = await runs.names()
    const differing = await nv(['runs', 'diff', older?.id ?? '', newest?.id ?? '', '--json'], { runs })
    expectSchema(JSON.parse(differing.stdout), 'run-diff')
    const { stdout } = await nv(['runs', 'diff', 'last', 'last', '--json'], { runs })
    expectSchema(JSON.parse(stdout), 'run-diff')
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'nv.run-diff/1', decisive: null, differences: [] })
  })
})

describe('--report', () => {
  test.each([
    ['html', '<!doctype html>'],
    ['md', '### nv verify: verified (simulated)'],
    ['json', '"schema": "nv.run/1"'],
    ['har', '"version": "1.2"'],
    ['sh', 'curl --silent'],
  ])('writes a private file as its name says: %s', async (ending, content) => {
    const path = join(makeFolder(), `run.${ending}`)
    writeFileSync(path, 'of an earlier run', { mode: 0o644 })
    expect((await verify(createTestRuns(), ['--report', path])).exitCode).toBe(0)
    const text = readFileSync(path, 'utf8')
    expect(text).toContain(content)
    expect(text).not.toContain(number)
    expect(modeOf(path)).toBe('600')
  })

  test('that can not be written is known before anything is sent', async () => {
    const folder = makeFolder()
    mkdirSync(join(folder, 'folder.md'))
    writeFileSync(join(folder, 'precious'), 'untouched')
    symlinkSync(join(folder, 'precious'), join(folder, 'link.html'))
    const before = simulator.entries.length
    for (const [name, code] of [
      ['missing/run.html', 'file_not_writable'],
      ['folder.md', 'file_not_writable'],
      ['link.html', 'file_not_writable'],
      ['run.pdf', 'report_format_unknown'],
    ] as const) {
      const { exitCode, stdout } = await verify(createTestRuns(), ['--report', join(folder, name), '--json'])
      expect({ exitCode, code: (JSON.parse(stdout) as Run).findings[0]?.code }).toEqual({
        exitCode: name === 'run.pdf' ? 2 : 4,
        code,
      })
    }
    expect(simulator.entries).toHaveLength(before)
    expect(readFileSync(join(folder, 'precious'), 'utf8')).toBe('untouched')
  })

  test('that fails at the end is said, and changes no verdict', async () => {
    const folder = makeFolder()
    const path = join(folder, 'run.html')
    const test = createTestContext()
    const files = {
      ...test.context.files,
      checkWritable: () => Promise.resolve(),
      write: () => Promise.reject(new Error('a bug')),
    }
    const exitCode = await runProgram({ ...test.context, files }, [
      'verify',
      number,
      '-p',
      'simulator',
      '--report',
      path,
    ])
    expect(exitCode).toBe(0)
    expect(test.err()).toContain('The report was not written')
    expect(existsSync(path)).toBe(false)
  })

  test('nv report writes one of a run that was saved', async () => {
    const runs = createTestRuns()
    await verify(runs)
    const path = join(makeFolder(), 'later.html')
    expect(await nv(['report', 'last', '--output', path], { runs })).toMatchObject({
      exitCode: 0,
      stdout: '',
    })
    expect(readFileSync(path, 'utf8')).toContain('<!doctype html>')
    expect((await nv(['report', '--format', 'har'], { runs })).stdout).toContain('"log"')
    expect((await nv(['report', '-o', join(makeFolder(), 'x')], { runs })).exitCode).toBe(2)
  })
})

describe('nv runs replay', () => {
  test('runs it again with the same settings, and says what differs', async () => {
    const runs = createTestRuns()
    await verify(runs, ['--prompt', 'none', '--pkce', 'off'])
    const again = await nv(['runs', 'replay', 'last', number], { runs })
    expect(again.exitCode).toBe(0)
    expect(again.stdout).toContain("this phone's number is +34600000001 (simulated)\n\nNo difference")
    const [newer, older] = await Promise.all((await runs.names()).map((name) => runs.read(name)))
    expect(newer?.profile).toMatchObject({ prompt: 'none', usesPkce: false })
    expect(newer?.request).toEqual(older?.request)
    const other = await nv(['runs', 'replay', 'last', number, '--json'], {
      runs,
      env: { NV_CLIENT_SECRET: 'wrong' },
    })
    expect(JSON.parse(other.stdout)).toMatchObject({ outcome: 'undetermined', failedStep: 'token' })
    expect(other.stderr).toMatch(/^answer of token: A HTTP 200, .*; B HTTP 401, error "invalid_client"/m)
    expect(other.exitCode).toBe(3)
  })

  test('of the built-in simulator, whose addresses are new each time', async () => {
    const runs = createTestRuns()
    const env = {
      NV_AUTHORIZE_URL: '',
      NV_TOKEN_URL: '',
      NV_API_URL: '',
      NV_REDIRECT_URI: '',
      NV_CLIENT_ID: '',
      NV_CLIENT_SECRET: '',
    }
    await nv(['verify', '+34600000002', '-p', 'simulator', '--quiet'], { runs, env })
    const { exitCode, stdout } = await nv(['runs', 'replay', 'last', '+34600000002', '--quiet'], {
      runs,
      env,
    })
    expect({ exitCode, stdout }).toEqual({
      exitCode: 1,
      stdout: expect.stringMatching(/^mismatch .*\n\nNo difference/) as string,
    })
  })

  test('asks for what was not saved, before anything is sent', async () => {
    const runs = createTestRuns()
    await verify(runs)
    const before = simulator.entries.length
    expect(await nv(['runs', 'replay', 'last'], { runs })).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('The run was saved with the number masked: +34*******01.') as string,
    })
    expect((await nv(['runs', 'replay', 'last', '+34600000002'], { runs })).exitCode).toBe(2)
    const bySim = createRun({ id: 'cc' })
    await runs.save({ ...bySim, request: { ...bySim.request, via: null } })
    expect((await nv(['runs', 'replay', 'cc', number], { runs })).stderr).toContain('Missing operator token')
    expect(simulator.entries).toHaveLength(before)
  })
})

describe('nv schema', () => {
  test('prints the schema that an output names; what went wrong has one too', async () => {
    for (const name of schemaNames) {
      const { stdout } = await nv(['schema', name])
      expect(JSON.parse(stdout)).toMatchObject({ title: `nv.${name}/1`, type: 'object' })
    }
    const unknown = await nv(['schema', 'nope', '--json'])
    expect(unknown.exitCode).toBe(2)
    expectSchema(JSON.parse(unknown.stdout), 'error')
    expectSchema(JSON.parse((await nv(['verify', '--via', 'list', '--json'])).stdout), 'ways')
    expectSchema(JSON.parse((await nv(['verify', '600', '--json'])).stdout), 'run')
  })
})

describe('in GitHub Actions', () => {
  const onGithub = (summary: string) => ({ GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary })

  test('what was found annotates the job, and the summary of the step says it all', async () => {
    const summary = join(makeFolder(), 'summary.md')
    writeFileSync(summary, '# Before\n')
    const env = { ...onGithub(summary), NV_CLIENT_SECRET: 'wrong' }
    const { exitCode, stderr } = await verify(createTestRuns(), [], '127.0.0.2', { env })
    expect(exitCode).toBe(3)
    expect(stderr).toMatch(
      /^::error title=nv verify%3A invalid_client%3A .*::The server says: ".*"[^\n]*%0A/m,
    )
    const text = readFileSync(summary, 'utf8')
    expect(text).toMatch(/^# Before\n### nv verify: could not tell/)
    expect(text).not.toContain(number)
  })

  test('a run that went well annotates nothing; elsewhere there is no annotation', async () => {
    const env = onGithub(join(makeFolder(), 'summary.md'))
    expect((await verify(createTestRuns(), [], '127.0.0.2', { env })).stderr).not.toContain('::')
    expect((await verify(createTestRuns(), [], '127.0.0.9')).stderr).not.toContain('::error')
  })

  test('what a server says ends no command and begins none', () => {
    const [finding] = createRun(
      {},
      { end: stopped.token, exchanges: [exchangeOf('token', { status: 401 })] },
    ).findings
    if (!finding) throw new Error('There is no finding')
    const cause = 'x\n::set-output name=a::b\r\n::error::owned 100%'
    const lines = annotateRun(createRun({ findings: [{ ...finding, title: 'a,b::c', cause }] })).split('\n')
    expect(lines).toHaveLength(2)
    expect(lines[0]).toMatch(/^::error title=nv verify%3A a%2Cb%3A%3Ac::x%0A::set-output.*owned 100%25/)
  })
})
