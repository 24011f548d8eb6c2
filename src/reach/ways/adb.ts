// The way by cable: an Android phone opens the URL, and its 127.0.0.1 leads to this machine.
import { SetupError } from '../../errors.ts'
import { listenerOf } from '../../wire/addresses.ts'
import { quoteAdb } from '../adb/adb.ts'
import { atEndQuietly, describeMissingPhone, type Phone, preparePhone } from '../adb/phone.ts'
import { startIntent } from '../adb/shell.ts'
import type { Way, WayTools } from '../way.ts'

export const adb: Way = {
  summary: 'open the link on an Android phone on a USB cable',
  listens: 'required',
  probe: describeMissingPhone,
  bring: async (authorizeUrl, tools) => {
    const phone = await preparePhone(tools)
    const isReversed = await reverse(phone, tools)
    const objection = await startIntent(phone.adb, authorizeUrl)
    if (objection !== null) throw notOpened(phone, objection)
    tools.note(`Opened on ${phone.name}. Unlock it if its screen is off.`)
    return {
      detail: `opened on ${phone.name}${isReversed ? ', whose 127.0.0.1 leads here' : ''}`,
      callback: null,
    }
  },
}

/** Lets a redirect to the phone's own loopback arrive here; tells whether there is one. */
async function reverse({ adb: run, closing, name }: Phone, tools: WayTools): Promise<boolean> {
  const sentTo = listenerOf(tools.redirectUri)
  const port = tools.listeningOn === null ? null : Number(/\d+$/.exec(tools.listeningOn)?.[0])
  if (sentTo === null || port === null) return false
  if (sentTo.host === '::1') throw onlyIpv4(tools.redirectUri)
  const [from, to] = [`tcp:${sentTo.port}`, `tcp:${port}`]
  const listed = await run(['reverse', '--list'])
  const known = listed.stdout
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/))
    .find((parts) => parts.at(-2) === from)
  if (known !== undefined && known.at(-1) !== to) throw reversedElsewhere(name, from, known.at(-1) ?? '')
  atEndQuietly(tools, () => closing(['reverse', '--remove', from], 2_000))
  const finished = await run(['reverse', from, to])
  if (finished.exitCode === 0) return true
  throw new SetupError({
    code: 'adb_reverse_failed',
    title: `${name} can't forward its port ${sentTo.port} to this machine`,
    cause: quoteAdb(finished),
    fix:
      sentTo.port < 1024
        ? 'Android reserves ports below 1024: register a redirect_uri with a higher port, or use --via chrome.'
        : 'Use --via chrome, or paste the address that the phone ends on (--via paste).',
  })
}

function notOpened({ name }: Phone, objection: string): SetupError {
  return new SetupError({
    code: 'intent_failed',
    title: `${name} did not open the link`,
    cause: quoteAdb({ exitCode: 0, stdout: objection, stderr: '' }),
    fix: 'Check that the phone has a browser that is enabled, unlock it, then try again. Or use --via qr.',
  })
}

function onlyIpv4(redirectUri: string): SetupError {
  return new SetupError({
    code: 'adb_reverse_ipv4',
    title: `The phone can't reach ${redirectUri} over the cable`,
    cause: 'adb reverse listens on 127.0.0.1 of the phone, not on [::1].',
    fix: 'Register a redirect_uri with 127.0.0.1 or localhost, or use --via chrome.',
  })
}

function reversedElsewhere(name: string, from: string, to: string): SetupError {
  return new SetupError({
    code: 'adb_reverse_taken',
    title: `Port ${from.slice(4)} of ${name} already leads to ${to}`,
    cause: 'Another program set that up with adb reverse, and nv does not take it away.',
    fix: `If nothing needs it any more: adb reverse --remove ${from}`,
  })
}
