// The tests that mutants have to survive: those of the pure folders, which need nothing but themselves.
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/unit/{oauth,camara,run,diagnosis,report}/**/*.test.ts'],
    // They say that a thing happens for many texts; of a mutant it is asked whether one test sees it.
    exclude: ['**/*-properties.test.ts', '**/odd-recordings.test.ts'],
    testTimeout: 30_000,
  },
})
