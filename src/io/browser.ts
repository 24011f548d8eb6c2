// Hands URLs to the browser that $BROWSER names, or to that of the desktop.
import { type ChildProcess, spawn } from 'node:child_process'
import { childEnvironment } from './child-environment.ts'

interface Machine {
  env: Readonly<Record<string, string | undefined>>
  platform: string
}

/** How long a program is watched after its start: one that can't show anything ends at once. */
const watchMs = 300

/**
 * Opens an http(s) URL with the program that $BROWSER names, in a remote session too: it is the user's choice, and an
 * editor's remote terminal sets it to reach the browser at home. Otherwise with the browser of the desktop, where
 * there is one: not in a remote session, not without a display.
 * False for any other URL, and when no program was started. True doesn't say that a page was shown.
 */
export async function openInBrowser(url: string, { env, platform }: Machine): Promise<boolean> {
  if (!isOpenable(url)) return false
  const { href } = new URL(url)
  if (env['BROWSER']?.trim()) return openWithOneOf(commandsOf(env['BROWSER'], href, platform), env)
  if (env['SSH_CONNECTION'] || env['SSH_TTY']) return false
  const hasDisplay = env['DISPLAY'] || env['WAYLAND_DISPLAY'] || env['WSL_DISTRO_NAME']
  if (platform === 'linux' && !hasDisplay) return false
  return openOnDesktop(href, env)
}

function isOpenable(url: string): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, username, password } = new URL(url)
  return (protocol === 'https:' || protocol === 'http:') && !username && !password
}

type Command = readonly [program: string, ...args: string[]]

/**
 * Reads $BROWSER: commands, separated by colons, of which the first that starts is taken. `%s` stands for the URL,
 * which comes last where it isn't named, `%%` for a percent sign and `%c` for a colon. No shell sees any of it.
 * @see http://www.catb.org/~esr/BROWSER/
 */
export function commandsOf(value: string, url: string, platform: string): Command[] {
  const entries = value.split(platform === 'win32' ? ';' : ':').map((entry) => entry.trim())
  return entries.filter(Boolean).flatMap((entry) => {
    // A path with spaces in it, and no quotes around it.
    const whole: Command[] = entry.includes(' ') && !/["'%]/.test(entry) ? [[entry, url]] : []
    const [program, ...args] = words(entry)
    return program === undefined ? [] : [withUrl([program, ...args], url), ...whole]
  })
}

/** Splits a command at its spaces, except inside quotes; an `&` at its end is what we do anyway. */
function words(command: string): string[] {
  const found = command.match(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g) ?? []
  return found.filter((word) => word !== '&').map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, '$1$2'))
}

function withUrl([program, ...args]: Command, url: string): Command {
  const expand = (arg: string) =>
    arg.replace(/%([sc%])/g, (_, letter: string) => (letter === 's' ? url : letter === 'c' ? ':' : '%'))
  const isNamed = args.some((arg) => arg.replaceAll('%%', '').includes('%s'))
  return [expand(program), ...args.map(expand), ...(isNamed ? [] : [url])]
}

async function openWithOneOf(commands: readonly Command[], env: Machine['env']): Promise<boolean> {
  for (const command of commands) {
    if (await start(command, env)) return true
  }
  return false
}

/** Starts a program that outlives nv. False when it can't be started, or fails at once. */
async function start([program, ...args]: Command, env: Machine['env']): Promise<boolean> {
  try {
    const child = spawn(program, args, { env: childEnvironment(env), detached: true, stdio: 'ignore' })
    child.unref()
    return await lasts(child)
  } catch {
    // Arguments that are too long, or a program that Windows starts with a shell alone, are refused at once.
    return false
  }
}

/** The library starts its program with the environment of this process, which is cut down as long as that takes. */
async function openOnDesktop(url: string, env: Machine['env']): Promise<boolean> {
  const { default: open } = await import('open')
  const whole = { ...process.env }
  replaceEnvironment(childEnvironment(env))
  try {
    return await lasts(await open(url))
  } catch {
    return false
  } finally {
    replaceEnvironment(whole)
  }
}

function replaceEnvironment(env: Machine['env']): void {
  for (const name of Object.keys(process.env)) if (!(name in env)) delete process.env[name]
  Object.assign(process.env, env)
}

/** Tells whether a program runs, or has ended well; false when it could not be started, or fails at once. */
function lasts(child: ChildProcess): Promise<boolean> {
  if (child.exitCode !== null) return Promise.resolve(child.exitCode === 0)
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(true), watchMs)
    const settle = (isWell: boolean) => {
      clearTimeout(timer)
      resolve(isWell)
    }
    child.once('error', () => settle(false))
    child.once('exit', (exitCode) => settle(exitCode === 0))
  })
}
