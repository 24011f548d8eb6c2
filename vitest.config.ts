import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** Change what their whole process has: its HTTP, its umask, its environment. */
const needProcess = [
  'test/flow/presets.test.ts',
  'test/flow/sandbox-mock.test.ts',
  'test/unit/io/files.test.ts',
]
const inBrowser = ['test/browser/**/*.test.ts', 'test/e2e/samples.test.ts']

export default defineConfig({
  test: {
    // Nothing of the machine that runs the tests may decide how they end.
    env: { NO_COLOR: '', FORCE_COLOR: '', NV_PROFILE: '' },
    silent: 'passed-only',
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Many tests wait for a server or a process, so that one more than there are cores keeps all of them busy.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'shared',
          include: ['test/**/*.test.ts'],
          exclude: [...needProcess, ...inBrowser],
          // They share nothing that one of them changes, and so load the program once for each worker.
          pool: 'threads',
          isolate: false,
        },
      },
      { extends: true, test: { name: 'isolated', include: needProcess } },
      {
        extends: true,
        test: {
          name: 'browser',
          include: inBrowser,
          globalSetup: 'test/support/start-chromium.ts',
          pool: 'threads',
          isolate: false,
        },
      },
    ],
  },
})
