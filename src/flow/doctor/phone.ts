// What on this machine leads to a phone: the ways of nv, adb, and the programs that make tunnels.
import type { Context } from '../../context.ts'
import { tunnelForms, tunnels } from '../../reach/tunnels.ts'
import { findAdb } from '../../reach/adb/adb.ts'
import { type AdbDevice, nameOf, readDevices, troubleOf } from '../../reach/adb/devices.ts'
import { ways } from '../../reach/ways.ts'
import type { Way } from '../../reach/way.ts'
import type { PhoneChange } from '../../run/phone-changes.ts'
import { type Check, failed, note, ok, problem } from './check.ts'
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
  const path = await findAdb(context)
  const finished =
    path === null
      ? null
      : await context.run(path, ['devices', '-l'], { signal: context.signal, timeoutMs: adbLimitMs })
  if (path === null || finished === null) {
    return [
      ok(
        'adb',
        path === null ? 'adb is not on PATH' : `${path} can't be started`,
        "nv can't open the link on a phone on a USB cable",
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
        'nv sees no phone on a cable',
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
        '--via adb has no phone to open the link on',
        'Connect one, and switch on USB debugging in its developer options.',
      ),
    ]
  }
  return devices.map(checkDevice)
}

/** Says on which phones Wi-Fi was left off by a run that was killed; the next run turns it on again. */
export async function checkLeftPhones(context: Pick<Context, 'openPhoneChanges'>): Promise<Check[]> {
  const left = await (await context.openPhoneChanges()).abandoned().catch((error: unknown) => error)
  // Runs are kept beside these notes.
  if (!Array.isArray(left)) return [failed('state-folder', left, 'nv saves no run')]
  const off = (left as PhoneChange[]).filter(({ change }) => change === 'wifi-off')
  return off.map(({ phone, serial }) =>
    problem(
      'phone-wifi',
      `nv turned Wi-Fi off on ${phone} (${serial}), and was killed before it could turn it on again`,
      'It may still be off',
      'Connect the phone and run nv verify once more, which turns it on, or turn it on there.',
    ),
  )
}

function checkDevice(device: AdbDevice): Check {
  const phone = nameOf(device)
  const trouble = troubleOf(device)
  if (trouble === null)
    return ok('adb', `${phone} is ready`, '--via adb opens the link there, and its 127.0.0.1 leads to nv')
  return problem('adb', `${phone} ${trouble.is}`, "nv can't use it over the cable", trouble.fix)
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
      "A phone on mobile data can't reach nv: paste the final address instead",
      'Install one, then use --tunnel <name>.',
    )
  }
  return ok(
    'tunnels',
    `On PATH: ${installed.join(', ')}${missing.length > 0 ? `; not ${missing.join(', ')}` : ''}`,
    `A public address for this machine: ${installed.map((name) => `--tunnel ${formOf(name)}`).join(' or ')}`,
  )
}

/** Gives what `--tunnel` takes for a program. */
function formOf(program: string): string {
  return tunnelForms.find((form) => form.split(':')[0] === program) ?? program
}
