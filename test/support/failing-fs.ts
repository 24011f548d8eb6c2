// A file system of which one call fails: everything else in the folder, and all outside of it, works.
import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** Without unlinkSync, which gives a lock back: one that isn't given back stays until its process ends. */
const names = [
  'chmodSync',
  'closeSync',
  'fchmodSync',
  'fstatSync',
  'fsyncSync',
  'lstatSync',
  'mkdirSync',
  'openSync',
  'readdirSync',
  'readFileSync',
  'renameSync',
  'rmdirSync',
  'rmSync',
  'writeFileSync',
] as const

type Call = (...args: unknown[]) => unknown

export interface Failure {
  /** The call that fails, counted from 0. */
  at: number
  fail(name: string): never
  /** It does its work all the same, as when the answer gets lost. */
  isAfterwards?: boolean
}

/** Lets one call in the folder fail until `mend` is called; tells the call, null when there were not as many. */
export function breakFileSystem(
  folder: string,
  { at, fail, isAfterwards }: Failure,
): { mend(): string | null } {
  const originals = names.map((name) => [name, fs[name]] as const)
  const opened = new Set<unknown>()
  let count = 0
  let failed: string | null = null
  const isOurs = (target: unknown): boolean =>
    typeof target === 'string' ? target.startsWith(folder) : opened.has(target)
  for (const [name, original] of originals) {
    const call = original as Call
    const wrapped: Call = (...args) => {
      if (!isOurs(args[0])) return call(...args)
      const isIt = count++ === at
      if (isIt) failed = `${name} ${String(args[0]).slice(folder.length)}`
      if (isIt && !isAfterwards) fail(name)
      const result = call(...args)
      if (name === 'openSync') opened.add(result)
      if (name === 'closeSync') opened.delete(args[0])
      return isIt ? fail(name) : result
    }
    Object.assign(fs, { [name]: wrapped })
  }
  syncBuiltinESMExports()
  return {
    mend() {
      Object.assign(fs, Object.fromEntries(originals))
      syncBuiltinESMExports()
      return failed
    },
  }
}
