// ngrok: an account, and the name of the account or of one's own.
import { readBody } from '../../wire/body.ts'
import type { Tunnel } from '../tunnel.ts'

/** @see https://ngrok.com/docs/agent/cli */
export const ngrok: Tunnel = {
  program: 'ngrok',
  summary: 'ngrok, with your account',
  variables: ['NGROK_AUTHTOKEN'],
  install: 'Install it: https://ngrok.com/download, then: ngrok config add-authtoken <token>',
  prepare: ({ local: { host, port }, redirectUri }) => {
    const own = redirectUri !== null && isOfNgrok(redirectUri.hostname) ? redirectUri.hostname : null
    const name = own === null ? [] : ['--url', `https://${own}`]
    return {
      args: ['http', `http://${host}:${port}`, '--log', 'stdout', '--log-format', 'json', ...name],
      life: own === null ? 'may-change' : 'stays',
      read: (printed) => {
        const urls = printed
          .map(readEvent)
          .flatMap(({ msg, url }) => (msg === 'started tunnel' && isOfWeb(url) ? [new URL(url)] : []))
        // An old ngrok has one with http too, and may name it first.
        const found = urls.find(({ protocol }) => protocol === 'https:') ?? urls[0]
        return found === undefined ? null : { url: found.origin, isUp: found.protocol === 'https:' }
      },
    }
  },
  advise: (printed) => {
    const text = printed.join('\n')
    if (/ERR_NGROK_(4018|105|106|107)\b|authtoken/i.test(text))
      return { fix: 'Sign in first: ngrok config add-authtoken <token>', isFinal: false }
    if (/ERR_NGROK_(108|334)\b/.test(text))
      return { fix: 'Stop the other ngrok of this account, then try again.', isFinal: false }
    return null
  },
}

/** Reads a line of its log; an empty object where it is none. */
function readEvent(line: string): Readonly<Record<string, unknown>> {
  const body = readBody(line)
  return body.kind === 'object' ? body.object : {}
}

function isOfWeb(url: unknown): url is string {
  return typeof url === 'string' && /^https?:\/\//.test(url) && URL.canParse(url)
}

function isOfNgrok(hostname: string): boolean {
  return /\.ngrok(-free)?\.(app|dev|io|pizza)$/.test(hostname)
}
