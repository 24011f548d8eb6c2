// Client authentication: how a request to the token endpoint proves who sends it.

/** The parts of a token request that client authentication may add to. */
export interface AuthenticatedParts {
  headers: Record<string, string>
  body: URLSearchParams
}

export type ClientAuthentication = (parts: AuthenticatedParts) => void | Promise<void>

/**
 * Authenticates with HTTP Basic, id and secret form-encoded first.
 * The WHATWG form encoding leaves letters, digits and `*-._` alone, so that it agrees with servers that don't decode.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-2.3.1
 */
export function clientSecretBasic(clientId: string, clientSecret: string): ClientAuthentication {
  const credentials = `${formEncode(clientId)}:${formEncode(clientSecret)}`
  return ({ headers }) => {
    headers['authorization'] = `Basic ${Buffer.from(credentials, 'utf8').toString('base64')}`
  }
}

/** Encodes one value as `application/x-www-form-urlencoded` of the WHATWG URL standard does. */
export function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}
