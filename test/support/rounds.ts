// How often the tests of killing and racing repeat themselves: by chance each round hits another moment.

/** Five at home; CI takes its time. */
export const rounds = Number(process.env['NV_TEST_ROUNDS'] || 5)

/** How long so many rounds may take where the machine is busy. */
export const roundsTimeoutMs = 60_000 + 6_000 * rounds
