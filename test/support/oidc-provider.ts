// A gateway that nobody here wrote: oidc-provider, with consent given on sight, and an API behind it.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
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
      },
    ],
    scopes: ['openid', 'dpv:FraudPreventionAndDetection', 'number-verification:verify'],
    pkce: { required: () => true },
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
      void answerVerify(provider, request, response)
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

/** Answers /verify for a token of the provider. */
async function answerVerify(
  provider: Provider,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const body = await new Response(Readable.toWeb(request) as ReadableStream).json()
  const token = await provider.AccessToken.find(request.headers.authorization?.slice('Bearer '.length) ?? '')
  const isAllowed = token?.scope?.includes('number-verification:verify') === true
  const { phoneNumber } = body as { phoneNumber: string }
  response.writeHead(isAllowed ? 200 : 401, { 'content-type': 'application/json' })
  response.end(
    JSON.stringify(
      isAllowed
        ? { devicePhoneNumberVerified: phoneNumber === lineNumber }
        : { status: 401, code: 'UNAUTHENTICATED', message: 'The token is not good for this' },
    ),
  )
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
