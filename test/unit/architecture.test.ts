// Proves that lint holds up the walls between the folders, and the rules that the design names beside them.
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

const pure = ['camara', 'diagnosis', 'inspect', 'oauth', 'pages', 'report', 'run', 'settings', 'wire']
const everything = [
  ...pure,
  'simulator',
  'target',
  'flow',
  'reach',
  'cli',
  'io',
  'main.ts',
  'context.ts',
  'errors.ts',
]

/** What each folder or file of src may import from src. Whatever is not here must be refused. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  ...Object.fromEntries(pure.map((folder) => [folder, [...pure, 'errors.ts']])),
  simulator: [...pure, 'simulator', 'context.ts', 'errors.ts'],
  target: [...pure, 'simulator', 'target', 'context.ts', 'errors.ts'],
  flow: [...pure, 'target', 'flow', 'reach', 'context.ts', 'errors.ts'],
  reach: [...pure, 'target', 'flow', 'reach', 'context.ts', 'errors.ts'],
  cli: [...pure, 'simulator', 'target', 'flow', 'reach', 'cli', 'context.ts', 'errors.ts'],
  io: [...pure, 'io', 'context.ts', 'errors.ts'],
  'context.ts': [...pure, 'context.ts', 'errors.ts'],
  'errors.ts': [...pure, 'context.ts', 'errors.ts'],
  'main.ts': everything,
}

/** What only io may import. */
const outside = [
  'node:fs',
  'fs',
  'node:fs/promises',
  'node:net',
  'node:http',
  'node:https',
  'node:http2',
  'node:tls',
  'node:dns',
  'node:dns/promises',
  'node:dgram',
  'node:child_process',
  'undici',
  'conf',
  'open',
  'ora',
  '@inquirer/prompts',
  '@inquirer/core',
  '@napi-rs/keyring',
]
/** What only io and main may import: the machine that is no I/O. */
const machine = ['node:process', 'node:os', 'node:timers/promises', 'node:readline', 'node:module']

interface Diagnostic {
  code: string
  filename: string
  labels: ReadonlyArray<{ span: { line: number } }>
}

let folder: string
let diagnostics: Diagnostic[]
const importers = new Map<string, string[]>()

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nv-architecture-'))
  await cp(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
  await cp(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'junction')
  for (const place of everything) {
    if (place.endsWith('.ts')) {
      await writeImporter(`src/${place}`, './')
    } else {
      await write(`src/${place}/target.ts`, 'export const value = 1\n')
      await writeImporter(`src/${place}/importer.ts`, '../')
      await writeImporter(`src/${place}/nested/importer.ts`, '../../')
    }
  }
  for (const [path, source] of Object.entries(offences)) await write(path, source)
  diagnostics = await lint()
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Writes a file that imports everything there is, each in three ways, one a line. */
async function writeImporter(path: string, up: string): Promise<void> {
  const inside = everything.map((place) => up + (place.endsWith('.ts') ? place : `${place}/target.ts`))
  const lines = [...inside, ...outside, ...machine].flatMap((specifier, index) => [
    `export * as name${index} from '${specifier}'`,
    `export type * as Type${index} from '${specifier}'`,
    `export const load${index} = () => import('${specifier}')`,
  ])
  importers.set(path, lines)
  await write(path, lines.join('\n'))
}

async function write(path: string, source: string): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true })
  await writeFile(join(folder, path), source)
}

function lint(): Promise<Diagnostic[]> {
  const bin = join(root, 'node_modules/oxlint/bin/oxlint')
  const args = [bin, '--config', '.oxlintrc.json', '--type-aware', '--format', 'json', 'src']
  return new Promise((resolve, reject) => {
    execFile(process.execPath, args, { cwd: folder, maxBuffer: 2 ** 28 }, (_error, stdout, stderr) => {
      try {
        resolve((JSON.parse(stdout) as { diagnostics: Diagnostic[] }).diagnostics)
      } catch {
        reject(new Error(`oxlint said: ${stdout}${stderr}`))
      }
    })
  })
}

/** Names the specifier of every line that the wall refuses. */
function refused(path: string): string[] {
  const lines = importers.get(path) ?? []
  return diagnostics
    .filter(({ code, filename }) => code === 'eslint(no-restricted-imports)' && filename === path)
    .map(({ labels }) => lines[(labels[0]?.span.line ?? 0) - 1] ?? '')
}

function expected(place: string, path: string): string[] {
  const allowed = mayImport[place] ?? []
  const isAdapter = place === 'io'
  const isRefused = (specifier: string) => {
    if (outside.includes(specifier)) return !isAdapter
    if (machine.includes(specifier)) return !isAdapter && place !== 'main.ts'
    return !allowed.some((name) => specifier.endsWith(`/${name}`) || specifier.endsWith(`/${name}/target.ts`))
  }
  return (importers.get(path) ?? []).filter((line) => isRefused(/'(.*)'/.exec(line)?.[1] ?? ''))
}

describe('an import across a wall is refused, whether static, of a type or dynamic, and no other', () => {
  const paths = everything.flatMap((place) =>
    place.endsWith('.ts')
      ? [[place, `src/${place}`] as const]
      : [[place, `src/${place}/importer.ts`] as const, [place, `src/${place}/nested/importer.ts`] as const],
  )
  test.each(paths)('from %s in %s', (place, path) => {
    expect(importers.get(path)).toHaveLength(3 * (everything.length + outside.length + machine.length))
    expect(refused(path).toSorted()).toEqual(expected(place, path).toSorted())
  })
})

const promise = 'export const wait = () => Promise.resolve(1)\n'

/** Files that break a rule each. */
const offences: Readonly<Record<string, string>> = {
  'src/flow/first.ts': "import { second } from './second.ts'\nexport const first = () => second\n",
  'src/flow/second.ts': "import { first } from './first.ts'\nexport const second = () => first\n",
  'src/flow/resolving.ts': "export * from '../target/resolve.ts'\n",
  'src/flow/floating.ts': `${promise}export const start = () => {\n  wait()\n}\n`,
  'src/flow/misused.ts': `${promise}export const start = () => [1].forEach(async () => void (await wait()))\n`,
  'src/cli/console.ts': "export const say = () => console.log('x')\n",
  'src/io/console.ts': "export const say = () => console.log('x')\n",
  'src/main-console.ts': "export const say = () => console.error('x')\n",
  'src/cli/any.ts': 'export const x: any = 1\n',
  'src/cli/process.ts': 'export const x = process.env\n',
  'src/cli/hidden-process.ts': 'export const x = globalThis.process\n',
  'src/oauth/fetch.ts': "export const x = () => fetch('https://a.example')\n",
  'src/oauth/hidden-fetch.ts': "export const x = () => globalThis.fetch('https://a.example')\n",
  'src/oauth/computed.ts': 'export const x = (name: string): Promise<unknown> => import(name)\n',
}

test.each([
  ['src/flow/first.ts', 'import(no-cycle)'],
  ['src/flow/resolving.ts', 'eslint(no-restricted-imports)'],
  ['src/flow/floating.ts', 'typescript(no-floating-promises)'],
  ['src/flow/misused.ts', 'typescript(no-misused-promises)'],
  ['src/cli/console.ts', 'eslint(no-console)'],
  ['src/io/console.ts', 'eslint(no-console)'],
  ['src/main-console.ts', 'eslint(no-console)'],
  ['src/cli/any.ts', 'typescript(no-explicit-any)'],
  ['src/cli/process.ts', 'eslint(no-restricted-globals)'],
  ['src/cli/hidden-process.ts', 'eslint(no-restricted-globals)'],
  ['src/oauth/fetch.ts', 'eslint(no-restricted-globals)'],
  ['src/oauth/hidden-fetch.ts', 'eslint(no-restricted-globals)'],
  ['src/oauth/computed.ts', 'import(no-dynamic-require)'],
])('%s is refused by %s', (path, code) => {
  const found = diagnostics.filter(({ filename }) => filename === path)
  expect(found.map((diagnostic) => diagnostic.code)).toContain(code)
})

test('no file of src goes round a rule', async () => {
  const names = await readdir(join(root, 'src'), { recursive: true })
  const paths = names.filter((name) => name.endsWith('.ts'))
  const sources = await Promise.all(paths.map((path) => readFile(join(root, 'src', path), 'utf8')))
  // Lint doesn't look into a template for what an import() loads.
  const isHidden = /\bimport\(\s*`/
  const isOff = /(ox|es)lint-disable\S*\s*($|\*\/|--|.*(restricted|cycle|floating|console))/m
  const isOffending = (source: string) => isHidden.test(source) || isOff.test(source)
  expect(paths.filter((_path, index) => isOffending(sources[index] ?? ''))).toEqual([])
  expect(paths.length).toBeGreaterThan(20)
  expect(isOffending('// oxlint-disable-next-line no-console')).toBe(true)
  expect(isOffending('/* eslint-disable */')).toBe(true)
  expect(isOffending('// oxlint-disable-next-line no-control-regex')).toBe(false)
})

test('npm test checks types, lint and formatting first', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>
  }
  expect(scripts['pretest']).toMatch(/\bnpm run lint\b/)
  expect(scripts['lint']).toMatch(
    /^tsc --noEmit && oxlint --type-aware --deny-warnings && prettier --check .*\.$/,
  )
})
