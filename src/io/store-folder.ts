// Where the stored files are on each platform.
import { posix, win32, resolve } from 'node:path'
import { SetupError } from '../errors.ts'
import { configVariable } from './store-problem.ts'

export interface StoreEnvironment {
  env: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  homeDirectory: string
}

/**
 * Finds the folder of the stored files; `isChosen` when the user named it in NV_CONFIG_DIR. Throws a SetupError where
 * it would depend on the working folder, since there is no home directory.
 */
export function findStoreFolder(environment: StoreEnvironment): { path: string; isChosen: boolean } {
  const chosen = environment.env['NV_CONFIG_DIR']
  return chosen
    ? { path: resolve(chosen), isChosen: true }
    : { path: defaultFolder(environment), isChosen: false }
}

/**
 * Finds the folder of what is kept of runs, by NV_STATE_DIR or the state folder of the platform. Throws a SetupError as
 * `findStoreFolder` does.
 */
export function findStateFolder({ env, platform, homeDirectory }: StoreEnvironment): string {
  const chosen = env['NV_STATE_DIR']
  if (chosen) return resolve(chosen)
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix
  const inHome = (...names: string[]) => {
    if (isAbsolute(homeDirectory)) return join(homeDirectory, ...names)
    throw homeless(homeDirectory, 'runs', 'NV_STATE_DIR')
  }
  if (platform === 'win32') return join(env['LOCALAPPDATA'] || inHome('AppData', 'Local'), 'nv', 'State')
  if (platform === 'darwin') return inHome('Library', 'Application Support', 'nv')
  const xdg = env['XDG_STATE_HOME']
  return xdg && isAbsolute(xdg) ? join(xdg, 'nv') : inHome('.local', 'state', 'nv')
}

/** @see https://specifications.freedesktop.org/basedir-spec/latest/#variables A relative path is to be ignored. */
function defaultFolder({ env, platform, homeDirectory }: StoreEnvironment): string {
  const { isAbsolute, join } = platform === 'win32' ? win32 : posix
  const inHome = (...names: string[]) => {
    if (isAbsolute(homeDirectory)) return join(homeDirectory, ...names)
    throw homeless(homeDirectory, 'profiles', configVariable)
  }
  if (platform === 'win32') return join(env['APPDATA'] || inHome('AppData', 'Roaming'), 'nv', 'Config')
  if (platform === 'darwin') return inHome('Library', 'Preferences', 'nv')
  const xdg = env['XDG_CONFIG_HOME']
  return xdg && isAbsolute(xdg) ? join(xdg, 'nv') : inHome('.config', 'nv')
}

function homeless(homeDirectory: string, what: string, variable: string): SetupError {
  return new SetupError({
    code: 'no_home',
    title: `There is no folder to keep ${what} in`,
    cause: `The home directory is ${JSON.stringify(homeDirectory)}, which is not an absolute path.`,
    fix: `Set HOME to it, or name a folder in ${variable}.`,
  })
}
