// How the report looks: on a phone, on a desktop and on paper, in light and in dark.

/** The style sheet. */
export const style = `
:root { color-scheme: light dark; --ground: #eef1f6; --card: #fff; --ink: #131a29; --muted: #566178; --edge: #d5dbe6;
  --accent: #2f4bd8; --soft: #f4f6fb; --good: #0f6b3a; --good-soft: #e3f4ea; --bad: #b3261e; --bad-soft: #fdecea;
  --warn: #8a5a00; --warn-soft: #fdf3dc;
  --resolve: #8a63d2; --connect: #d07a00; --tls: #b23a8e; --wait: #3a6fd8; --read: #1e9e63 }
@media (prefers-color-scheme: dark) { :root { --ground: #0b0f17; --card: #151b27; --ink: #eceff6; --muted: #9ba7bd;
  --edge: #2d3748; --accent: #93a8ff; --soft: #1b2333; --good: #7ddba4; --good-soft: #10301f; --bad: #f5b5b0;
  --bad-soft: #3a1d1d; --warn: #f0c674; --warn-soft: #352a10;
  --resolve: #b79cf0; --connect: #f0a94a; --tls: #e080c0; --wait: #7ba5ff; --read: #5fd39b } }
* { box-sizing: border-box }
html { -webkit-text-size-adjust: 100%; background: var(--ground) }
body { margin: 0; padding: 1.5rem 1rem 3rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif }
main { max-width: 62rem; margin: 0 auto; display: grid; gap: 1rem; grid-template-columns: minmax(0, 1fr) }
header, section { background: var(--card); border: 1px solid var(--edge); border-radius: 16px; padding: 1.25rem 1.5rem }
header.verified, header.identified { border-top: 4px solid var(--good) }
header.mismatch { border-top: 4px solid var(--bad) }
header.undetermined { border-top: 4px solid var(--warn) }
.brand { margin: 0 0 .25rem; font-size: .875rem; font-weight: 600; color: var(--muted) }
h1 { margin: 0; font-size: 1.75rem; line-height: 1.2; letter-spacing: -.015em; text-wrap: balance; overflow-wrap: anywhere }
.verified h1, .identified h1 { color: var(--good) } .mismatch h1 { color: var(--bad) } .undetermined h1 { color: var(--warn) }
.simulated { display: inline-block; margin: .625rem 0 0; padding: .125rem .625rem; border-radius: 99px; font-size: .8125rem;
  font-weight: 600; background: var(--warn-soft); color: var(--warn) }
h2 { margin: 0 0 .75rem; font-size: 1.125rem } h3 { margin: 1.25rem 0 .375rem; font-size: .875rem; color: var(--muted) }
p { margin: 0; overflow-wrap: anywhere } .note { margin-top: .375rem; font-size: .8125rem; color: var(--muted) }
a { color: var(--accent); overflow-wrap: anywhere }
dl { margin: .75rem 0 0 } dl div { display: grid; grid-template-columns: minmax(6rem, 11rem) minmax(0, 1fr); gap: .125rem 1rem;
  padding: .3125rem 0 } dl div + div { border-top: 1px solid var(--edge) }
dt { color: var(--muted); font-size: .875rem } dd { margin: 0; overflow-wrap: anywhere; font-size: .9375rem }
header dd { font-variant-numeric: tabular-nums }
.finding { padding: .875rem 1rem; border-radius: 12px; background: var(--soft); border-left: 4px solid var(--muted) }
.finding + .finding { margin-top: .75rem }
.finding.error { background: var(--bad-soft); border-color: var(--bad) }
.finding.warning { background: var(--warn-soft); border-color: var(--warn) }
.finding h3 { margin: 0; font-size: 1rem; color: var(--ink); overflow-wrap: anywhere }
.finding small { color: var(--muted) } .finding dl { margin-top: .375rem }
.finding dl div { grid-template-columns: 3.5rem minmax(0, 1fr); border: 0; padding: .125rem 0 } .finding dd { white-space: pre-line }
.steps { list-style: none; margin: 0; padding: 0; display: grid; gap: .25rem }
.steps li { display: grid; grid-template-columns: 1.25rem 5.5rem minmax(0, 1fr) auto; gap: .5rem; overflow-wrap: anywhere }
.steps .ok i { color: var(--good) } .steps .failed i { color: var(--bad) } .steps .skipped { color: var(--muted) }
.steps i { font-style: normal } .ms { color: var(--muted); font-size: .8125rem; white-space: nowrap; font-variant-numeric: tabular-nums }
.lanes, .arrows { list-style: none; margin: 0; padding: 0 }
.lanes { display: grid; grid-template-columns: repeat(5, 1fr); position: sticky; top: 0; background: var(--card); z-index: 1;
  text-align: center; font-weight: 600; font-size: .875rem; padding: .25rem 0; border-bottom: 1px solid var(--edge) }
.arrows { padding: .25rem 0; background: linear-gradient(var(--edge), var(--edge)) 10% 0 / 1px 100% no-repeat,
  linear-gradient(var(--edge), var(--edge)) 30% 0 / 1px 100% no-repeat, linear-gradient(var(--edge), var(--edge)) 50% 0 / 1px 100% no-repeat,
  linear-gradient(var(--edge), var(--edge)) 70% 0 / 1px 100% no-repeat, linear-gradient(var(--edge), var(--edge)) 90% 0 / 1px 100% no-repeat }
.arrows li { display: grid; grid-template-columns: repeat(10, 1fr); padding: .25rem 0 .375rem }
.arrows li > a, .arrows li > span { grid-column: 1 / -1; justify-self: start; max-width: 100%; font-size: .8125rem; line-height: 1.4;
  color: inherit; text-decoration: none; background: var(--card); padding: 0 .25rem; overflow-wrap: anywhere }
.arrows li > a:hover { text-decoration: underline }
.arrows b { color: var(--accent); font-weight: 600; white-space: nowrap } .arrows .bad b { color: var(--bad) }
.arrows .muted b { color: var(--muted) }
.arrows i { position: relative; height: 0; margin-top: .25rem; border-top: 2px solid var(--accent); color: var(--accent) }
.arrows .bad i { border-color: var(--bad); color: var(--bad) }
.arrows .muted i { border-top-style: dashed; border-color: var(--muted); color: var(--muted) }
.arrows i::after { content: ''; position: absolute; top: -5px; border: 4px solid transparent }
.arrows i.right::after { right: -1px; border-left: 7px solid currentColor; border-right: 0 }
.arrows i.left::after { left: -1px; border-right: 7px solid currentColor; border-left: 0 }
.hosts { font-size: .875rem }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0 0 .5rem; padding: 0; font-size: .8125rem;
  color: var(--muted) }
.legend li::before { content: ''; display: inline-block; width: .625rem; height: .625rem; margin-right: .375rem; border-radius: 3px;
  background: currentColor }
.legend .resolve::before { background: var(--resolve) } .legend .connect::before { background: var(--connect) }
.legend .tls::before { background: var(--tls) } .legend .wait::before { background: var(--wait) }
.legend .read::before { background: var(--read) }
.waterfall { list-style: none; margin: 0; padding: 0 }
.waterfall li { display: grid; grid-template-columns: minmax(0, 2fr) minmax(0, 3fr) 4.5rem; gap: .75rem; align-items: center; padding: .1875rem 0 }
.waterfall a { color: inherit; text-decoration: none; font-size: .8125rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis }
.waterfall a:hover { text-decoration: underline } .waterfall .ms { text-align: right }
.track { position: relative; height: .875rem; background: var(--soft); border-radius: 4px }
.bar { position: absolute; inset-block: 0; display: flex; min-width: 3px; border-radius: 4px; overflow: clip }
.bar i.resolve { background: var(--resolve) } .bar i.connect { background: var(--connect) } .bar i.tls { background: var(--tls) }
.bar i.wait { background: var(--wait) } .bar i.read { background: var(--read) }
details { border: 1px solid var(--edge); border-radius: 12px; padding: 0 1rem; scroll-margin-top: .5rem }
details + details { margin-top: .5rem } details[open] { padding-bottom: 1rem } details.bad { border-color: var(--bad) }
details:target { box-shadow: 0 0 0 2px var(--accent) }
summary { cursor: pointer; padding: .625rem 0; overflow-wrap: anywhere } summary span { display: block; font-size: .8125rem; color: var(--muted) }
summary:focus-visible, a:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 4px }
pre { margin: 0 0 .5rem; padding: .625rem .75rem; border-radius: 8px; background: var(--soft); white-space: pre-wrap; overflow-wrap: anywhere;
  font: .8125rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; max-height: 30rem; overflow: auto }
pre b { font-weight: 600 }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100%; font-size: .875rem }
th { text-align: left; color: var(--muted); font-weight: 600 } th, td { padding: .3125rem .75rem .3125rem 0; vertical-align: top;
  border-bottom: 1px solid var(--edge); overflow-wrap: anywhere }
footer { color: var(--muted); font-size: .8125rem; text-align: center; text-wrap: balance }
@media (max-width: 40rem) {
  body { padding: 0 0 2rem } main { gap: .5rem }
  header, section { border-radius: 0; border-inline: 0; padding: 1rem }
  h1 { font-size: 1.5rem } dl div { grid-template-columns: minmax(0, 1fr) } .finding dl div { grid-template-columns: 3rem minmax(0, 1fr) }
  .lanes { font-size: .75rem } .steps li { grid-template-columns: 1.25rem minmax(0, 1fr) auto } .steps .detail { grid-column: 2 / -1; grid-row: 2 }
  .waterfall li { grid-template-columns: minmax(0, 1fr) 4.5rem } .waterfall a { grid-column: 1 / -1 }
  td { min-width: 6rem } td:first-child { white-space: nowrap; overflow-wrap: normal } footer { padding: 0 1rem }
}
@media print {
  :root { color-scheme: light; --ground: #fff; --card: #fff; --ink: #000; --muted: #444; --edge: #bbb; --accent: #1f3ab8; --soft: #f5f5f5;
    --good: #0f6b3a; --bad: #b3261e; --bad-soft: #fdecea; --warn: #8a5a00; --warn-soft: #fdf3dc;
    --resolve: #8a63d2; --connect: #d07a00; --tls: #b23a8e; --wait: #3a6fd8; --read: #1e9e63 }
  * { print-color-adjust: exact } body { padding: 0; font-size: 10pt } .lanes { position: static }
  header, section { border-radius: 0; padding: .5rem 0; border-width: 1px 0 0 } pre { max-height: none; overflow: visible }
  .finding, .steps li, .arrows li, .waterfall li, tr { break-inside: avoid } h2, h3, summary { break-after: avoid }
  details::details-content { content-visibility: visible; block-size: auto } summary { list-style: none }
}
`
