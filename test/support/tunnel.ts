// A tunnel: what is asked of it at a path goes to a port of this machine, as it came or under another path.
import { createSend } from '../../src/io/send.ts'
import type { Handlers } from './gateway.ts'

/** Answers /callback with what listens on the port. */
export function tunnelTo(port: number, rewrite = (target: string) => target): Handlers {
  const forward = createSend({})
  return {
    '/callback': async ({ target, headers }) => {
      const url = `http://127.0.0.1:${port}${rewrite(target)}`
      const host = headers.find(([name]) => name === 'host')?.[1] ?? ''
      const options = { signal: new AbortController().signal }
      const { response } = await forward({ method: 'GET', url, headers: { host } }, options)
      return { status: response?.status ?? 502 }
    },
  }
}
