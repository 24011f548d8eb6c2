// The way by cable: an Android phone opens the URL, and its 127.0.0.1 leads to this machine.
import { SetupError } from '../../errors.ts'
import { isLoopback, portOf } from '../../wire/addresses.ts'
import { quoteAdb } from '../adb/adb.ts'
import { describeMissingPhone, type Phone, preparePhone } from '../adb/phone.ts'
import { undoAtEnd } from '../adb/restore.ts'
import { startIntent } from '../adb/shell.ts'
import type { Way, WayTools } from '../way.ts'

export const adb: Way = {
  summary: 'open the link on an Android phone on a USB cable',
  opener: 'cable',
  listens: 'required',
  probe: describeMissingPhone,
  bring: async (authorizeUrl, tools) => {
    const { redirectUri, landing, shortLink } = tools
    const phone = await preparePhone(tools)
    // Where the phone does not come back by itself, the start page stays open to take the address that it ends on.
    const url = landing === 'here' ? authorizeUrl : (shortLink ?? authorizeUrl)
    const isReversed = await reverse(phone, landing === 'here' ? redirectUri : url, tools)
    const objection = await startIntent(phone.adb, url)
    if (objection !== null) throw notOpened(phone, objection)
    tools.note(`Opened on ${phone.name}. Unlock it if its screen is off.`)
    return {
      detail: `opened on ${phone.name}${isReversed ? ', whose 127.0.0.1 leads here' : ''}`,
      callback: null,
    }
  },
}

/** Leads the port of a URL on the phone's own loopback here; tells whether it is one. */
async function reverse(
  phone: Phone,
  url: string,
  tools: Pick<WayTools, 'listeningOn' | 'atEnd' | 'machine'>,
): Promise<boolean> {
  const { adb: run, name } = phone
  const own = new URL(url)
  const listening = tools.listeningOn === null ? null : Number(/\d+$/.exec(tools.listeningOn)?.[0])
  if (!isLoopback(own.hostname) || listening === null) return false
  if (own.hostname === '[::1]') throw onlyIpv4(url)
  const port = portOf(own)
  const [from, to] = [`tcp:${port}`, `tcp:${listening}`]
  const listed = await run(['reverse', '--list'])
  const known = listed.stdout
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/))
    .find((parts) => parts.at(-2) === from)
  if (known !== undefined && known.at(-1) !== to) throw reversedElsewhere(name, from, known.at(-1) ?? '')
  await undoAtEnd(tools, phone, { change: 'reverse', port: from })
  const finished = await run(['reverse', from, to])
  if (finished.exitCode === 0) return true
  throw new SetupError({
    code: 'adb_reverse_failed',
    title: `${name} can't forward its port ${port} to this machine`,
    cause: quoteAdb(finished),
    fix:
      port < 1024
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
    cause: 'Another program set that up with adb reverse, and nv does not remove it.',
    fix: `If nothing needs it any more: adb reverse --remove ${from}`,
  })
}
