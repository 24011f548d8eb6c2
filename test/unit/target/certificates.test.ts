// Files that are named as certificates to trust.
import { generateKeyPairSync, X509Certificate } from 'node:crypto'
import { rootCertificates } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { readCertificates } from '../../../src/target/certificates.ts'
import { createTestContext } from '../../support/context.ts'

const [first = '', second = ''] = rootCertificates
const der = new X509Certificate(first).raw
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const keyPem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))

const read = (file: string | Uint8Array | undefined, path = 'ca.cer') =>
  readCertificates(createTestContext(file === undefined ? {} : { files: { [path]: file } }).context, path)

async function problemOf(file: string | Uint8Array | undefined, path?: string) {
  const error: unknown = await read(file, path).catch((thrown: unknown) => thrown)
  if (error instanceof UsageError) return error.problem
  throw new Error('It was read')
}

describe('certificates are read from', () => {
  it.each<[string, string | Uint8Array]>([
    ['PEM', first],
    ['PEM with text around', `subject=Corp\n${first}\n\nissuer=Corp\n`],
    ['PEM with CRLF and a BOM', `\uFEFF${first.replaceAll('\n', '\r\n')}`],
    ['PEM on one line with \\n', first.replaceAll('\n', '\\n')],
    ['PEM in UTF-16', Buffer.from(`\uFEFF${first}`, 'utf16le')],
    ['PEM with the key beside it', `${keyPem}${first}`],
  ])('%s', async (_, file) => {
    expect(new X509Certificate(await read(file)).raw.equals(der)).toBe(true)
  })

  it('a bundle, whole', async () => {
    expect((await read(`${first}\n${second}`)).match(/BEGIN/g)).toHaveLength(2)
  })
})

describe('what is no PEM certificate is named', () => {
  it('DER, with the command that converts it', async () => {
    expect(await problemOf(der)).toMatchObject({
      title: 'ca.cer holds no PEM certificate (it is DER)',
      fix: 'Convert it, and give ca.pem:\nopenssl x509 -inform der -in ca.cer -out ca.pem',
    })
    expect((await problemOf(der, 'my root.cer')).fix).toContain("-in 'my root.cer' -out ca.pem")
  })

  it.each<[string, string | Uint8Array, string]>([
    ['empty', '', ''],
    ['empty', ' \n', ''],
    ['a private key', keyPem, ''],
    ['a public key', String(publicKey.export({ type: 'spki', format: 'pem' })), ''],
    ['PKCS#12', Buffer.from('308204d80201033082049606092a864886f70d010701', 'hex'), 'openssl pkcs12'],
    ['PKCS#7', Buffer.from('3082043006092a864886f70d010702a0820421', 'hex'), 'openssl pkcs7 -inform der'],
    ['PKCS#7', '-----BEGIN PKCS7-----\nMIIE\n-----END PKCS7-----', 'openssl pkcs7 -print_certs'],
    ['a Java key store', Buffer.from(`feedfeed${'00'.repeat(20)}`, 'hex'), 'keytool'],
    ['base64 without the BEGIN', der.toString('base64'), 'openssl base64 -d -A'],
    [
      'a certificate request',
      '-----BEGIN CERTIFICATE REQUEST-----\nMIIE\n-----END CERTIFICATE REQUEST-----',
      '',
    ],
    ['cut off', first.slice(0, 500), ''],
    ['HTML', '<!doctype html><title>Login</title>', ''],
    ['not text', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]), ''],
  ])('%s', async (what, file, command) => {
    const { title, fix } = await problemOf(file)
    expect(title).toContain(what)
    expect(fix).toContain(command)
  })

  it('a damaged one in a bundle', async () => {
    const damaged = first.slice(0, 400) + first.slice(440)
    expect((await problemOf(`${second}\n${damaged}`)).cause).toBe(
      'Number 2 of 2 is damaged; lines may be missing.',
    )
  })

  it('a file that does not exist', async () => {
    expect((await problemOf(undefined)).title).toBe('File not found: ca.cer')
  })
})
