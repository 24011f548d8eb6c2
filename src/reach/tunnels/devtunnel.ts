// Microsoft's dev tunnel: an account, a new name each time.
import { httpsOriginsIn, type Tunnel } from '../tunnel.ts'

/** @see https://learn.microsoft.com/azure/developer/dev-tunnels/cli-commands */
export const devtunnel: Tunnel = {
  program: 'devtunnel',
  summary: 'a dev tunnel of Microsoft, with your account',
  variables: [],
  install: 'Install it: https://aka.ms/devtunnels/download, then: devtunnel user login',
  // Its relay puts this in place of the name that was asked for.
  hosts: ['localhost'],
  prepare: ({ local: { port } }) => ({
    args: ['host', '-p', String(port), '--allow-anonymous'],
    life: 'changes',
    read: (printed) => {
      const [line = ''] = printed.filter((text) => /connect via browser:/i.test(text))
      const origins = httpsOriginsIn(line)
      // One form of the address has the port behind it; some networks let only the other one through.
      const url = origins.find((origin) => new URL(origin).port === '') ?? origins[0]
      if (url === undefined) return null
      return { url, isUp: printed.some((text) => /ready to accept connections/i.test(text)) }
    },
  }),
  advise: (printed) =>
    printed.some((line) => /user login|log ?in (is )?required|unauthorized|not logged in/i.test(line))
      ? { fix: 'Sign in first: devtunnel user login', isFinal: false }
      : null,
}
