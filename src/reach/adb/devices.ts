// The phones that adb knows: which of them is meant, and what keeps one from being used.
import { SetupError, UsageError } from '../../errors.ts'
import { escapeText } from '../../wire/escape.ts'
import { type Adb, quoteAdb } from './adb.ts'

export interface AdbDevice {
  serial: string
  state: string
  model: string | null
  /** Its name in the factory, as in `product:panther`. */
  product: string | null
}

/** Reads what `adb devices -l` prints; the warnings of its server stand before the list. */
export function readDevices(printed: string): AdbDevice[] {
  const lines = printed.split(/\r?\n/)
  const start = lines.findIndex((line) => line.startsWith('List of devices attached'))
  return lines.slice(start + 1).flatMap((line) => {
    // A phone that is found over Wi-Fi once more gets a number of its own, in brackets, after a space.
    const [, serial, state, rest = ''] = /^(\S+(?: \(\d+\)\S*)?)\s+(no permissions|\S+)(.*)$/.exec(line) ?? []
    if (start === -1 || serial === undefined || state === undefined || serial === '*') return []
    const fact = (name: string) => new RegExp(`\\b${name}:(\\S+)`).exec(rest)?.[1] ?? null
    return [{ serial, state, model: fact('model')?.replaceAll('_', ' ') ?? null, product: fact('product') }]
  })
}

/** Tells whether it is a program that plays a phone, without a SIM that an operator knows. */
export function isEmulator({ serial, product }: AdbDevice): boolean {
  return /^emulator-\d+$/.test(serial) || /^(sdk_|vbox86)/.test(product ?? '')
}

/** What is wrong with a phone in some state, and what to do. */
export interface Trouble {
  /** Goes on after the phone's name. */
  is: string
  fix: string
}

const allow = 'Unlock the phone and accept "Allow USB debugging".'

const troubles: Readonly<Record<string, Trouble>> = {
  unauthorized: { is: 'has not allowed this computer', fix: allow },
  authorizing: { is: 'is still deciding about this computer', fix: allow },
  offline: { is: 'is offline', fix: 'Unplug the cable and connect it again, or: adb reconnect' },
  'no permissions': {
    is: 'is not accessible to this user',
    fix: 'Add the udev rule of the phone (package android-sdk-platform-tools-common), then connect it again.',
  },
}

/** Says what keeps a phone from being used; null: nothing. */
export function troubleOf({ state }: AdbDevice): Trouble | null {
  if (state === 'device') return null
  return troubles[state] ?? { is: `is in the state ${state}`, fix: 'Start the phone as usual.' }
}

/** Names a phone by its model where that is known. */
export function nameOf({ model, serial }: AdbDevice): string {
  return model ?? serial
}

/** Asks adb for the phones. Throws a SetupError when it gives no list. */
export async function listDevices(adb: Adb, limitMs?: number): Promise<AdbDevice[]> {
  const finished = await adb(['devices', '-l'], limitMs)
  if (finished.exitCode === 0) return readDevices(finished.stdout)
  throw new SetupError({
    code: 'adb_failed',
    title: "adb can't list the phones",
    cause: quoteAdb(finished),
    fix: 'Try it without nv: adb devices -l',
  })
}

export interface DeviceChoice {
  /** The serial number that was asked for; null: none. */
  wanted: string | null
  /** Asks the user for one of several; null: nobody can be asked. */
  ask: ((devices: readonly AdbDevice[]) => Promise<string>) | null
}

/**
 * Chooses a phone that can be used: the one that was asked for, the only one, or the user's choice. An emulator is only
 * taken where there is no phone. Throws a SetupError
 * that says what to do when there is none, and a UsageError when there are several and nobody can be asked.
 */
export async function chooseDevice(
  devices: readonly AdbDevice[],
  { wanted, ask }: DeviceChoice,
): Promise<AdbDevice> {
  if (wanted !== null) {
    const found = devices.find(({ serial }) => serial === wanted)
    if (found === undefined) throw unknownDevice(wanted, devices)
    return usable(found)
  }
  const able = devices.filter((device) => troubleOf(device) === null)
  const phones = able.filter((device) => !isEmulator(device))
  const ready = phones.length > 0 ? phones : able
  const [first, second] = ready.length > 0 ? ready : devices
  if (first === undefined) throw noDevice()
  if (ready.length === 0 || second === undefined) return usable(first)
  if (ask === null) throw severalDevices(ready)
  const serial = await ask(ready)
  return ready.find((device) => device.serial === serial) ?? first
}

function usable(device: AdbDevice): AdbDevice {
  const trouble = troubleOf(device)
  if (trouble === null) return device
  throw new SetupError({
    code: 'device_not_ready',
    title: `${nameOf(device)} ${trouble.is}`,
    cause: `adb lists it as "${escapeText(device.state)}".`,
    fix: trouble.fix,
  })
}

function noDevice(): SetupError {
  return new SetupError({
    code: 'device_missing',
    title: 'adb sees no phone',
    cause: 'No Android phone is connected, its cable carries power only, or USB debugging is off.',
    fix: 'Connect the phone, unlock it, and switch on USB debugging in its developer options. Check with: adb devices',
  })
}

function unknownDevice(wanted: string, devices: readonly AdbDevice[]): SetupError {
  return new SetupError({
    code: 'device_unknown',
    title: `adb knows no phone ${escapeText(wanted)}`,
    cause:
      devices.length === 0 ? 'It sees no phone at all.' : 'The serial number is not one of those it lists.',
    fix:
      devices.length === 0
        ? 'Connect the phone, then check with: adb devices'
        : `It lists:\n${listed(devices)}`,
  })
}

function severalDevices(devices: readonly AdbDevice[]): UsageError {
  return new UsageError({
    code: 'device_ambiguous',
    title: `${devices.length} phones are connected`,
    cause: 'nv does not guess which phone to use, and has nobody to ask.',
    fix: `Name one with --device:\n${listed(devices)}`,
  })
}

function listed(devices: readonly AdbDevice[]): string {
  return devices.map((device) => `${device.serial}  ${device.model ?? device.state}`).join('\n')
}
