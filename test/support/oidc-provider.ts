// A gateway that nobody here wrote: oidc-provider, with consent given on sight, and an API behind it.
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { calculateJwkThumbprint, EmbeddedJWK, type JWTPayload, jwtVerify } from 'jose'
import { type Configuration, Provider } from 'oidc-provider'

export const oidcClient = { clientId: 'test-client', clientSecret: 'a secret: with + reserved % characters' }

export interface OidcGateway {
  issuer: string
  authorizeUrl: string
  tokenUrl: string
  /** The base before /number-verification; its /verify says true for the account's number. */
  apiUrl: string
  close(): Promise<void>
}

/** The number of the only line there is. */
export const lineNumber = '+34600000001'

/** Starts the provider on a free port of loopback. */
export async function startOidcGateway(
  redirectUri: string,
  changes: Configuration = {},
  client: Record<string, unknown> = {},
): Promise<OidcGateway> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const issuer = `http://127.0.0.1:${port}`
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: oidcClient.clientId,
        client_secret: oidcClient.clientSecret,
        redirect_uris: [redirectUri],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        application_type: 'native',
        ...client,
      },
    ],
    scopes: ['openid', 'dpv:FraudPreventionAndDetection', 'number-verification:verify'],
    pkce: { required: () => true },
    ttl: { AccessToken: 300 },
    cookies: { keys: ['test'] },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_context: unknown, interaction: { uid: string }) => `/consent/${interaction.uid}` },
    findAccount: (_context: unknown, id: string) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ...changes,
  })
  const answerOidc = provider.callback()
  server.on('request', (request, response) => {
    if (request.url?.startsWith('/consent/')) {
      void consent(provider, request, response)
    } else if (request.url === '/number-verification/v2/verify') {
      void answerVerify(provider, issuer, request, response)
    } else {
      answerOidc(request, response)
    }
  })
  return {
    issuer,
    authorizeUrl: `${issuer}/auth`,
    tokenUrl: `${issuer}/token`,
    apiUrl: issuer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Answers /verify for a token of the provider; one that is bound to a key needs its proof, with a nonce. */
async function answerVerify(
  provider: Provider,
  issuer: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await new Response(Readable.toWeb(request) as ReadableStream).json()
  const [scheme, value = ''] = request.headers.authorization?.split(' ') ?? []
  const token = await provider.AccessToken.find(value)
  const isAllowed = token?.scope?.includes('number-verification:verify') === true
  const { phoneNumber } = body as { phoneNumber: string }
  const answer = (status: number, content: object, headers: Record<string, string> = {}) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers })
    response.end(JSON.stringify(content))
  }
  const unauthenticated = { status: 401, code: 'UNAUTHENTICATED', message: 'The token is not good for this' }
  if (!isAllowed || scheme !== (token.jkt === undefined ? 'Bearer' : 'DPoP'))
    return answer(401, unauthenticated)
  if (token.jkt !== undefined) {
    const proof = await readProof(request, issuer, value, token.jkt)
    if (proof === null) return answer(401, unauthenticated)
    if (proof.nonce !== apiNonce) {
      const challenge = 'DPoP error="use_dpop_nonce", error_description="A nonce is required"'
      return answer(401, unauthenticated, { 'www-authenticate': challenge, 'dpop-nonce': apiNonce })
    }
  }
  answer(200, { devicePhoneNumberVerified: phoneNumber === lineNumber })
}

const apiNonce = 'a-nonce-of-the-api'

/** Checks a proof as an API does; null when it does not fit the request or the token. */
async function readProof(
  { headers, method, url }: IncomingMessage,
  issuer: string,
  accessToken: string,
  thumbprint: string,
): Promise<JWTPayload | null> {
  const { payload, protectedHeader } = await jwtVerify(String(headers['dpop']), EmbeddedJWK, {
    typ: 'dpop+jwt',
    maxTokenAge: 60,
  })
  const fits =
    payload['htm'] === method &&
    payload['htu'] === issuer + url &&
    payload['ath'] === createHash('sha256').update(accessToken).digest('base64url') &&
    (await calculateJwkThumbprint(protectedHeader.jwk ?? {})) === thumbprint
  return fits ? payload : null
}

/** Signs the only account in and grants what was asked for, without a page. */
async function consent(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { params } = await provider.interactionDetails(request, response)
  const grant = new provider.Grant({ accountId: 'line', clientId: String(params['client_id']) })
  grant.addOIDCScope(String(params['scope']))
  const grantId = await grant.save()
  await provider.interactionFinished(request, response, {
    login: { accountId: 'line' },
    consent: { grantId },
  })
}
