// Makes a certificate for a server on this machine, signed by an authority that is made for it alone.
import { isIP } from 'node:net'
import { hostname, networkInterfaces } from 'node:os'
import type { CertificateFlaw, Certify } from '../context.ts'
import './reflect.ts'
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509'

const dayMs = 24 * 60 * 60 * 1000
/** From the day before, for clocks that are behind, to a month from now. */
const authorityDays = [-1, 30] as const
const serverDays: Readonly<Record<CertificateFlaw | 'none', readonly [from: number, to: number]>> = {
  none: authorityDays,
  expired: [-31, -1],
  'wrong-host': authorityDays,
}
const signingAlgorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/**
 * Makes both certificates. The authority's key is forgotten at once: whoever trusts it trusts this one server.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.2
 */
export const certify: Certify = async (host, nowMs, flaw) => {
  const [authorityKeys, serverKeys] = await Promise.all([newKeys(), newKeys()])
  const name = `CN=nv on ${hostname()} ${crypto.randomUUID()}`
  const between = ([from, to]: readonly [number, number]) => ({
    notBefore: new Date(nowMs + from * dayMs),
    notAfter: new Date(nowMs + to * dayMs),
  })
  const authority = await X509CertificateGenerator.createSelfSigned({
    ...between(authorityDays),
    name,
    keys: authorityKeys,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      await SubjectKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const server = await X509CertificateGenerator.create({
    ...between(serverDays[flaw ?? 'none']),
    subject: 'CN=nv',
    issuer: name,
    publicKey: serverKeys.publicKey,
    signingKey: authorityKeys.privateKey,
    signingAlgorithm,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(flaw === 'wrong-host' ? otherNames : namesOf(host)),
      await AuthorityKeyIdentifierExtension.create(authorityKeys.publicKey),
    ],
  })
  const key = await crypto.subtle.exportKey('pkcs8', serverKeys.privateKey)
  return {
    identity: { cert: server.toString('pem'), key: PemConverter.encode(key, 'PRIVATE KEY') },
    ca: `${authority.toString('pem')}\n`,
  }
}

const otherNames = [{ type: 'dns' as const, value: 'another-host.invalid' }]

function newKeys() {
  return crypto.subtle.generateKey(signingAlgorithm, true, ['sign', 'verify'])
}

/** Names the host and loopback; for a server on every address, those of this machine and its name too. */
function namesOf(host: string) {
  const isEverywhere = host === '0.0.0.0' || host === '::'
  const everywhere = Object.values(networkInterfaces()).flatMap((addresses = []) =>
    addresses.filter(({ scopeid }) => !scopeid).map(({ address }) => address),
  )
  const here = isEverywhere ? [...everywhere, hostname()] : [host]
  return [...new Set(['localhost', '127.0.0.1', '::1', ...here])].map((value) => ({
    type: isIP(value) === 0 ? ('dns' as const) : ('ip' as const),
    value,
  }))
}
