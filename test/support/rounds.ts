// How often the tests of killing and racing repeat themselves, since each round hits another moment; and how much is tried.

/** Three; more before a release. */
export const rounds = Number(process.env['NV_TEST_ROUNDS'] || 3)

/** How long so many rounds may take where the machine is busy. */
export const roundsTimeoutMs = 60_000 + 6_000 * rounds

/** Tells whether every mode of every input is tried, not one of them in turn. */
export const isThorough = rounds > 3
