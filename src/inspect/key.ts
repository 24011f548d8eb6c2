// Keys and certificates: what kind, how large, private or public, and under which thumbprint.
import { createHash, createPublicKey, type KeyObject, type X509Certificate } from 'node:crypto'
import { finding } from '../diagnosis/finding.ts'
import type { Finding } from '../run/finding.ts'
import {
  derIn,
  type FoundKey,
  jwksIn,
  pemBlocks,
  readCertificate,
  readJwkObject,
  readKeyObject,
  unpackKey,
} from './key-material.ts'
import {
  describeDuration,
  type Given,
  type Inspection,
  inspectionOf,
  type Lint,
  type PlainFact,
  showValue,
} from './inspection.ts'

const place = { step: 'prepare' } as const

/** Reads PEM with keys or certificates, and DER in base64; null when the text is none of them. */
export function readPem(text: string, given: Given): Inspection | null {
  const der = derIn(text)
  const blocks = der === null ? pemBlocks(text) : [{ label: 'DER', pem: der }]
  if (blocks.length === 0 && /-----BEGIN [A-Z0-9 ]{1,40}-----/.test(text.slice(0, 20_000)))
    return inspectionOf(
      'key',
      'A truncated key or certificate',
      [],
      [unusable('The line that ends the PEM is missing.')],
    )
  const parts = blocks.map(({ label, pem }) => describeBlock(label, pem, given))
  const [first] = parts
  if (first === undefined || (der !== null && first.summary === null)) return null
  const isSeveral = parts.length > 1
  const named = parts.flatMap(({ facts }, index) =>
    facts.map((fact) => (isSeveral ? { ...fact, name: `${index + 1}.${fact.name}` } : fact)),
  )
  const lints = parts.flatMap((part, index) =>
    part.lints.map(([about, one]): Lint => [isSeveral ? `${index + 1}.${about}` : about, one]),
  )
  const summary = first.summary ?? 'A key that cannot be read'
  return inspectionOf(
    first.kind,
    isSeveral ? `${summary}, and ${parts.length - 1} more` : summary,
    named,
    lints,
  )
}

/** Reads base64 that holds PEM, a JWK or a JWKS; null when it holds neither. */
export function readPackedKey(text: string, given: Given): Inspection | null {
  const inside = unpackKey(text)
  if (inside === null) return null
  const found = readPem(inside, given) ?? readKeySet(inside, given)
  return found === null ? null : { ...found, summary: `${found.summary}, in base64` }
}

interface Part {
  kind: 'key' | 'certificate'
  summary: string | null
  facts: PlainFact[]
  lints: Lint[]
}

function describeBlock(label: string, source: string | Buffer, given: Given): Part {
  const certificate = /CERTIFICATE|DER/.test(label) ? readCertificate(source) : null
  if (certificate !== null) return describeCertificate(certificate, given)
  const found = readKeyObject(source)
  if (found !== null) return { kind: 'key', ...describeKey(found, given) }
  // Where it stands in YAML, each line is indented.
  const indented = typeof source === 'string' ? readKeyObject(source.replace(/^[ \t]+/gm, '')) : null
  if (indented !== null) return { kind: 'key', ...describeKey(indented, given) }
  const whole = typeof source === 'string' ? readKeyObject(withLineBreaks(source)) : null
  if (whole !== null) {
    const { summary, facts, lints } = describeKey(whole, given)
    const why =
      'Its line breaks were lost: the BEGIN line, the base64 and the END line have to stand on lines of their own.'
    return {
      kind: 'key',
      summary,
      facts,
      lints: [['kind', finding('key_unusable', place, { why })], ...lints],
    }
  }
  const text = typeof source === 'string' ? source : ''
  const why =
    label.startsWith('ENCRYPTED') || text.includes('Proc-Type: 4,ENCRYPTED')
      ? 'It is protected by a passphrase.'
      : label.startsWith('OPENSSH')
        ? 'It is in the format of OpenSSH: ssh-keygen -p -m PEM converts it.'
        : label === 'CERTIFICATE REQUEST'
          ? 'It is a request for a certificate, not a key.'
          : /PGP|PKCS7|CMS|SSH2/.test(label)
            ? 'It is neither a key nor a certificate in PEM, but a container of another kind.'
            : 'Its content is damaged, or of an unknown kind.'
  const facts = [{ name: 'format', value: label, meaning: 'what the PEM says it is' }]
  return {
    kind: 'key',
    summary: label === 'DER' ? null : `PEM (${label}) that cannot be read`,
    facts,
    lints: [unusable(why)],
  }
}

function unusable(why: string): Lint {
  return ['format', finding('key_unusable', place, { why })]
}

/** Puts the line breaks of PEM back where they belong. */
function withLineBreaks(pem: string): string {
  return pem.replace(
    /^(-----BEGIN [A-Z0-9 ]+-----)([^]*)(-----END [A-Z0-9 ]+-----)$/,
    (_, begin: string, content: string, end: string) => `${begin}\n${content.replace(/\s+/g, '')}\n${end}`,
  )
}

/** Explains a key; of a private one nothing is shown that is not in its public half. */
function describeKey(found: FoundKey, given: Given): { summary: string; facts: PlainFact[]; lints: Lint[] } {
  const { object, isPrivate, jwk, form } = found
  const kind = object.asymmetricKeyType ?? 'unknown'
  const { modulusLength, namedCurve } = object.asymmetricKeyDetails ?? {}
  const size =
    modulusLength === undefined ? (curves[namedCurve ?? ''] ?? namedCurve ?? '') : `${modulusLength} bits`
  const what = `${isPrivate ? 'private' : 'public'} ${kindNames[kind] ?? kind} key`
  const lints: Lint[] = isPrivate ? [['kind', finding('key_private', place)]] : []
  if (modulusLength !== undefined && modulusLength < 2048)
    lints.push(['size', finding('key_too_small', place, { bits: modulusLength })])
  const facts = [
    { name: 'kind', value: what, meaning: form },
    { name: 'size', value: size || kind, meaning: '' },
    { name: 'algorithms', value: algorithmsOf(kind, namedCurve), meaning: 'what nv signs with it' },
    ...['kid', 'alg', 'use'].flatMap((name) => {
      const value = jwk?.[name]
      return typeof value === 'string'
        ? [{ name, value: showValue(name, value, given), meaning: keyMeanings[name] ?? '' }]
        : []
    }),
    {
      name: 'thumbprint',
      value: thumbprintOf(object, isPrivate) ?? 'none',
      meaning: 'SHA-256 by RFC 7638; the same for both halves of a pair',
    },
  ]
  return { summary: `A ${what}${size === '' ? '' : `, ${size}`}`, facts, lints }
}

const keyMeanings: Readonly<Record<string, string>> = {
  kid: 'the name that others find it by',
  alg: 'what it is for',
  use: 'sig: to sign, enc: to encrypt',
}
const kindNames: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  ec: 'EC',
  ed25519: 'Ed25519',
  'rsa-pss': 'RSA-PSS',
}
const curves: Readonly<Record<string, string>> = {
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
}

function algorithmsOf(kind: string, curve: string | undefined): string {
  if (kind === 'rsa') return 'RS256, PS256'
  if (kind === 'ec' && curve === 'prime256v1') return 'ES256'
  return kind === 'ed25519' ? 'EdDSA' : 'none: nv takes RSA, P-256 and Ed25519'
}

/** @see https://www.rfc-editor.org/rfc/rfc7638#section-3 */
function thumbprintOf(object: KeyObject, isPrivate: boolean): string | null {
  try {
    const { kty, crv, x, y, e, n } = (isPrivate ? createPublicKey(object) : object).export({ format: 'jwk' })
    const members = kty === 'RSA' ? { e, kty, n } : kty === 'EC' ? { crv, kty, x, y } : { crv, kty, x }
    return createHash('sha256').update(JSON.stringify(members)).digest('base64url')
  } catch {
    return null
  }
}

function describeCertificate(certificate: X509Certificate, given: Given): Part {
  const [validFrom, validTo] = [certificate.validFrom, certificate.validTo].map((date) => {
    const time = Date.parse(date)
    return Number.isNaN(time) ? date : new Date(time).toISOString().replace('.000Z', 'Z')
  }) as [string, string]
  const name = (text: string | undefined) =>
    given.redactor.text((text ?? '(none)').replaceAll('\n', ', ').slice(0, 300))
  const left = (Date.parse(validTo) - given.nowMs) / 1000
  const isOut = left < 0 || Date.parse(validFrom) > given.nowMs
  const days = Math.ceil(left / 86_400)
  const lints: Lint[] = isOut
    ? [['valid', finding('certificate_out_of_date', place, { validFrom, validTo })]]
    : days < 30
      ? [['valid', finding('certificate_file_ends_soon', place, { days, validTo })]]
      : []
  const facts = [
    { name: 'subject', value: name(certificate.subject), meaning: 'whom it is for' },
    {
      name: 'issuer',
      value: name(certificate.issuer),
      meaning: certificate.subject === certificate.issuer ? 'it is self-signed' : 'who signed it',
    },
    { name: 'names', value: name(certificate.subjectAltName), meaning: 'the hosts it is good for' },
    {
      name: 'valid',
      value: `${validFrom} to ${validTo}`,
      meaning: isOut ? '' : `${describeDuration(left)} left`,
    },
    { name: 'authority', value: certificate.ca ? 'yes' : 'no', meaning: 'whether it may sign others' },
    { name: 'fingerprint', value: certificate.fingerprint256, meaning: 'SHA-256' },
  ]
  return { kind: 'certificate', summary: `A certificate of ${name(certificate.subject)}`, facts, lints }
}

/** A set is published, and a private key in it with it. */
function asOfSet(finding: Finding): Finding {
  return finding.code === 'key_private' ? { ...finding, severity: 'warning' } : finding
}

/** Reads a JWK or a JWKS; null when the text is neither. */
export function readKeySet(text: string, given: Given): Inspection | null {
  const keys = jwksIn(text)
  if (keys === null) return null
  const isAlone = keys.length === 1 && /"kty"/.test(text) && !/"keys"\s*:/.test(text)
  if (keys.length === 0)
    return inspectionOf('key-set', 'An empty key set', [], [['', finding('key_set_empty', place)]])
  const parts = keys.slice(0, 100).map((jwk) => describeJwk(jwk, given))
  const counts = new Map<string, number>()
  for (const { kid } of keys) if (typeof kid === 'string') counts.set(kid, (counts.get(kid) ?? 0) + 1)
  const doubled = [...counts].flatMap(([keyId, count]): Lint[] =>
    count > 1 ? [['kid', finding('key_ids_equal', place, { keyId: keyId.slice(0, 100) })]] : [],
  )
  const [first] = parts
  if (isAlone && first !== undefined) return inspectionOf('key', first.summary, first.facts, first.lints)
  const facts = parts.flatMap((part, index) =>
    part.facts.map((fact) => ({ ...fact, name: `${index + 1}.${fact.name}` })),
  )
  const lints = parts.flatMap((part, index) =>
    part.lints.map(([about, one]): Lint => [`${index + 1}.${about}`, asOfSet(one)]),
  )
  return inspectionOf('key-set', `A set of ${keys.length === 1 ? 'one key' : `${keys.length} keys`}`, facts, [
    ...lints,
    ...doubled,
  ])
}

function describeJwk(
  jwk: Readonly<Record<string, unknown>>,
  given: Given,
): { summary: string; facts: PlainFact[]; lints: Lint[] } {
  for (const name of ['d', 'p', 'q', 'dp', 'dq', 'qi', 'k']) {
    const value = jwk[name]
    if (typeof value === 'string') given.redactor.conceal(value)
  }
  const found = readJwkObject(jwk)
  if (found !== null) return describeKey(found, given)
  const kind = String(jwk['kty']).slice(0, 40)
  const isSecret = kind === 'oct'
  return {
    summary: isSecret ? 'A shared secret as a JWK' : `A JWK of kind ${kind} that cannot be used`,
    facts: [{ name: 'kind', value: kind, meaning: 'JWK' }],
    lints: isSecret
      ? [['kind', finding('key_private', place)]]
      : [
          [
            'kind',
            finding('key_unusable', place, { why: 'Its members do not form a valid key of that kind.' }),
          ],
        ],
  }
}
