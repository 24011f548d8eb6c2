export const rounds = Number(process.env['NV_TEST_ROUNDS'] ?? 5)
