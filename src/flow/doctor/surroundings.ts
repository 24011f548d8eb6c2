// Where nv runs: in a container, in WSL, over SSH, with a browser or without one.
import type { Context } from '../../context.ts'
import { ways } from '../../reach/ways.ts'
import { type Check, note, ok, problem } from './check.ts'
import { findProgram } from '../../reach/programs.ts'

export interface Surroundings {
  /** The sign of it; null: it is not a container. */
  container: string | null
  isWsl: boolean
  isSsh: boolean
}

/** Finds out where nv runs. */
export async function findSurroundings({
  env,
  files,
  tool,
}: Pick<Context, 'env' | 'files' | 'tool'>): Promise<Surroundings> {
  const isLinux = tool.platform.startsWith('linux')
  const read = (path: string) => (isLinux ? files.read(path).catch(() => null) : null)
  const isThere = async (path: string) => isLinux && (await files.look(path)) !== null
  const signs: Array<[sign: string, isGiven: boolean]> = [
    ['CODESPACES is set', Boolean(env['CODESPACES'])],
    ['KUBERNETES_SERVICE_HOST is set', Boolean(env['KUBERNETES_SERVICE_HOST'])],
    ['/.dockerenv exists', await isThere('/.dockerenv')],
    ['/run/.containerenv exists', await isThere('/run/.containerenv')],
    ['container is set', Boolean(env['container'])],
    [
      '/proc/1/cgroup names one',
      /docker|kubepods|containerd|\blxc\b/.test((await read('/proc/1/cgroup')) ?? ''),
    ],
  ]
  return {
    container: signs.find(([, isGiven]) => isGiven)?.[0] ?? null,
    isWsl: Boolean(env['WSL_DISTRO_NAME']) || /microsoft/i.test((await read('/proc/version')) ?? ''),
    isSsh: Boolean(env['SSH_CONNECTION'] || env['SSH_TTY'] || env['SSH_CLIENT']),
  }
}

/** Says what SSH, WSL and a container change. */
export function checkSurroundings({ container, isWsl, isSsh }: Surroundings): Check[] {
  return [
    isSsh
      ? note(
          'ssh',
          'This session is over SSH',
          'A callback to 127.0.0.1 arrives on the machine in front of you, not here',
          'Forward the port, as in: ssh -L 8080:127.0.0.1:8080 <host>, with --listen 127.0.0.1:8080. Or paste the address.',
        )
      : ok('ssh', 'This session is not over SSH', 'A browser on this machine reaches nv on 127.0.0.1'),
    isWsl
      ? note(
          'wsl',
          'This is Linux inside Windows (WSL)',
          'A browser in Windows reaches nv on 127.0.0.1. Other devices only reach Windows, which has to forward a port to nv',
          'For a phone on the same network, in Windows: netsh interface portproxy, or networkingMode=mirrored in .wslconfig.',
        )
      : ok('wsl', 'This is not WSL', 'No port has to be forwarded from Windows'),
    container === null
      ? ok('container', 'No sign of a container', "The addresses below are this machine's own")
      : note(
          'container',
          `This looks like a container: ${container}`,
          'Its addresses and ports are not those of the host',
          "Publish the port that nv listens on, as in: docker run -p 127.0.0.1:8080:8080, with --listen 0.0.0.0:8080. Or paste the phone's final address.",
        ),
  ]
}

/** Says which browser would be asked, or why none. */
export async function checkBrowser(context: Context): Promise<Check> {
  const { env, tool } = context
  const named = env['BROWSER']?.trim()
  if (named) return checkNamedBrowser(context, named)
  const lacks = await ways.browser.probe(context)
  if (lacks !== null) {
    return note(
      'browser',
      `nv can't open a browser: it needs ${lacks}`,
      '--via browser only shows the link',
      'Open the link elsewhere, or name a program in BROWSER.',
    )
  }
  const isBare = tool.platform.startsWith('linux') && env['DISPLAY'] !== undefined
  return ok(
    'browser',
    isBare ? 'There is a display' : 'This is a desktop session',
    "--via browser opens the desktop's default browser",
  )
}

/** $BROWSER may hold several commands; the first that starts is taken. */
async function checkNamedBrowser(context: Context, value: string): Promise<Check> {
  const separator = context.tool.platform.startsWith('win32') ? ';' : ':'
  const entries = value.split(separator).map((entry) => entry.trim())
  const programs = entries.filter(Boolean).flatMap((entry) => {
    const [, quoted] = /^["']([^"']+)["']/.exec(entry) ?? []
    return quoted === undefined ? [entry.split(/\s/)[0] ?? entry, entry] : [quoted]
  })
  for (const program of programs) {
    const found = await findProgram(context, program)
    if (found !== null)
      return ok('browser', `BROWSER names ${program}, which is ${found}`, '--via browser opens that')
  }
  return problem(
    'browser',
    `BROWSER names ${programs[0] ?? 'nothing'}, which is not a program on PATH`,
    '--via browser only shows the link',
    'Correct BROWSER, or unset it.',
  )
}
