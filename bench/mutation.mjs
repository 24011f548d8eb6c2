// Changes the pure code in small ways and counts which changes no test sees: `node bench/mutation.mjs [glob ...]`.
// Stryker brings 170 packages, so it is no dependency: it is installed for the run, and finds the vitest of the project.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The last one that runs on Node 20. */
const strykerVersion = '9.6.1'
const root = join(import.meta.dirname, '..')
const given = process.argv.slice(2)
const mutate = given.length > 0 ? given : ['src/{oauth,camara,run,diagnosis}/**/*.ts']

const folder = await mkdtemp(join(tmpdir(), 'nv-mutation-'))
try {
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  const packages = ['core', 'vitest-runner'].map((name) => `@stryker-mutator/${name}@${strykerVersion}`)
  // Its peer, vitest, must be the one that the tests import.
  const install = [
    'install',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--legacy-peer-deps',
    ...packages,
  ]
  if ((await run('npm', install, folder)) !== 0) throw new Error('Stryker could not be installed')
  const modules = join(folder, 'node_modules')
  await symlink(join(root, 'node_modules/vitest'), join(modules, 'vitest'), 'junction')
  await mkdir(join(folder, 'sandbox'))
  await symlink(join(root, 'node_modules'), join(folder, 'sandbox/node_modules'), 'junction')
  const config = join(folder, 'stryker.config.json')
  await writeFile(config, JSON.stringify(configOf(modules)))
  const stryker = join(modules, '@stryker-mutator/core/bin/stryker.js')
  process.exitCode = await run(process.execPath, [stryker, 'run', config], root)
} finally {
  await rm(folder, { recursive: true, force: true })
}

/** @see https://stryker-mutator.io/docs/stryker-js/configuration/ */
function configOf(modules) {
  return {
    mutate,
    plugins: [join(modules, '@stryker-mutator/vitest-runner/dist/src/index.js')],
    testRunner: 'vitest',
    vitest: { configFile: 'bench/mutation.vitest.ts', related: false },
    coverageAnalysis: 'perTest',
    concurrency: 2,
    timeoutMS: 10_000,
    // What runs once when a module is loaded can't be laid to one test, and would have all of them run.
    ignoreStatic: true,
    // Words are for people: tests look at what they name, not at each of them.
    mutator: { excludedMutations: ['StringLiteral'] },
    ignorePatterns: ['dist', 'test/e2e', 'test/browser'],
    tempDirName: join(folder, 'sandbox'),
    symlinkNodeModules: false,
    // It would read it with a TypeScript that has the old interface.
    tsconfigFile: 'none.json',
    reporters: ['clear-text'],
    clearTextReporter: { allowColor: false, logTests: false, reportScoreTable: true },
    allowEmpty: true,
    allowConsoleColors: false,
  }
}

async function run(command, args, cwd) {
  const child = spawn(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] })
  const [exitCode] = await once(child, 'exit')
  return exitCode ?? 1
}
