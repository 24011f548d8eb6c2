// Ports of loopback, for tests that have to name one.
import { randomInt } from 'node:crypto'
import { createServer } from 'node:net'

/**
 * Gives a port that nobody listens on at this moment. It is below those that systems give to connections, which
 * could otherwise take it before the test does.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const isFree = await expectFree(port).then(
      () => true,
      () => false,
    )
    if (isFree) return port
  }
}

/** Rejects when somebody listens on the port. */
export async function expectFree(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  )
  await new Promise((resolve) => server.close(resolve))
}
