import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Nothing of the machine that runs the tests may decide how they end.
    env: { NO_COLOR: '', FORCE_COLOR: '', NV_PROFILE: '' },
    silent: 'passed-only',
    testTimeout: 30_000,
    hookTimeout: 60_000,
  },
})
