// Certificates made by the openssl command, for servers that tests talk TLS to.
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Certificates {
  /** The authority's certificate; PEM. */
  ca: string
  /** Servers' keys and certificates by what is wrong with them; PEM. */
  servers: Record<
    'good' | 'expired' | 'notYetValid' | 'wrongHost' | 'selfSigned',
    { key: string; cert: string }
  >
}

/** Tells whether there is an openssl command that can make certificates. */
export async function hasOpenssl(): Promise<boolean> {
  return run('openssl', ['version']).then(
    ({ stdout }) => stdout.startsWith('OpenSSL'),
    () => false,
  )
}

const configuration = (folder: string) => `
[ca]
default_ca = authority
[authority]
new_certs_dir = ${folder}
database = ${folder}/index.txt
rand_serial = yes
default_md = sha256
policy = anything
copy_extensions = copy
certificate = ${folder}/ca.pem
private_key = ${folder}/ca.key
[anything]
commonName = supplied
[req]
distinguished_name = name
[name]
`

/** Makes an authority and servers' certificates for 127.0.0.1 and localhost. */
export async function makeCertificates(): Promise<Certificates> {
  const folder = await mkdtemp(join(tmpdir(), 'nv-certificates-'))
  const path = (name: string) => join(folder, name)
  const openssl = (...args: string[]) => run('openssl', args, { cwd: folder })
  const read = (name: string) => readFile(path(name), 'utf8')
  const newKey = [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-config',
    path('openssl.cnf'),
  ]

  const issue = async (name: string, host: string, [from, to]: readonly [string, string]) => {
    const subject = ['-subj', `/CN=${name}`, '-addext', `subjectAltName=${host}`]
    await openssl(
      'req',
      '-new',
      ...newKey,
      ...subject,
      '-keyout',
      path(`${name}.key`),
      '-out',
      path(`${name}.csr`),
    )
    const dates = ['-startdate', from, '-enddate', to]
    const files = ['-in', path(`${name}.csr`), '-out', path(`${name}.pem`)]
    await openssl('ca', '-batch', '-notext', '-config', path('openssl.cnf'), ...dates, ...files)
    return { key: await read(`${name}.key`), cert: await read(`${name}.pem`) }
  }

  try {
    await writeFile(path('openssl.cnf'), configuration(folder))
    await writeFile(path('index.txt'), '')
    const authority = ['-subj', '/CN=Test authority', '-addext', 'keyUsage=keyCertSign,cRLSign']
    await openssl(
      'req',
      '-x509',
      '-days',
      '3650',
      ...newKey,
      ...authority,
      '-keyout',
      path('ca.key'),
      '-out',
      path('ca.pem'),
    )
    const here = 'IP:127.0.0.1,DNS:localhost'
    const valid = ['20200101000000Z', '20490101000000Z'] as const
    return {
      ca: await read('ca.pem'),
      servers: {
        good: await issue('good', here, valid),
        expired: await issue('expired', here, ['20200101000000Z', '20210101000000Z']),
        notYetValid: await issue('notYetValid', here, ['20480101000000Z', '20490101000000Z']),
        wrongHost: await issue('wrongHost', 'DNS:other.example', valid),
        selfSigned: await selfSigned(here),
      },
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }

  async function selfSigned(host: string) {
    const subject = ['-subj', '/CN=self', '-addext', `subjectAltName=${host}`]
    await openssl(
      'req',
      '-x509',
      '-days',
      '3650',
      ...newKey,
      ...subject,
      '-keyout',
      path('self.key'),
      '-out',
      path('self.pem'),
    )
    return { key: await read('self.key'), cert: await read('self.pem') }
  }
}
