// Answers for the version, and loads the rest. Imported by nv.js once the version of Node will do.
import { readFileSync } from 'node:fs'
import module from 'node:module'

const [first, ...others] = process.argv.slice(2)

// The version is answered before anything is loaded, so that it costs what Node costs.
if (others.length === 0 && (first === '--version' || first === '-V')) {
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  console.log(`nv ${version}`)
} else {
  module.enableCompileCache?.()
  await import('../dist/main.js')
}
