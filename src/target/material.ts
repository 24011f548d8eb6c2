// What settings refer to by a path: the private key and the certificates to trust.
import type { Context } from '../context.ts'
import { UsageError } from '../errors.ts'
import { requireApplicationKey } from '../oauth/client-authentication.ts'
import { convertedKey, KeyProblem } from '../oauth/private-key.ts'
import { readSigningKey } from '../oauth/signing-key.ts'
import type { Settings } from '../settings/settings.ts'
import { escapeText } from '../wire/escape.ts'
import { decodeText } from '../wire/text.ts'

/** Reads the file of a private key; one in DER as its base64. Throws a UsageError when there is none. */
export async function readKeyFile({ files }: Pick<Context, 'files'>, path: string): Promise<string> {
  const bytes = await files.readBytes(path)
  if (bytes === null) throw missingFile(path, 'The setting key names it.')
  return decodeText(bytes) ?? Buffer.from(bytes).toString('base64')
}

/** Throws a UsageError when the key can't sign what it is needed for; its text appears nowhere. */
export function checkKey(settings: Settings, key: string): void {
  const { key: path = '', keyId = null, keyAlgorithm = null } = settings
  try {
    const { algorithm } = readSigningKey({ key, keyId, keyAlgorithm })
    if (settings.authMethod === 'application_jwt') requireApplicationKey(algorithm)
  } catch (error) {
    const command = error instanceof KeyProblem ? error.command?.(path) : undefined
    throw new UsageError({
      code: 'key_unusable',
      title: `The private key in ${path} can't be used`,
      cause: `${error instanceof Error ? error.message : String(error)}.`.replace(/^./, (first) =>
        first.toUpperCase(),
      ),
      fix:
        command === undefined
          ? `Give a private key as PEM or JWK: RSA of at least 2048 bits, P-256 or Ed25519; without a passphrase.${
              keyAlgorithm === null
                ? ''
                : ` Without keyAlgorithm (${keyAlgorithm}) the usual one of the key is used.`
            }`
          : `Convert it, and use ${convertedKey} as the key:\n${command}`,
    })
  }
}

/** Makes the error for a file that doesn't exist; the cause says who named it. */
export function missingFile(path: string, cause: string, fix = ''): UsageError {
  return new UsageError({
    code: 'file_missing',
    title: `File not found: ${escapeText(path)}`,
    cause,
    fix: `Check the path; a relative one starts at the working folder.${fix}`,
  })
}
