// docs/recording.svg is a terminal session that took place: here it takes place again. NV_WRITE_DOCS=1 writes it.
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createHome, type Home, steady } from '../support/document.ts'
import { freePort } from '../support/ports.ts'
import { type RunningProgram, startNv, startProgram } from '../support/process.ts'
import { drawRecording, readRecording, type Timed } from '../support/recording-picture.ts'
import { createScreen } from '../support/screen.ts'
import { hasTerminals } from '../support/terminal.ts'

const picture = join(import.meta.dirname, '../../docs/recording.svg')
const columns = 80

/** A gateway that takes a secret only as it is; the first run sends it as the RFC says. */
const commands = [
  'nv verify +34600000001 --via direct --probe',
  'nv profile edit acme --auth-method client_secret_basic_raw',
  'nv verify +34600000001 --via direct',
]
const title =
  'A terminal: nv verify fails at the token step because the gateway reads the credentials in another way. ' +
  'nv says so, the profile is corrected, and the next run is verified, by a simulator.'

let home: Home
let gateway: RunningProgram
let port: number

beforeAll(async () => {
  home = await createHome()
  port = await freePort()
  const client = ['--client', 'acme-app:s3cr+t/word', '--redirect-uri', 'http://127.0.0.1:4011/callback']
  gateway = startNv(['simulate', '--port', String(port), '--behave', 'basic-raw-only', ...client])
  await gateway.untilStdout(/Ctrl-C/)
  const base = `http://127.0.0.1:${port}/apigateway`
  const flags = `--authorize-url ${base}/authorize --token-url ${base}/token --api-url ${base} --redirect-uri http://127.0.0.1:4011/callback`
  const command = `printf %s s3cr+t/word | nv profile add acme --preset generic --client-id acme-app --client-secret-stdin ${flags}`
  expect((await home.run([{ command, output: null }])).join('')).toContain('Saved profile acme')
})

afterAll(async () => {
  gateway?.process.kill()
  await home?.remove()
})

/** Types the commands into a shell on a terminal; each row has the time at which it was complete. */
async function recordSession(): Promise<Timed[]> {
  const shell = ['bash', '-c', "PS1='$ ' exec bash --noprofile --norc -i"]
  const terminal = startProgram('python3', [join(import.meta.dirname, '../support/terminal.py'), ...shell], {
    env: {
      ...home.env,
      TERM: 'xterm',
      TERMINAL_COLUMNS: String(columns),
      BASH_SILENCE_DEPRECATION_WARNING: '1',
    },
    cwd: home.path,
  })
  const screen = createScreen(columns)
  const startedAt = performance.now()
  /** Each command begins this long after the one before has ended, so that a reader can follow. */
  const pauseMs = 1_200
  let pausesMs = 0
  let output = ''
  terminal.process.stdout.on('data', (data: Buffer) => {
    output += data.toString()
    screen.write(data.toString(), performance.now() - startedAt + pausesMs)
  })
  const promptAgain = async (count: number) => {
    while (stripVTControlCharacters(output).split(/^\$ /m).length <= count)
      await once(terminal.process.stdout, 'data')
  }
  for (const [index, command] of commands.entries()) {
    await promptAgain(index + 1)
    pausesMs += pauseMs
    terminal.process.stdin.write(command)
    while (!stripVTControlCharacters(output).includes(command)) await once(terminal.process.stdout, 'data')
    pausesMs += pauseMs
    terminal.process.stdin.write('\r')
  }
  await promptAgain(commands.length + 1)
  terminal.process.stdin.end()
  await terminal.finished
  // The last prompt has nothing behind it.
  return screen.rows.slice(0, -1).map((row) => ({ row, appears: row.at / 1000 }))
}

test.skipIf(!hasTerminals)('the recording shows what happens', async () => {
  const rows = await recordSession()
  const shown = drawRecording(rows, columns, title).replaceAll(`127.0.0.1:${port}`, '127.0.0.1:4010')
  if (process.env['NV_WRITE_DOCS']) await writeFile(picture, shown)
  const text = readRecording(shown)
  for (const command of commands) expect(text).toContain(`$ ${command}`)
  expect(steady(readRecording(await readFile(picture, 'utf8')), home)).toBe(steady(text, home))
})

test('the recording loads nothing and runs nothing', async () => {
  const svg = await readFile(picture, 'utf8')
  expect(svg).not.toMatch(/<script|<image|<use|@import|url\(|href|\bon\w+=/)
  expect(svg.replace('http://www.w3.org/2000/svg', '').match(/="https?:/)).toBeNull()
  expect(svg.length).toBeLessThan(20_000)
})
