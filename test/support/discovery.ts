// A gateway's discovery document, and the flow of one who knows the issuer alone.
import type { RequestHandler } from '../../src/context.ts'
import type { Target } from '../../src/target/target.ts'
import { type FlowOptions, type Gateway, json, runFlow } from './gateway.ts'

export const wellKnown = '/.well-known/openid-configuration'
export const oauthWellKnown = '/.well-known/oauth-authorization-server'

/** Answers with a discovery document of the gateway, changed as a test needs; null leaves a member out. */
export function discovery(changes: Record<string, unknown> = {}): RequestHandler {
  return (request) => {
    const host = request.headers.find(([name]) => name === 'host')?.[1]
    const origin = `http://${host}`
    const document = {
      issuer: origin,
      authorization_endpoint: `${origin}/authorize`,
      token_endpoint: `${origin}/token`,
      ...changes,
    }
    return json(Object.fromEntries(Object.entries(document).filter(([, value]) => value !== null)))
  }
}

/** Runs the flow with a profile that knows the issuer alone. */
export function runDiscovered(
  { origin }: Gateway,
  profile: Partial<Target> = {},
  options: Omit<FlowOptions, 'profile'> = {},
) {
  const urls = { authorizeUrl: '', tokenUrl: '', apiUrl: origin }
  return runFlow(urls, { ...options, profile: { issuer: origin, ...profile } })
}
