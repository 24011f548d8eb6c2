// Who brought the callback, where that does not look like the phone on mobile data.
import { useMobileData, type Words } from './words.ts'

const onHotspot = "If this machine is on the phone's own hotspot, there is nothing to do."

export const visitor = {
  desktop_came_back: ({ visitor }: { visitor: string }): Words => ({
    severity: 'warning',
    title: `${visitor} brought the callback, which looks like a desktop browser`,
    cause:
      'The line is recognised by the connection of whatever opens the URL. A phone or tablet that asks for the desktop site looks the same.',
    fix: 'Open the URL on the phone itself, on mobile data.',
  }),
  phone_at_our_address: ({ address }: { address: string }): Words => ({
    severity: 'warning',
    title: `The callback came from ${address}, the public address of this machine`,
    cause: 'The tunnel says so. Likely the phone is on the same Wi-Fi.',
    fix: `Turn Wi-Fi off on the phone and try again. ${onHotspot}`,
  }),
  phone_on_our_network: ({ address }: { address: string }): Words => ({
    severity: 'warning',
    title: `The callback came from ${address}, an address of a local network`,
    cause: 'Likely the phone is on the same Wi-Fi, and opened the URL over it too.',
    fix: `Turn Wi-Fi off on the phone and try again. ${onHotspot}`,
  }),
  phone_says_wifi: (): Words => ({
    severity: 'warning',
    title: "The phone's browser says that it is on Wi-Fi",
    cause: 'It said so when it went on to the gateway. Over Wi-Fi the operator does not see the SIM.',
    fix: useMobileData,
  }),
}
