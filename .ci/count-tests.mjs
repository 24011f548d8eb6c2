// Adds up vitest's JSON reports and prints one line: how many tests passed, failed and were skipped.
import { existsSync, readFileSync } from 'node:fs'

const paths = process.argv.slice(2)
const missing = paths.filter((path) => !existsSync(path)).length
if (missing > 0) {
  console.error(`${missing} of ${paths.length} test runs ended before the first test; see above.`)
  process.exit(1)
}

const reports = paths.map((path) => JSON.parse(readFileSync(path, 'utf8')))
const sum = (count) => reports.reduce((total, report) => total + count(report), 0)

const passed = sum((report) => report.numPassedTests)
// A file that could not be loaded has no tests to fail.
const failed = sum(({ numFailedTests, testResults }) => {
  const unloaded = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.length === 0,
  )
  return numFailedTests + unloaded.length
})
const skipped = sum((report) => report.numPendingTests + report.numTodoTests)
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`)
