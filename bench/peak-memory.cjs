// Preloaded into a measured process: writes the peak of its resident memory, in KiB, to file descriptor 3.
const { readFileSync, writeSync } = require('node:fs')

process.on('exit', () => writeSync(3, String(peakKib())))

/** Reads the peak of this program alone: maxRSS also counts what the parent held before it became this program. */
function peakKib() {
  if (process.platform !== 'linux') return process.resourceUsage().maxRSS
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8'))[1])
}
