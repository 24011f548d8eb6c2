// This machine: its clock, its proxy, the network it is in.
import { generateKeyPairSync } from 'node:crypto'
import { json, redirect } from '../gateway.ts'
import { freePort } from '../ports.ts'
import { against, onCommandLine, type Unseen } from './failure.ts'

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
/** Ten minutes ahead. */
const aheadByTenMinutes = () => ({ date: new Date(Date.now() + 600_000).toUTCString() })
const signing = { authMethod: 'private_key_jwt', clientSecret: '', key, keyId: 'key-1' } as const

const deadProxy = await freePort()

export const machine: readonly Unseen[] = [
  [
    'the clock is ten minutes behind, and the gateway only says "Bad Request"',
    against(
      {
        token: () =>
          json({ error: 'invalid_request', error_description: 'Bad Request' }, 400, aheadByTenMinutes()),
      },
      { profile: signing },
    ),
    'clock_differs',
    /10 minutes/,
  ],
  [
    'the clock is ten minutes behind, and Keycloak says "Token is not active"',
    against(
      {
        token: () =>
          json(
            { error: 'invalid_client', error_description: 'Token is not active' },
            401,
            aheadByTenMinutes(),
          ),
      },
      { profile: signing },
    ),
    'invalid_client',
    /600 s ahead|\b(59|60)\d s ahead/,
  ],
  [
    'a wrong secret and a wrong clock at once: the secret decides, the clock is second',
    against(
      { token: () => json({ error: 'invalid_client' }, 401, aheadByTenMinutes()) },
      { profile: { usesDpop: true } },
    ),
    'invalid_client',
    /secret/,
  ],
  [
    "the company's proxy answers with its own page",
    against({
      token: () => ({
        status: 403,
        body: '<html><head><title>Zscaler Notification</title></head><body>Not allowed to browse Web Hosting category</body></html>',
      }),
    }),
    'proxy_page',
    /Zscaler.*proxy/,
  ],
  [
    'the login page of a hotel answers the token request with a redirect',
    against({ token: () => redirect('http://hotspot.hotel.invalid/login?mac=00-11&orig=gateway') }),
    'captive_portal',
    /[Ss]ign in/,
  ],
  [
    'a network that wants a login answers the API with 511',
    against({ verify: () => ({ status: 511, body: '<html><title>Network login</title></html>' }) }),
    'captive_portal',
    /Sign in/,
  ],
  [
    'the proxy is dead',
    onCommandLine(
      {},
      {
        env: () => ({ NV_AUTHORIZE_URL: 'https://gateway.invalid/authorize' }),
        args: ['--proxy', `http://127.0.0.1:${deadProxy}`],
      },
    ),
    'proxy_failed',
    /127\.0\.0\.1:\d+/,
  ],
]
