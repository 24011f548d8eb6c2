import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import type { TunnelRequest } from '../../../src/reach/tunnel.ts'
import { readTunnel, tunnels } from '../../../src/reach/tunnels.ts'

const request = (changes: Partial<TunnelRequest> = {}): TunnelRequest => ({
  local: { host: '127.0.0.1', port: 8080 },
  destination: null,
  redirectUri: null,
  isWindows: false,
  ...changes,
})
const ssh = (destination: string, redirectUri?: string) =>
  tunnels.ssh.prepare(
    request({ destination, redirectUri: redirectUri === undefined ? null : new URL(redirectUri) }),
  )

describe('--tunnel', () => {
  it.each([
    ['cloudflared', { name: 'cloudflared', destination: null }],
    [' ngrok ', { name: 'ngrok', destination: null }],
    ['ssh:localhost.run', { name: 'ssh', destination: 'localhost.run' }],
    ['ssh:me@[2001:db8::1]:2222/8080', { name: 'ssh', destination: 'me@[2001:db8::1]:2222/8080' }],
  ])('%s', (text, choice) => {
    expect(readTunnel(text)).toEqual(choice)
  })

  it.each([
    '',
    'localtunnel',
    'ssh',
    'ssh:',
    'ngrok:mine',
    'constructor',
    '__proto__',
    'CLOUDFLARED\u001b[2J',
  ])('refuses %j, with the names it takes and nothing that moves a terminal', (text) => {
    const refuse = () => readTunnel(text)
    expect(refuse).toThrow(UsageError)
    expect(refuse).not.toThrow('\u001b')
  })
})

describe('what is started', () => {
  it.each([
    ['cloudflared', 'tunnel --no-autoupdate --config /dev/null --url http://127.0.0.1:8080'],
    ['ngrok', 'http http://127.0.0.1:8080 --log stdout --log-format json'],
    ['tailscale', 'funnel 8080'],
    ['devtunnel', 'host -p 8080 --allow-anonymous'],
  ] as const)('%s', (name, args) => {
    expect(tunnels[name].prepare(request()).args.join(' ')).toBe(args)
  })

  it('cloudflared of Windows has its own word for an empty file', () => {
    expect(tunnels.cloudflared.prepare(request({ isWindows: true })).args).toContain('NUL')
  })

  it('ngrok is asked for the name that is registered, which stays', () => {
    const redirectUri = new URL('https://acme.ngrok-free.app/callback')
    const { args, life } = tunnels.ngrok.prepare(request({ redirectUri }))
    expect(args.slice(-2)).toEqual(['--url', 'https://acme.ngrok-free.app'])
    expect(life).toBe('stays')
    expect(
      tunnels.ngrok.prepare(request({ redirectUri: new URL('https://app.example/cb') })).args,
    ).not.toContain('--url')
  })

  it('tailscale is asked for the port that is registered', () => {
    const redirectUri = new URL('https://laptop.tail1a2b3.ts.net:8443/callback')
    expect(tunnels.tailscale.prepare(request({ redirectUri })).args).toEqual([
      'funnel',
      '--https=8443',
      '8080',
    ])
  })

  const sshOptions =
    '-o BatchMode=yes -o ExitOnForwardFailure=yes -o ConnectTimeout=15 -o ServerAliveInterval=15'
  it.each([
    ['localhost.run', undefined, `-T ${sshOptions} -R 80:127.0.0.1:8080 -- nokey@localhost.run`],
    ['me@localhost.run', undefined, `-T ${sshOptions} -R 80:127.0.0.1:8080 -- me@localhost.run`],
    ['serveo.net', undefined, `-T ${sshOptions} -R 80:127.0.0.1:8080 -- serveo.net`],
    ['a.pinggy.io', undefined, `-T ${sshOptions} -R 0:127.0.0.1:8080 -p 443 -- a.pinggy.io`],
    ['example.com', undefined, `-v -N -T ${sshOptions} -R *:0:127.0.0.1:8080 -- example.com`],
    [
      'me@example.com:2222',
      undefined,
      `-v -N -T ${sshOptions} -R *:0:127.0.0.1:8080 -p 2222 -- me@example.com`,
    ],
    ['[::1]:2222', undefined, `-v -N -T ${sshOptions} -R *:0:127.0.0.1:8080 -p 2222 -- ::1`],
    [
      'example.com',
      'http://example.com:9000/cb',
      `-v -N -T ${sshOptions} -R *:9000:127.0.0.1:8080 -- example.com`,
    ],
    [
      'example.com/9000',
      'https://app.example/cb',
      `-v -N -T ${sshOptions} -R localhost:9000:127.0.0.1:8080 -- example.com`,
    ],
  ])('ssh:%s for the redirect_uri %s', (destination, redirectUri, args) => {
    expect(ssh(destination, redirectUri).args.join(' ')).toBe(args)
  })

  it.each([
    '-oProxyCommand=id',
    'me@-oProxyCommand=id',
    '-l@host',
    'a b',
    'host;id',
    '$(id)',
    'host:99999',
    'host/x',
    'a@b@c',
    'host\n',
  ])('no option and no shell gets in as the host %j', (destination) => {
    expect(() => ssh(destination)).toThrow(UsageError)
  })
})

describe('the address that is read', () => {
  const read = (name: keyof typeof tunnels, printed: string[], changes: Partial<TunnelRequest> = {}) =>
    tunnels[name].prepare(request(changes)).read(printed)

  it('of cloudflared is up once a connection is registered', () => {
    const box = '2022-11-11T19:57:58Z INF |  https://four-dashed-word-url.trycloudflare.com          |'
    const url = 'https://four-dashed-word-url.trycloudflare.com'
    expect(read('cloudflared', [box])).toEqual({ url, isUp: false })
    expect(read('cloudflared', [box, 'INF Registered tunnel connection connIndex=0'])).toEqual({
      url,
      isUp: true,
    })
  })

  it.each([
    'failed to request quick Tunnel: Post "https://api.trycloudflare.com/tunnel": dial tcp: no such host',
    'INF by following: https://developers.cloudflare.com/cloudflare-one/connections/connect-apps',
    'INF |  https://user:pass@x.trycloudflare.com  |',
    'INF |  https://x.trycloudflare.com.evil.example  |',
    'INF |  http://x.trycloudflare.com  |',
  ])('of cloudflared is not %s', (line) => {
    expect(read('cloudflared', [line, 'INF Registered tunnel connection'])).toBeNull()
  })

  it.each([
    ['{"msg":"started tunnel","url":"https://a1b2.ngrok-free.app"}', 'https://a1b2.ngrok-free.app'],
    ['{"msg":"started tunnel","url":"tcp://2.tcp.ngrok.io:19757"}', null],
    ['{"msg":"join connections","url":"https://a1b2.ngrok-free.app"}', null],
    ['{"msg":"started tunnel","url":{"toString":1}}', null],
    ['{"msg":"started tunnel"', null],
    ['null', null],
  ])('of ngrok in %s', (line, url) => {
    expect(read('ngrok', [line])?.url ?? null).toBe(url)
  })

  it('of tailscale is none while Funnel is not enabled, and nv says where to do that', () => {
    const printed = [
      'Funnel is not enabled on your tailnet.',
      'To enable, visit:',
      'https://login.tailscale.com/f/funnel?node=abc1',
    ]
    expect(read('tailscale', printed)).toBeNull()
    expect(tunnels.tailscale.advise(printed)).toEqual({
      fix: 'Enable Funnel for your tailnet: https://login.tailscale.com/f/funnel?node=abc1',
      isFinal: true,
    })
  })

  it('of devtunnel is the one without a port, and not the page that shows its traffic', () => {
    const printed = [
      'Hosting port: 5001',
      'Connect via browser: https://bskw8blx.inc1.devtunnels.ms:5001, https://bskw8blx-5001.inc1.devtunnels.ms',
      'Inspect network activity: https://bskw8blx-5001-inspect.inc1.devtunnels.ms',
    ]
    expect(read('devtunnel', printed)).toEqual({
      url: 'https://bskw8blx-5001.inc1.devtunnels.ms',
      isUp: false,
    })
    expect(read('devtunnel', [...printed, 'Ready to accept connections for tunnel: bskw8blx'])?.isUp).toBe(
      true,
    )
  })

  it.each([
    [
      'localhost.run',
      '8beaa541ba3dc2.lhr.life tunneled with tls termination, https://8beaa541ba3dc2.lhr.life',
      'https://8beaa541ba3dc2.lhr.life',
    ],
    ['localhost.run', 'see https://localhost.run/docs/forever-free/ or https://admin.localhost.run/', null],
    [
      'serveo.net',
      'Forwarding HTTP traffic from https://015b-61-18-39-221.serveousercontent.com',
      'https://015b-61-18-39-221.serveousercontent.com',
    ],
    ['serveo.net', 'Tip (1): Pro removes the warning page: https://console.serveo.net/settings?n=1', null],
    [
      'a.pinggy.io',
      'https://yqycl-98-162-69-48.a.free.pinggy.link',
      'https://yqycl-98-162-69-48.a.free.pinggy.link',
    ],
    ['a.pinggy.io', 'Upgrade at https://dashboard.pinggy.io or https://pinggy.io', null],
  ])('of ssh:%s in %s', (destination, line, url) => {
    expect(read('ssh', [line], { destination })?.url ?? null).toBe(url)
  })

  it("of a host of one's own is the port that it allocated, under its real name", () => {
    const printed = [
      'debug1: Connecting to vps.example.com [192.0.2.1] port 22.',
      'Allocated port 43210 for remote forward to 127.0.0.1:8080',
    ]
    expect(read('ssh', printed, { destination: 'vps' })).toEqual({
      url: 'http://vps.example.com:43210',
      isUp: true,
    })
  })

  it('of a host behind TLS is that of the redirect_uri', () => {
    const changes = { destination: 'vps/9000', redirectUri: new URL('https://app.example/cb') }
    expect(read('ssh', [], changes)).toBeNull()
    const opened = 'debug1: remote forward success for: listen localhost:9000, connect 127.0.0.1:8080'
    expect(read('ssh', [opened], changes)?.url).toBe('https://app.example')
  })

  it("nothing that a greeting of one's own host says", () => {
    expect(read('ssh', ['Welcome! See https://help.ubuntu.example'], { destination: 'vps' })).toBeNull()
  })
})
