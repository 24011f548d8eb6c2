// Turns Wi-Fi off on a phone during a run.
import type { Context, Finished } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import type { PhoneState } from '../../run/recording.ts'
import type { WayTools } from '../way.ts'
import { type Adb, forPhone, openAdb, quoteAdb } from './adb.ts'
import { readPhoneState, readWifi } from './phone-state.ts'
import { turnWifiOn } from './restore.ts'
import { runShell } from './shell.ts'

const settleMs = 10_000
const pollMs = 250

/** An interrupted run does not wait much longer for the phone; adb goes on without it. */
const slowMs = 300

export interface WifiPhone {
  adb: Adb
  serial: string
  name: string
}

/**
 * Turns Wi-Fi off, and has it turned on again at the end; leaves alone what is off already. Waits a while for mobile
 * data to take over. Throws a SetupError when Wi-Fi stays on, or when its state can't be told.
 */
export async function turnWifiOff(
  tools: Pick<WayTools, 'machine' | 'atEnd' | 'note'>,
  { adb, serial, name }: WifiPhone,
): Promise<void> {
  const { machine, atEnd, note } = tools
  const wifi = await readWifi(adb)
  if (wifi === 'off') return
  if (wifi === null) throw wifiUnknown(name)
  if (isOverNetwork(serial)) throw adbOverWifi(name)
  const changes = await machine.openPhoneChanges()
  const change = await changes.add({ serial, phone: name, change: 'wifi-off' })
  const closing = forPhone(await openAdb(machine, new AbortController().signal), serial)
  atEnd(async () => {
    const over = new AbortController()
    const sayIfSlow = async () => {
      await machine.clock.sleep(slowMs, over.signal)
      if (machine.signal.aborted) note(unseen(name))
    }
    sayIfSlow().catch(() => {})
    await turnWifiOn(closing, changes, change, note)
    over.abort()
  })
  const finished = await runShell(adb, 'svc wifi disable')
  if (finished.exitCode !== 0) throw wifiRefused(name, finished)
  if (!(await waitUntil(machine, async () => (await readWifi(adb)) === 'off'))) throw wifiStays(name)
  await waitUntil(machine, async () => isSettled(await readPhoneState(adb)))
}

/** Tells whether there is nothing to wait for: mobile data carries the traffic, is off, or the phone does not tell. */
function isSettled({ defaultNetwork, mobileData }: PhoneState): boolean {
  return defaultNetwork === 'cellular' || defaultNetwork === null || mobileData === 'off'
}

function unseen(name: string): string {
  return `nv asked ${name} to turn Wi-Fi on again, and ends before it could see that. Look there: the next run asks once more.`
}

async function waitUntil(
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  isTrue: () => Promise<boolean>,
): Promise<boolean> {
  const endsAt = clock.elapsed() + settleMs
  while (!(await isTrue())) {
    if (clock.elapsed() >= endsAt) return false
    await clock.sleep(pollMs, signal)
  }
  return true
}

/** Tells whether adb reaches the phone over the network and not by a cable. */
export function isOverNetwork(serial: string): boolean {
  return /:\d+$|\._adb(?:-tls-connect)?\._tcp/.test(serial)
}

function wifiUnknown(name: string): SetupError {
  return new SetupError({
    code: 'wifi_unknown',
    title: `${name} does not say whether its Wi-Fi is on`,
    cause: 'Without knowing that, nv could not restore it afterwards.',
    fix: 'Turn Wi-Fi off on the phone, and leave --wifi-off out.',
  })
}

function adbOverWifi(name: string): SetupError {
  return new SetupError({
    code: 'wifi_carries_adb',
    title: `${name} is connected over Wi-Fi, so nv can't turn its Wi-Fi off`,
    cause: 'adb would lose the phone, and nothing could turn Wi-Fi on again.',
    fix: 'Connect the phone by USB.',
  })
}

function wifiRefused(name: string, finished: Finished): SetupError {
  return new SetupError({
    code: 'wifi_stays_on',
    title: `${name} did not take the command to turn Wi-Fi off`,
    cause: quoteAdb(finished),
    fix: 'Turn Wi-Fi off on the phone, and leave --wifi-off out.',
  })
}

function wifiStays(name: string): SetupError {
  return new SetupError({
    code: 'wifi_stays_on',
    title: `Wi-Fi on ${name} stays on`,
    cause: 'The phone accepted the command and still reports Wi-Fi as on, as some company-managed phones do.',
    fix: 'Turn Wi-Fi off on the phone, and leave --wifi-off out.',
  })
}
