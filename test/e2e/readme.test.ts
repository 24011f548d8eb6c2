// The README tells the truth: its commands run as printed, and print what it shows.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasOpenssl } from '../support/certificates.ts'
import { freePort } from '../support/ports.ts'

const root = join(import.meta.dirname, '../..')
const readme = await readFile(join(root, 'README.md'), 'utf8')

let home: string

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'nv-readme-'))
  await mkdir(join(home, 'bin'))
  await writeFile(
    join(home, 'bin/nv'),
    `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'bin/nv.js')}" "$@"\n`,
  )
  await chmod(join(home, 'bin/nv'), 0o755)
})

afterAll(() => rm(home, { recursive: true, force: true }))

interface Example {
  command: string
  output: string
}

/** Reads the commands of one block with what each prints. */
function examplesOf(block: string): Example[] {
  return block
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [, command = '', output = ''] = /^((?:.*\\\n)*.*)\n?([^]*)$/.exec(part.trimEnd()) ?? []
      return { command, output }
    })
}

/** Replaces what differs from run to run and from home to home. */
function steady(text: string): string {
  return text
    .replace(/\b\d+ ms/g, 'N ms')
    .replaceAll(home, '/home/me')
    .replace(/127\.0\.0\.1:\d+/g, '127.0.0.1:PORT')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, 'UUID')
    .replace(/\b\d{4}-\d\d-\d\dT[\d:.]+Z/g, 'TIME')
    .replace(/\b[0-9a-f]{12}\b/g, 'ID')
    .replaceAll(/ {2,}/g, '  ')
    .trim()
}

/** Runs the commands of a block in one shell, a marker after each. */
async function runBlock(examples: readonly Example[]): Promise<string[]> {
  const marker = '--- end of command ---'
  const script = examples
    .map(({ command }) => `${inBackground(command) ?? command}\necho; echo "${marker}"`)
    .join('\n')
  const shell = spawn('bash', ['-c', `exec 2>&1\n${script}\nkill $(jobs -p) 2>/dev/null; wait`], {
    cwd: home,
    env: {
      PATH: `${join(home, 'bin')}:${process.env['PATH']}`,
      HOME: home,
      XDG_CONFIG_HOME: join(home, '.config'),
      ACME_SECRET: 'a-secret-for-the-readme',
    },
  })
  let output = ''
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  await once(shell, 'close')
  return output.split(marker)
}

/** What keeps a command in the background, and gives it the time to start before the next one is run. */
const background = / & sleep \d$/

/** A command in the background is ready with its first line, and what it prints is not the block's. */
function inBackground(command: string): string | null {
  if (!background.test(command)) return null
  return `rm -f printed; mkfifo printed; ${command.replace(background, '')} >printed 2>/dev/null & exec 9<printed; read -r _ <&9`
}

const blocks = [...readme.matchAll(/^```console\n([^]*?)^```$/gm)].map(([, block = '']) => examplesOf(block))

/** Puts free ports in place of the README's, which someone who reads it may be using right now. */
async function withFreePorts(examples: readonly Example[]): Promise<Example[]> {
  const ports = new Map([
    ['4010', await freePort()],
    ['4011', await freePort()],
  ])
  return examples.map(({ command, output }) => ({
    command: command.replaceAll(/\b401[01]\b/g, (port) => String(ports.get(port))),
    output,
  }))
}

/** What a block needs beside nv, and this machine lacks. */
async function findMissing(examples: readonly Example[]): Promise<string | null> {
  if (examples.some(({ command }) => command.startsWith('openssl')) && !(await hasOpenssl())) return 'openssl'
  const isSecondPhone = examples.some(({ command }) => command.includes('127.0.0.2'))
  return isSecondPhone && process.platform !== 'linux' ? 'a second loopback address' : null
}

/** With NV_WRITE_DOCS the README gets the output that came, where it shows another one. */
const isWriting = Boolean(process.env['NV_WRITE_DOCS'])
let rewritten = readme

function rewrite(shown: Example | undefined, run: Example | undefined, came: string): void {
  if (!shown || !run || steady(came) === steady(shown.output)) return
  const ports = [...run.command.matchAll(/\b\d{5}\b/g)].map(([port]) => port)
  const named = ports.reduce((text, port) => text.replaceAll(port, '4010'), came.replaceAll(home, '/home/me'))
  rewritten = rewritten.replace(
    `${shown.command}\n${shown.output}`,
    () => `${shown.command}\n${named.trim()}`,
  )
}

afterAll(async () => {
  if (rewritten !== readme) await writeFile(join(root, 'README.md'), rewritten)
})

describe.each(blocks.map((examples) => ({ name: examples[0]?.command ?? '', examples })))(
  '$name',
  (block) => {
    test('runs as printed, and prints what is shown', async (context) => {
      const missing = await findMissing(block.examples)
      if (missing !== null) context.skip(`${missing} is missing`)
      const examples = await withFreePorts(block.examples)
      const outputs = await runBlock(examples)
      for (const [index, { command, output }] of examples.entries()) {
        if (background.test(command)) continue
        if (isWriting) rewrite(block.examples[index], examples[index], outputs[index] ?? '')
        expect({ command, output: steady(outputs[index] ?? '') }).toEqual({ command, output: steady(output) })
      }
    })
  },
)

test('no block asks a simulator that has had no time to start, or leaves one behind', () => {
  const starts = blocks.filter((block) => block.some(({ command }) => command.includes(' & ')))
  expect(starts.length).toBeGreaterThan(0)
  for (const block of starts) expect(block.at(-1)?.command).toBe('kill $!')
  expect(blocks.flat().filter(({ command }) => command.endsWith('&'))).toEqual([])
})

test('CI calls the test command that the README names', async () => {
  expect(readme).toContain('```sh\nnpm test\n```')
  expect(await readFile(join(root, '.ci/run'), 'utf8')).toMatch(/\bnpm test\b/)
})
