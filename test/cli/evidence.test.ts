// What a run is passed on as, from the command to the file: JUnit, Postman, a bundle, and what GitHub Actions shows.
import { existsSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { strFromU8, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compareRuns } from '../../src/run/compare.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, createTestRuns, type TestContextOptions } from '../support/context.ts'
import { runCommand } from '../support/run-command.ts'
import { createRun } from '../support/run.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { makeFolder, modeOf } from '../support/store-harness.ts'

let simulator: TestSimulator
beforeAll(async () => {
  simulator = await startTestSimulator({ mode: 'network' })
})
afterAll(() => simulator.close())

const number = '+34600000001'
const canary = 'canary-secret-Kq8wPz3'

const nv = (args: readonly string[], options?: TestContextOptions) => runCommand(simulator, args, options)

const isMac = process.platform === 'darwin'

describe.skipIf(isMac)('--junit', () => {
  test.each([
    ['verify', '127.0.0.2', ['verify', number], 0, 'tests="5" failures="0" errors="0"'],
    ['verify', '127.0.0.2', ['verify', '+34600000009'], 1, 'tests="5" failures="1" errors="0"'],
    ['verify', '127.0.0.9', ['verify', number], 3, 'tests="5" failures="0" errors="1"'],
    ['number', '127.0.0.2', ['number'], 0, 'tests="5" failures="0" errors="0"'],
  ])('of nv %s from %s: %j', async (command, address, args, expected, counts) => {
    const file = join(makeFolder(), 'nv.xml')
    const runs = createTestRuns()
    const { exitCode } = await nv([...args, '--local-address', address, '--junit', file], { runs })
    expect(exitCode).toBe(expected)
    const text = readFileSync(file, 'utf8')
    expect(text).toContain(`<testsuites name="nv ${command}" ${counts}`)
    expect(text).not.toMatch(/600000001|600000009/)
    expect(modeOf(file)).toBe('600')
    const again = await nv(['report', '--format', 'junit'], { runs })
    expect(again.stdout).toBe(text)
  })

  test('that can not be written is known before anything is sent', async () => {
    const before = simulator.entries.length
    const file = join(makeFolder(), 'missing', 'nv.xml')
    const { exitCode, stderr } = await nv(['verify', number, '--via', 'direct', '--junit', file])
    expect(exitCode).toBe(4)
    expect(stderr).toContain("can't be written")
    expect(simulator.entries.length).toBe(before)
  })
})

describe.skipIf(isMac)('Postman', () => {
  test('a collection is written with its environment beside it', async () => {
    const folder = makeFolder()
    const file = join(folder, 'nv.postman_collection.json')
    const runs = createTestRuns()
    await nv(['verify', number, '--local-address', '127.0.0.2', '--report', file], { runs })
    expect(readdirSync(folder).toSorted()).toEqual([
      'nv.postman_collection.json',
      'nv.postman_environment.json',
    ])
    const collection = JSON.parse(readFileSync(file, 'utf8')) as { item: Array<{ name: string }> }
    expect(collection.item.map(({ name }) => name)).toEqual(['Authorize', 'Next hop', 'Token', 'API'])
    const printed = await nv(['report', '--format', 'postman-environment'], { runs })
    expect(printed.stdout).toBe(readFileSync(join(folder, 'nv.postman_environment.json'), 'utf8'))
    const { values } = JSON.parse(printed.stdout) as { values: Array<{ key: string; value: string }> }
    expect(values.filter(({ value }) => value === '').map(({ key }) => key)).toEqual([
      'client_secret',
      'phone_number',
    ])
  })

  test('an environment that can not be written stops the flow before it starts', async () => {
    const folder = makeFolder()
    symlinkSync('/etc/passwd', join(folder, 'nv.postman_environment.json'))
    const file = join(folder, 'nv.postman_collection.json')
    const { exitCode, stderr } = await nv(['verify', number, '--via', 'direct', '--report', file])
    expect(exitCode).toBe(4)
    expect(stderr).toContain('symbolic link')
    expect(existsSync(file)).toBe(false)
  })
})

describe.skipIf(isMac)('--bundle', () => {
  test('holds every report, the doctor and the settings, and no secret', async () => {
    const runs = createTestRuns()
    const file = join(makeFolder(), 'ticket.zip')
    const env = { NV_HEADER_X: 'x', NV_OTHER_TOKEN: canary }
    await nv(['verify', number, '--local-address', '127.0.0.2'], { runs, env })
    const { exitCode, stderr } = await nv(['report', 'last', '--bundle', file], { runs, env })
    expect({ exitCode, stderr }).toMatchObject({
      exitCode: 0,
      stderr: expect.stringMatching(/^Wrote/) as string,
    })
    expect(modeOf(file)).toBe('600')
    const files = Object.entries(unzipSync(readFileSync(file)))
    const [run] = await runs.names()
    expect(files.map(([name]) => name.replace(`nv-run-${run?.id}/`, ''))).toEqual([
      '',
      'report.md',
      'report.html',
      'run.json',
      'run.har',
      'requests.sh',
      'run.postman_collection.json',
      'run.postman_environment.json',
      'junit.xml',
      'settings.json',
      'doctor.txt',
    ])
    const texts = new Map(files.map(([name, bytes]) => [name.replace(/^.*\//, ''), strFromU8(bytes)]))
    for (const text of texts.values()) {
      expect(text).not.toContain(simulator.clientSecret)
      expect(text).not.toContain(canary)
      expect(text).not.toContain(number.slice(1))
    }
    expect((JSON.parse(texts.get('run.json') ?? '') as Run).outcome).toBe('verified')
    expect(texts.get('doctor.txt')).toContain('Ways to a phone')
    expect(JSON.parse(texts.get('settings.json') ?? '')).toMatchObject({
      schema: 'nv.profile/1',
      settings: { tokenUrl: simulator.tokenUrl, clientId: simulator.clientId },
    })
  })

  test('is made alone, of a run there is, into a file that can be written', async () => {
    const file = join(makeFolder(), 'ticket.zip')
    expect((await nv(['report', '--bundle', file, '--format', 'md'])).exitCode).toBe(2)
    expect((await nv(['report', '--bundle', file])).stderr).toContain('No saved runs yet')
    expect((await nv(['report', '--bundle', '/proc/x.zip'])).exitCode).toBe(4)
    expect(existsSync(file)).toBe(false)
  })
})

describe.skipIf(isMac)('in GitHub Actions', () => {
  const onGithub = () => {
    const summary = join(makeFolder(), 'summary.md')
    return { summary, env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary } }
  }

  test('nv number annotates, and sums the step up', async () => {
    const { summary, env } = onGithub()
    const { stderr } = await nv(['number', '--local-address', '127.0.0.9'], { env })
    expect(stderr).toMatch(/^::error title=nv number%3A /m)
    expect(readFileSync(summary, 'utf8')).toMatch(/^### nv number: could not tell/)
  })

  test('nv check annotates what did not pass, and shows its lines as a table', async () => {
    const { summary, env } = onGithub()
    const { exitCode, stderr } = await nv(['check'], { env: { ...env, NV_CLIENT_SECRET: 'wrong-secret-1' } })
    expect(exitCode).toBe(1)
    expect(stderr).toMatch(/^::error title=nv check%3A [^\n]*::[^\n]*%0A/m)
    const text = readFileSync(summary, 'utf8')
    expect(text).toMatch(/^### nv check: failed/)
    expect(text).toContain('| check | result | what was seen | took |')
    expect(text).toMatch(/\*\*.*\*\* \(`invalid_client/)
  })

  test('a run that its arguments prevented is annotated too: a missing secret is the usual trouble of CI', async () => {
    const { summary, env } = onGithub()
    const { exitCode, stderr } = await nv(['verify', number], { env: { ...env, NV_CLIENT_SECRET: '' } })
    expect(exitCode).toBe(2)
    expect(stderr).toMatch(/^::error title=nv verify%3A /m)
    expect(readFileSync(summary, 'utf8')).toContain('could not tell')
  })
})

test('a profile that can not be checked is an error in the JUnit of all', async () => {
  const file = join(makeFolder(), 'all.xml')
  const { context } = createTestContext()
  const store = await context.openStore()
  await store.profiles.update((stored) => ({
    ...stored,
    profiles: { broken: { tokenUrl: 'not-a-url' } },
  }))
  await nv(['check', '--all', '--junit', file], { store })
  const text = readFileSync(file, 'utf8')
  expect(text).toContain('tests="1" failures="0" errors="1"')
  expect(text).toContain('<testsuite name="broken"')
})

test('what decides a comparison is what went over the wire, before the names of settings', () => {
  const one = createRun()
  const profile = { ...one.profile, name: 'other', preset: 'sandbox' }
  const other = createRun({ profile, outcome: 'mismatch' })
  const [first, ...rest] = compareRuns(one, other)
  expect(first).toMatchObject({ area: 'outcome', one: 'verified', other: 'mismatch' })
  expect(rest.map(({ what }) => what)).toEqual(['profile', 'preset'])
})
