// The options that say which phone, and how nv gets hold of its browser.
import type { Command } from 'commander'
import { UsageError } from '../errors.ts'
import type { HandsetOptions } from '../reach/way.ts'
import type { wayNames } from '../reach/ways.ts'

export interface HandsetFlags {
  device?: string
  wifiOff?: boolean
}

type Via = (typeof wayNames)[number]

/** Declares them. */
export function addHandsetOptions(command: Command): Command {
  return command
    .option('--device <serial>', 'with adb: the phone on the cable, as adb devices names it')
    .option('--wifi-off', 'with adb: turn Wi-Fi off on the phone for the time of the run')
}

/** Reads them; each decides for the way that it belongs to. Throws a UsageError when they contradict the way. */
export function readHandset(
  { device, wifiOff }: HandsetFlags,
  via: Via,
): { handset: HandsetOptions; via: Via } {
  const handset = {
    device: device ?? null,
    turnsWifiOff: wifiOff ?? false,
    devtools: null,
  }
  const onCable = device !== undefined ? '--device' : wifiOff ? '--wifi-off' : null
  if (onCable !== null) return { handset, via: only(['adb'], via, onCable) }
  return { handset, via }
}

function only(ways: readonly [Via, ...Via[]], via: Via, flag: string): Via {
  if (via === 'auto') return ways[0]
  if (ways.includes(via)) return via
  throw new UsageError({
    code: 'handset_option_unused',
    title: `${flag} does not work with --via ${via}`,
    cause: `Only ${ways.join(' and ')} use it.`,
    fix: `Use --via ${ways[0]}, or leave ${flag} out.`,
  })
}
