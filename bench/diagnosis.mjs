// Shows what nv says first of every behaviour of the simulator, of every shared case, and of failures of other gateways.
import { build } from 'esbuild'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCases } from './diagnosis-cases.mjs'

const root = join(import.meta.dirname, '..')
const { behaviourRows, unseenRows } = await bundle('test/support/diagnosis-rows.ts')

const tables = {
  'Behaviours of the simulator': behaviourRows(),
  'Cases of ../shared/cases': runCases(root, process.argv[2] ?? join(root, '..', 'shared', 'cases')),
  'Failures of other gateways': unseenRows(),
}
let wrong = 0
for (const [title, rows] of Object.entries(tables)) {
  console.log(`\n## ${title}\n`)
  console.log('| what | expected first | actual | |')
  console.log('| --- | --- | --- | --- |')
  const counts = { ok: 0, not: 0, skipped: 0 }
  for await (const { what, expected, actual, verdict } of rows) {
    counts[verdict]++
    console.log(`| ${[what, expected, actual].map(cell).join(' | ')} | ${verdict} |`)
  }
  wrong += counts.not
  const skipped = counts.skipped === 0 ? '' : `, ${counts.skipped} skipped`
  console.log(`\n${counts.ok} of ${counts.ok + counts.not} right${skipped}`)
}
process.exit(wrong === 0 ? 0 : 1)

function cell(text) {
  return text.replaceAll('|', '\\|').replace(/\s+/g, ' ')
}

/** Bundles a module of the tests with what it needs of src, and loads it. */
async function bundle(entry) {
  const folder = mkdtempSync(join(root, 'dist', 'bench-'))
  try {
    const outfile = join(folder, 'rows.mjs')
    await build({
      absWorkingDir: root,
      entryPoints: [entry],
      outfile,
      bundle: true,
      format: 'esm',
      platform: 'node',
      external: ['@napi-rs/keyring', 'chromium-bidi'],
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url)",
      },
      define: { NV_VERSION: '"bench"' },
      plugins: [withoutVitest()],
      logLevel: 'warning',
    })
    // oxlint-disable-next-line no-dynamic-require -- it was written a line before
    return await import(outfile)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** What the helpers of the tests expect on the way is for the tests to see: here it passes. */
function withoutVitest() {
  return {
    name: 'without-vitest',
    setup: ({ onResolve, onLoad }) => {
      onResolve({ filter: /^vitest$/ }, () => ({ path: 'vitest', namespace: 'none' }))
      onLoad({ filter: /.*/, namespace: 'none' }, () => ({
        contents:
          'const anything = new Proxy(() => anything, { get: (_, name) => name === "then" ? undefined : anything }); export const expect = anything',
      }))
    },
  }
}
