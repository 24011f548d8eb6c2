// The start page of the gateway: what this is, where its endpoints are, which phones there are to play.
import type { Gateway } from '../gateway.ts'
import type { Line } from '../operator/lines.ts'
import type { Call } from '../request.ts'
import type { Reply } from '../response.ts'
import { replyPage, show, showEntry, showNumber, type Html } from './page.ts'

/** Answers the root of the gateway. */
export function showStartPage(call: Call, gateway: Gateway): Reply {
  const issuer = gateway.issuer(call.hostname)
  const isNetwork = gateway.mode === 'network'
  const body = `<p class="lead">An aggregator, a mobile operator and the Number Verification API, without a SIM.</p>
<dl>
${showEntry('Mode', isNetwork ? '<b>network</b>: the answer depends on the phone’s line' : '<b>mock</b>: a number that ends in 1 is true, in 2 false, any other at random')}
${showEntry('Authorize', code(`${issuer}/authorize`))}
${showEntry('Token', code(`${issuer}/token`))}
${showEntry('Discovery', code(`${issuer}/.well-known/openid-configuration`))}
${showEntry('API', code(`${issuer}/number-verification/{v0,v1,v2}`))}
${showEntry('Operator', code(gateway.operatorOrigin(call.hostname)))}
</dl>
${isNetwork ? describePhones(gateway) : describeMock()}`
  return replyPage({
    title: 'A local Open Gateway',
    brand: 'nv simulator',
    look: 'wide',
    body,
    detail: 'page, start',
  })
}

function describePhones({ lines }: Gateway): Html {
  const entries = lines.phones.flatMap((phone) => phone.map((line, i) => describeLine(line, i > 0)))
  const atAddress = lines.phones.flat().find((line) => line.address !== null)
  return `<h2>Lines</h2>
<dl>
${entries.join('\n')}
</dl>
<h2>Play a phone</h2>
<p>Open the app’s link in a browser: the operator asks which phone it is. Two windows that share no cookies, such as a
private window, are two phones.</p>${
    atAddress
      ? `\n<p>Or play one from a terminal, by its address:</p>\n<pre>${code(`nv verify ${atAddress.phoneNumber} --via direct --local-address ${atAddress.address}`)}</pre>`
      : ''
  }`
}

function describeLine({ phoneNumber, operator, address, hasConsented }: Line, isSecond: boolean): Html {
  const marks = [
    isSecond ? 'second SIM of the phone above' : null,
    address === null ? 'picked in a browser' : `from ${code(address)}, or picked in a browser`,
    hasConsented ? null : 'has not consented',
  ].filter((mark) => mark !== null)
  return showEntry(
    show(operator),
    `${showNumber(phoneNumber)} <span class="note">${marks.join(' · ')}</span>`,
  )
}

function describeMock(): Html {
  return `<h2>Play a phone</h2>
<p>Any device works, and no page is shown. For lines, Wi-Fi and consent, start network mode:</p>
<pre><code>nv simulate --mode network</code></pre>`
}

function code(text: string): Html {
  return `<code>${show(text).replaceAll(/(?<=\w)\//g, '/<wbr>')}</code>`
}
