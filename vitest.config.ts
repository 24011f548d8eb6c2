import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

/** nock changes what HTTP is for its whole process. */
const withNock = ['test/flow/presets.test.ts', 'test/flow/sandbox-mock.test.ts']
const inChromium = ['test/browser/**/*.test.ts', 'test/e2e/samples.test.ts']

export default defineConfig({
  test: {
    // Nothing of the machine that runs the tests may decide how they end.
    env: { NO_COLOR: '', FORCE_COLOR: '', NV_PROFILE: '', GITHUB_ACTIONS: '' },
    silent: 'passed-only',
    // A machine that is busy with other things must not decide either.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    // Processes, as a thread would keep what another one closes open while a third one starts a program.
    pool: 'forks',
    // Many tests wait for a server or a program; one worker more than there are cores fills the gaps.
    maxWorkers: availableParallelism() + 1,
    projects: [
      {
        extends: true,
        test: {
          name: 'main',
          include: ['test/**/*.test.ts'],
          exclude: [...withNock, ...inChromium],
          // A worker loads the program once for all the files it runs: none changes what they share.
          isolate: false,
        },
      },
      { extends: true, test: { name: 'nock', include: withNock } },
      {
        extends: true,
        test: {
          name: 'chromium',
          include: inChromium,
          globalSetup: 'test/support/start-chromium.ts',
          isolate: false,
        },
      },
    ],
  },
})
