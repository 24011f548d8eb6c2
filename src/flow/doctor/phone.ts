// What on this machine leads to a phone: the ways of nv, adb, and the programs that make tunnels.
import type { Context } from '../../context.ts'
import { tunnels } from '../../reach/tunnels.ts'
import { ways } from '../../reach/ways.ts'
import type { Way } from '../../reach/way.ts'
import { type Check, note, ok, problem } from './check.ts'
import { findProgram } from '../../reach/programs.ts'

/** Says which ways are ready; that by the browser takes one that starts. */
export function checkWays(context: Context, browser: Check): Promise<Check[]> {
  return Promise.all(
    Object.entries(ways).map(async ([name, { summary, probe }]: [string, Way]) => {
      const isBrowserBroken = name === 'browser' && browser.status === 'problem'
      const missing = isBrowserBroken ? 'a program that BROWSER names' : await probe(context)
      const via = `via-${name}`
      return missing === null
        ? ok(via, 'Ready', `nv can ${summary}`)
        : note(via, `Not ready: it needs ${missing}`, `nv can't ${summary}`)
    }),
  )
}

const adbLimitMs = 5_000

/** Asks adb, where it is installed, for the phones on a cable. */
export async function checkAdb(context: Context): Promise<Check[]> {
  const path = await findProgram(context, 'adb')
  const finished =
    path === null
      ? null
      : await context.run(path, ['devices', '-l'], { signal: context.signal, timeoutMs: adbLimitMs })
  if (path === null || finished === null) {
    return [
      ok(
        'adb',
        path === null ? 'adb is not on PATH' : `${path} can't be started`,
        "a phone on a cable can't reach nv by adb reverse",
      ),
    ]
  }
  const { exitCode, stdout } = finished
  if (exitCode !== 0) {
    return [
      problem(
        'adb',
        exitCode === null
          ? `adb did not answer within ${adbLimitMs / 1000} s`
          : `adb devices failed with exit code ${exitCode}`,
        'phones on a cable are not seen',
        'adb kill-server && adb devices',
      ),
    ]
  }
  const devices = readDevices(stdout)
  if (devices.length === 0) {
    return [
      note(
        'adb',
        `${path} sees no phone`,
        'no phone on a cable can use adb reverse',
        'Connect one, and switch on USB debugging in its developer options.',
      ),
    ]
  }
  return devices.map(checkDevice)
}

export interface AdbDevice {
  serial: string
  state: string
  model: string | null
}

/** Reads what `adb devices -l` prints; the warnings of its server stand before the list. */
export function readDevices(printed: string): AdbDevice[] {
  const lines = printed.split(/\r?\n/)
  const start = lines.findIndex((line) => line.startsWith('List of devices attached'))
  return lines.slice(start + 1).flatMap((line) => {
    const [, serial, state, rest = ''] = /^(\S+)\s+(no permissions|\S+)(.*)$/.exec(line) ?? []
    if (start === -1 || serial === undefined || state === undefined || serial === '*') return []
    return [{ serial, state, model: /\bmodel:(\S+)/.exec(rest)?.[1]?.replaceAll('_', ' ') ?? null }]
  })
}

const troubles: Readonly<Record<string, readonly [is: string, fix: string]>> = {
  unauthorized: ['has not allowed this computer', 'Unlock the phone and accept "Allow USB debugging".'],
  authorizing: [
    'is still deciding about this computer',
    'Unlock the phone and accept "Allow USB debugging".',
  ],
  offline: ['is offline', 'Unplug the cable and connect it again, or: adb reconnect'],
  'no permissions': [
    'is not accessible to this user',
    'Add the udev rule of the phone (package android-sdk-platform-tools-common), then connect it again.',
  ],
}

function checkDevice({ serial, state, model }: AdbDevice): Check {
  const phone = model ?? serial
  if (state === 'device') {
    return ok(
      'adb',
      `${phone} is ready`,
      'adb reverse tcp:8080 tcp:8080 lets it reach nv at --listen 127.0.0.1:8080',
    )
  }
  const [is, fix] = troubles[state] ?? [`is in the state ${state}`, 'Start the phone as usual.']
  return problem('adb', `${phone} ${is}`, "it can't reach nv by adb reverse", fix)
}

/** Says which programs could lead a public redirect_uri here. */
export async function checkTunnels(context: Context): Promise<Check> {
  const programs = Object.values(tunnels).map(({ program }) => program)
  const found = await Promise.all(
    programs.map(async (name) => ((await findProgram(context, name)) === null ? null : name)),
  )
  const installed = found.filter((name) => name !== null)
  const missing = programs.filter((name) => !installed.includes(name))
  if (installed.length === 0) {
    return note(
      'tunnels',
      `None of ${programs.join(', ')} is on PATH`,
      "a phone on mobile data can't reach nv: paste the final address instead",
      'Install one, then use --tunnel <name>.',
    )
  }
  return ok(
    'tunnels',
    `On PATH: ${installed.join(', ')}${missing.length > 0 ? `; not ${missing.join(', ')}` : ''}`,
    `${installed.join(' or ')} could give this machine a public address: --tunnel <name>`,
  )
}
