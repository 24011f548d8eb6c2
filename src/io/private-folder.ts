// Folders that only their owner may use, made so under every umask.
import { chmodSync, existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Makes a folder, and those above it that are missing, each with mode 0700: a umask of 0777 would shut out its owner,
 * too. Leaves alone what is there.
 */
export function makePrivateFolder(path: string): void {
  const missing: string[] = []
  for (let folder = path; !existsSync(folder) && folder !== dirname(folder); folder = dirname(folder)) {
    missing.unshift(folder)
  }
  for (const folder of missing) {
    try {
      mkdirSync(folder, { mode: 0o700 })
      chmodSync(folder, 0o700)
    } catch (error) {
      // Another process made it meanwhile, or the file system knows no modes.
      if (!existsSync(folder)) throw error
    }
  }
}

/** Removes what was only in preparation; what can't be removed is a leftover for a later command. */
export function removePrepared(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // The error that is on its way tells more.
  }
}
