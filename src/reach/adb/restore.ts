// Puts back what was changed on a phone or on its cable: at the end of the run, or by the next run after a crash.
import type { Context } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import type { Change, PhoneChange, PhoneChanges } from '../../run/phone-changes.ts'
import { isLoopback } from '../../wire/addresses.ts'
import type { WayTools } from '../way.ts'
import { type Adb, type AdbMachine, findAdb, forPhone, openAdb } from './adb.ts'
import { listDevices } from './devices.ts'
import { runShell } from './shell.ts'

const lookMs = 5_000
const undoMs = 2_000

type Note = (text: string) => void

export interface ChangedPhone {
  /** One that no interruption stops. */
  closing: Adb
  serial: string
  name: string
}

/**
 * Has something taken back at the end, and remembers it until then as far as the disk lets; a phone that is gone by then
 * takes it back itself.
 */
export async function undoAtEnd(
  { machine, atEnd }: Pick<WayTools, 'machine' | 'atEnd'>,
  { closing, serial, name }: ChangedPhone,
  change: Exclude<Change, { change: 'wifi-off' }>,
): Promise<void> {
  const changes = await machine.openPhoneChanges()
  const added = await quietly(() => changes.add({ serial, phone: name, ...change }))
  atEnd(async () => {
    if (change.change !== 'tab')
      await quietly(() => closing([change.change, '--remove', change.port], undoMs))
    if (added !== null) await quietly(() => changes.forget(added))
  })
}

/** Puts back what runs left behind that were killed, where the phone is connected, and says so. */
export async function restorePhones(
  context: AdbMachine & Pick<Context, 'openPhoneChanges' | 'send'>,
  note: Note,
): Promise<void> {
  const changes = await context.openPhoneChanges()
  const abandoned = await readAbandoned(changes, note)
  if (abandoned.length === 0) return
  const connected = await connectedPhones(context)
  // A tab is closed through a port that is forwarded.
  const inOrder = abandoned.toSorted((one, other) => order(one) - order(other))
  for (const change of inOrder) {
    const adb = connected?.serials.has(change.serial) ? forPhone(connected.adb, change.serial) : null
    if (change.change !== 'wifi-off') {
      await takeBack(context, adb, change)
      await quietly(() => changes.forget(change))
    } else if (adb !== null) await turnWifiOn(adb, changes, change, note, true)
    else note(`${stillOff(change)}: connect it and run nv again, or turn it on there.`)
  }
}

function order({ change }: PhoneChange): number {
  return ['tab', 'forward', 'reverse', 'wifi-off'].indexOf(change)
}

/** Takes back what ends with the cable, too: what can't be taken back is not there any more. */
async function takeBack(
  { send, signal }: Pick<Context, 'send' | 'signal'>,
  adb: Adb | null,
  change: Exclude<PhoneChange, { change: 'wifi-off' }>,
): Promise<void> {
  if (adb === null) return
  if (change.change !== 'tab') {
    await quietly(() => adb([change.change, '--remove', change.port], undoMs))
    return
  }
  const url = change.closeUrl
  if (!URL.canParse(url) || !isLoopback(new URL(url).hostname)) return
  const limit = AbortSignal.any([signal, AbortSignal.timeout(undoMs)])
  await send({ method: 'GET', url, headers: {} }, { signal: limit })
}

/** What can't be read keeps no run from its work. */
async function readAbandoned(changes: PhoneChanges, note: Note): Promise<PhoneChange[]> {
  try {
    return await changes.abandoned()
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    note(
      `nv can't tell whether it has to turn Wi-Fi on again on a phone: ${error.problem.title}. ${error.problem.cause}`,
    )
    return []
  }
}

async function connectedPhones(context: AdbMachine): Promise<{ adb: Adb; serials: Set<string> } | null> {
  if ((await findAdb(context)) === null) return null
  return quietly(async () => {
    const adb = await openAdb(context)
    const devices = await listDevices(adb, lookMs)
    return {
      adb,
      serials: new Set(devices.filter(({ state }) => state === 'device').map(({ serial }) => serial)),
    }
  })
}

/** Turns Wi-Fi on. Never throws for the phone: what can't be put back now stays remembered. */
export async function turnWifiOn(
  adb: Adb,
  changes: PhoneChanges,
  change: PhoneChange,
  note: Note,
  isLate = false,
): Promise<void> {
  try {
    const { exitCode } = await runShell(adb, 'svc wifi enable', lookMs)
    if (exitCode !== 0) return note(`${stillOff(change)}: the phone refused to turn it on. Turn it on there.`)
    if (isLate)
      note(`Turned Wi-Fi on again on ${change.phone}: an earlier run of nv ended before that was done.`)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return note(`${stillOff(change)}: connect it and run nv again, or turn it on there.`)
  }
  try {
    await changes.forget(change)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    note(`Wi-Fi is on again on ${change.phone}, but nv can't forget that it was off: ${error.problem.title}.`)
  }
}

function stillOff({ phone, serial }: PhoneChange): string {
  return `nv turned Wi-Fi off on ${phone}${phone === serial ? '' : ` (${serial})`}, and it is still off`
}

/** Gives null where a phone, adb or the disk refuses. */
async function quietly<T>(work: () => Promise<T>): Promise<T | null> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof SetupError) return null
    throw error
  }
}
