// Packs the package, installs the tarball into an empty folder without the network, and runs what was installed.
import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
/** Another Node than the one that runs the tests, to run the installed program with. */
const node = process.env['NV_TEST_NODE'] || process.execPath
const path = process.env['PATH'] ?? ''

interface Result {
  exitCode: number
  stdout: string
  stderr: string
}

interface Packed {
  filename: string
  unpackedSize: number
  files: ReadonlyArray<{ path: string; mode: number }>
}

interface Part {
  'bom-ref': string
  name: string
  version: string
  licenses: unknown[]
  purl: string
  scope?: string
}

interface Bill {
  metadata: { component: Part }
  components: Part[]
  dependencies: unknown
}

interface Manifest {
  keywords: string[]
  scripts: Record<string, string>
  dependencies?: unknown
  optionalDependencies: Record<string, string>
}

interface Lock {
  packages: Record<string, { hasInstallScript?: boolean; os?: string[]; cpu?: string[] }>
}

let folder: string
let packed: Packed

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'nv-pack-'))
  // Without scripts: npm test has built dist, and other tests run it now.
  const { stdout } = await npm(root, 'pack', '--ignore-scripts', '--json', '--pack-destination', folder)
  const [first] = Object.values(JSON.parse(stdout) as Packed[])
  if (!first) throw new Error(`npm packed nothing: ${stdout}`)
  packed = first
  await mkdir(join(folder, 'app'))
  await writeFile(join(folder, 'app', 'package.json'), '{ "private": true }\n')
  const tarball = join(folder, packed.filename)
  await npm(join(folder, 'app'), 'install', '--offline', '--omit=optional', '--ignore-scripts', tarball)
})

afterAll(() => rm(folder, { recursive: true, force: true }))

/** Runs npm with an empty cache, so that it finds only what it is given. */
async function npm(cwd: string, ...args: string[]): Promise<Result> {
  const script = process.env['npm_execpath']
  const [file, ...first] = script?.endsWith('.js') ? [process.execPath, script] : ['npm']
  const options = ['--no-audit', '--no-fund', '--cache', join(folder, 'cache')]
  const result = await run(file ?? 'npm', [...first, ...args, ...options], { cwd })
  if (result.exitCode !== 0) throw new Error(`npm ${args.join(' ')}: ${result.stdout}${result.stderr}`)
  return result
}

/** Runs the installed program, with nothing of this machine's environment that could decide how it ends. */
function nv(args: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  const bin = join(folder, 'app/node_modules/.bin/nv')
  return run(node, [bin, ...args], { cwd: join(folder, 'app'), env: { PATH: path, HOME: folder, ...env } })
}

function run(
  file: string,
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string> },
): Promise<Result> {
  return new Promise((resolve, reject) => {
    execFile(file, [...args], { encoding: 'utf8', ...options }, (error, stdout, stderr) => {
      if (error && typeof error.code !== 'number') reject(error)
      else resolve({ exitCode: Number(error?.code ?? 0), stdout, stderr })
    })
  })
}

describe('the tarball', () => {
  test('holds the program, the licences and the documents, and nothing else', () => {
    const paths = packed.files.map((file) => file.path)
    const chunks = paths.filter((name) => /^dist\/[\w-]+\.js$/.test(name))
    expect(chunks).toContain('dist/main.js')
    expect(paths.filter((name) => !chunks.includes(name)).toSorted()).toEqual([
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'bin/nv.js',
      'bin/package.json',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/nv.1',
      'dist/sbom.cdx.json',
      'package.json',
    ])
  })

  test('has the licence of every package of which it has a piece', async () => {
    const text = await readFile(installed('dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
    const licences = text.split(/^-{80}$/m).map((part) => part.trim())
    expect(licences.length).toBeGreaterThan(5)
    for (const licence of licences) expect(licence).toMatch(/^\S+ \d+\.\d+\.\d+\S* \(\S.*\)\n\n/)
    const names = licences.map((licence) => licence.split(' ', 1)[0])
    expect(names).toEqual(expect.arrayContaining(['commander', 'oauth4webapi', 'undici', 'valibot']))
    expect(names).not.toContain('@napi-rs/keyring')
    expect(new Set(licences).size).toBe(licences.length)
    expect(text).toMatch(/Permission is hereby granted/)
  })

  test('lists every package of which it has a piece, with version, licence and address, in CycloneDX', async () => {
    const bill = JSON.parse(await readFile(installed('dist/sbom.cdx.json'), 'utf8')) as Bill
    const own = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(bill).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 })
    expect(bill.metadata.component).toMatchObject({ name: 'nv-cli', version: own.version })
    const text = await readFile(installed('dist/THIRD-PARTY-LICENSES.txt'), 'utf8')
    const licensed = [...text.matchAll(/^(\S+) (\d+\.\d+\.\d+\S*) \(\S.*\)$/gm)].map(
      ([, name, version]) => `${name} ${version}`,
    )
    const bundled = bill.components.filter(({ scope }) => scope === 'required')
    expect(bundled.map(({ name, version }) => `${name} ${version}`)).toEqual(licensed)
    const others = bill.components.filter(({ scope }) => scope !== 'required')
    expect(others).toMatchObject([{ name: '@napi-rs/keyring', scope: 'optional' }])
    for (const { name, version, licenses, purl } of bill.components) {
      expect(purl).toBe(`pkg:npm/${name.replace('@', '%40')}@${version}`)
      expect(licenses).toHaveLength(1)
    }
    const references = bill.components.map((component) => component['bom-ref'])
    expect(bill.dependencies).toEqual([{ ref: bill.metadata.component['bom-ref'], dependsOn: references }])
    expect(new Set(references).size).toBe(references.length)
  })

  test('runs no script when it is installed', async () => {
    const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8')) as Manifest
    // npm warns of each of these, also of those that it doesn't run.
    const atInstall = ['preinstall', 'install', 'postinstall', 'prepare', 'preprepare', 'postprepare']
    expect(Object.keys(manifest.scripts).filter((name) => atInstall.includes(name))).toEqual([])
    expect(manifest.dependencies).toBeUndefined()
    const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock
    const brought = Object.keys(manifest.optionalDependencies).map((name) => packages[`node_modules/${name}`])
    expect(brought.map((found) => found?.hasInstallScript)).toEqual([undefined])
  })

  test('tells nothing of the machine it was built on', async () => {
    const names = await readdir(installed('dist'))
    const sources = await Promise.all(names.map((name) => readFile(installed(`dist/${name}`), 'utf8')))
    const isTelling = (source: string) =>
      source.includes(root) || /sourceMappingURL|file:\/\/\/\w/.test(source)
    expect(names.filter((_name, index) => isTelling(sources[index] ?? ''))).toEqual([])
  })

  test('holds no CommonJS that is imported as it runs: esbuild would hide its names', async () => {
    const names = await readdir(installed('dist'))
    const sources = await Promise.all(names.map((name) => readFile(installed(`dist/${name}`), 'utf8')))
    expect(
      names.filter((_name, index) => /export default require_\w+\(\)/.test(sources[index] ?? '')),
    ).toEqual([])
  })

  test('takes at most 7 MB with what it brings, and brings the binding to the keychain as its only other package', async () => {
    // The binding and its binary take 3.5 MB.
    expect(packed.unpackedSize).toBeLessThan(7e6 - 3.51e6)
    const { packages } = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as Lock
    const bindings = Object.entries(packages).filter(([name]) =>
      name.startsWith('node_modules/@napi-rs/keyring-'),
    )
    // Of the binaries, npm installs the one that is for this system.
    for (const [name, { os, cpu }] of bindings)
      expect({ name, os, cpu }).toMatchObject({ os: [expect.any(String)] })
    expect(Object.keys(packages).filter((name) => name.includes('keyring'))).toHaveLength(bindings.length + 1)
  })

  test('names where it comes from, where to report, and what to search for', async () => {
    const manifest = JSON.parse(await readFile(installed('package.json'), 'utf8')) as Manifest
    expect(manifest).toMatchObject({
      homepage: expect.stringMatching(/^https:/) as string,
      repository: { type: 'git' },
      bugs: { url: expect.stringMatching(/^https:/) as string },
    })
    expect(manifest.keywords).toEqual(
      expect.arrayContaining(['open-gateway', 'number-verification', 'camara']),
    )
  })

  test('installs one package', async () => {
    const names = await readdir(join(folder, 'app/node_modules'))
    expect(names.filter((name) => !name.startsWith('.'))).toEqual(['nv-cli'])
  })
})

function installed(name: string): string {
  return join(folder, 'app/node_modules/nv-cli', name)
}

describe("the README's install command", () => {
  test('puts nv on the path of an empty prefix, and says nothing but what it added', async () => {
    const readme = await readFile(join(root, 'README.md'), 'utf8')
    const [, command = ''] = /^## Install\n[^]*?```sh\n([^]*?)\n```/m.exec(readme) ?? []
    expect(command).toMatch(/^npm install --global /)
    const prefix = join(folder, 'prefix')
    // Without scripts: it would build dist anew, which other tests use now.
    const config = { prefix, cache: join(folder, 'cache'), offline: 'true', ignore_scripts: 'true' }
    const env = Object.fromEntries(
      Object.entries(config).map(([name, value]) => [`npm_config_${name}`, value]),
    )
    const installing = await run('sh', ['-c', command], {
      cwd: root,
      env: { PATH: path, HOME: folder, ...env },
    })
    expect(installing).toMatchObject({ exitCode: 0, stderr: '' })
    expect(installing.stdout).toMatch(/^\nadded \d packages? in /)
    // Where man looks for what is on the path. npm links no page whose "man" is a string.
    if (process.platform !== 'win32')
      expect(await readFile(join(prefix, 'share/man/man1/nv.1'), 'utf8')).toMatch(/^\.TH NV 1/m)
    const onPath = { PATH: `${join(prefix, 'bin')}:${path}`, HOME: folder }
    const first = await run('sh', ['-c', 'nv verify +34600000001 --profile simulator'], {
      cwd: folder,
      env: onPath,
    })
    expect(first).toMatchObject({ exitCode: 0, stdout: expect.stringMatching(/^verified\b/) as string })
  })
})

describe('the installed program', () => {
  test('says its version', async () => {
    const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { version: string }
    expect(await nv(['--version'])).toEqual({ exitCode: 0, stdout: `nv ${version}\n`, stderr: '' })
  })

  test('says what it can do', async () => {
    const { exitCode, stdout } = await nv(['--help'])
    expect(exitCode).toBe(0)
    expect(stdout).toMatch(/^ {2}nv verify [^]*^ {2}verify /m)
  })

  test('verifies a number with the simulator inside it', async () => {
    const { exitCode, stdout } = await nv(['verify', '+34600000001', '--profile', 'simulator'])
    expect(stdout).toMatch(/^verified\b/)
    expect(exitCode).toBe(0)
  })

  test('finds a mismatch with the simulator inside it', async () => {
    const { exitCode, stdout } = await nv(['verify', '+34600000002', '--profile', 'simulator', '--json'])
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'nv.run/1',
      outcome: 'mismatch',
      failedStep: null,
      exitCode: 1,
    })
    expect(exitCode).toBe(1)
  })

  test('goes through a proxy to a host that is not this machine', async () => {
    const asked: string[] = []
    const proxy = createServer().on('connect', ({ url }, socket) => {
      asked.push(url ?? '')
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n')
    })
    await once(proxy.listen(0, '127.0.0.1'), 'listening')
    const proxyUrl = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`
    try {
      const env = {
        HTTPS_PROXY: proxyUrl,
        https_proxy: proxyUrl,
        NV_CLIENT_ID: 'id',
        NV_CLIENT_SECRET: 'secret',
      }
      const { exitCode, stdout } = await nv(['verify', '+34600000001', '--json', '--via', 'direct'], {
        ...env,
        NV_AUTHORIZE_URL: 'https://gateway.invalid/authorize',
        NV_TOKEN_URL: 'https://gateway.invalid/token',
        NV_API_URL: 'https://gateway.invalid/api',
        NV_REDIRECT_URI: 'https://app.invalid/callback',
      })
      expect(JSON.parse(stdout)).toMatchObject({ outcome: 'undetermined', failedStep: 'authorize' })
      expect(exitCode).toBe(3)
      expect(asked).toEqual(['gateway.invalid:443'])
    } finally {
      proxy.close()
    }
  })
})
