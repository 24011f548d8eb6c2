// Gets a phone on a cable ready for a flow: chooses it, turns its Wi-Fi off if asked, and records what stands in the way.
import { SetupError } from '../../errors.ts'
import type { Machine, WayTools } from '../way.ts'
import { type Adb, findAdb, forPhone, openAdb } from './adb.ts'
import { chooseDevice, isEmulator, listDevices, nameOf, troubleOf } from './devices.ts'
import { readPhoneState } from './phone-state.ts'
import type { ChangedPhone } from './restore.ts'
import { isOverNetwork, turnWifiOff } from './wifi.ts'

export interface Phone extends ChangedPhone {
  adb: Adb
}

const probeMs = 5_000

/** Says what lacks for a phone on a cable; null: one is ready. */
export async function describeMissingPhone(machine: Machine): Promise<string | null> {
  if ((await findAdb(machine)) === null) return 'adb (Android platform-tools) on PATH'
  try {
    const devices = await listDevices(await openAdb(machine), probeMs)
    const [first] = devices
    if (first === undefined) return 'an Android phone on a USB cable, with USB debugging switched on'
    const ready = devices.filter((device) => troubleOf(device) === null)
    if (ready.some((device) => !isEmulator(device))) return null
    if (ready.length > 0) return 'a phone; an emulator has no SIM, and is used with --via adb only'
    return `a phone that is ready; ${nameOf(first)} ${troubleOf(first)?.is}`
  } catch (error) {
    if (error instanceof SetupError) return 'an adb that works; this one gives no list of phones'
    throw error
  }
}

/** Prepares the phone. Throws a SetupError or a UsageError that says what to do when there is none to use. */
export async function preparePhone(tools: WayTools): Promise<Phone> {
  const { machine, handset, canAsk, ask, observe } = tools
  const adb = await openAdb(machine)
  const device = await chooseDevice(await listDevices(adb), {
    wanted: handset.device,
    ask: canAsk
      ? (devices) =>
          ask((prompt) =>
            prompt.choice({
              message: 'Which phone?',
              choices: devices.map((each) => ({
                value: each.serial,
                name: nameOf(each),
                description: each.serial,
              })),
              signal: machine.signal,
            }),
          )
      : null,
  })
  const { serial } = device
  const name = nameOf(device)
  const phone = {
    adb: forPhone(adb, serial),
    closing: forPhone(await openAdb(machine, new AbortController().signal), serial),
    serial,
    name,
  }
  if (handset.turnsWifiOff) await turnWifiOff(tools, { adb: phone.adb, serial, name })
  const { subscription: _, ...state } = await readPhoneState(phone.adb)
  observe({
    code: 'phone_state',
    step: 'authorize',
    exchange: null,
    facts: { ...state, isOverNetwork: isOverNetwork(serial) },
  })
  return phone
}
