// The page for whoever sits at the terminal: the QR code, what happens, a box for the final address, the verdict.
import { type Html, renderFrame, show, showNumber } from '../../pages/frame.ts'
import { icons } from '../../pages/icons.ts'
import type { Finding } from '../../run/finding.ts'
import type { Landing } from '../landing.ts'
import { renderPasteForm } from './paste-form.ts'

/** What is shown of a run at some moment. There is no state, code or secret in it. */
export interface LocalView {
  title: string
  /** Masked; null: the number is to be found out. */
  number: string | null
  landing: Landing
  /** The host that the gateway redirects to. */
  redirectHost: string
  /** Null as long as there is nothing to open. */
  meeting: {
    /** SVG of nv's own; null: no QR code can hold the link. */
    qrCode: Html | null
    /** Leads to the start page; null: the QR code holds the authorize URL, which is not written here. */
    shortLink: string | null
  } | null
  steps: ReadonlyArray<{ name: string; status: 'running' | 'ok' | 'failed'; text: string }>
  /** Whether the phone is waited for. */
  isWaiting: boolean
  /** Null while the run goes on. */
  verdict: { tone: 'good' | 'bad' | 'neutral'; title: string; text: string; isSimulated: boolean } | null
  findings: ReadonlyArray<Pick<Finding, 'severity' | 'title' | 'cause' | 'fix' | 'reference'>>
}

/** Follows the run: each answer is held back until there is something new to show. */
const script = `const live=document.getElementById('live'),gone=document.getElementById('gone')
async function follow(version){for(;;){let reply
try{reply=await fetch('?part=live&since='+version);if(!reply.ok)throw 0}catch{gone.hidden=false;return}
live.innerHTML=await reply.text();version=reply.headers.get('x-version')
const look=reply.headers.get('x-look');document.body.className='local '+look;if(look==='over')return}}
follow(live.dataset.version)`

/** Tells how far a run is, as the page shows it. */
export function stateOf({ verdict, meeting, isWaiting }: LocalView): 'working' | 'waiting' | 'over' {
  if (verdict !== null) return 'over'
  return meeting !== null && isWaiting ? 'waiting' : 'working'
}

/** Renders the page; `problem` says why what was pasted was not accepted. */
export function renderLocalPage(view: LocalView, version: number, key: string, problem: string | null) {
  const next = `<noscript><meta http-equiv="refresh" content="0; url=?since=${version}"></noscript>\n`
  const body = `<p class="lead">${
    view.number === null
      ? 'The mobile operator will say which number the phone has.'
      : `The mobile operator will say whether the phone has the number ${showNumber(view.number)}.`
  }</p>
<div class="columns">
${meetingPart(view)}
<div>
<section aria-labelledby="progress"><h2 id="progress">What happens</h2>
<div id="live" role="status" data-version="${version}">${renderLive(view)}</div>
<p class="alert" id="gone" role="alert" hidden>nv has ended. The terminal shows how.</p></section>
${pastePart(view, key, problem)}
</div>
</div>`
  return renderFrame({
    title: view.title,
    brand: 'nv',
    look: `local ${stateOf(view)}`,
    body,
    footer: 'Only this machine can open this page. It stops working when nv ends.',
    head: stateOf(view) === 'over' ? '' : next,
    script,
    forms: 'self',
    asksItself: true,
  })
}

/** Renders the part that changes while the run goes on. */
export function renderLive({ steps, verdict, findings }: LocalView): Html {
  const list = steps.map(
    ({ name, status, text }) =>
      `<li class="${status}"><span class="mark" aria-hidden="true">${marks[status]}</span><span><span class="unseen">${spoken[status]}</span><b>${show(name)}</b> ${show(text, 300)}</span></li>`,
  )
  return [
    verdict === null ? '' : verdictPart(verdict),
    list.length === 0 ? '' : `<ol class="steps">${list.join('')}</ol>`,
    findings.map(findingPart).join('\n'),
  ].join('\n')
}

const marks = { running: '…', ok: '✔', failed: '✖' }
const spoken = { running: 'Under way: ', ok: 'Done: ', failed: 'Failed: ' }

function meetingPart({ meeting, number }: LocalView): Html {
  if (meeting === null) return '<section class="meet"></section>'
  const { qrCode, shortLink } = meeting
  const link =
    shortLink === null
      ? '<p class="note">The terminal shows the link. <a href="?open" rel="noreferrer">Open it in this browser</a> only if this machine itself is on mobile data.</p>'
      : `<p class="link"><code>${show(shortLink)}</code></p>`
  return `<section class="meet" aria-labelledby="scan"><h2 id="scan">Scan it with the phone</h2>
${qrCode === null ? '<p>The link is too long for a QR code.</p>' : `<div class="qr">${qrCode}</div>`}
${link}
<ul class="checks">
<li>${icons.wifi}<span><b>Wi-Fi off</b> <small>The operator only recognises the SIM over mobile data.</small></span></li>
<li>${icons.vpn}<span><b>VPN and iCloud Private Relay off</b> <small>They hide the SIM, as Wi-Fi does.</small></span></li>
<li>${icons.sim}<span><b>The right SIM</b> <small>${number === null ? 'With two SIMs, the one that carries the data counts.' : 'With two SIMs, the one with this number must carry the data.'}</small></span></li>
</ul></section>`
}

function pastePart({ landing, redirectHost }: LocalView, key: string, problem: string | null): Html {
  const ending = {
    here: 'If the phone shows no result at the end, paste the address from its address bar.',
    itself:
      'The last page will not load on the phone: its address points to the phone itself. Paste the address from its address bar.',
    elsewhere: `The phone ends at ${show(redirectHost)}. Paste the address from its address bar.`,
  }[landing]
  return `<section class="paste" aria-labelledby="ending"><h2 id="ending">Final address</h2>
${renderPasteForm({ action: key, label: ending, problem })}</section>`
}

function verdictPart({ tone, title, text, isSimulated }: NonNullable<LocalView['verdict']>): Html {
  const label = isSimulated ? '<p class="simulated">Simulated: no real network answered</p>' : ''
  return `<div class="verdict ${tone}"><h3>${show(title)}</h3><p>${show(text, 600)}</p>${label}</div>`
}

function findingPart({ severity, title, cause, fix, reference }: LocalView['findings'][number]): Html {
  const rows = [
    ['Why', lines(cause)],
    ['Do', lines(fix)],
    ...(reference === null ? [] : [['See', show(reference, 500)]]),
  ]
  const name = severity === 'info' ? 'note' : severity
  return `<article class="finding ${severity}"><h3>${show(title, 500)} <small>${name}</small></h3><dl>${rows
    .map(([term, text]) => `<div><dt>${term}</dt><dd>${text}</dd></div>`)
    .join('')}</dl></article>`
}

function lines(text: string): Html {
  return text
    .split('\n')
    .map((line) => show(line, 1500))
    .join('<br>')
}
