// The phones that adb lists, in the forms that its versions and its servers print.
import { describe, expect, it, test } from 'vitest'
import { type AdbDevice, chooseDevice, isEmulator, readDevices } from '../../../../src/reach/adb/devices.ts'

const list = (...lines: string[]) => ['List of devices attached', ...lines, ''].join('\n')

test.each<[string, string, Array<[serial: string, state: string, model: string | null]>]>([
  ['nothing', list(), []],
  [
    'with Windows line ends, and the words of a server that was started',
    `* daemon not running; starting now at tcp:5037\r\n* daemon started successfully\r\n${list('1A2B\tdevice').replaceAll('\n', '\r\n')}`,
    [['1A2B', 'device', null]],
  ],
  [
    'a server that says that it starts again, after the heading',
    list('* daemon started successfully *', '1A2B device'),
    [['1A2B', 'device', null]],
  ],
  [
    'a phone found over Wi-Fi for the second time, whose name has a space',
    list(
      'adb-R58M123-abcDEF (2)._adb-tls-connect._tcp device product:a model:SM_S918B device:b transport_id:4',
    ),
    [['adb-R58M123-abcDEF (2)._adb-tls-connect._tcp', 'device', 'SM S918B']],
  ],
  [
    'no permissions, with the reason',
    list('1A2B no permissions (user in plugdev group; are your udev rules wrong?); see [http://x] usb:1-1'),
    [['1A2B', 'no permissions', null]],
  ],
  [
    'an old adb that can not read the serial',
    list('????????????\tno permissions'),
    [['????????????', 'no permissions', null]],
  ],
  [
    'an emulator beside a phone',
    list(
      'emulator-5554          device product:sdk_gphone64_x86_64 model:sdk_gphone64_x86_64 device:emu64xa transport_id:1',
      'R5CT10ABCDE            device usb:1-2 product:dm3qxeea model:SM_S918B device:dm3q transport_id:3',
    ),
    [
      ['emulator-5554', 'device', 'sdk gphone64 x86 64'],
      ['R5CT10ABCDE', 'device', 'SM S918B'],
    ],
  ],
  [
    'an IPv6 address',
    list('[fe80::1%eth0]:5555 device model:Pixel_7'),
    [['[fe80::1%eth0]:5555', 'device', 'Pixel 7']],
  ],
])('%s', (_name, printed, expected) => {
  expect(readDevices(printed).map(({ serial, state, model }) => [serial, state, model])).toEqual(expected)
})

describe('an emulator, which has no SIM of an operator', () => {
  const [emulator, genymotion, phone] = readDevices(
    list(
      'emulator-5554 device product:sdk_gphone64 model:sdk_gphone64',
      '192.168.56.101:5555 device product:vbox86p model:Samsung_Galaxy_S10 device:vbox86p',
      'R5CT10ABCDE device model:SM_S918B',
    ),
  ) as [AdbDevice, AdbDevice, AdbDevice]

  it('is told from a phone', () => {
    expect([emulator, genymotion, phone].map(isEmulator)).toEqual([true, true, false])
  })

  it('is not what is asked about where a phone is there', async () => {
    const choice = { wanted: null, ask: null }
    expect(await chooseDevice([emulator, phone, genymotion], choice)).toBe(phone)
    expect(await chooseDevice([emulator], choice)).toBe(emulator)
    expect(await chooseDevice([emulator, phone], { ...choice, wanted: 'emulator-5554' })).toBe(emulator)
    await expect(chooseDevice([emulator, genymotion], choice)).rejects.toThrow('2 phones')
  })
})
