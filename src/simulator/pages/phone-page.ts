// The operator's page "Which phone is this?": a person picks the phone that the browser plays.
import type { Line, Lines } from '../operator/lines.ts'
import type { Connection, Phone } from '../operator/phone.ts'
import type { Reply } from '../response.ts'
import { icons } from '../../pages/icons.ts'
import { replyPage, show, showNumber, type Html } from './page.ts'

const ways: ReadonlyArray<readonly [Connection, string]> = [
  ['mobile', 'Mobile data'],
  ['wifi', 'Wi-Fi'],
  ['vpn', 'VPN'],
]

/** Renders the page, with the phone that is picked at first. */
export function renderPhonePage(journey: string, { phones }: Lines, picked: Phone | undefined): Reply {
  const renderLine = (line: Line, place: string) => {
    const consent = line.hasConsented ? '' : ' · has not consented'
    return `<label class="choice"><span>${showNumber(line.phoneNumber)}
<small>${show(line.operator)}${place}${consent}</small></span>
<input type="radio" name="line" value="${show(line.phoneNumber)}" required${check(line === picked?.line)}></label>`
  }
  const body = `<p class="lead">Pick the phone that this window plays. On a real phone, the network knows.</p>
<form method="post" action="phone">
<input type="hidden" name="journey" value="${show(journey)}">
<fieldset><legend>Connection</legend>
<div class="ways">${ways.map(([name, label]) => renderWay(name, label, name === picked?.connection)).join('')}</div>
<p class="note">Over Wi-Fi or a VPN the network can’t see the SIM: the app gets <code>access_denied</code>.</p>
</fieldset>
<fieldset><legend>SIM that carries the data</legend>
${phones.map((lines) => renderPhone(lines, renderLine)).join('\n')}
</fieldset>
<div class="actions"><button class="button">Continue</button></div>
</form>`
  return replyPage({
    title: 'Which phone is this?',
    brand: 'Mobile operator',
    body,
    detail: 'page, which phone',
  })
}

function renderPhone(lines: readonly Line[], renderLine: (line: Line, place: string) => Html): Html {
  const [head, places] =
    lines.length === 1 ? ['', ['']] : ['<p>One phone with two SIMs</p>', [' · first SIM', ' · second SIM']]
  const choices = lines.map((line, i) => renderLine(line, places[i] ?? ''))
  return `<div class="phone">${head}${choices.join('')}</div>`
}

function renderWay(name: Connection, label: string, isPicked: boolean): Html {
  return `<label class="way"><input type="radio" name="connection" value="${name}" required${check(isPicked)}>${icons[name]}${label}</label>`
}

function check(isChecked: boolean): Html {
  return isChecked ? ' checked' : ''
}
