// The options that say which phone, and how nv gets hold of its browser.
import type { Command } from 'commander'
import { UsageError } from '../errors.ts'
import type { HandsetOptions } from '../reach/way.ts'
import type { Via } from '../reach/ways.ts'

export interface HandsetFlags {
  device?: string
  wifiOff?: boolean
  devtools?: string
}

/** Declares them. */
export function addHandsetOptions(command: Command): Command {
  return command
    .option('--device <serial>', 'with adb and chrome: the phone on the cable, by its serial number')
    .option('--wifi-off', 'with adb and chrome: turn Wi-Fi off on the phone during the run')
    .option('--devtools <url>', "with chrome: the address of Chrome's DevTools, without a cable")
}

/** Reads them; each one selects the way that it belongs to. Throws a UsageError when they contradict --via. */
export function readHandset(
  { device, wifiOff, devtools }: HandsetFlags,
  via: Via,
): { handset: HandsetOptions; via: Via } {
  const handset = {
    device: device ?? null,
    turnsWifiOff: wifiOff ?? false,
    devtools: devtools === undefined ? null : readDevtools(devtools),
  }
  const onCable = device !== undefined ? '--device' : wifiOff ? '--wifi-off' : null
  if (devtools !== undefined && onCable !== null) {
    throw new UsageError({
      code: 'devtools_with_cable',
      title: `--devtools and ${onCable} can't be used together`,
      cause: `${onCable} is for the phone on the cable; with --devtools nv reaches the browser without one.`,
      fix: 'Leave one of them out.',
    })
  }
  if (devtools !== undefined) return { handset, via: only(['chrome'], via, '--devtools') }
  if (onCable !== null) return { handset, via: only(['adb', 'chrome'], via, onCable) }
  return { handset, via }
}

function only(ways: readonly [Via, ...Via[]], via: Via, flag: string): Via {
  if (via === 'auto') return ways[0]
  if (ways.includes(via)) return via
  throw new UsageError({
    code: 'handset_option_unused',
    title: `${flag} does not work with --via ${via}`,
    cause: `Only ${ways.join(' and ')} ${ways.length === 1 ? 'uses' : 'use'} it.`,
    fix: `Use --via ${ways[0]}, or leave ${flag} out.`,
  })
}

/** Reads the address of a browser; only its origin counts. */
function readDevtools(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url !== null && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url.origin
  throw new UsageError({
    code: 'devtools_invalid',
    // What comes before an @ may be a password.
    title: `${text.includes('@') ? 'The value of --devtools' : JSON.stringify(text)} is not the address of a browser`,
    cause: 'nv reaches its DevTools at an http or https address.',
    fix: 'Write it as in --devtools http://127.0.0.1:9222',
  })
}
