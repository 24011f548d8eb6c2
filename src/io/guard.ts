// The guard between nv and a program that it starts: a process of its own, which outlives even a SIGKILL of nv.

/** Begins the line that says why the program could not be started. */
export const notStartedMark = 'nv-guard: not started: '

/** The argument that makes a guard of an executable with Node inside it, which takes no source. */
export const guardArgument = '--guard'

/**
 * Its source. It runs the program that its arguments name, with its own streams; when its standard input ends, which
 * it does with nv, or when the program ends, it ends the group that it leads. Where there are no groups, the program
 * and what that has started.
 */
export const guard = `
const { spawn } = process.getBuiltinModule('node:child_process')
const [program, ...args] = process.argv.slice(1)
const isWindows = process.platform === 'win32'
const child = spawn(program, args, { stdio: ['pipe', 'inherit', 'inherit'], windowsHide: true })
child.stdin.on('error', () => {})
const end = (signal) => {
  if (isWindows) spawn('taskkill', ['/pid', String(child.pid), '/t', '/f'], { stdio: 'ignore', windowsHide: true })
  else try { process.kill(-process.pid, signal) } catch {}
}
let isStopping = false
const stop = () => {
  if (isStopping) return
  isStopping = true
  end('SIGTERM')
  setTimeout(() => end('SIGKILL'), 400)
}
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, stop)
process.stdin.on('end', stop).on('error', stop).on('close', stop).resume()
child.on('error', ({ code }) => {
  isStopping = true
  process.stderr.write(${JSON.stringify(notStartedMark)} + code + '\\n', () => process.exit(127))
})
child.on('exit', (code, signal) => {
  isStopping = true
  end('SIGTERM')
  if (signal === null || isWindows) process.exit(code ?? 1)
  // It ends as the program did, so that nobody takes a signal for an exit code.
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  setTimeout(() => process.exit(1), 400)
})
`
