// Where the stored files are on each platform.
import { posix, win32, resolve } from 'node:path'

export interface StoreEnvironment {
  env: Readonly<Record<string, string | undefined>>
  platform: NodeJS.Platform
  homeDirectory: string
}

/** Finds the folder of the stored files; `isChosen` when the user named it in NV_CONFIG_DIR. */
export function findStoreFolder(environment: StoreEnvironment): { path: string; isChosen: boolean } {
  const chosen = environment.env['NV_CONFIG_DIR']
  return chosen
    ? { path: resolve(chosen), isChosen: true }
    : { path: defaultFolder(environment), isChosen: false }
}

/** @see https://specifications.freedesktop.org/basedir-spec/latest/#variables A relative path is to be ignored. */
function defaultFolder({ env, platform, homeDirectory }: StoreEnvironment): string {
  if (platform === 'win32') {
    return win32.join(env['APPDATA'] || win32.join(homeDirectory, 'AppData', 'Roaming'), 'nv', 'Config')
  }
  if (platform === 'darwin') return posix.join(homeDirectory, 'Library', 'Preferences', 'nv')
  const xdg = env['XDG_CONFIG_HOME']
  return posix.join(xdg && posix.isAbsolute(xdg) ? xdg : posix.join(homeDirectory, '.config'), 'nv')
}
