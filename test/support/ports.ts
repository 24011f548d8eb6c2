// Ports of loopback, for tests that have to name one.
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Gives a port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

/** Rejects when somebody listens on the port. */
export async function expectFree(port: number): Promise<void> {
  const server = createServer()
  await new Promise<void>((resolve, reject) =>
    server.once('error', reject).listen(port, '127.0.0.1', resolve),
  )
  await new Promise((resolve) => server.close(resolve))
}
