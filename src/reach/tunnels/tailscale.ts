// Tailscale's Funnel: the name of this machine in its tailnet, which stays.
import { httpsOriginsIn, type Tunnel } from '../tunnel.ts'

/** @see https://tailscale.com/kb/1223/funnel */
export const tailscale: Tunnel = {
  program: 'tailscale',
  summary: 'a Funnel of Tailscale, under the name of this machine',
  variables: [],
  install: 'Install it: https://tailscale.com/download, then: tailscale up',
  prepare: ({ local: { host, port }, redirectUri }) => {
    const isOwn = redirectUri?.hostname.endsWith('.ts.net') === true && redirectUri.port !== ''
    const target = host === '127.0.0.1' ? String(port) : `http://${host}:${port}`
    return {
      args: ['funnel', ...(isOwn ? [`--https=${redirectUri.port}`] : []), target],
      life: 'stays',
      read: (printed) => {
        const start = printed.findIndex((line) => /available on the internet/i.test(line))
        const url = start === -1 ? undefined : printed.slice(start).flatMap(httpsOriginsIn)[0]
        return url === undefined ? null : { url, isUp: true }
      },
    }
  },
  advise: (printed) => {
    const text = printed.join('\n')
    const page = /https:\/\/login\.tailscale\.com\/[\w/?=&.-]+/.exec(text)?.[0]
    if (/not enabled/i.test(text) && page !== undefined)
      return { fix: `Enable Funnel for your tailnet: ${page}`, isFinal: true }
    if (/logged out|needslogin|not logged in/i.test(text))
      return { fix: 'Sign in first: tailscale up', isFinal: true }
    if (/tailscale is stopped/i.test(text)) return { fix: 'Start it first: tailscale up', isFinal: true }
    if (/access denied/i.test(text))
      return { fix: 'Let your user change it: sudo tailscale set --operator=$USER', isFinal: false }
    return null
  },
}
