// The discovery document of an issuer: where it is, what it says, and what a strict client objects to.
import * as oauth from 'oauth4webapi'
import { readBody, stringIn } from '../run/body.ts'

export interface Discovered {
  authorizeUrl: string | null
  tokenUrl: string | null
  issuer: string | null
  /** Whether every authorization response carries `iss`. */
  isIssuerRequired: boolean
}

/**
 * Gives the address of the discovery document.
 * @see https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderConfigurationRequest
 */
export function discoveryUrl(issuer: string): string {
  return `${issuer.replace(/\/+$/, '')}/.well-known/openid-configuration`
}

/** Reads a discovery document leniently; null when it is no JSON object. */
export function readDiscovery(text: string): Discovered | null {
  const body = readBody(text)
  if (body.kind !== 'object') return null
  return {
    authorizeUrl: stringIn(body.object, 'authorization_endpoint'),
    tokenUrl: stringIn(body.object, 'token_endpoint'),
    issuer: stringIn(body.object, 'issuer'),
    isIssuerRequired: body.object['authorization_response_iss_parameter_supported'] === true,
  }
}

/** Has a strict client process a discovery document; gives its objection, or null. */
export async function checkDiscovery(issuer: string, response: Response): Promise<string | null> {
  try {
    await oauth.processDiscoveryResponse(new URL(issuer), response)
    return null
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}
