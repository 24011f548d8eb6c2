// Fuzzes the built program and prints the figures as Markdown: `node bench/fuzz.mjs [callbacks] [simulator requests] [kind]`.
import { fuzzListener } from './fuzz-listener.mjs'
import { fuzzSimulator } from './fuzz-simulator.mjs'
import { hostileKinds } from './hostile-requests.mjs'

const callbackCount = Number(process.argv[2] ?? 100_000)
const simulatorCount = Number(process.argv[3] ?? 50_000)
const wantedKind = process.argv[4] ?? ''
const kindCount = Object.keys(hostileKinds).filter((kind) => kind.includes(wantedKind)).length
const mib = (bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`
const seconds = (ms) => `${(ms / 1000).toFixed(1)} s`
const row = (cells) => `| ${cells.join(' | ')} |`
/** More growth of the heap than this is a leak. */
const maxGrowth = 16 * 2 ** 20

if (callbackCount > 0) reportListener(await fuzzListener(Math.ceil(callbackCount / kindCount), wantedKind))
if (simulatorCount > 0) reportSimulator(await fuzzSimulator(simulatorCount))

function reportListener(figures) {
  const { before, after, kinds, run } = figures
  const { outcome, arrivals } = run.out === '' ? {} : JSON.parse(run.out)
  console.log(
    [
      `${callbackCount.toLocaleString('en')} hostile requests of ${kindCount} kinds at the listener, on 127.0.0.1 and ::1, beside ${figures.slowClients} connections of 200 slow clients, in ${seconds(figures.durationMs)}.`,
      '',
      row(['after', 'heap in use', 'resident']),
      row(['---', '---', '---']),
      row(['nothing', mib(before.heapUsed), mib(before.rss)]),
      ...kinds.map(({ kind, heapUsed, rss }) => row([kind, mib(heapUsed), mib(rss)])),
      '',
      `- time to the true callback: ${Math.round(figures.trueCallbackMs)} ms; the run: ${outcome}, exit ${run.exitCode}`,
      `- code exchanges: ${figures.codeExchanges}; arrivals recorded: ${arrivals?.length}`,
      `- answers: ${figures.answers}; without the security headers: ${figures.unprotected.length}; redirects: ${figures.redirects}; never ended: ${figures.unanswered}`,
      ...[...new Set(figures.unprotected)].slice(0, 20).map((what) => `  - ${what}`),
      '',
    ].join('\n'),
  )
  const isRight =
    outcome === 'verified' &&
    run.exitCode === 0 &&
    figures.codeExchanges === 1 &&
    figures.unprotected.length === 0 &&
    figures.redirects === 0 &&
    figures.unanswered === 0 &&
    after.heapUsed - before.heapUsed < maxGrowth
  if (!isRight) process.exitCode = 1
}

function reportSimulator({ before, after, statuses, bugs, unanswered, durationMs, flowsAfter }) {
  const shown = [...statuses]
    .toSorted(([one], [other]) => Number(one) - Number(other))
    .map(([status, count]) => `${status} × ${count}`)
  console.log(
    [
      `${simulatorCount.toLocaleString('en')} hostile requests at the simulator in ${seconds(durationMs)}: ${shown.join(', ')}; without an answer: ${unanswered}.`,
      `Heap ${mib(before.heapUsed)} before, ${mib(after.heapUsed)} after; resident ${mib(before.rss)} and ${mib(after.rss)}. ${flowsAfter} honest flows after it got their verdicts.`,
      ...bugs.slice(0, 5).map((bytes) => `- answered as a bug: ${JSON.stringify(bytes)}`),
    ].join('\n'),
  )
  if (bugs.length > 0 || unanswered > 0) process.exitCode = 1
}
