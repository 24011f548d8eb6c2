// A phone on a cable in a run of this process: the question which one, and what is said of a browser that is no phone.
import { expect, test } from 'vitest'
import type { Context, Finished } from '../../src/context.ts'
import { checkLeftPhones } from '../../src/flow/doctor/phone.ts'
import { SetupError } from '../../src/errors.ts'
import { restorePhones } from '../../src/reach/adb/restore.ts'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { createTestContext, createTestPhoneChanges } from '../support/context.ts'
import { runVerify, testProfile } from '../support/flow.ts'
import { withGateway } from '../support/gateway.ts'
import { recordingOf } from '../support/recording.ts'

const looks = { '/bin/adb': { kind: 'file', mode: 0o755, owner: 'root', isExecutable: true } } as const
const env = { PATH: '/bin' }

/** An adb with two phones, on which everything goes well. */
function fakeRun(calls: string[][]): Context['run'] {
  return (_path, args) => {
    calls.push([...args])
    const stdout = args.includes('devices')
      ? 'List of devices attached\n1A2B device model:Pixel_7\n3C4D device model:Galaxy_S24\n'
      : ''
    return Promise.resolve({ exitCode: 0, stdout, stderr: '' })
  }
}

test('of two phones the user chooses one', async () => {
  await withGateway({}, async ({ urls }) => {
    const calls: string[][] = []
    const asked: unknown[] = []
    const { run } = await runVerify(
      { target: testProfile(urls), via: 'adb', canPaste: true, timeoutMs: 1000 },
      {
        looks,
        env,
        isTerminal: true,
        run: (path, args, options) => {
          const url = /-d '([^']+)'/.exec(args.at(-1) ?? '')?.[1]
          if (url !== undefined) void fetch(url)
          return fakeRun(calls)(path, args, options)
        },
        prompt: {
          choice: ({ message, choices }) => {
            asked.push([message, choices.map(({ name }) => name)])
            return Promise.resolve(choices[1]?.value as never)
          },
        },
      },
    )
    expect(asked).toEqual([['Which phone?', ['Pixel 7', 'Galaxy S24']]])
    expect(run.outcome).toBe('verified')
    expect(calls.filter(([flag, serial]) => flag === '-s' && serial !== '3C4D')).toEqual([])
  })
})

test('a phone that refuses to turn Wi-Fi on stays remembered', async () => {
  const left = { id: 'x', serial: '1A2B', phone: 'Pixel 7', change: 'wifi-off' } as const
  const phoneChanges = createTestPhoneChanges([left])
  const notes: string[] = []
  const { context } = createTestContext({
    looks,
    env,
    phoneChanges,
    run: (_path, args) =>
      Promise.resolve(
        args.includes('devices')
          ? { exitCode: 0, stdout: 'List of devices attached\n1A2B device\n', stderr: '' }
          : { exitCode: 1, stdout: '', stderr: 'Killed' },
      ),
  })
  await restorePhones(context, (text) => notes.push(text))
  expect(notes).toEqual([
    'nv turned Wi-Fi off on Pixel 7 (1A2B), and it is still off: the phone refused to turn it on. Turn it on there.',
  ])
  expect(await phoneChanges.abandoned()).toEqual([left])
})

test('nv doctor tells of it, and puts nothing back', async () => {
  const left = { id: 'x', serial: '1A2B', phone: 'Pixel 7', change: 'wifi-off' } as const
  const { context } = createTestContext({ phoneChanges: createTestPhoneChanges([left]) })
  expect(await checkLeftPhones(context)).toMatchObject([
    { name: 'phone-wifi', status: 'problem', detail: expect.stringContaining('Pixel 7 (1A2B)') },
  ])
})

test.each<[string, Finished | null, string]>([
  ['hangs', { exitCode: null, stdout: '', stderr: '' }, 'adb_silent'],
  [
    'has no server',
    {
      exitCode: 1,
      stdout: '',
      stderr: '* daemon not running\nadb: failed to check server version: cannot connect to daemon',
    },
    'adb_failed',
  ],
  ["can't be started", null, 'adb_broken'],
])('an adb that %s ends the run, and says so', async (_name, finished, code) => {
  await withGateway({}, async ({ urls }) => {
    const { run } = await runVerify(
      { target: testProfile(urls), via: 'adb' },
      { looks, env, run: () => Promise.resolve(finished) },
    )
    expect([run.exitCode, run.findings[0]?.code]).toEqual([4, code])
    expect(run.findings[0]?.cause).not.toContain('* daemon')
  })
})

test('a store that is refused keeps no run from its work', async () => {
  const notes: string[] = []
  const problem = { code: 'x', title: 'nv does not use /x', cause: 'It is a symbolic link.', fix: 'y' }
  const abandoned = () => Promise.reject(new SetupError(problem))
  const { context } = createTestContext({ phoneChanges: { ...createTestPhoneChanges(), abandoned } })
  await restorePhones(context, (text) => notes.push(text))
  expect(notes).toEqual([
    "nv can't tell whether it has to turn Wi-Fi on again on a phone: nv does not use /x. It is a symbolic link.",
  ])
})

test('nothing is run where nothing is to be put back', async () => {
  const calls: string[][] = []
  const { context } = createTestContext({ looks, env, run: fakeRun(calls) })
  await restorePhones(context, () => {
    throw new Error('Nothing was to be said')
  })
  expect(calls).toEqual([])
})

test.each([
  ['browser', 'https://gateway.example/authorize', true],
  ['browser', 'http://127.0.0.1:4010/authorize', false],
  ['qr', 'https://gateway.example/authorize', false],
])('--via %s with %s: the warning that this machine is no phone is %s', (via, authorizeUrl, isSaid) => {
  const codes = diagnose(recordingOf({ request: { via }, target: { authorizeUrl } })).map(({ code }) => code)
  expect(codes.includes('browser_of_this_machine')).toBe(isSaid)
})

test('a browser that is driven over a network is warned of', () => {
  const observations = [
    { code: 'devtools_elsewhere', step: 'authorize', exchange: null, facts: { host: '192.0.2.7:9222' } },
  ] as const
  const [found] = diagnose(recordingOf({ observations })).filter(
    ({ code }) => code === 'devtools_unencrypted',
  )
  expect(found).toMatchObject({ severity: 'warning', title: expect.stringContaining('192.0.2.7:9222') })
})
