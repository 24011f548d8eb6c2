// Runs the whole matrix of hops and faults in this process, against real broken servers, and prints it as Markdown.
import { loadTypeScript } from './load-typescript.mjs'

const { canRun, cells, hopNames, prepareCertificates, runCell, themes } =
  await loadTypeScript('bench/faults-entry.ts')

/** A part of a hop's or a fault's name; only those are run. */
const wanted = process.argv[2] ?? ''
const certificates = await prepareCertificates()
const failures = []
const durationsMs = []
const counts = new Map()
let skippedCount = 0

// The memory and the handles of a cell are its own only when cells run one after the other.
for (const cell of cells) {
  const [hop, fault] = cell
  const name = `${hop}: ${fault.name}`
  if (!name.includes(wanted)) continue
  if (!canRun(cell, certificates)) {
    skippedCount++
    continue
  }
  const { run, complaints, durationMs } = await runCell(hop, fault, certificates)
  durationsMs.push(durationMs)
  const theme = Object.keys(themes).find((key) => themes[key].includes(fault))
  const key = `${hop} ${theme}`
  const { right = 0, all = 0 } = counts.get(key) ?? {}
  counts.set(key, { right: right + (complaints.length === 0 ? 1 : 0), all: all + 1 })
  if (process.argv.includes('--findings'))
    console.log(`${name} → ${run?.exitCode} ${run?.failedStep} ${run?.findings.map(({ code }) => code)}`)
  if (complaints.length > 0) failures.push(`${name}: ${complaints.join('; ')}`)
}

console.log(report())
process.exitCode = failures.length > 0 || durationsMs.length === 0 ? 1 : 0

function report() {
  const names = Object.keys(themes)
  const row = (cells) => `| ${cells.join(' | ')} |`
  const slowest = Math.max(...durationsMs)
  const total = durationsMs.reduce((sum, duration) => sum + duration, 0)
  return [
    'Cells that end as they should, of all: in bounded time, with the right exit code, step and cause, one JSON object, no stack, no secret, no handle left, one code exchange at most.',
    '',
    row(['hop', ...names]),
    row(['---', ...names.map(() => '---')]),
    ...hopNames.map((hop) =>
      row([
        hop,
        ...names.map((theme) => {
          const { right = 0, all = 0 } = counts.get(`${hop} ${theme}`) ?? {}
          return `${right}/${all}`
        }),
      ]),
    ),
    '',
    `${durationsMs.length - failures.length} of ${durationsMs.length} cells are right${skippedCount > 0 ? `, ${skippedCount} were skipped for want of an openssl command` : ''}; ${(total / 1000).toFixed(1)} s together, the slowest took ${(slowest / 1000).toFixed(2)} s.`,
    ...failures.map((failure) => `- ${failure}`),
  ].join('\n')
}
