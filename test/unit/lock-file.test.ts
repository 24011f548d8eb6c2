// Keeps every installed package on a version that runs on the oldest Node we support, and every version exact.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { expect, test } from 'vitest'

/** The part of `semver` used here; it has no types of its own. */
interface Semver {
  valid(version: string): string | null
  satisfies(version: string, range: string): boolean
  minVersion(range: string): { version: string } | null
}

interface LockedPackage {
  version?: string
  integrity?: string
  engines?: { node?: string }
  optionalDependencies?: Record<string, string>
}

const { valid, satisfies, minVersion } = createRequire(import.meta.url)('semver') as Semver

const oldestNode = '20.19.0'

/** The versions that were tried on the oldest Node; of most of them a newer one has left it. */
const tried: Readonly<Record<string, string>> = {
  commander: '14.0.3',
  '@inquirer/prompts': '8.7.5',
  open: '11.0.4',
  undici: '7.30.2',
  chalk: '5.6.2',
  ora: '9.4.1',
  conf: '15.1.0',
  vitest: '4.1.12',
  nock: '14.0.17',
  typescript: '7.0.2',
  esbuild: '0.28.2',
  oauth4webapi: '3.8.8',
  '@napi-rs/keyring': '2.1.2',
}

interface Manifest {
  engines: { node: string }
  dependencies?: Record<string, string>
  devDependencies: Record<string, string>
  optionalDependencies: Record<string, string>
}

const manifest = readJson('package.json') as Manifest
const { packages } = readJson('package-lock.json') as { packages: Record<string, LockedPackage> }
const wanted = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies }

function readJson(name: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../..', name), 'utf8'))
}

/** Lists the packages whose engines exclude the oldest Node. */
function leaving(locked: Record<string, LockedPackage>): string[] {
  return Object.entries(locked).flatMap(([path, { version, engines }]) => {
    const range = engines?.node
    return range === undefined || satisfies(oldestNode, range) ? [] : [`${path}@${version}: ${range}`]
  })
}

test('no package excludes the oldest Node', () => {
  expect(Object.keys(packages).length).toBeGreaterThan(100)
  expect(leaving(packages)).toEqual([])
})

test.each(['>=22', '^22.13.0 || >=24', '>=20.19.1', '^20.20.0', '18 || 22', '^18'])(
  'a package for Node %s is noticed',
  (node) => {
    expect(leaving({ 'node_modules/a/node_modules/b': { version: '1.0.0', engines: { node } } })).toEqual([
      `node_modules/a/node_modules/b@1.0.0: ${node}`,
    ])
  },
)

test.each(['>=18', '^20.19.0 || >=22.12.0', '20 || >=22', '*', '^18 || ^20'])(
  'a package for Node %s is not',
  (node) => {
    expect(leaving({ 'node_modules/a': { version: '1.0.0', engines: { node } } })).toEqual([])
  },
)

test('we ask for the oldest Node ourselves', () => {
  expect(minVersion(manifest.engines.node)?.version).toBe(oldestNode)
  expect(packages['']?.engines).toEqual(manifest.engines)
})

test('every version is exact and is the locked one', () => {
  const loose = Object.entries(wanted).filter(([, version]) => valid(version) !== version)
  expect(loose).toEqual([])
  const locked = Object.keys(wanted).map((name) => [name, packages[`node_modules/${name}`]?.version])
  expect(Object.fromEntries(locked)).toEqual(wanted)
})

test('every locked package has a checksum', () => {
  const unchecked = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && !integrity)
  expect(unchecked.map(([path]) => path)).toEqual([])
})

test('what a package brings for other systems is locked too, for else npm ci refuses the lock file', () => {
  const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies).filter(
      (name) => !packages[`${path}/node_modules/${name}`] && !packages[`node_modules/${name}`],
    ),
  )
  expect(missing).toEqual([])
})

test.each(Object.entries(tried))('%s is at %s', (name, version) => {
  expect(wanted[name]).toBe(version)
})

test('an install brings no package, but for the keychain where it can be had', () => {
  expect(manifest.dependencies ?? {}).toEqual({})
  expect(Object.keys(manifest.optionalDependencies)).toEqual(['@napi-rs/keyring'])
})
