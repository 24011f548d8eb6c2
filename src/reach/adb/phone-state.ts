// Reads from a phone what decides whether its operator will know the line; what it doesn't tell is unknown.
import type { PhoneState } from '../../run/recording.ts'
import type { Adb } from './adb.ts'
import { runShell } from './shell.ts'

/** What is asked, by name. Android's settings, dumps and properties differ from version to version. */
const questions = {
  model: 'getprop ro.product.model',
  android: 'getprop ro.build.version.release',
  wifi: 'settings get global wifi_on',
  airplane: 'settings get global airplane_mode_on',
  data: 'settings get global mobile_data',
  subscription: 'settings get global multi_sim_data_call',
  // A phone with several slots has a setting for each SIM, and beside them one that was never changed.
  ownData: 'settings get global mobile_data$(settings get global multi_sim_data_call)',
  dnsMode: 'settings get global private_dns_mode',
  sims: 'getprop gsm.sim.state',
  operators: 'getprop gsm.operator.alpha',
  roaming: 'getprop gsm.operator.isroaming',
  networks: 'dumpsys connectivity | grep -E "Active default network|NetworkAgentInfo"',
  telephony: 'dumpsys telephony.registry | grep -E "Phone Id=|mDataConnectionState="',
} as const

type Answers = Readonly<Partial<Record<string, string>>>

const mark = '@@nv:'
const script = Object.entries(questions)
  .map(([name, command]) => `echo; echo ${mark}${name}; ${command} 2>/dev/null`)
  .join('; ')

/** Asks the phone for everything at once. */
export async function readPhoneState(adb: Adb): Promise<PhoneState> {
  const { stdout } = await runShell(adb, script)
  return describeState(splitAnswers(stdout))
}

/** Tells whether Wi-Fi is on; null: the phone does not say. */
export async function readWifi(adb: Adb): Promise<PhoneState['wifi']> {
  return readWifiSetting((await runShell(adb, questions.wifi)).stdout.trim())
}

function splitAnswers(printed: string): Answers {
  const parts = printed.split(new RegExp(`^${mark}(\\w+)\\r?$`, 'm')).slice(1)
  const answers: Partial<Record<string, string>> = {}
  for (let at = 0; at < parts.length; at += 2) answers[parts[at] ?? ''] = (parts[at + 1] ?? '').trim()
  return answers
}

/** Reads the answers. */
export function describeState(answers: Answers): PhoneState {
  const text = (name: string) => (answers[name] && answers[name] !== 'null' ? answers[name] : null)
  const { defaultNetwork, usesVpn } = readNetworks(text('networks'))
  const operators = (text('operators') ?? '').split(',').map((name) => name.trim())
  const sims = readSims(text('sims'))
  const dataSlot = readDataSlot(text('telephony')) ?? (sims === 1 ? operators.findIndex(Boolean) : -1)
  const roaming = readRoaming(text('roaming')?.split(',') ?? [], dataSlot)
  const subscription = text('subscription')
  return {
    model: text('model'),
    android: text('android'),
    wifi: readWifiSetting(text('wifi')),
    mobileData: onOff(text('ownData')) ?? onOff(text('data')),
    isAirplane: readFlag(text('airplane')),
    defaultNetwork,
    usesVpn,
    privateDns: text('dnsMode'),
    sims,
    dataSim: dataSlot < 0 ? null : dataSlot + 1,
    operator: operators[dataSlot] || null,
    isRoaming: roaming,
    subscription: subscription !== null && /^\d{1,9}$/.test(subscription) ? subscription : null,
  }
}

/** In airplane mode 2 is on, and 3 off until it ends. */
function readWifiSetting(text: string | null): PhoneState['wifi'] {
  if (text === '1' || text === '2') return 'on'
  return text === '0' || text === '3' ? 'off' : null
}

function onOff(text: string | null): 'on' | 'off' | null {
  const flag = readFlag(text)
  return flag === null ? null : flag ? 'on' : 'off'
}

function readFlag(text: string | null): boolean | null {
  return text === '1' ? true : text === '0' ? false : null
}

/** Counts the SIMs that are ready, as one that is locked by its PIN is not; a phone without any says so for each slot. */
function readSims(text: string | null): number | null {
  const states = (text ?? '').split(',').filter(Boolean)
  if (states.every((state) => /unknown/i.test(state))) return null
  return states.filter((state) => /^(loaded|ready)$/i.test(state.trim())).length
}

/** Tells whether the SIM with data roams; where nothing says which one that is, what all of them do. */
function readRoaming(slots: readonly string[], dataSlot: number): boolean | null {
  const told = (dataSlot < 0 ? slots : [slots[dataSlot]]).map((slot) => slot?.trim()).filter(Boolean)
  if (told.length === 0 || new Set(told).size > 1) return null
  return told[0] === 'true' ? true : told[0] === 'false' ? false : null
}

function readNetworks(text: string | null): Pick<PhoneState, 'defaultNetwork' | 'usesVpn'> {
  const lines = text?.split(/\r?\n/) ?? []
  const active = lines.map((line) => /Active default network: *(\w+)/.exec(line)?.[1]).find(Boolean)
  const agents = lines.flatMap((line) => {
    const transports = /Transports: *([A-Z_|]+)/.exec(line)?.[1]?.split('|')
    return transports === undefined ? [] : [{ id: /network\{(\d+)\}/.exec(line)?.[1], transports }]
  })
  const current = agents.find(({ id }) => id !== undefined && id === active)?.transports
  return {
    defaultNetwork:
      active === 'none' ? 'none' : (current?.find((name) => name !== 'VPN')?.toLowerCase() ?? null),
    usesVpn: agents.length === 0 ? null : agents.some(({ transports }) => transports.includes('VPN')),
  }
}

/** Finds the slot of the SIM that carries data: the one whose data connection stands. */
function readDataSlot(text: string | null): number | null {
  let slot = -1
  const connected = new Set<number>()
  for (const line of text?.split(/\r?\n/) ?? []) {
    const id = /Phone Id=(\d+)/.exec(line)?.[1]
    if (id !== undefined) slot = Number(id)
    if (slot >= 0 && /mDataConnectionState=2\b/.test(line)) connected.add(slot)
  }
  const [only] = connected
  return connected.size === 1 && only !== undefined ? only : null
}
