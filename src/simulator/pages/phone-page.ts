// The operator's page "Which phone is this?": a person picks the phone that the browser plays.
import type { Line, Lines } from '../lines.ts'
import type { Connection, Phone } from '../phone.ts'
import type { Reply } from '../response.ts'
import { icons } from './icons.ts'
import { replyPage, show, showNumber, type Html } from './page.ts'

const ways: ReadonlyArray<readonly [Connection, string]> = [
  ['mobile', 'Mobile data'],
  ['wifi', 'Wi-Fi'],
  ['vpn', 'VPN'],
]

/** Renders the page, with the phone that is picked at first. */
export function renderPhonePage(journey: string, { phones }: Lines, picked: Phone | undefined): Reply {
  const renderLine = (
    line: Line,
    hint: string,
  ) => `<label class="choice"><span>${showNumber(line.phoneNumber)}
<small>${show(line.operator)}${hint}</small></span>
<input type="radio" name="line" value="${show(line.phoneNumber)}" required${check(line === picked?.line)}></label>`
  const body = `<p class="lead">Pick the phone that this window plays. On a real one, the network tells.</p>
<form method="post" action="phone">
<input type="hidden" name="journey" value="${show(journey)}">
<fieldset><legend>SIM that carries the data</legend>
${phones.map((lines) => renderPhone(lines, renderLine)).join('\n')}
</fieldset>
<fieldset><legend>Connection</legend>
<div class="ways">${ways.map(([name, label]) => renderWay(name, label, name === picked?.connection)).join('')}</div>
<p class="note">Over Wi-Fi and behind a VPN the network can’t see the SIM: the app gets <code>access_denied</code>.</p>
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

function renderPhone(lines: readonly Line[], renderLine: (line: Line, hint: string) => Html): Html {
  const consent = lines[0]?.hasConsented ? '' : ' · has not consented'
  return lines.length === 1
    ? `<div class="phone">${lines.map((line) => renderLine(line, consent)).join('')}</div>`
    : `<div class="phone"><p>One phone with two SIMs</p>${lines
        .map((line, i) => renderLine(line, `${i === 0 ? ' · first SIM' : ' · second SIM'}${consent}`))
        .join('')}</div>`
}

function renderWay(name: Connection, label: string, isPicked: boolean): Html {
  return `<label class="way"><input type="radio" name="connection" value="${name}" required${check(isPicked)}>${icons[name]}${label}</label>`
}

function check(isChecked: boolean): Html {
  return isChecked ? ' checked' : ''
}
