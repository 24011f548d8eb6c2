// The server of a customer, to whose redirect_uri nothing must be sent.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Starts it; `seen` lists what was requested from it. */
export async function startCustomer() {
  const seen: string[] = []
  const server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`)
    response.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { seen, port: (server.address() as AddressInfo).port, close: () => void server.close() }
}

export type Customer = Awaited<ReturnType<typeof startCustomer>>
