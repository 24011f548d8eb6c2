// Says why an address of this machine can't be listened on, and what to do.
import { SetupError, UsageError } from '../errors.ts'
import { formatListen } from '../settings/rules.ts'
import { errorCode } from './error-code.ts'
import { findPortHolder } from './port-holder.ts'

/** Explains why an address can't be listened on; an error that is not the machine's stays as it is. */
export async function explainListenFailure(host: string, port: number, error: unknown): Promise<unknown> {
  const code = errorCode(error)
  const where = formatListen({ host, port })
  if (code === 'EADDRINUSE') {
    return new SetupError(
      {
        code: 'port_in_use',
        title: `The port is taken: ${where}`,
        cause: `${(await findPortHolder(port)) ?? 'Another program'} listens on ${where}${host === 'localhost' ? ' (on 127.0.0.1 or on [::1])' : ''}.`,
        fix: 'Stop that program, or take another port.',
      },
      { cause: error },
    )
  }
  if (code === 'EACCES') {
    return new SetupError(
      {
        code: 'port_not_allowed',
        title: `You don't have permission to listen on ${where}`,
        cause: 'On most systems, ports below 1024 need special rights.',
        fix: 'Listen on port 1024 or higher.',
      },
      { cause: error },
    )
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'EAFNOSUPPORT') {
    return new SetupError(
      {
        code: 'address_not_local',
        title: `This machine has no address ${host}`,
        cause: 'nv can only listen on an address of this machine.',
        fix: 'Use 127.0.0.1, or an address that `ip addr` or `ipconfig` shows.',
      },
      { cause: error },
    )
  }
  return error
}

/** Says that a server can't prove itself with a certificate and a key. */
export function certificateUnusable(error: unknown): UsageError {
  const isMismatch = error instanceof Error && /key values mismatch/i.test(error.message)
  return new UsageError(
    {
      code: 'certificate_unusable',
      title: "The certificate can't be used",
      cause: isMismatch
        ? 'The private key is not that of the certificate.'
        : 'Both must be PEM, and the key must not be encrypted.',
      fix: 'Check them with: openssl x509 -in cert.pem -noout -subject && openssl pkey -in key.pem -noout',
    },
    { cause: error },
  )
}
