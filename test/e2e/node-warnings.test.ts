// What Node would warn of, and what its own variables would change: users see none of it.
import { expect, it } from 'vitest'
import { runNv, startNv } from '../support/process.ts'

const verify = ['verify', '+34600000001', '--via', 'direct', '--redirect-uri', 'https://app.example/callback']
const gateway = {
  NV_AUTHORIZE_URL: 'https://gateway.invalid/authorize',
  NV_TOKEN_URL: 'https://gateway.invalid/token',
  NV_API_URL: 'https://gateway.invalid',
  NV_CLIENT_ID: 'a',
  NV_CLIENT_SECRET: 'b',
}

it.each<[string, Record<string, string>]>([
  ['no variable', {}],
  ['NODE_TLS_REJECT_UNAUTHORIZED=0', { NODE_TLS_REJECT_UNAUTHORIZED: '0' }],
  ['NODE_EXTRA_CA_CERTS of another file', { NODE_EXTRA_CA_CERTS: import.meta.filename }],
  ['a proxy', { HTTPS_PROXY: '127.0.0.1:9' }],
  ['a SOCKS proxy', { HTTPS_PROXY: 'socks5://127.0.0.1:9' }],
  ['NODE_OPTIONS', { NODE_OPTIONS: '--trace-warnings --pending-deprecation' }],
])('with %s', async (_, env) => {
  const { exitCode, stderr } = await runNv(verify, { env: { ...gateway, ...env } })
  expect(exitCode).toBe(3)
  expect(stderr).not.toMatch(/warning|\(node:|NODE_/i)
})

it('NODE_TLS_REJECT_UNAUTHORIZED=0 does not make nv send credentials to whoever answers', async () => {
  const simulator = startNv(['simulate', '--tls', '--port', '0', '--json'])
  try {
    const [announced] = await simulator.untilStdout(/^.+\n/)
    const { authorizeUrl, tokenUrl, apiUrl } = JSON.parse(announced) as Record<string, string>
    const urls = { NV_AUTHORIZE_URL: authorizeUrl, NV_TOKEN_URL: tokenUrl, NV_API_URL: apiUrl }
    const env = { ...gateway, ...urls, NODE_TLS_REJECT_UNAUTHORIZED: '0' } as Record<string, string>
    const { exitCode, stdout } = await runNv([...verify, '--json'], { env })
    expect(exitCode).toBe(3)
    expect(JSON.parse(stdout)).toMatchObject({ findings: [{ code: 'certificate_untrusted' }] })
  } finally {
    simulator.process.kill('SIGTERM')
    await simulator.finished
  }
})
