// Cloudflare's quick tunnel: no account, a new name each time.
import { httpsOriginsIn, type Tunnel } from '../tunnel.ts'

/** @see https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/do-more-with-tunnels/trycloudflare/ */
export const cloudflared: Tunnel = {
  program: 'cloudflared',
  summary: 'a quick tunnel of Cloudflare, without an account',
  variables: [],
  install:
    'Install it: https://developers.cloudflare.com/cloudflare-one/connections/connect-networks/downloads/',
  prepare: ({ local: { host, port }, isWindows }) => ({
    // With a configuration of the user's, it would serve that in place of the quick tunnel.
    args: [
      'tunnel',
      '--no-autoupdate',
      '--config',
      isWindows ? 'NUL' : '/dev/null',
      '--url',
      `http://${host}:${port}`,
    ],
    life: 'changes',
    read: (printed) => {
      const url = printed.flatMap(httpsOriginsIn).find((origin) => isQuick(new URL(origin).hostname))
      if (url === undefined) return null
      return {
        url,
        isUp: printed.some((line) => /registered tunnel connection|connection \S+ registered/i.test(line)),
      }
    },
  }),
  advise: (printed) => {
    // Its service is busy, which a network that is not let through is not.
    const isBusy = printed.some(
      (line) =>
        /failed to (request|parse|unmarshal) quick tunnel|\b(429|1015)\b/i.test(line) &&
        !/\b(tls|x509|dial|lookup|proxyconnect)\b/i.test(line),
    )
    return isBusy
      ? { fix: 'Try again in a minute, or take another one: --tunnel ssh:localhost.run', isFinal: false }
      : null
  },
}

function isQuick(hostname: string): boolean {
  return hostname.endsWith('.trycloudflare.com') && hostname !== 'api.trycloudflare.com'
}
