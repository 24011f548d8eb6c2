// The page that the short link leads to: what to switch off, the button that starts, and where to paste the address.
import { maskPhoneNumber } from '../../camara/phone-number.ts'
import { icons } from '../../pages/icons.ts'
import { type Html, renderFrame, show, showNumber } from '../../pages/frame.ts'
import type { Landing } from '../landing.ts'
import { renderPasteForm } from './paste-form.ts'

/** What the page is about. */
export interface StartPage {
  /** Null: the number is to be found out. */
  phoneNumber: string | null
  landing: Landing
  /** The host that the gateway redirects to, where that is not nv. */
  redirectHost: string
  /** Where the button leads, without a state. */
  goTo: string
  /** Where the form goes. */
  action: string
  /** Why the address that was pasted was not accepted; null: none was. */
  problem: string | null
}

/** Shows the warning while the browser says that it is on Wi-Fi, and tells the button's address which network it is. */
const script = `const link=document.getElementById('go'),wifi=document.getElementById('wifi'),c=navigator.connection
function look(){wifi.hidden=c.type!=='wifi';if(c.type){const u=new URL(link.href);u.searchParams.set('on',c.type);link.href=u.href}}
if(c){look();c.addEventListener?.('change',look)}`

/** Renders the page. */
export function renderStartPage(page: StartPage) {
  const { phoneNumber, landing, goTo, problem } = page
  const number = phoneNumber === null ? null : showNumber(maskPhoneNumber(phoneNumber))
  const opensTab = landing === 'here' ? '' : ' target="_blank"'
  const body = `<p class="lead">${
    number === null
      ? 'The mobile operator will say which number this phone has.'
      : `The mobile operator will say whether this phone has the number ${number}.`
  }</p>
<p class="alert" id="wifi" role="alert" hidden>This phone is on Wi-Fi. Turn it off, or the operator can’t see the SIM.</p>
<h2 id="before">Before you start</h2>
<ul class="checks" aria-labelledby="before">
${check('wifi', 'Wi-Fi off', 'The operator only recognises the SIM over mobile data.')}
${check('vpn', 'VPN and iCloud Private Relay off', 'They hide the SIM, as Wi-Fi does.')}
${check('sim', 'The right SIM', number === null ? 'With two SIMs, the one that carries the data counts.' : 'With two SIMs, the one with this number must carry the data.')}
</ul>
<div class="actions"><a class="button" id="go" href="${show(goTo)}" rel="noreferrer nofollow"${opensTab}>Start</a></div>
${pasteSection(page)}`
  return renderFrame({
    title: number === null ? 'Find this phone’s number' : 'Check this phone’s number',
    brand: 'Number Verification',
    look: problem === null ? 'start' : 'start refused',
    body,
    footer: 'Served by nv, on a developer’s machine.',
    head: '<meta name="robots" content="noindex, nofollow">\n',
    script,
    forms: 'self',
  })
}

function check(icon: keyof typeof icons, what: string, why: string): Html {
  return `<li>${icons[icon]}<span><b>${what}</b> <small>${why}</small></span></li>`
}

/** Where the redirect leads to nv, the form is only there for the case that it doesn't. */
function pasteSection(page: StartPage): Html {
  const { landing, redirectHost, problem } = page
  const ending = {
    here: 'If no result appears, copy the whole address from the address bar, come back to this page and paste it here.',
    itself:
      'The last page will not load: its address points to the phone itself. That is expected. Copy the whole address from the address bar, come back to this page and paste it here.',
    elsewhere: `Start opens another tab, which ends at ${show(redirectHost)}. Copy the whole address from its address bar, come back to this page and paste it here.`,
  }[landing]
  const form = renderPasteForm({
    action: page.action,
    label: 'Final address',
    placeholder: 'https://…?code=…&state=…',
    problem,
  })
  return landing === 'here' && problem === null
    ? `<details><summary>No result at the end?</summary>\n<p>${ending}</p>\n${form}\n</details>`
    : `<section aria-labelledby="ending"><h2 id="ending">When it ends</h2>\n<p>${ending}</p>\n${form}\n</section>`
}
