// Speaks to phones through the adb that is installed: it brings the server that a library would need, too.
import { join } from 'node:path'
import type { Context, Finished } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import { findProgram } from '../programs.ts'
import { escapeText } from '../../wire/escape.ts'

export type AdbMachine = Pick<Context, 'env' | 'files' | 'tool' | 'run' | 'signal'>

/** adb, for one phone where a serial number is given. */
export type Adb = (args: readonly string[], limitMs?: number) => Promise<Finished>

/** The first command may have to start the server. */
const limitMs = 10_000

/** Finds adb on PATH, or where the variables of the Android SDK say; null when there is none. */
export async function findAdb(machine: Pick<Context, 'env' | 'files' | 'tool'>): Promise<string | null> {
  const { env } = machine
  const sdks = [env['ANDROID_HOME'], env['ANDROID_SDK_ROOT']].filter((folder) => folder !== undefined)
  for (const name of ['adb', ...sdks.map((folder) => join(folder, 'platform-tools', 'adb'))]) {
    const found = await findProgram(machine, name)
    if (found !== null) return found
  }
  return null
}

/**
 * Makes the function that runs adb. It throws a SetupError when adb can't be started or does not answer in time, and
 * the signal's reason.
 */
export async function openAdb(machine: AdbMachine, signal = machine.signal): Promise<Adb> {
  const path = await findAdb(machine)
  if (path === null) throw missingAdb()
  return async (args, timeoutMs = limitMs) => {
    const finished = await machine.run(path, args, { signal, timeoutMs })
    if (finished === null) throw brokenAdb(path)
    if (finished.exitCode === null) throw silentAdb(args, timeoutMs)
    return finished
  }
}

/** Gives the adb of one phone. It throws a SetupError, too, when adb no longer reaches that phone. */
export function forPhone(adb: Adb, serial: string): Adb {
  return async (args, timeoutMs) => {
    const finished = await adb(['-s', serial, ...args], timeoutMs)
    if (finished.exitCode !== 0 && isLost(finished)) throw lostPhone(serial, finished)
    return finished
  }
}

/** Tells whether adb itself says that the phone is not there any more. */
function isLost({ stderr }: Finished): boolean {
  return /^(adb: |error: )*(device ('[^']*' not found|offline|unauthorized|still (connecting|authorizing))|no devices\/emulators found|closed$|protocol fault)/im.test(
    stderr,
  )
}

/** Quotes what adb said, on a line. */
export function quoteAdb({ stdout, stderr }: Finished): string {
  const said = `${stderr}\n${stdout}`
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('*'))
  return said.length === 0 ? 'adb said nothing more.' : `adb says: "${escapeText(said.join(' '), 300)}"`
}

function missingAdb(): SetupError {
  return new SetupError({
    code: 'adb_missing',
    title: 'adb is not installed, or not on PATH',
    cause: 'nv reaches an Android phone on a cable through adb, which is part of the Android platform-tools.',
    fix: 'Install it (Debian: apt install adb, macOS: brew install android-platform-tools), or use --via qr or --via paste.',
  })
}

function brokenAdb(path: string): SetupError {
  return new SetupError({
    code: 'adb_broken',
    title: "adb is there, and can't be started",
    cause: `The system does not run ${path}.`,
    fix: 'Try it without nv: adb version. Then install it anew, or use --via qr or --via paste.',
  })
}

function lostPhone(serial: string, finished: Finished): SetupError {
  return new SetupError({
    code: 'adb_lost',
    title: `adb no longer reaches the phone ${serial}`,
    cause: quoteAdb(finished),
    fix: 'Check the cable, unlock the phone, and try again. Check with: adb devices',
  })
}

function silentAdb(args: readonly string[], timeoutMs: number): SetupError {
  const command = args.find((arg, index) => !arg.startsWith('-') && args[index - 1] !== '-s') ?? ''
  return new SetupError({
    code: 'adb_silent',
    title: `adb ${command} did not finish within ${timeoutMs / 1000} s`,
    cause: 'The adb server or the phone does not answer.',
    fix: 'Unplug the phone and connect it again, then: adb kill-server',
  })
}
