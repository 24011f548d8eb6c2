// The certificates to trust, as a user names them.
import { X509Certificate } from 'node:crypto'
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { isPkcs12 } from '../oauth/private-key.ts'
import { escapeText, shellQuote } from '../wire/escape.ts'
import { decodeText } from '../wire/text.ts'
import { missingFile } from './material.ts'

/** What a file is in place of certificates, and the command that makes them of it. */
interface Mistaken {
  is: string
  command?: string
}

/** Reads PEM certificates. Throws a UsageError that says what else the file is, and how to make it one of these. */
export async function readCertificates({ files }: Pick<Context, 'files'>, path: string): Promise<string> {
  const bytes = await files.readBytes(path)
  if (bytes === null) throw missingFile(path, 'The setting ca names it.')
  const text = decodeText(bytes)?.replaceAll('\\n', '\n') ?? null
  const blocks =
    text?.match(/-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^]*?-----END [A-Z0-9 ]+-----/g) ?? []
  if (blocks.length === 0)
    throw noCertificate(path, text === null ? whatBytes(path, bytes) : whatText(path, text))
  const damaged = blocks.findIndex((block) => !isCertificate(block))
  if (damaged === -1) return `${blocks.join('\n')}\n`
  throw new UsageError({
    code: 'ca_unusable',
    title: `${escapeText(path)} holds a certificate that can't be read`,
    cause: `${blocks.length === 1 ? 'It' : `Number ${damaged + 1} of ${blocks.length}`} is damaged; lines may be missing.`,
    fix: 'Export it again, or take it out of the file.',
  })
}

function noCertificate(path: string, { is, command }: Mistaken): UsageError {
  return new UsageError({
    code: 'ca_unusable',
    title: `${escapeText(path)} holds no PEM certificate (${is})`,
    cause: 'nv reads certificates as text, from BEGIN CERTIFICATE to END CERTIFICATE.',
    fix:
      command === undefined
        ? "Give the root certificate of the authority, such as your company's proxy."
        : `Convert it, and give ${target}:\n${command}`,
  })
}

/** The file that the commands write. */
const target = 'ca.pem'

function whatBytes(path: string, bytes: Uint8Array): Mistaken {
  const file = shellQuote(path)
  if (isCertificate(bytes))
    return { is: 'it is DER', command: `openssl x509 -inform der -in ${file} -out ${target}` }
  if (isPkcs12(bytes))
    return { is: 'it is PKCS#12', command: `openssl pkcs12 -in ${file} -nokeys -out ${target}` }
  const hex = Buffer.from(bytes).toString('hex')
  if (hex.startsWith('feedfeed'))
    return {
      is: 'it is a Java key store',
      command: `keytool -list -rfc -keystore ${file} > ${target}`,
    }
  if (hex.startsWith('30') && hex.slice(0, 80).includes('2a864886f70d010702'))
    return {
      is: 'it is PKCS#7',
      command: `openssl pkcs7 -inform der -print_certs -in ${file} -out ${target}`,
    }
  return { is: hex.startsWith('30') ? 'it is DER of something else' : 'it is not text' }
}

function whatText(path: string, text: string): Mistaken {
  const file = shellQuote(path)
  if (text.trim() === '') return { is: 'it is empty' }
  if (text.includes('PRIVATE KEY-----')) return { is: 'it is a private key' }
  if (text.includes('PUBLIC KEY-----')) return { is: 'it is a public key' }
  if (text.includes('-----BEGIN CERTIFICATE REQUEST')) return { is: 'it is a certificate request' }
  if (/-----BEGIN (PKCS7|CMS)/.test(text))
    return { is: 'it is PKCS#7', command: `openssl pkcs7 -print_certs -in ${file} -out ${target}` }
  if (text.includes('-----BEGIN CERTIFICATE-----')) return { is: 'it is cut off: its END line is missing' }
  const packed = text.replace(/\s/g, '')
  if (/^[A-Za-z0-9+/]+={0,2}$/.test(packed) && isCertificate(Buffer.from(packed, 'base64')))
    return {
      is: 'it is base64 without the BEGIN and END lines',
      command: `openssl base64 -d -A -in ${file} | openssl x509 -inform der -out ${target}`,
    }
  return { is: text.trimStart().startsWith('<') ? 'it is HTML or XML' : 'it is other text' }
}

function isCertificate(certificate: string | Uint8Array): boolean {
  try {
    return new X509Certificate(certificate).subject !== null
  } catch {
    return false
  }
}
