// The authorities that are trusted beside the usual ones: whether their files can be read, and what is in them.
import { X509Certificate } from 'node:crypto'
import type { Context } from '../../context.ts'
import { SetupError } from '../../errors.ts'
import { type Check, note, ok, problem } from './check.ts'
import type { ProfileState } from './profile.ts'

/** Looks at the files of NV_CA, or of the profile, and of NODE_EXTRA_CA_CERTS. */
export async function checkCertificates(context: Context, profile: ProfileState): Promise<Check[]> {
  const { env } = context
  const ofProfile = profile.kind === 'found' ? profile.settings.ca : undefined
  const own = ofProfile ?? (env['NV_CA'] || undefined)
  const from = profile.kind === 'found' && ofProfile !== undefined ? profile.origins.ca : 'NV_CA'
  const extra = env['NODE_EXTRA_CA_CERTS'] || undefined
  const named = [
    ...(own === undefined ? [] : [{ name: 'ca', from: from ?? 'NV_CA', path: own }]),
    ...(extra === undefined ? [] : [{ name: 'node-ca', from: 'NODE_EXTRA_CA_CERTS', path: extra }]),
  ]
  const checks = await Promise.all(named.map((file) => checkFile(context, file)))
  const isUnchecked = env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
  const isIgnored = Boolean(env['SSL_CERT_FILE']) && !/--use-openssl-ca/.test(env['NODE_OPTIONS'] ?? '')
  return [
    ...(checks.length > 0
      ? checks
      : [ok('ca', 'No extra authorities are set', 'nv only trusts those that come with Node')]),
    ...(isUnchecked
      ? [
          note(
            'node-tls',
            'NODE_TLS_REJECT_UNAUTHORIZED is 0',
            'nv checks certificates all the same; other Node programs do not',
            "Unset it. For a company's own authority, use NV_CA or --ca.",
          ),
        ]
      : []),
    ...(isIgnored && named.length === 0
      ? [
          note(
            'node-ca',
            'SSL_CERT_FILE is set, which Node does not read',
            'nv does not trust the authorities in it',
            'Name the file in NV_CA, or in NODE_EXTRA_CA_CERTS.',
          ),
        ]
      : []),
  ]
}

interface NamedFile {
  name: string
  from: string
  path: string
}

/** What holds no certificate leaves nv with fewer authorities than the user thinks, or stops a run before it begins. */
async function checkFile({ files, clock }: Context, { name, from, path }: NamedFile): Promise<Check> {
  const named = `${from} names ${path}`
  const bad = name === 'ca' ? 'A run stops before anything is sent' : 'Node ignores it'
  let text: string | null
  try {
    text = await files.read(path)
  } catch (error) {
    if (!(error instanceof SetupError)) throw error
    return problem(name, `${named}, which can't be read. ${error.problem.cause}`, bad, error.problem.fix)
  }
  if (text === null)
    return problem(name, `${named}, which does not exist`, bad, `Correct the path in ${from}.`)
  const blocks = text.match(/-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]+-----END[^-]+-----/g) ?? []
  if (blocks.length === 0) {
    const isDer = text.startsWith('0') && text.slice(0, 8).includes('\uFFFD')
    const target = path.replace(/\.(?:cer|crt|der)$/i, '')
    return isDer
      ? problem(
          name,
          `${named}, which holds no PEM certificate (it is DER)`,
          bad,
          `openssl x509 -inform der -in ${path} -out ${target}.pem`,
        )
      : problem(name, `${named}, which holds no PEM certificate`, bad, 'Name a file with BEGIN CERTIFICATE.')
  }
  const certificates = blocks.map(parse)
  const unreadable = certificates.filter((certificate) => certificate === null).length
  if (unreadable > 0) {
    return problem(
      name,
      `${named}, in which ${unreadable} of ${blocks.length} certificates can't be read`,
      name === 'ca' ? 'Requests fail before they leave' : 'Node may ignore the file',
      'Export the certificate again.',
    )
  }
  const expired = certificates.filter(
    (certificate) => certificate !== null && Date.parse(certificate.validTo) < clock.now(),
  ).length
  const [count, they] =
    blocks.length === 1 ? ['one certificate', 'it'] : [`${blocks.length} certificates`, 'they']
  if (expired === blocks.length)
    return problem(
      name,
      `${named}: ${count}, expired`,
      `nv trusts nothing that ${they} signed`,
      'Get the current one.',
    )
  return ok(name, `${named}: ${count}`, `nv also trusts what ${they} signed`)
}

function parse(pem: string): X509Certificate | null {
  try {
    return new X509Certificate(pem)
  } catch {
    return null
  }
}
