// Private keys in the forms that files and variables hold them in.
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { KeyProblem, readPrivateKey } from '../../../src/oauth/private-key.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const pem = String(rsa.privateKey.export({ type: 'pkcs8', format: 'pem' }))
const pkcs1 = String(rsa.privateKey.export({ type: 'pkcs1', format: 'pem' }))
const sec1 = String(ec.privateKey.export({ type: 'sec1', format: 'pem' }))
const publicPem = String(rsa.publicKey.export({ type: 'spki', format: 'pem' }))
const encrypted = String(
  rsa.privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
)
const jwk = (kid?: string) => ({ ...rsa.privateKey.export({ format: 'jwk' }), ...(kid ? { kid } : {}) })
const otherJwk = (kid: string) => ({ ...ec.privateKey.export({ format: 'jwk' }), kid })
const publicJwk = rsa.publicKey.export({ format: 'jwk' })
const escaped = pem.replaceAll('\n', '\\n')
const base64 = (text: string | Buffer) => Buffer.from(text).toString('base64')
const der = (type: 'pkcs8' | 'pkcs1') => rsa.privateKey.export({ type, format: 'der' })

describe('a key is read from', () => {
  it.each<[string, string]>([
    ['PEM', pem],
    ['PEM with CRLF and a BOM', `\uFEFF${pem.replaceAll('\n', '\r\n')}`],
    ['PEM on one line with \\n', escaped],
    ['PEM with \\n in quotes', `"${escaped}"`],
    ['PEM with \\r\\n', pem.replaceAll('\n', '\\r\\n')],
    ['PEM whose line breaks became spaces', pem.trim().replaceAll('\n', ' ')],
    ['PEM that is indented, as in YAML', pem.replaceAll(/^/gm, '    ')],
    ['PKCS #1', pkcs1],
    ['PEM after a certificate', `${rootCertificates[0]}\n${pem}`],
    ['PEM beside its public key', `${pem}${publicPem}`],
    ['a .env', `A=1\nPRIVATE_KEY="${escaped}"\nB=2\n`],
    ['a .env with lines', `PRIVATE_KEY="${pem}"\nB=2\n`],
    ['base64 of PEM', base64(pem)],
    ['base64 of PEM in lines', base64(pem).replaceAll(/.{76}/g, '$&\n')],
    ['base64 of base64', base64(base64(pem))],
    ['base64 of DER', base64(der('pkcs8'))],
    ['base64 of DER as PKCS #1', base64(der('pkcs1'))],
    ['base64 of a JWK', base64(JSON.stringify(jwk()))],
    ['a JWK', JSON.stringify(jwk())],
    ['a JWKS', JSON.stringify({ keys: [jwk('k1')] })],
    ['a JWKS with public ones beside', JSON.stringify({ keys: [publicJwk, jwk('k1')] })],
    ['an array of JWKs', JSON.stringify([jwk()])],
    ['an application of Vonage', JSON.stringify({ application_id: 'a', private_key: pem })],
    [
      'an application as the API of Vonage gives it',
      JSON.stringify({ id: 'a', keys: { public_key: publicPem, private_key: pem } }),
    ],
    [
      'a service account of Google',
      JSON.stringify({ type: 'service_account', private_key_id: 'k1', private_key: pem }),
    ],
    ['JSON with base64', JSON.stringify({ app: { privateKey: base64(pem) } })],
    ['JSON with a JWK inside', JSON.stringify({ client: { key: jwk() } })],
  ])('%s', (_, text) => {
    expect(readPrivateKey(text).object.equals(rsa.privateKey)).toBe(true)
  })

  it('SEC 1, in PEM and in DER', () => {
    for (const text of [sec1, base64(ec.privateKey.export({ type: 'sec1', format: 'der' }))])
      expect(readPrivateKey(text).object.equals(ec.privateKey)).toBe(true)
  })

  it('the one of several that the kid names', () => {
    const set = JSON.stringify({ keys: [otherJwk('k2'), jwk('k1')] })
    expect(readPrivateKey(set, 'k1')).toMatchObject({ keyId: 'k1' })
    expect(readPrivateKey(set, 'k2').object.equals(ec.privateKey)).toBe(true)
  })

  it('a set in which the other one encrypts', () => {
    const set = JSON.stringify({ keys: [{ ...otherJwk('e'), use: 'enc' }, jwk('s')] })
    expect(readPrivateKey(set).keyId).toBe('s')
  })

  it('with the kid that stands beside it', () => {
    expect(readPrivateKey(JSON.stringify({ keys: [jwk('k1')] })).keyId).toBe('k1')
    expect(readPrivateKey(JSON.stringify({ private_key_id: 'g1', private_key: pem })).keyId).toBe('g1')
    expect(readPrivateKey(pem).keyId).toBeUndefined()
  })
})

function problemOf(text: string, keyId: string | null = null): KeyProblem {
  try {
    readPrivateKey(text, keyId)
  } catch (error) {
    if (error instanceof KeyProblem) return error
  }
  throw new Error('It was read')
}

describe('what is no key of this kind is named', () => {
  it.each<[string, string]>([
    ['it is a JWKS of public keys', JSON.stringify({ keys: [publicJwk] })],
    ['it holds 2 private keys (kid: k1, k2)', JSON.stringify({ keys: [jwk('k1'), otherJwk('k2')] })],
    ['it holds 2 private keys', pem + sec1],
    ['it is JSON without a private key', JSON.stringify({ application_id: 'a' })],
    ['it is a public key', publicPem],
    ['it is a public key', base64(rsa.publicKey.export({ type: 'spki', format: 'der' }))],
    ['it is a certificate', rootCertificates[0] ?? ''],
    ['it is a public key of SSH', 'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQC7 me@laptop'],
    ['it is cut off', pem.slice(0, 800)],
    ['it looks like a PEM key, but it is damaged', pem.replace(/\n.{64}\n/, '\n')],
  ])('%s', (message, text) => {
    expect(problemOf(text).message).toContain(message)
  })

  it('also a kid that no key has', () => {
    expect(problemOf(JSON.stringify({ keys: [jwk('k1'), otherJwk('k2')] }), 'k3').message).toContain('k1, k2')
  })

  it.each<[string, string, string]>([
    ['a passphrase', encrypted, 'openssl pkey -in'],
    [
      'PuTTY',
      'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\nPublic-Lines: 6\n',
      'puttygen key.bin -O private-openssh -o key.pem',
    ],
    [
      'OpenSSH',
      '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n-----END OPENSSH PRIVATE KEY-----',
      "cp key.bin key.pem && ssh-keygen -p -m PEM -N '' -f key.pem",
    ],
    ['a Java key store', Buffer.from(`feedfeed${'00'.repeat(40)}`, 'hex').toString('base64'), 'keytool'],
  ])('with the command, for %s', (_, text, command) => {
    expect(problemOf(text).command?.('key.bin')).toContain(command)
  })
})

describe('the commands work', () => {
  const folder = () => mkdtempSync(join(tmpdir(), 'nv-key-'))
  const run = (cwd: string, command: string, input = '') =>
    execFileSync('sh', ['-c', command], { cwd, input, stdio: ['pipe', 'pipe', 'pipe'] })

  it.each<[string, string, (name: string) => string]>([
    [
      'PKCS#12',
      "openssl pkcs12 -export -nocerts -inkey in.pem -out 'my key' -passout pass:x",
      () => '-passin pass:x',
    ],
    [
      'an encrypted key in DER',
      "openssl pkcs8 -topk8 -in in.pem -outform der -out 'my key' -v2 aes256 -passout pass:x",
      () => '-passin pass:x',
    ],
  ])('for %s', (_, make, more) => {
    const cwd = folder()
    try {
      writeFileSync(join(cwd, 'in.pem'), pem)
      run(cwd, make)
      const problem = problemOf(readFileSync(join(cwd, 'my key')).toString('base64'))
      const command = problem.command?.('my key') ?? ''
      run(cwd, `${command} ${more('my key')}`)
      const converted = readFileSync(join(cwd, 'key.pem'), 'utf8')
      expect(readPrivateKey(converted).object.equals(rsa.privateKey)).toBe(true)
    } finally {
      rmSync(cwd, { recursive: true })
    }
  })
})
