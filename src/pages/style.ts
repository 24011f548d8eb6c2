// How the pages of nv and of its simulator look: one card, on a phone's width and on a desktop, in light and in dark.

/** The style sheet of every page. */
export const style = `
:root { color-scheme: light dark; --ground: #eef1f6; --card: #fff; --ink: #131a29; --muted: #566178;
  --edge: #d5dbe6; --accent: #2f4bd8; --on-accent: #fff; --soft: #eef1ff; --bad: #b3261e; --bad-soft: #fdecea;
  --good: #0f6b3a; --good-soft: #e3f4ea; --warn: #7a4f00; --warn-soft: #fdf3dc }
@media (prefers-color-scheme: dark) { :root { --ground: #0b0f17; --card: #151b27; --ink: #eceff6; --muted: #9ba7bd;
  --edge: #2d3748; --accent: #93a8ff; --on-accent: #0b1130; --soft: #1d2742; --bad: #f5b5b0; --bad-soft: #3a1d1d;
  --good: #7ddba4; --good-soft: #10301f; --warn: #f0c674; --warn-soft: #352a10 } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; background: var(--ground) }
body { margin: 0; min-height: 100vh; min-height: 100dvh; display: flex; flex-direction: column; align-items: center;
  justify-content: center; gap: 1rem; padding: 2rem 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif }
main { width: 100%; max-width: 27rem; background: var(--card); border: 1px solid var(--edge); border-radius: 20px;
  padding: 1.75rem; box-shadow: 0 1px 2px #0b12200a, 0 12px 32px -12px #0b122026 }
.wide main { max-width: 46rem }
.brand { display: flex; align-items: center; gap: .5rem; margin: 0 0 1.25rem; font-size: .875rem; font-weight: 600;
  color: var(--accent) }
.brand svg { flex: none }
h1 { margin: 0 0 .375rem; font-size: 1.5rem; line-height: 1.25; letter-spacing: -.01em; text-wrap: balance }
h2 { margin: 2rem 0 .5rem; font-size: 1rem }
p { margin: 0; overflow-wrap: anywhere }
h2 + dl { margin-top: 0 } h2 + p + p { margin-top: .75rem }
.lead, .note, .small { color: var(--muted) }
.lead { text-wrap: pretty }
.note { font-size: .8125rem; line-height: 1.45; margin-top: .625rem }
footer { font-size: .75rem; color: var(--muted); text-align: center; text-wrap: balance; max-width: 27rem }
svg { fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round }
form, fieldset { margin: 0; padding: 0; border: 0; min-width: 0 }
fieldset { margin-top: 1.25rem }
legend { padding: 0; margin: 0 0 .5rem; font-size: .8125rem; font-weight: 600; color: var(--muted) }
.phone { border: 1px solid var(--edge); border-radius: 14px; overflow: clip }
.phone + .phone { margin-top: .5rem }
.phone > p { padding: .5rem 1rem; font-size: .8125rem; color: var(--muted); border-bottom: 1px solid var(--edge) }
.choice { display: flex; align-items: center; gap: .75rem; padding: .5625rem 1rem; cursor: pointer }
.choice + .choice { border-top: 1px solid var(--edge) }
.choice span { flex: 1; min-width: 0; overflow-wrap: anywhere }
.choice b, .number { font-weight: 600; font-variant-numeric: tabular-nums; letter-spacing: .01em }
.choice small { display: block; color: var(--muted); font-size: .8125rem; line-height: 1.4 }
.choice input { appearance: none; flex: none; width: 1.25rem; height: 1.25rem; margin: 0; cursor: pointer;
  border: 2px solid var(--muted); border-radius: 50% }
.choice input:checked { border: .375rem solid var(--accent) }
.choice:has(:checked) { background: var(--soft) }
.phone:has(:checked) { border-color: var(--accent); box-shadow: 0 0 0 1px var(--accent) }
.ways { display: grid; grid-template-columns: repeat(3, 1fr); border: 1px solid var(--edge); border-radius: 14px;
  overflow: clip }
.way { position: relative; display: flex; flex-direction: column; align-items: center; gap: .1875rem;
  padding: .625rem .25rem; font-size: .875rem; color: var(--muted); cursor: pointer }
.way + .way { border-left: 1px solid var(--edge) }
.way input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer }
.way:has(:checked) { background: var(--soft); color: var(--accent); font-weight: 600;
  box-shadow: inset 0 0 0 1px var(--accent) }
.way:first-child { border-radius: 13px 0 0 13px } .way:last-child { border-radius: 0 13px 13px 0 }
.phone:has(:focus-visible), .ways:has(:focus-visible), .button:focus-visible, a:focus-visible {
  outline: 3px solid var(--accent); outline-offset: 2px }
.choice input:focus-visible { outline: none }
.actions { display: grid; gap: .625rem; margin-top: 1.5rem }
.button { appearance: none; display: block; width: 100%; min-height: 3rem; padding: .625rem 1rem; border-radius: 12px;
  border: 1px solid var(--accent); background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600;
  text-align: center; text-decoration: none; cursor: pointer }
.button.quiet { background: transparent; border-color: var(--edge); color: var(--ink) }
.button:hover { filter: brightness(1.08) }
dl { margin: 1.25rem 0 0; border: 1px solid var(--edge); border-radius: 14px }
dl div { padding: .6875rem 1rem } dl div + div { border-top: 1px solid var(--edge) }
dt { font-size: .8125rem; color: var(--muted) } dd { margin: 0; overflow-wrap: anywhere }
dd .note { display: block; margin: 0 }
code { font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; overflow-wrap: anywhere }
pre { margin: .5rem 0 0; padding: .75rem 1rem; border-radius: 12px; background: var(--ground); white-space: pre-wrap }
.bad .brand { color: var(--bad) }
.cause { margin-top: 1rem; padding: .75rem 1rem; border-radius: 12px; background: var(--bad-soft) }
.small { font-size: .8125rem; margin-top: 1rem }
a { color: var(--accent) }
.good .brand, .good h1, .good h3 { color: var(--good) } .bad h1, .bad h3 { color: var(--bad) }
.message h1 { font-size: 2rem; margin-top: .25rem }
.alert { margin-top: 1rem; padding: .75rem 1rem; border-radius: 12px; background: var(--bad-soft); color: var(--bad);
  font-weight: 600 }
[hidden] { display: none }
h2 + .checks { margin-top: .5rem }
.checks { margin: 1rem 0 0; padding: 0; list-style: none; border: 1px solid var(--edge); border-radius: 14px }
.checks li { display: flex; gap: .75rem; padding: .6875rem 1rem; align-items: flex-start }
.checks li + li { border-top: 1px solid var(--edge) }
.checks svg { flex: none; color: var(--accent); margin-top: .125rem }
.checks small { display: block; color: var(--muted); font-size: .8125rem; line-height: 1.4 }
label { display: block; margin-top: .75rem; font-size: .875rem; color: var(--muted); overflow-wrap: anywhere }
textarea { display: block; width: 100%; margin-top: .375rem; padding: .625rem .75rem; border-radius: 12px; resize: vertical;
  border: 1px solid var(--muted); background: var(--card); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace }
textarea::placeholder { color: var(--muted); opacity: 1 }
textarea:focus-visible, summary:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
[aria-invalid] { border-color: var(--bad) }
.after { margin-top: .75rem }
details { margin-top: 1.5rem; border-top: 1px solid var(--edge); padding-top: 1rem }
summary { cursor: pointer; color: var(--accent); font-weight: 600 }
details p { margin-top: .5rem }
.unseen { position: absolute; width: 1px; height: 1px; overflow: clip; clip-path: inset(50%); white-space: nowrap }
.local main { max-width: 74rem } .local footer { max-width: none }
.local h2 { margin-top: 1.5rem }
.columns { display: grid; gap: 0 2.5rem; align-items: start }
.qr { background: #fff; border: 1px solid var(--edge); border-radius: 14px; padding: .5rem; width: min(100%, 78vh) }
.qr svg { display: block; width: 100%; height: auto }
.link { margin-top: .75rem } .link code { font-size: 1rem }
.working .meet, .over .meet, .over .paste, .working .paste { display: none }
.steps { margin: .5rem 0 0; padding: 0; list-style: none; border: 1px solid var(--edge); border-radius: 14px }
.steps li { display: flex; gap: .75rem; padding: .625rem 1rem; overflow-wrap: anywhere }
.steps li + li { border-top: 1px solid var(--edge) }
.mark { flex: none; width: 1.25rem; font-weight: 700; color: var(--muted) }
.ok .mark { color: var(--good) } .failed .mark { color: var(--bad) }
.verdict { margin: .5rem 0 1rem; padding: 1rem 1.25rem; border-radius: 14px; background: var(--soft) }
.verdict.good { background: var(--good-soft) } .verdict.bad { background: var(--bad-soft) }
.verdict h3 { margin: 0 0 .25rem; font-size: 1.75rem; line-height: 1.2 }
.simulated { display: inline-block; margin-top: .625rem; padding: .125rem .625rem; border-radius: 99px; font-size: .8125rem;
  font-weight: 600; background: var(--warn-soft); color: var(--warn) }
.finding { margin-top: 1rem; padding: .875rem 1rem; border: 1px solid var(--edge); border-left: 4px solid var(--muted);
  border-radius: 12px }
.finding.error { border-left-color: var(--bad) } .finding.warning { border-left-color: var(--warn) }
.finding h3 { margin: 0; font-size: 1rem; color: var(--ink); overflow-wrap: anywhere }
.finding small { font-weight: 400; font-size: .8125rem; color: var(--muted) }
.finding dl { margin: .375rem 0 0; border: 0 } .finding dl div { padding: .25rem 0; border: 0 }
@media (min-width: 60rem) { .local.waiting .columns { grid-template-columns: minmax(0, 1fr) minmax(0, 26rem) } }
@media (min-width: 40rem) { .wide dl div { display: grid; grid-template-columns: 9rem 1fr; gap: 1rem; align-items: baseline } }
@media (max-width: 30rem) {
  html, body { background: var(--card) }
  html { scroll-padding: 1rem 0 7rem }
  body { justify-content: flex-start; padding: 0 }
  main { border: 0; border-radius: 0; box-shadow: none; padding: 1.25rem 1.25rem 0; max-width: none; flex: 1;
    display: flex; flex-direction: column }
  .brand { margin-bottom: .875rem }
  form { flex: 1; display: flex; flex-direction: column }
  pre { background: var(--soft) }
  .start .actions, .local .actions { position: static; padding-bottom: 0; margin-top: 1.25rem; box-shadow: none }
  .start form, .local form { flex: none }
  .start footer, .local footer, .message footer { padding-top: 1.5rem }
  .actions { position: sticky; bottom: 0; z-index: 1; margin: auto -.25rem 0; padding: 1rem .25rem; background: var(--card);
    box-shadow: 0 -.75rem .75rem -.25rem var(--card) }
  footer { padding: 0 1.25rem 1rem; align-self: center }
}
`
