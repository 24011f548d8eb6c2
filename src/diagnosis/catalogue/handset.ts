// What a phone on a cable says of itself before the flow, and what will go wrong because of it.
import type { Words } from './words.ts'

/** The phone, as its model names it. */
export interface OnPhone {
  phone: string
}

/** Begins a sentence: the name of a model stays as it is. */
const start = (phone: string) => (phone === 'the phone' ? 'The phone' : phone)

const needsData = 'The operator only recognises the line over mobile data.'

export const handset = {
  browser_of_this_machine: (): Words => ({
    severity: 'warning',
    title: "This machine's browser opens the URL, not a phone",
    cause:
      'The operator sees the connection of this machine. A laptop that is tethered through the phone is not recognised as the phone either.',
    fix: 'Open the URL on the phone itself, on mobile data: --via qr, or --via adb with a cable.',
  }),
  devtools_unencrypted: ({ host }: { host: string }): Words => ({
    severity: 'warning',
    title: `The connection to the browser at ${host} is not encrypted`,
    cause:
      'The DevTools protocol is plain http: whoever can read that network sees codes and cookies, and can drive the browser.',
    fix: `Forward the port instead: ssh -L 9222:127.0.0.1:9222 <host>, with --devtools http://127.0.0.1:9222`,
  }),
  phone_airplane_mode: ({ phone }: OnPhone): Words => ({
    severity: 'warning',
    title: `${start(phone)} is in airplane mode`,
    cause: `${needsData} In airplane mode there is no mobile data, even if Wi-Fi is on.`,
    fix: 'Turn airplane mode off on the phone, and wait until it shows its operator.',
  }),
  phone_without_sim: ({ phone }: OnPhone): Words => ({
    severity: 'warning',
    title: `${start(phone)} has no SIM ready`,
    cause: `${needsData} Without a SIM the phone has no line; a SIM that is locked by its PIN does not count.`,
    fix: 'Insert the SIM, or unlock it on the phone.',
  }),
  phone_data_off: ({ phone }: OnPhone): Words => ({
    severity: 'warning',
    title: `Mobile data is off on ${phone}`,
    cause: `${needsData} The request will leave over Wi-Fi, or not at all.`,
    fix: 'Turn mobile data on in the settings of the phone.',
  }),
  phone_on_wifi: ({
    phone,
    isOverNetwork,
    isInUse,
  }: OnPhone & { isOverNetwork: boolean; isInUse: boolean }): Words => ({
    severity: 'warning',
    title: isInUse ? `${start(phone)} uses Wi-Fi` : `${start(phone)} has Wi-Fi on`,
    cause: `${isInUse ? 'The' : 'The phone does not say which network it uses. Over Wi-Fi the'} request will come from the address of the Wi-Fi, which doesn't tell the operator which line it is.`,
    fix: isOverNetwork
      ? 'Connect the phone by USB, then turn its Wi-Fi off: --wifi-off does that during the run.'
      : 'Turn Wi-Fi off on the phone, or have nv do it during the run: --wifi-off',
  }),
  phone_on_other_network: ({ phone, network }: OnPhone & { network: string }): Words => ({
    severity: 'warning',
    title:
      network === 'none'
        ? `${start(phone)} has no connection`
        : `${start(phone)} reaches the Internet over ${network}`,
    cause: `${needsData} ${network === 'none' ? 'The phone reports no network at all.' : 'Over anything else the operator sees another address.'}`,
    fix: 'Check that mobile data is on and has reception, and that the phone is not tethered to this machine.',
  }),
  phone_vpn: ({ phone }: OnPhone): Words => ({
    severity: 'warning',
    title: `${start(phone)} uses a VPN`,
    cause:
      "Through a VPN the request comes from the address of its server, so the operator can't recognise the line.",
    fix: 'Turn the VPN off on the phone. An ad blocker or a company profile may contain one.',
  }),
  phone_private_dns: ({ phone }: OnPhone): Words => ({
    severity: 'info',
    title: `${start(phone)} uses a private DNS server`,
    cause: 'Hosts that only the mobile network knows may not be found, since its DNS is not asked.',
    fix: 'If a host of the chain is not found, set Private DNS to automatic on the phone.',
  }),
  phone_roaming: ({ phone, operator }: OnPhone & { operator: string | null }): Words => ({
    severity: 'info',
    title: `${start(phone)} is roaming${operator === null ? '' : ` in the network of ${operator}`}`,
    cause: 'Operators may not recognise a line on another network, or may not let it verify.',
    fix: 'If the line is not recognised, try again on the network of its own operator.',
  }),
  phone_several_sims: ({
    phone,
    dataSim,
    operator,
  }: OnPhone & { dataSim: number | null; operator: string | null }): Words => ({
    severity: 'info',
    title: `${start(phone)} has more than one SIM`,
    cause: `${
      dataSim === null
        ? 'The phone does not say which of them carries data.'
        : `SIM ${dataSim}${operator === null ? '' : ` (${operator})`} carries data.`
    } That is the line that is verified, whichever SIM makes calls.`,
    fix: 'If it is the wrong one, choose the other SIM for mobile data in the settings of the phone.',
  }),
}
