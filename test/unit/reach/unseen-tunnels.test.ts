// What programs of tunnels print, in versions and moods that the fakes don't have: the address, and nothing that is none.
import { describe, expect, test } from 'vitest'
import { lastWord } from '../../../src/reach/last-word.ts'
import type { TunnelRequest } from '../../../src/reach/tunnel.ts'
import { readTunnel, tunnels } from '../../../src/reach/tunnels.ts'

function read(choice: string, printed: readonly string[]) {
  const { name, destination } = readTunnel(choice)
  const request: TunnelRequest = {
    local: { host: '127.0.0.1', port: 8080 },
    destination,
    redirectUri: null,
    isWindows: false,
  }
  return tunnels[name].prepare(request).read(printed)
}

describe('the address', () => {
  test.each<[string, string, string[], string | null, boolean]>([
    [
      'an old cloudflared',
      'cloudflared',
      [
        'time="2020-11-01T10:00:00Z" level=info msg="| https://four-words-and-more.trycloudflare.com |"',
        'time="2020-11-01T10:00:03Z" level=info msg="Connection 5b2c registered" connIndex=0',
      ],
      'https://four-words-and-more.trycloudflare.com',
      true,
    ],
    [
      'one that logs JSON',
      'cloudflared',
      ['{"level":"info","time":"2025-11-01T10:00:00Z","message":"|  https://a-b-c-d.trycloudflare.com  |"}'],
      'https://a-b-c-d.trycloudflare.com',
      false,
    ],
    [
      'one that names its API in an error',
      'cloudflared',
      [
        'ERR failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: lookup api.trycloudflare.com: no such host',
      ],
      null,
      false,
    ],
    [
      'an ngrok of version 2, http first',
      'ngrok',
      [
        '{"lvl":"info","msg":"started tunnel","name":"command_line (http)","url":"http://8e00.ngrok.io"}',
        '{"lvl":"info","msg":"started tunnel","name":"command_line","url":"https://8e00.ngrok.io"}',
      ],
      'https://8e00.ngrok.io',
      true,
    ],
    [
      'one with http alone',
      'ngrok',
      ['{"msg":"started tunnel","url":"http://8e00.ngrok.io"}'],
      'http://8e00.ngrok.io',
      false,
    ],
    [
      'one with the new domain',
      'ngrok',
      ['{"msg":"started tunnel","url":"https://foo.ngrok-free.dev"}'],
      'https://foo.ngrok-free.dev',
      true,
    ],
    [
      'tailscale on another port',
      'tailscale',
      [
        'Available on the internet:',
        '',
        'https://laptop.tail1.ts.net:8443/',
        '|-- proxy http://127.0.0.1:8080',
      ],
      'https://laptop.tail1.ts.net:8443',
      true,
    ],
    [
      'tailscale for the tailnet only',
      'tailscale',
      ['Available within your tailnet:', '', 'https://laptop.tail1.ts.net/'],
      null,
      false,
    ],
    [
      'a devtunnel that has one form of the address',
      'devtunnel',
      [
        'Hosting port: 8080',
        'Connect via browser: https://l3rs99qw-8080.usw2.devtunnels.ms',
        'Ready to accept connections for tunnel: l3rs99qw',
      ],
      'https://l3rs99qw-8080.usw2.devtunnels.ms',
      true,
    ],
    [
      'localhost.run with a greeting that names other sites',
      'ssh:localhost.run',
      [
        '===============================================================================',
        'Welcome to localhost.run!',
        'Follow your favourite reverse tunnel at https://x.com/localhost_run.',
        'Chat with us: https://discord.gg',
        '** your connection id is 5e0d5a2c, please mention it if you send me a message about an issue. **',
        'd1a2b3c4.lhr.life tunneled with tls termination, https://d1a2b3c4.lhr.life',
        'Open your tunnel address on your mobile with this QR:',
      ],
      'https://d1a2b3c4.lhr.life',
      true,
    ],
    [
      'serveo',
      'ssh:serveo.net',
      ['Forwarding HTTP traffic from https://6a7c-203-0-113-7.serveousercontent.com'],
      'https://6a7c-203-0-113-7.serveousercontent.com',
      true,
    ],
    [
      'pinggy',
      'ssh:a.pinggy.io',
      [
        'You are not authenticated.',
        'Your tunnel will expire in 60 minutes. Upgrade to Pinggy Pro to get unrestricted tunnels. https://dashboard.pinggy.io',
        'http://rnabc-203-0-113-7.a.free.pinggy.link',
        'https://rnabc-203-0-113-7.a.free.pinggy.link',
      ],
      'https://rnabc-203-0-113-7.a.free.pinggy.link',
      true,
    ],
    [
      'srv.us',
      'ssh:srv.us',
      ['1: https://qp556ma755ktlag5b2xyt334ae.srv.us/'],
      'https://qp556ma755ktlag5b2xyt334ae.srv.us',
      true,
    ],
    [
      'a greeting alone',
      'ssh:localhost.run',
      ['Welcome! News: https://example.com'],
      'https://example.com',
      false,
    ],
  ])('of %s', (_name, choice, printed, url, isUp) => {
    expect(read(choice, printed)).toEqual(url === null ? null : { url, isUp })
  })
})

describe('the last word', () => {
  test.each<[string, string[], string]>([
    [
      'ngrok, which ends its words with a code, an address and nothing',
      [
        'ERROR:  authentication failed: Usage of ngrok requires a verified account and authtoken.',
        'ERROR:',
        'ERROR:  Sign up for an account: https://dashboard.ngrok.com/signup',
        'ERROR:',
        'ERROR:  ERR_NGROK_4018',
        'ERROR:  https://ngrok.com/docs/errors/err_ngrok_4018',
        'ERROR:',
      ],
      'authentication failed: Usage of ngrok requires a verified account',
    ],
    [
      'ngrok that is too old',
      [
        'ERROR:  Your ngrok-agent version "2.3.40" is too old. The minimum supported agent version for your account is "3.6.0".',
        'ERROR:',
        'ERROR:  ERR_NGROK_121',
      ],
      'Your ngrok-agent version "2.3.40" is too old',
    ],
    [
      'tailscale, which says in the next line what to do',
      ['sending serve config: Access denied: serve config denied', '', "Use 'sudo tailscale funnel 3000'."],
      'Access denied',
    ],
    [
      'ssh',
      ['debug1: Exit status 255', 'ssh: connect to host example.com port 22: Connection refused'],
      'Connection refused',
    ],
    [
      'a log in JSON',
      [
        '{"lvl":"eror","msg":"failed to reconnect session","err":"session closed"}',
        '{"lvl":"info","msg":"bye"}',
      ],
      'session closed',
    ],
    [
      'cloudflared, which is denied by its service',
      [
        'INF Requesting new quick Tunnel on trycloudflare.com...',
        'ERR Error unmarshaling QuickTunnel response: error code: 1015 error="invalid character \'e\' looking for beginning of value" status_code="429 Too Many Requests"',
        "failed to unmarshal quick Tunnel: invalid character 'e' looking for beginning of value",
      ],
      'failed to unmarshal quick Tunnel',
    ],
  ])('of %s', (_name, printed, word) => {
    expect(lastWord(printed)).toContain(word)
  })
})
