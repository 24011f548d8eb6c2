// Phones that contradict themselves, as those of several makers do: what is said is no more than what holds.
import { expect, test } from 'vitest'
import { diagnose } from '../../../../src/diagnosis/diagnose.ts'
import { describeState } from '../../../../src/reach/adb/phone-state.ts'
import { recordingOf } from '../../../support/recording.ts'

const onData =
  'Active default network: 104\n  NetworkAgentInfo{network{104}  handle{448}  ni{MOBILE[NR] CONNECTED extra: internet} nc{[ Transports: CELLULAR Capabilities: MMS&INTERNET&VALIDATED]}}'
const onWifi =
  'Active default network: 101\n  NetworkAgentInfo{network{101}  handle{2}  ni{WIFI CONNECTED extra: } nc{[ Transports: WIFI Capabilities: INTERNET]}}'

const codes = (answers: Record<string, string>) => {
  const facts = { ...describeState(answers), isOverNetwork: false }
  const observations = [{ code: 'phone_state' as const, step: 'authorize' as const, exchange: null, facts }]
  return diagnose(recordingOf({ observations, end: null })).map(({ code }) => code)
}

test.each<[string, Record<string, string>, string[]]>([
  [
    'Samsung, two SIMs: the setting without a number was never changed',
    { data: '0', ownData: '1', subscription: '2', networks: onWifi, sims: 'LOADED,ABSENT' },
    ['phone_on_wifi'],
  ],
  [
    'and the other way round',
    { data: '1', ownData: '0', subscription: '2', networks: onWifi, sims: 'LOADED,ABSENT' },
    ['phone_data_off', 'phone_on_wifi'],
  ],
  [
    'one slot has no setting of its own',
    { data: '0', ownData: 'null', networks: onWifi },
    ['phone_data_off', 'phone_on_wifi'],
  ],
  ['on mobile data, though its setting is off', { data: '0', networks: onData }, []],
  [
    'on mobile data, though its SIM is in a state that nv does not know',
    { sims: 'NETWORK_LOCKED', networks: onData },
    [],
  ],
  [
    'on mobile data by an eSIM, with the slot of the card empty',
    { sims: 'ABSENT,LOADED', networks: onData },
    [],
  ],
  [
    'two SIMs of which the other one roams, and no word of which has data',
    { sims: 'LOADED,LOADED', roaming: 'true,false', networks: onData },
    ['phone_several_sims'],
  ],
  [
    'two SIMs that both roam',
    { sims: 'LOADED,LOADED', roaming: 'true,true', networks: onData },
    ['phone_roaming', 'phone_several_sims'],
  ],
  ['a tablet without a modem', { sims: 'UNKNOWN', networks: onWifi }, ['phone_on_wifi']],
])('%s', (_name, answers, expected) => {
  expect(codes(answers)).toEqual(expected)
})
