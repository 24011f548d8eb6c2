// What a phone says of itself, as the versions of Android print it, and what will go wrong because of it.
import { describe, expect, test } from 'vitest'
import { diagnose } from '../../../../src/diagnosis/diagnose.ts'
import { describeState } from '../../../../src/reach/adb/phone-state.ts'
import type { PhoneState } from '../../../../src/run/recording.ts'
import { recordingOf } from '../../../support/recording.ts'

const unknown: PhoneState = {
  model: null,
  android: null,
  wifi: null,
  mobileData: null,
  isAirplane: null,
  defaultNetwork: null,
  usesVpn: null,
  privateDns: null,
  sims: null,
  dataSim: null,
  operator: null,
  isRoaming: null,
  subscription: null,
}

describe('what is read', () => {
  test.each<[string, Record<string, string>, Partial<PhoneState>]>([
    ['nothing', {}, {}],
    ['settings that are not there', { wifi: 'null', airplane: 'null', data: 'null', dnsMode: 'null' }, {}],
    ['an error of the shell', { wifi: '/system/bin/sh: settings: not found', data: '' }, {}],
    ['Wi-Fi on', { wifi: '1' }, { wifi: 'on' }],
    ['Wi-Fi on in airplane mode', { wifi: '2', airplane: '1' }, { wifi: 'on', isAirplane: true }],
    ['Wi-Fi off because of airplane mode', { wifi: '3', airplane: '1' }, { wifi: 'off', isAirplane: true }],
    [
      'Android 8',
      {
        networks:
          'Active default network: 101\r\n  NetworkAgentInfo{ ni{[type: WIFI[], state: CONNECTED/CONNECTED, reason: (unspecified)]}  network{101}  nethandle{1}  lp{} nc{[ Transports: WIFI Capabilities: INTERNET&VALIDATED]} Score{60}',
      },
      { defaultNetwork: 'wifi', usesVpn: false },
    ],
    [
      'Android 14 with a VPN over mobile data',
      {
        networks:
          'Active default network: 105\n  NetworkAgentInfo{network{100}  handle{1}  ni{MOBILE[LTE] CONNECTED} nc{[ Transports: CELLULAR Capabilities: INTERNET]}}\n  NetworkAgentInfo{network{105}  handle{2}  ni{VPN CONNECTED} nc{[ Transports: CELLULAR|VPN Capabilities: INTERNET]}}',
      },
      { defaultNetwork: 'cellular', usesVpn: true },
    ],
    ['no network', { networks: 'Active default network: none' }, { defaultNetwork: 'none' }],
    [
      'two SIMs, the second one with data',
      {
        sims: 'LOADED,LOADED',
        operators: 'Movistar,Vodafone ES',
        roaming: 'false,true',
        subscription: '5',
        telephony: '  Phone Id=0\n    mDataConnectionState=0\n  Phone Id=1\n    mDataConnectionState=2',
      },
      { sims: 2, dataSim: 2, operator: 'Vodafone ES', isRoaming: true, subscription: '5' },
    ],
    [
      'two SIMs, and no word of which',
      { sims: 'LOADED,LOADED', operators: 'Movistar,Vodafone ES' },
      { sims: 2, dataSim: null, operator: null },
    ],
    [
      'one SIM that tells nothing of its data connection',
      { sims: 'ABSENT,LOADED', operators: ',O2 - de', roaming: 'false,false' },
      { sims: 1, dataSim: 2, operator: 'O2 - de', isRoaming: false },
    ],
    ['no SIM', { sims: 'ABSENT,ABSENT' }, { sims: 0 }],
    ['a locked SIM', { sims: 'PIN_REQUIRED' }, { sims: 0 }],
    ['a subscription that is no number', { subscription: '3; reboot' }, { subscription: null }],
  ])('%s', (_name, answers, expected) => {
    expect(describeState(answers)).toEqual({ ...unknown, ...expected })
  })
})

describe('what is said of it, before the flow', () => {
  const codes = (state: Partial<PhoneState>, isOverNetwork = false) => {
    const { subscription: _, ...facts } = { ...unknown, ...state }
    const observations = [
      { code: 'phone_state', step: 'authorize', exchange: null, facts: { ...facts, isOverNetwork } },
    ] as const
    return diagnose(recordingOf({ observations }))
      .map(({ code }) => code)
      .filter((code) => code.startsWith('phone_'))
  }

  test.each<[string, Partial<PhoneState>, string[]]>([
    ['nothing is known', {}, []],
    ['mobile data alone', { wifi: 'off', mobileData: 'on', defaultNetwork: 'cellular', sims: 1 }, []],
    // Wi-Fi that is on and unused changes nothing.
    ['Wi-Fi on without a network', { wifi: 'on', defaultNetwork: 'cellular' }, []],
    ['Wi-Fi', { wifi: 'on', defaultNetwork: 'wifi' }, ['phone_on_wifi']],
    ['Wi-Fi on, and no more is known', { wifi: 'on' }, ['phone_on_wifi']],
    [
      'airplane mode with Wi-Fi',
      { isAirplane: true, defaultNetwork: 'wifi' },
      ['phone_airplane_mode', 'phone_on_wifi'],
    ],
    ['airplane mode', { isAirplane: true, defaultNetwork: 'none' }, ['phone_airplane_mode']],
    ['data off', { mobileData: 'off', defaultNetwork: 'none' }, ['phone_data_off']],
    ['no SIM', { sims: 0, mobileData: 'off' }, ['phone_without_sim']],
    ['over the cable of a computer', { defaultNetwork: 'ethernet' }, ['phone_on_other_network']],
    ['a VPN', { usesVpn: true, defaultNetwork: 'cellular' }, ['phone_vpn']],
    ['private DNS', { privateDns: 'hostname' }, ['phone_private_dns']],
    ['automatic private DNS', { privateDns: 'opportunistic' }, []],
    ['roaming', { isRoaming: true, operator: 'Orange F' }, ['phone_roaming']],
    ['two SIMs', { sims: 2, dataSim: 1, operator: 'Movistar' }, ['phone_several_sims']],
  ])('%s', (_name, state, expected) => {
    expect(codes(state)).toEqual(expected)
  })
})
