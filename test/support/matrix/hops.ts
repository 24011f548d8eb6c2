// The hops of the matrix: each request of a flow, with the flow that sends it to a server of the test's choice.
import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import type { IncomingRequest, OutgoingResponse } from '../../../src/context.ts'
import type { JourneyInput } from '../../../src/flow/journey.ts'
import type { StepName } from '../../../src/run/recording.ts'
import type { Target } from '../../../src/target/target.ts'
import { wellKnown } from '../discovery.ts'
import { canary, type Gateway, type Handlers, json, redirect } from '../gateway.ts'
import { secrets } from '../flow.ts'
import type { Right } from './fault.ts'
import type { HopName } from './hop-names.ts'

export interface Hop {
  /** The step that fails there; null: nothing that happens there stops the flow. */
  step: StepName | null
  /** What the good gateway does differently, given the origin of the broken server. */
  handlers?: (broken: string) => Handlers
  profile?: (broken: string, gateway: Pick<Gateway, 'origin' | 'urls'>) => Partial<Target>
  operatorToken?: JourneyInput['operatorToken']
  right: (request: string, gateway: Pick<Gateway, 'origin' | 'urls'>) => Omit<Right, 'request'>
}

const operatorToken = { value: 'canary-operator-token-Jc7/Rt+2=', grants: ['ciba'] } as const
const { privateKey, publicKey } = await generateKeyPair('ES256')
const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' }

const ok = (value: unknown): Omit<Right, 'request'> => ({
  statusLine: '200 OK',
  headers: ['content-type: application/json'],
  body: JSON.stringify(value),
})
const token = { access_token: canary.accessToken, token_type: 'Bearer', expires_in: 300 }

/** Redirects as an authorization endpoint does that is content. */
function toApp(request: string): Omit<Right, 'request'> {
  const query = new URL(request.split(' ')[1] ?? '/', 'http://x').searchParams
  const target = new URL(query.get('redirect_uri') ?? 'https://app.example/')
  target.searchParams.set('code', canary.code)
  target.searchParams.set('state', query.get('state') ?? '')
  return { statusLine: '302 Found', headers: [`location: ${target.href}`], body: '' }
}

/** Redirects the phone to the operator, with the query as it is. */
function toOperator(broken: string): (request: IncomingRequest) => OutgoingResponse {
  return ({ target }) => redirect(`${broken}/operator${target.slice(target.indexOf('?'))}`)
}

async function tokenWithIdToken({ headers }: IncomingRequest): Promise<OutgoingResponse> {
  const origin = `http://${headers.find(([name]) => name === 'host')?.[1]}`
  const idToken = await new SignJWT({ sub: 'line' })
    .setProtectedHeader({ alg: 'ES256', kid: 'k1' })
    .setIssuer(origin)
    .setAudience('test-client')
    .setIssuedAt(1_750_000_000)
    .setExpirationTime(1_750_000_300)
    .sign(privateKey)
  return json({ ...token, id_token: idToken })
}

export const hops: Readonly<Record<HopName, Hop>> = {
  discovery: {
    step: 'authorize',
    profile: (broken) => ({ issuer: broken, authorizeUrl: '', tokenUrl: '' }),
    right: (request, { urls }) =>
      ok({
        issuer: `http://${/^host: (\S+)/im.exec(request)?.[1]}`,
        authorization_endpoint: urls.authorizeUrl,
        token_endpoint: urls.tokenUrl,
        response_types_supported: ['code'],
      }),
  },
  keys: {
    step: null,
    handlers: (broken) => ({
      token: tokenWithIdToken,
      [wellKnown]: ({ headers }) => {
        const origin = `http://${headers.find(([name]) => name === 'host')?.[1]}`
        return json({
          issuer: origin,
          authorization_endpoint: `${origin}/authorize`,
          token_endpoint: `${origin}/token`,
          jwks_uri: `${broken}/jwks`,
        })
      },
    }),
    profile: (_broken, { origin }) => ({ issuer: origin }),
    right: () => ok({ keys: [jwk] }),
  },
  credentials: {
    step: 'authorize',
    profile: (broken) => ({ clientId: '', clientSecret: '', credentialsUrl: `${broken}/credentials` }),
    right: () => ok({ client_id: 'test-client', client_secret: secrets.clientSecret }),
  },
  authorize: {
    step: 'authorize',
    profile: (broken) => ({ authorizeUrl: `${broken}/authorize` }),
    right: toApp,
  },
  operator: {
    step: 'authorize',
    handlers: (broken) => ({ authorize: toOperator(broken) }),
    right: toApp,
  },
  backchannel: {
    step: 'authorize',
    operatorToken,
    profile: (broken) => ({ backchannelUrl: `${broken}/bc-authorize` }),
    right: () => ok({ auth_req_id: canary.authReqId, expires_in: 120, interval: 2 }),
  },
  'backchannel token': {
    step: 'token',
    operatorToken,
    profile: (broken) => ({ tokenUrl: `${broken}/token` }),
    right: () => ok(token),
  },
  token: {
    step: 'token',
    profile: (broken) => ({ tokenUrl: `${broken}/token` }),
    right: () => ok(token),
  },
  api: {
    step: 'api',
    profile: (broken) => ({ apiUrl: broken }),
    right: () => ok({ devicePhoneNumberVerified: true }),
  },
}
