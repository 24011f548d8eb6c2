// `nv verify --tls`: a listener with TLS, for a registered https redirect_uri on this machine.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { certify } from '../../src/io/certificates.ts'
import type { Run } from '../../src/run/run.ts'
import { createRunningClock } from '../support/context.ts'
import { freePort } from '../support/ports.ts'
import { runNv, startNv } from '../support/process.ts'
import { createPublicPhone } from '../support/public-phone.ts'
import { startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { makeFolder } from '../support/store-harness.ts'
import { clientVariables } from '../support/variables.ts'

let simulator: TestSimulator
beforeAll(async () => {
  simulator = await startTestSimulator({}, createRunningClock())
})
afterAll(() => simulator.close())

const variables = () => ({
  ...clientVariables(simulator),
})
const args = ['verify', '+34600000001', '--tls', '--via', 'qr', '--json']

it.each(['localhost', '127.0.0.1'])('https://%s is heard, under a certificate of this run', async (host) => {
  const redirectUri = `https://${host}:${await freePort()}/callback`
  const nv = startNv(args, { env: { ...variables(), NV_REDIRECT_URI: redirectUri } })
  const [authorizeUrl] = await nv.untilStderr(/^http:\S+\/authorize\?\S+$/m)
  const [, file = ''] = await nv.untilStderr(/shows no\s+warning:\s+(\S+)/)
  expect(nv.written.stderr).toMatch(/^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/m)
  const ca = readFileSync(file, 'utf8')
  await expect(createPublicPhone({ env: {}, ca: '' }).open(redirectUri)).rejects.toThrow(
    /CERT|SIGNATURE|VERIFY/,
  )
  // Plain HTTP on this port is nobody's callback, and takes nothing down.
  await new Promise<void>((resolve) => {
    const plain = request(redirectUri.replace('https:', 'http:'), () => resolve())
    plain.on('error', () => resolve()).end()
  })
  expect((await createPublicPhone({ env: {}, ca }).open(authorizeUrl)).text).toContain('Verified')
  const run = JSON.parse((await nv.finished).stdout) as Run
  expect(run).toMatchObject({ outcome: 'verified', profile: { redirectUri } })
  expect(run.arrivals.map(({ verdict }) => verdict)).toEqual(['taken'])
  expect(existsSync(file)).toBe(false)
})

it('asked at its own address, nv trusts itself: with --listen the redirect_uri leads here', async () => {
  const port = await freePort()
  const env = {
    ...variables(),
    NV_REDIRECT_URI: `https://localhost:${port}/callback`,
    NV_LISTEN: `127.0.0.1:${port}`,
  }
  const nv = startNv(args, { env })
  await nv.untilStderr(/^http:\S+\/authorize\?\S+$/m)
  nv.process.kill('SIGINT')
  const run = JSON.parse((await nv.finished).stdout) as Run
  expect(run.observations).toContainEqual(
    expect.objectContaining({ code: 'redirect_uri_asked', facts: { arrived: 'taken' } }),
  )
})

it.each([
  [
    'a redirect_uri that starts with http',
    ['--redirect-uri', 'http://localhost:9000/cb'],
    'The redirect_uri http://localhost:9000/cb starts with http.',
  ],
  ['a tunnel', ['--tunnel', 'cloudflared'], 'The tunnel itself speaks TLS with the phone'],
  [
    'a way on which nothing arrives',
    ['--via', 'direct'],
    'With --via direct nothing from the phone arrives here.',
  ],
])('is refused with %s', async (_, more, words) => {
  const { exitCode, stdout } = await runNv([...args, ...more], { env: variables() })
  expect(exitCode).toBe(2)
  expect(stdout).toContain(words)
})

it('with a certificate of the user, the phone is shown that one, and nv makes none', async () => {
  const folder = makeFolder()
  const { identity, ca } = await certify('localhost', Date.now(), null)
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(folder, name)) as [string, string]
  writeFileSync(cert, identity.cert)
  writeFileSync(key, identity.key)
  const port = await freePort()
  const redirectUri = `https://localhost:${port}/callback`
  const own = ['verify', '+34600000001', '--via', 'qr', '--json', '--tls-cert', cert, '--tls-key', key]
  const env = { ...variables(), NV_REDIRECT_URI: redirectUri, NV_LISTEN: `127.0.0.1:${port}` }
  const nv = startNv(own, { env })
  const [authorizeUrl] = await nv.untilStderr(/^http:\S+\/authorize\?\S+$/m)
  expect((await createPublicPhone({ env: {}, ca }).open(authorizeUrl)).text).toContain('Verified')
  const { stdout, stderr } = await nv.finished
  expect(JSON.parse(stdout)).toMatchObject({ outcome: 'verified', request: { isTls: true } })
  // nv does not know its authority, and claims nothing for that reason.
  expect(stderr).not.toMatch(/redirect_uri_not_here|fingerprint|refuse that certificate/)
})

it.each<[string, string[], RegExp]>([
  ['a certificate without its key', ['--tls-cert', '/dev/null'], /--tls-cert needs --tls-key/],
  ['a file that is missing', ['--tls-cert', '/nowhere.pem', '--tls-key', '/dev/null'], /nowhere\.pem/],
  [
    'no certificate',
    ['--tls-cert', import.meta.filename, '--tls-key', import.meta.filename],
    /certificate can't be used/,
  ],
])('%s: exit 2', async (_name, flags, message) => {
  const { exitCode, stdout } = await runNv(
    ['verify', '+34600000001', '--via', 'qr', '--json', '--no-save', ...flags],
    { env: { ...variables(), NV_REDIRECT_URI: `https://localhost:${await freePort()}/callback` } },
  )
  expect(exitCode).toBe(2)
  expect(stdout).toMatch(message)
})

it('a certificate for another name is said before the phone meets it', async () => {
  const folder = makeFolder()
  const { identity } = await certify('other.example', Date.now(), null)
  const [cert, key] = ['cert.pem', 'key.pem'].map((name) => join(folder, name)) as [string, string]
  writeFileSync(cert, identity.cert)
  writeFileSync(key, identity.key)
  const own = ['verify', '+34600000001', '--via', 'qr', '--json', '--tls-cert', cert, '--tls-key', key]
  const where = {
    NV_REDIRECT_URI: 'https://phone.example/callback',
    NV_LISTEN: `127.0.0.1:${await freePort()}`,
  }
  const nv = startNv(own, { env: { ...variables(), ...where } })
  await nv.untilStderr(/it is for [^]*DNS:other\.example[^]*the phone asks\s+for\s+phone\.example/)
  nv.process.kill('SIGINT')
  await nv.finished
})
