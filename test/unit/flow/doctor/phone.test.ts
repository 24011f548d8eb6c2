// What adb says of the phones on a cable.
import { expect, test } from 'vitest'
import type { Finished } from '../../../../src/context.ts'
import { checkAdb } from '../../../../src/flow/doctor/phone.ts'
import { readDevices } from '../../../../src/reach/adb/devices.ts'
import { createTestContext } from '../../../support/context.ts'

const program = { kind: 'file', mode: 0o755, owner: 'root', isExecutable: true } as const

async function check(finished: Finished | null, env: Record<string, string> = { PATH: '/a:/opt/sdk' }) {
  const calls: unknown[] = []
  const { context } = createTestContext({
    env,
    looks: { '/opt/sdk/adb': program, '/a/adb': { ...program, isExecutable: false } },
    run: (path, args) => {
      calls.push([path, ...args])
      return Promise.resolve(finished)
    },
  })
  return { checks: await checkAdb(context), calls }
}

function printed(...lines: string[]): Finished {
  return { exitCode: 0, stdout: ['List of devices attached', ...lines, ''].join('\n'), stderr: '' }
}

test('the first one on PATH that may be run is asked', async () => {
  const { checks, calls } = await check(
    printed('1A2B   device usb:1-1 product:p model:Pixel_7 transport_id:1'),
  )
  expect(calls).toEqual([['/opt/sdk/adb', 'devices', '-l']])
  expect(checks).toMatchObject([{ name: 'adb', status: 'ok', detail: 'Pixel 7 is ready' }])
})

test.each<[string, Finished | null, string, string]>([
  ['no phone', printed(), 'note', 'sees no phone'],
  [
    'a phone that asks',
    printed('R58M unauthorized usb:1-2'),
    'problem',
    'R58M has not allowed this computer',
  ],
  ['a phone that is gone', printed('R58M offline'), 'problem', 'R58M is offline'],
  [
    'a phone without permissions',
    printed('0123 no permissions (user in plugdev group); see [http://x] usb:1'),
    'problem',
    'is not accessible to this user',
  ],
  ['another state', printed('0123 recovery usb:1'), 'problem', 'is in the state recovery'],
  ['a failure', { exitCode: 1, stdout: '', stderr: 'x' }, 'problem', 'exit code 1'],
  ['no answer', { exitCode: null, stdout: '', stderr: '' }, 'problem', 'did not answer within 5 s'],
  ['a program that does not start', null, 'ok', "can't be started"],
])('%s', async (_name, finished, status, detail) => {
  const { checks } = await check(finished)
  expect(checks).toMatchObject([{ name: 'adb', status, detail: expect.stringContaining(detail) }])
})

test('nothing is run where adb is not on PATH', async () => {
  const { checks, calls } = await check(null, { PATH: '/bin' })
  expect([checks[0]?.status, calls]).toEqual(['ok', []])
})

test('the messages of its server are no phones', () => {
  const text = `* daemon not running; starting now at tcp:5037\n* daemon started successfully\n${printed('192.168.1.7:5555\tdevice').stdout}`
  expect(readDevices(text)).toEqual([
    { serial: '192.168.1.7:5555', state: 'device', model: null, product: null },
  ])
  expect(readDevices('error: something')).toEqual([])
})
