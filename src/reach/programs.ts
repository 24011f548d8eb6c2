// Looks for programs as a shell does, without running them.
import { isAbsolute, join } from 'node:path'
import type { Context } from '../context.ts'

type Machine = Pick<Context, 'env' | 'files' | 'tool'>

/** Finds a program on PATH, or at its own path; null when there is none that this user may run. */
export async function findProgram({ env, files, tool }: Machine, name: string): Promise<string | null> {
  const isWindows = tool.platform.startsWith('win32')
  const endings = isWindows ? ['', ...(env['PATHEXT'] ?? '.COM;.EXE;.BAT;.CMD').split(';')] : ['']
  const folders = (env['PATH'] ?? '').split(isWindows ? ';' : ':').filter(Boolean)
  const bases = isAbsolute(name) || /[\\/]/.test(name) ? [name] : folders.map((folder) => join(folder, name))
  for (const path of bases.flatMap((base) => endings.map((ending) => base + ending))) {
    const facts = await files.look(path)
    if (facts?.kind === 'file' && facts.isExecutable) return path
  }
  return null
}
