// Which program listens on a port of this machine, where the system tells: on Linux, of one's own programs.
import { readdir, readFile, readlink } from 'node:fs/promises'
import { escapeText } from '../wire/escape.ts'

/** The state of a socket that listens, as /proc/net/tcp has it. */
const listening = '0A'

/**
 * Names the program that listens on a port, with its process id; null where the system does not tell.
 * @see https://man7.org/linux/man-pages/man5/proc_net.5.html
 */
export async function findPortHolder(port: number, procFolder = '/proc'): Promise<string | null> {
  try {
    const tables = ['tcp', 'tcp6'].map((name) =>
      readFile(`${procFolder}/net/${name}`, 'utf8').catch(() => ''),
    )
    const sockets = new Set((await Promise.all(tables)).flatMap((table) => socketsAt(table, port)))
    if (sockets.size === 0) return null
    for (const pid of (await readdir(procFolder)).filter((name) => /^\d+$/.test(name))) {
      if (!(await holdsOne(`${procFolder}/${pid}/fd`, sockets))) continue
      const name = await readFile(`${procFolder}/${pid}/comm`, 'utf8')
      return `${escapeText(name.trim(), 60)} (process ${pid})`
    }
  } catch {
    // Another system, or a process that ended meanwhile.
  }
  return null
}

/** Lists the sockets, as links in /proc name them, that listen on a port. */
function socketsAt(table: string, port: number): string[] {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`
  return table.split('\n').flatMap((line) => {
    const [, address, , state, , , , , , inode] = line.trim().split(/\s+/)
    return address?.endsWith(suffix) && state === listening && inode ? [`socket:[${inode}]`] : []
  })
}

/** Tells whether a process has one of the sockets; not for that of another user, which keeps its files to itself. */
async function holdsOne(folder: string, sockets: ReadonlySet<string>): Promise<boolean> {
  const files = await readdir(folder).catch(() => [])
  for (const file of files) {
    if (sockets.has(await readlink(`${folder}/${file}`).catch(() => ''))) return true
  }
  return false
}
