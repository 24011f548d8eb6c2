// The discovery document of an issuer: where it is, what it says, and what a strict client objects to.
import * as oauth from 'oauth4webapi'
import { readBody, stringIn } from '../wire/body.ts'

export interface Discovered {
  authorizeUrl: string | null
  tokenUrl: string | null
  /** The backchannel authentication endpoint of CIBA. */
  backchannelUrl: string | null
  /** Where the keys of the issuer are. */
  jwksUri: string | null
  issuer: string | null
  /** Whether every authorization response carries `iss`. */
  isIssuerRequired: boolean
  /** All of it, to compare with what is configured. */
  metadata: Readonly<Record<string, unknown>>
}

/**
 * Gives the addresses where the document of an issuer may be, the first to be asked first: that of OpenID Connect,
 * then that of OAuth.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-3.1
 */
export function discoveryUrls(given: string): [openid: string, oauth: string] {
  const issuer = issuerIn(given)
  const { origin, pathname, search } = new URL(issuer)
  const path = pathname.replace(/\/+$/, '')
  return [
    `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`,
    `${origin}/.well-known/oauth-authorization-server${path}${search}`,
  ]
}

/**
 * Tells whether a document names another issuer than was asked for, and lies on another origin than the one that it
 * names: then anybody may have written it, and its endpoints must not get credentials.
 * @see https://www.rfc-editor.org/rfc/rfc8414#section-6.2
 */
export function isForeignIssuer(found: string | null, issuer: string, documentUrl: string): boolean {
  if (found === null || found === issuer || !URL.canParse(found)) return false
  return new URL(found).origin !== new URL(documentUrl).origin
}

/** Gives the issuer when the address of its document was named in its place; any other text as it is. */
export function issuerIn(text: string): string {
  const match =
    /^(https?:\/\/[^/]+)(\/.*?)?\/\.well-known\/(openid-configuration|oauth-authorization-server)(\/.*)?$/.exec(
      text.replace(/\/+$/, ''),
    )
  if (match === null) return text
  const [, origin = '', before = '', , behind = ''] = match
  return origin + before + behind
}

/** Reads a discovery document leniently; null when it is not a JSON object. */
export function readDiscovery(text: string): Discovered | null {
  const body = readBody(text)
  if (body.kind !== 'object') return null
  const { object: metadata } = body
  return {
    authorizeUrl: stringIn(metadata, 'authorization_endpoint'),
    tokenUrl: stringIn(metadata, 'token_endpoint'),
    backchannelUrl: stringIn(metadata, 'backchannel_authentication_endpoint'),
    jwksUri: stringIn(metadata, 'jwks_uri'),
    issuer: stringIn(metadata, 'issuer'),
    isIssuerRequired: metadata['authorization_response_iss_parameter_supported'] === true,
    metadata,
  }
}

/**
 * Has a strict client process a discovery document of that issuer; gives its objection, or null. It compares issuers
 * as URLs: whether they are identical is for the caller to see.
 */
export async function checkDiscovery(issuer: string, response: Response): Promise<string | null> {
  try {
    await oauth.processDiscoveryResponse(new URL(issuer), response)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
