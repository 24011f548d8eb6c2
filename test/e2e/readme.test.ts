// The README and the pages of docs tell the truth: their commands run as printed, and print what is shown.
import { spawnSync } from 'node:child_process'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasOpenssl } from '../support/certificates.ts'
import { createHome, type Example, type Home, readBlocks, steady, withFreePort } from '../support/document.ts'

const root = join(import.meta.dirname, '../..')
const pages = (await readdir(join(root, 'docs'))).filter((name) => name.endsWith('.md'))
const documents = await Promise.all(
  ['README.md', ...pages.map((name) => `docs/${name}`)].map(async (name) => {
    const text = await readFile(join(root, name), 'utf8')
    return { name, text, blocks: readBlocks(text).map((block) => block.map(withoutInstalling)) }
  }),
)

/** What the README runs first is run by CI in a clone; here, nv is built and on the path. */
function withoutInstalling({ command, output }: Example): Example {
  return { command: command.replace(/^npm ci && npx /, ''), output }
}

/** What is not run here, and where it is tried. */
const elsewhere: Readonly<Record<string, string>> = {
  'npm test': '.ci/run',
  'npm install --global --install-links .': 'test/e2e/pack.test.ts',
  'npm ci\nnpm install --global --install-links .': 'test/e2e/pack.test.ts',
  'npm pack "$REPOSITORY"\nnpm install --global ./nv-cli-*.tgz': 'nowhere: it needs the registry',
  'npm run build:executable': '.ci/run',
  'docker build -t nv . && docker run --rm nv verify +34600000001 --profile simulator':
    'nowhere: it needs a container engine',
  'nv verify +34600000001 --profile acme --tunnel cloudflared':
    'test/e2e/tunnel.test.ts, with programs that play the tunnel',
  'nv profile add acme --preset sandbox': 'test/cli/profile-dialogue.test.ts, with other answers',
  'nv check acme': 'nowhere: it needs an account',
  'nv verify +34600000001 --profile acme': 'nowhere: it needs an account and a phone',
}
const isElsewhere = ([example]: readonly Example[]) => example !== undefined && example.command in elsewhere

let home: Home

beforeAll(async () => {
  home = await createHome()
})

afterAll(() => home.remove())

/** What a block needs beside nv, and this machine lacks. */
async function findMissing(examples: readonly Example[]): Promise<string | null> {
  const calls = (program: string) =>
    examples.some(({ command }) => new RegExp(`\\b${program} `).test(command))
  if (calls('openssl') && !(await hasOpenssl())) return 'openssl'
  if (calls('curl') && spawnSync('curl', ['--version']).status !== 0) return 'curl'
  const isSecondPhone = examples.some(({ command }) => command.includes('127.0.0.2'))
  return isSecondPhone && process.platform !== 'linux' ? 'a second loopback address' : null
}

/** With NV_WRITE_DOCS the document gets the output that came, where it shows another one. */
const isWriting = Boolean(process.env['NV_WRITE_DOCS'])

function rewrite(text: string, shown: Example, came: string): string {
  if (shown.output === null || steady(came, home) === steady(shown.output, home)) return text
  const named = came
    .replaceAll(home.path, '/home/me')
    .replaceAll(/\b127\.0\.0\.1:\d{5}\b/g, '127.0.0.1:4010')
    .trim()
  const output = shown.output.trimEnd()
  const places = ['\n```\n\n```text\n', '\n'].map((between) => shown.command + between + output)
  const place = places.find((candidate) => text.includes(candidate))
  if (place === undefined) return text
  const before = place.slice(0, place.length - output.length)
  return text.replace(place, () => before + named + (output === '' ? '\n' : ''))
}

const withCommands = documents.filter(({ blocks }) => !blocks.every(isElsewhere))

describe.each(withCommands)('$name', (document) => {
  let { text } = document
  afterAll(async () => {
    if (text !== document.text) await writeFile(join(root, document.name), text)
  })

  const blocks = document.blocks.filter((block) => !isElsewhere(block))
  test.for(blocks.map((examples) => ({ name: examples[0]?.command ?? '', examples })))(
    'runs as printed, and prints what is shown: $name',
    async ({ examples: shown }, context) => {
      const missing = await findMissing(shown)
      if (missing !== null) context.skip(`${missing} is missing`)
      const examples = shown.map(withFreePort)
      const outputs = await home.run(examples)
      for (const [index, example] of shown.entries()) {
        const came = outputs[index] ?? ''
        if (isWriting) text = rewrite(text, example, came)
      }
      for (const [index, { command, output }] of shown.entries()) {
        const came = outputs[index] ?? ''
        if (output === null) continue
        expect({ command, output: steady(came, home) }).toEqual({ command, output: steady(output, home) })
      }
    },
  )
})

test('no command leaves anything running, or a variable set in the shell', () => {
  const commands = documents.flatMap(({ blocks }) => blocks.flat()).map(({ command }) => command)
  const leaves = (command: string) => /(?<!&)&(?![&>])|^\s*export\b/m.test(command.replaceAll(/'[^']*'/g, ''))
  expect(commands.filter(leaves)).toEqual([])
})

test('no command stands below one that asks, and would take it for an answer', () => {
  const commands = documents.flatMap(({ blocks }) => blocks.flat()).map(({ command }) => command)
  expect(commands.filter((command) => /nv profile add\b(?!.*-stdin)[^\n]*\n/.test(command))).toEqual([])
})

test('CI calls the commands that the README names', async () => {
  const readme = await readFile(join(root, 'README.md'), 'utf8')
  const script = await readFile(join(root, '.ci/run'), 'utf8')
  expect(readme).toContain('```sh\nnpm test\n```')
  expect(script).toMatch(/\bnpm test\b/)
  expect(readme).toContain('```sh\nnpm ci && npx nv verify +34600000001 --profile simulator\n```')
  expect(script).toContain('npx nv verify +34600000001 --profile simulator')
})

test('every link leads to a file and a heading that are there', async () => {
  const headings = (text: string) =>
    [...text.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
      heading
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    )
  const broken: string[] = []
  for (const name of [...documents.map((document) => document.name), 'CONTRIBUTING.md', 'SECURITY.md']) {
    const text = await readFile(join(root, name), 'utf8')
    for (const [, target = ''] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^https?:/.test(target)) continue
      const [file = '', anchor] = target.split('#')
      const path = file === '' ? join(root, name) : join(root, name, '..', file)
      const linked = await readFile(path, 'utf8').catch(() => null)
      if (linked === null || (anchor !== undefined && !headings(linked).includes(anchor)))
        broken.push(`${name}: ${target}`)
    }
  }
  expect(broken).toEqual([])
})
