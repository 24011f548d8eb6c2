// Reads the commands that a document shows, with what each prints, and runs them as someone who pastes them does.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '../..')

export interface Example {
  command: string
  /** What the document shows; null: nothing is said about it. */
  output: string | null
}

/**
 * Reads the blocks of a document. In a `console` block each line that starts with `$ ` is a command, and what follows is its
 * output. An `sh` block is pasted as a whole; a `text` block right below it is what it prints.
 */
export function readBlocks(document: string): Example[][] {
  const blocks = document.matchAll(/^```(console|sh)\n([^]*?)^```$(?:\n\n```text\n([^]*?)^```$)?/gm)
  return [...blocks].map(([, language, block = '', output = null]) =>
    language === 'sh' ? [{ command: block.trimEnd(), output }] : readConsole(block),
  )
}

function readConsole(block: string): Example[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [, command = '', output = ''] = /^((?:.*\\\n)*.*)\n?([^]*)$/.exec(part.trimEnd()) ?? []
      return { command, output }
    })
}

/** A home where nothing is set, with `nv` on the path. */
export interface Home {
  path: string
  /** What a program needs to find it, and nv. */
  env: Record<string, string>
  /** Runs the commands of a block in one new shell, and resolves with what each printed. */
  run(examples: readonly Example[]): Promise<string[]>
  remove(): Promise<void>
}

export async function createHome(): Promise<Home> {
  const path = await mkdtemp(join(tmpdir(), 'nv-document-'))
  await mkdir(join(path, 'bin'))
  const program = `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/nv.js')}" "$@"\n`
  await writeFile(join(path, 'bin/nv'), program)
  await chmod(join(path, 'bin/nv'), 0o755)
  const env = {
    PATH: `${join(path, 'bin')}:${process.env['PATH']}`,
    HOME: path,
    XDG_CONFIG_HOME: join(path, '.config'),
    ACME_SECRET: 'a-secret-for-the-documents',
  }
  return {
    path,
    env,
    run: (examples) => runBlock(examples, path, env),
    remove: () => rm(path, { recursive: true, force: true }),
  }
}

/** Runs the commands of a block in one shell, a marker after each. */
async function runBlock(
  examples: readonly Example[],
  cwd: string,
  env: Record<string, string>,
): Promise<string[]> {
  const marker = '--- end of command ---'
  const script = examples.map(({ command }) => `${command}\necho; echo "${marker}"`).join('\n')
  const shell = spawn('bash', ['-c', `exec 2>&1\n${script}`], { cwd, env })
  let output = ''
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await once(shell, 'close')
  return output.split(marker)
}

/** Has the simulator take any free port: someone who reads the document may be using the usual one right now. */
export function withFreePort({ command, output }: Example): Example {
  return { command: command.replaceAll(/\bnv simulate (?=.*--)/g, 'nv simulate --port 0 '), output }
}

/** Replaces what differs from run to run and from home to home. */
export function steady(text: string, home: Home): string {
  return text
    .replace(/\b\d+ ms/g, 'N ms')
    .replaceAll(home.path, '/home/me')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, 'UUID')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\b[0-9a-f]{12}\b/g, 'ID')
    .replace(/\[redacted:[0-9a-f]{6}\]/g, '[redacted:ID]')
    .replaceAll(/ {2,}/g, '  ')
    .trim()
}
