// Files as people have them, with made-up values: what is taken of each, and what is said of the rest.
import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { UsageError } from '../../../src/errors.ts'
import { readPrivateKey } from '../../../src/oauth/private-key.ts'
import { type Imported, parseImport } from '../../../src/settings/imports.ts'
import { processorMs } from '../../support/promptly.ts'

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = String(privateKey.export({ type: 'pkcs8', format: 'pem' }))
const escaped = pem.replaceAll('\n', '\\n')
const secret = 'canary-secret-Zx9'
const gateway = {
  authorizeUrl: 'https://gw.example/authorize',
  tokenUrl: 'https://gw.example/token',
  clientId: 'abc123',
}

interface Case {
  path: string
  text: string
  settings: Record<string, unknown>
  secret?: string
  left?: string[]
}

const lines = (...text: string[]) => `${text.join('\n')}\n`

const cases: Record<string, Case> = {
  'Next.js with a public prefix for some': {
    path: '.env.local',
    text: lines(
      'NEXT_PUBLIC_CLIENT_ID="abc123"',
      `CLIENT_SECRET='${secret}'`,
      'NEXT_PUBLIC_AUTHORIZE_URL=https://gw.example/authorize',
      'TOKEN_URL=https://gw.example/token',
      'NEXT_PUBLIC_SITE_URL=https://www.example',
    ),
    settings: { preset: 'generic', ...gateway },
    secret,
    left: ['NEXT_PUBLIC_SITE_URL'],
  },
  'React with a maker in the name': {
    path: '.env',
    text: lines(
      'REACT_APP_ACME_CLIENT_ID=abc123',
      'REACT_APP_REDIRECT_URI=https://app.example/cb',
      'PORT=3000',
    ),
    settings: { preset: 'generic', clientId: 'abc123', redirectUri: 'https://app.example/cb' },
    left: ['PORT'],
  },
  'Nuxt and Expo': {
    path: '.env',
    text: lines('NUXT_PUBLIC_OAUTH_CLIENT_ID=abc123', `NUXT_OAUTH_CLIENT_SECRET=${secret}`),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
  },
  'an app with the id of a Firebase app beside': {
    path: '.env',
    text: lines(
      'EXPO_PUBLIC_FIREBASE_APP_ID=1:2:web:3',
      'EXPO_PUBLIC_CLIENT_ID=abc123',
      'EXPO_PUBLIC_API_URL=/api',
    ),
    settings: { preset: 'generic', clientId: 'abc123' },
    left: ['EXPO_PUBLIC_API_URL', 'EXPO_PUBLIC_FIREBASE_APP_ID'],
  },
  'a database and mail beside': {
    path: '.env',
    text: lines(
      'DB_USERNAME=root',
      'DB_PASSWORD=root',
      'SMTP_AUTH_URL=https://mail.example',
      'JWT_SECRET=x1',
      'ACME_CLIENT_ID=abc123',
      `ACME_CLIENT_SECRET=${secret}`,
      'STRIPE_API_URL=https://api.stripe.example',
    ),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
    left: ['DB_PASSWORD', 'DB_USERNAME', 'JWT_SECRET', 'SMTP_AUTH_URL', 'STRIPE_API_URL'],
  },
  'variables that stand for each other': {
    path: '.env',
    text: lines(
      'BASE=https://gw.example',
      'AUTH_URL=${BASE}/authorize',
      'TOKEN_URL="${BASE}/token"',
      'CLIENT_ID=abc123',
      'CALLBACK_URL=${PUBLIC_HOST}/cb',
      'SCOPE=${NV_SCOPE_OF_ALL:-openid}',
    ),
    settings: { preset: 'generic', ...gateway, scope: 'openid' },
    left: ['BASE', 'CALLBACK_URL'],
  },
  'a base of its own server': {
    path: '.env',
    text: lines(
      'BASE_URL=http://localhost:3000',
      'CLIENT_ID=abc123',
      'REDIRECT_URI=http://localhost:3000/cb',
    ),
    settings: { preset: 'generic', clientId: 'abc123', redirectUri: 'http://localhost:3000/cb' },
    left: ['BASE_URL'],
  },
  'a file for PowerShell': {
    path: 'env.ps1',
    text: lines('$env:ACME_CLIENT_ID = "abc123"', `$env:ACME_CLIENT_SECRET = "${secret}"`),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
  },
  'a batch file': {
    path: 'env.bat',
    text: `set CLIENT_ID=abc123\r\nset CLIENT_SECRET=${secret}\r\n`,
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
  },
  'an operator with its issuer and a path to the key': {
    path: 'operator.env',
    text: lines(
      'OPERATOR_ISSUER=https://id.operator.example/.well-known/openid-configuration',
      'OPERATOR_CLIENT_ID=abc123',
      'OPERATOR_PRIVATE_KEY_PATH=./keys/private.pem',
      'OPERATOR_KEY_ID=k1',
    ),
    settings: {
      preset: 'camara',
      issuer: 'https://id.operator.example',
      clientId: 'abc123',
      key: './keys/private.pem',
      keyId: 'k1',
    },
  },
  'a key in the file, with \\n': {
    path: 'conf/acme.env',
    text: lines('ACME_CLIENT_ID=abc123', `ACME_PRIVATE_KEY="${escaped}"`),
    settings: { preset: 'generic', clientId: 'abc123', key: 'acme.env', authMethod: 'private_key_jwt' },
  },
  'a key in the file, on several lines': {
    path: 'acme.env',
    text: lines('ACME_CLIENT_ID=abc123', `ACME_PRIVATE_KEY="${pem}"`, 'ACME_SCOPE=openid'),
    settings: {
      preset: 'generic',
      clientId: 'abc123',
      key: 'acme.env',
      scope: 'openid',
      authMethod: 'private_key_jwt',
    },
  },
  'the Sandbox by its names': {
    path: 'telefonica-sandbox.env',
    text: lines('CLIENT_ID=abc123', `CLIENT_SECRET=${secret}`),
    settings: { preset: 'sandbox', clientId: 'abc123' },
    secret,
  },
  'the published client': {
    path: '.env',
    text: lines('APP_ID=mock_sandbox_app_id', 'APP_SECRET=mock_sandbox_app_secret'),
    settings: { preset: 'sandbox-mock' },
    secret: 'mock_sandbox_app_secret',
  },
  'Vonage by the host of its tokens': {
    path: '.env',
    text: lines('APPLICATION_ID=abc123', 'TOKEN_URL=https://api-eu-3.vonage.com/oauth2/token'),
    settings: { preset: 'vonage', clientId: 'abc123', tokenUrl: 'https://api-eu-3.vonage.com/oauth2/token' },
  },
  'a .properties of Spring': {
    path: 'application.properties',
    text: lines(
      '# registration',
      '! and more',
      'spring.security.oauth2.client.registration.acme.client-id=abc123',
      `spring.security.oauth2.client.registration.acme.client-secret=${secret}#x`,
      'spring.security.oauth2.client.registration.acme.client-authentication-method=client_secret_post',
      'spring.security.oauth2.client.registration.acme.scope=openid,number-verification:verify',
      'spring.security.oauth2.client.registration.acme.redirect-uri={baseUrl}/login/oauth2/code/{registrationId}',
      'spring.security.oauth2.client.provider.acme.authorization-uri=https\\://gw.example/authorize',
      'spring.security.oauth2.client.provider.acme.token-uri=https\\://gw.example/token',
      'server.port=8080',
    ),
    settings: {
      preset: 'generic',
      ...gateway,
      authMethod: 'client_secret_post',
      scope: 'openid number-verification:verify',
    },
    secret: `${secret}#x`,
    left: ['server.port', 'spring.security.oauth2.client.registration.acme.redirect-uri'],
  },
  'a .properties of Quarkus': {
    path: 'application.properties',
    text: lines(
      'quarkus.oidc.auth-server-url=https://id.operator.example',
      'quarkus.oidc.client-id=abc123',
      `quarkus.oidc.credentials.secret=${secret}`,
    ),
    settings: { preset: 'generic', issuer: 'https://id.operator.example', clientId: 'abc123' },
    secret,
  },
  'an application.yml of Spring': {
    path: 'application.yml',
    text: lines(
      'spring:',
      '  security:',
      '    oauth2:',
      '      client:',
      '        registration:',
      '          acme:',
      '            client-id: abc123',
      `            client-secret: "${secret}" # keep`,
      '            scope:',
      '              - openid',
      '              - number-verification:verify',
      '        provider:',
      '          acme:',
      '            authorization-uri: https://gw.example/authorize',
      '            token-uri: https://gw.example/token',
    ),
    settings: { preset: 'generic', ...gateway, scope: 'openid number-verification:verify' },
    secret,
  },
  'lines with colons': {
    path: 'credentials.txt',
    text: lines('Client_ID: abc123', `Client_Secret: ${secret}`),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
  },
  'lines that are no variables': {
    path: '.env',
    text: lines('Credentials of ACME', '====', 'CLIENT_ID=abc123', 'for tests:', `CLIENT_SECRET=${secret}`),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
  },
  'a compose file with a list': {
    path: 'compose.yml',
    text: lines(
      'services:',
      '  app:',
      '    environment:',
      '      - CLIENT_ID=abc123',
      `      - CLIENT_SECRET=${secret}`,
    ),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
  },
  'a TOML or an INI': {
    path: 'acme.toml',
    text: lines(
      '[acme.oauth]',
      'client_id = "abc123"',
      `client_secret = "${secret}"`,
      '',
      '[smtp]',
      'auth_url = "https://m.example"',
    ),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
    left: ['smtp.auth_url'],
  },
  'a list of variables': {
    path: 'list.json',
    text: JSON.stringify([
      { key: 'clientId', value: 'abc123' },
      { key: 'clientSecret', value: secret },
    ]),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
  },
  'an application of Vonage': {
    path: 'app.json',
    text: JSON.stringify({ application_id: 'abc123', application_name: 'My Demo', private_key: pem }),
    settings: { preset: 'vonage', clientId: 'abc123', key: 'app.json' },
    left: ['application_name'],
  },
  'an application as the API of Vonage gives it': {
    path: 'demo.json',
    text: JSON.stringify({ id: 'abc123', name: 'Demo', keys: { private_key: pem }, capabilities: {} }),
    settings: { preset: 'vonage', clientId: 'abc123', key: 'demo.json' },
    left: ['name'],
  },
  'a service account of Google': {
    path: 'sa.json',
    text: JSON.stringify({
      type: 'service_account',
      private_key_id: 'k1',
      private_key: pem,
      client_email: 'me@project.example',
      client_id: 'abc123',
      auth_uri: 'https://gw.example/authorize',
      token_uri: 'https://gw.example/token',
    }),
    settings: { preset: 'generic', ...gateway, key: 'sa.json', keyId: 'k1', authMethod: 'private_key_jwt' },
    left: ['client_email', 'type'],
  },
  'a client of Google': {
    path: 'client.json',
    text: JSON.stringify({
      web: {
        client_id: 'abc123',
        client_secret: secret,
        auth_uri: 'https://gw.example/authorize',
        token_uri: 'https://gw.example/token',
        redirect_uris: ['https://app.example/cb'],
      },
    }),
    settings: { preset: 'generic', ...gateway, redirectUri: 'https://app.example/cb' },
    secret,
  },
  'a registration as the server gives it': {
    path: 'registration.json',
    text: JSON.stringify({
      client_id: 'abc123',
      client_secret: secret,
      client_id_issued_at: 1,
      redirect_uris: ['https://app.example/a', 'https://app.example/b'],
      token_endpoint_auth_method: 'client_secret_post',
      scope: 'openid',
    }),
    settings: { preset: 'generic', clientId: 'abc123', authMethod: 'client_secret_post', scope: 'openid' },
    secret,
    left: ['client_id_issued_at', 'redirect_uris'],
  },
  'an appsettings.json': {
    path: 'appsettings.json',
    text: JSON.stringify({
      Logging: { LogLevel: { Default: 'Information' } },
      OpenGateway: { ClientId: 'abc123', ClientSecret: secret, TokenEndpoint: 'https://gw.example/token' },
    }),
    settings: { preset: 'generic', clientId: 'abc123', tokenUrl: 'https://gw.example/token' },
    secret,
    left: ['Logging.LogLevel.Default'],
  },
  'a keycloak.json': {
    path: 'keycloak.json',
    text: JSON.stringify({
      realm: 'acme',
      'auth-server-url': 'https://id.example/',
      resource: 'abc123',
      credentials: { secret },
    }),
    settings: { preset: 'generic', clientId: 'abc123', issuer: 'https://id.example/realms/acme' },
    secret,
  },
  'a discovery document': {
    path: 'openid-configuration',
    text: JSON.stringify({
      issuer: 'https://gw.example',
      authorization_endpoint: 'https://gw.example/authorize',
      token_endpoint: 'https://gw.example/token',
      backchannel_authentication_endpoint: 'https://gw.example/bc-authorize',
      scopes_supported: ['openid'],
    }),
    settings: {
      preset: 'generic',
      issuer: 'https://gw.example',
      authorizeUrl: 'https://gw.example/authorize',
      tokenUrl: 'https://gw.example/token',
      backchannelUrl: 'https://gw.example/bc-authorize',
    },
    left: ['scopes_supported'],
  },
}

const postmanEnvironment = (values: Record<string, string>) =>
  JSON.stringify({
    name: 'Acme',
    values: Object.entries(values).map(([key, value]) => ({ key, value, enabled: true })),
  })

const oauth2 = (values: Record<string, string>) => ({
  type: 'oauth2',
  oauth2: Object.entries(values).map(([key, value]) => ({ key, value, type: 'string' })),
})

const collection = (content: Record<string, unknown>) =>
  JSON.stringify({
    info: {
      name: 'Acme API',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    item: [],
    ...content,
  })

const postman: Record<string, Case> = {
  'an environment in snake case': {
    path: 'e.json',
    text: postmanEnvironment({
      client_id: 'abc123',
      client_secret: secret,
      auth_url: 'https://gw.example/authorize',
      accessTokenUrl: 'https://gw.example/token',
      callbackUrl: 'https://app.example/cb',
      scope: 'openid%20number-verification%3Averify',
    }),
    settings: {
      preset: 'generic',
      ...gateway,
      redirectUri: 'https://app.example/cb',
      scope: 'openid number-verification:verify',
    },
    secret,
  },
  'an environment whose variables use each other': {
    path: 'e.json',
    text: postmanEnvironment({
      host: 'https://gw.example',
      clientId: 'abc123',
      authUrl: '{{host}}/authorize',
      tokenUrl: '{{host}}/token',
      baseUrl: '{{api}}/v1',
    }),
    settings: { preset: 'generic', ...gateway },
    left: ['baseUrl', 'host'],
  },
  'an environment with a login': {
    path: 'e.json',
    text: postmanEnvironment({ username: 'abc123', password: secret, tokenUrl: 'https://gw.example/token' }),
    settings: { preset: 'generic', clientId: 'abc123', tokenUrl: 'https://gw.example/token' },
    secret,
  },
  'a collection with OAuth 2': {
    path: 'c.json',
    text: collection({
      auth: oauth2({
        clientId: '{{id}}',
        clientSecret: secret,
        authUrl: '{{base}}/authorize',
        accessTokenUrl: '{{base}}/token',
        redirect_uri: 'https://app.example/cb',
        scope: 'openid',
        client_authentication: 'body',
        addTokenTo: 'header',
      }),
      variable: [
        { key: 'base', value: 'https://gw.example' },
        { key: 'id', value: 'abc123' },
      ],
    }),
    settings: {
      preset: 'generic',
      ...gateway,
      redirectUri: 'https://app.example/cb',
      scope: 'openid',
      authMethod: 'client_secret_post',
    },
    secret,
  },
  'a collection with OAuth 2 on a request, and the API in its URL': {
    path: 'c.json',
    text: collection({
      item: [
        {
          name: 'Number Verification',
          item: [
            {
              name: 'verify',
              request: {
                method: 'POST',
                url: { raw: '{{base}}/number-verification/v1/verify' },
                auth: oauth2({
                  clientId: 'abc123',
                  authUrl: 'https://gw.example/authorize',
                  accessTokenUrl: 'https://gw.example/token',
                }),
              },
            },
          ],
        },
      ],
      variable: [{ key: 'base', value: 'https://gw.example' }],
    }),
    settings: { preset: 'generic', ...gateway, apiUrl: 'https://gw.example', apiVersion: 'v1' },
  },
  'a collection in version 2.0 of the format': {
    path: 'c.json',
    text: collection({ auth: { type: 'oauth2', oauth2: { clientId: 'abc123', clientSecret: secret } } }),
    settings: { preset: 'generic', clientId: 'abc123' },
    secret,
  },
  'a collection that asks for a token itself': {
    path: 'c.json',
    text: collection({
      item: [
        {
          name: 'authorize',
          request: {
            url: 'https://gw.example/authorize?response_type=code&client_id=abc123&redirect_uri=https%3A%2F%2Fapp.example%2Fcb',
          },
        },
        {
          name: 'token',
          request: {
            url: 'https://gw.example/token',
            auth: {
              type: 'basic',
              basic: [
                { key: 'password', value: secret },
                { key: 'username', value: 'abc123' },
              ],
            },
          },
        },
      ],
    }),
    settings: { preset: 'generic', ...gateway, redirectUri: 'https://app.example/cb' },
    secret,
  },
}

/** What others have seen; the folder is not part of this repository. */
const shared = join(import.meta.dirname, '../../../../shared/cases/import')

describe.skipIf(!existsSync(shared))('the files in shared/cases/import', () => {
  it.each<[string, Record<string, unknown>]>([
    [
      'vonage-demo.env',
      {
        preset: 'vonage',
        key: './private.key',
        redirectUri: expect.any(String),
        clientId: expect.any(String),
      },
    ],
    ['vite.env', { preset: 'generic', clientId: 'abc123', scope: expect.any(String) }],
    ['nac.env', { preset: 'generic', clientId: 'abc123', scope: expect.any(String) }],
    [
      'other.postman_environment.json',
      { authorizeUrl: expect.any(String), tokenUrl: expect.any(String), apiUrl: expect.any(String) },
    ],
  ])('%s is taken', (name, settings) => {
    const text = readFileSync(join(shared, name), 'utf8')
    expect(parseImport(name, text).settings).toMatchObject(settings)
  })

  it('an empty environment is refused', () => {
    const name = 'empty.postman_environment.json'
    expect(problemOf(name, readFileSync(join(shared, name), 'utf8')).code).toBe('import_unreadable')
  })
})

const keysLeft = ({ ignored }: Imported) => ignored.map(({ key }) => key).toSorted()

describe.each(Object.entries({ ...cases, ...postman }))(
  '%s',
  (_, { path, text, settings, secret: expected, left }) => {
    it('is taken', () => {
      const imported = parseImport(path, text)
      expect(imported.settings).toEqual(settings)
      expect(imported.secrets).toEqual(expected === undefined ? {} : { clientSecret: expected })
      expect(keysLeft(imported)).toEqual(left ?? [])
    })

    it('shows no secret', () => {
      const { taken, ignored } = parseImport(path, text)
      expect(JSON.stringify({ taken, ignored })).not.toMatch(/canary|MII/)
    })
  },
)

function problemOf(path: string, text: string, wanted = {}) {
  try {
    parseImport(path, text, wanted)
  } catch (error) {
    if (error instanceof UsageError) return error.problem
    throw error
  }
  throw new Error('It was taken')
}

describe('two clients in one file', () => {
  const two = lines(
    'ACME_CLIENT_ID=abc123',
    `ACME_CLIENT_SECRET=${secret}`,
    'ACME_TOKEN_URL=https://gw.example/token',
    'GOOGLE_CLIENT_ID=google-1',
    'GOOGLE_CLIENT_SECRET=other',
    'REDIRECT_URI=https://app.example/cb',
  )

  it('are listed, without their secrets', () => {
    const problem = problemOf('.env', two)
    expect(problem).toMatchObject({
      title: '.env has the settings of 2 clients',
      cause: 'Any of these may be the right one:\nACME_CLIENT_ID: abc123\nGOOGLE_CLIENT_ID: google-1',
      fix: 'Choose one by what its keys start with:\nnv profile import .env --prefix ACME\nnv profile import .env --prefix GOOGLE',
    })
  })

  it.each(['ACME', 'acme', 'ACME_', 'ACME_CLIENT'])('are told apart by --prefix %s', (prefix) => {
    expect(parseImport('.env', two, { prefix })).toMatchObject({
      settings: {
        clientId: 'abc123',
        tokenUrl: 'https://gw.example/token',
        redirectUri: 'https://app.example/cb',
      },
      secrets: { clientSecret: secret },
    })
  })

  it('with a prefix that no key has is refused with the clients', () => {
    expect(problemOf('.env', two, { prefix: 'OTHER' })).toMatchObject({
      title: 'Nothing in .env starts with "OTHER"',
      cause: 'Its clients are in ACME_CLIENT_ID, GOOGLE_CLIENT_ID.',
    })
  })

  it('of which one has no prefix', () => {
    const text = lines('CLIENT_ID=a', 'CLIENT_SECRET=sa', 'ACME_CLIENT_ID=b', 'ACME_CLIENT_SECRET=sb')
    expect(problemOf('.env', text).fix).toContain('--prefix CLIENT_ID')
    expect(parseImport('.env', text, { prefix: 'CLIENT_ID' })).toMatchObject({
      settings: { clientId: 'a' },
      secrets: { clientSecret: 'sa' },
    })
    expect(parseImport('.env', text, { prefix: 'ACME' }).secrets).toEqual({ clientSecret: 'sb' })
  })

  it('for two stages', () => {
    const text = lines('CLIENT_ID_DEV=a', 'CLIENT_SECRET_DEV=sa', 'CLIENT_ID_PROD=b', 'CLIENT_SECRET_PROD=sb')
    expect(parseImport('.env', text, { prefix: 'PROD' })).toMatchObject({
      settings: { clientId: 'b' },
      secrets: { clientSecret: 'sb' },
    })
  })

  it('in a .properties', () => {
    const name = 'spring.security.oauth2.client.registration'
    const text = lines(`${name}.acme.client-id=abc123`, `${name}.google.client-id=google-1`)
    expect(problemOf('a.properties', text).fix).toContain('--prefix GOOGLE')
    expect(parseImport('a.properties', text, { prefix: 'google' }).settings.clientId).toBe('google-1')
  })

  it('in a collection, one in each folder', () => {
    const folder = (name: string, id: string) => ({ name, auth: oauth2({ clientId: id }), item: [] })
    const text = collection({ item: [folder('First one', 'a'), folder('Other', 'b')] })
    expect(problemOf('c.json', text).fix).toContain('--prefix FIRST_ONE')
    expect(parseImport('c.json', text, { prefix: 'Other' }).settings.clientId).toBe('b')
  })
})

describe('--preset', () => {
  it('says the gateway, and takes away what it has already', () => {
    const text = lines(
      'CLIENT_ID=abc123',
      'API_URL=https://api-eu.vonage.com/camara/number-verification/v031',
    )
    expect(parseImport('.env', text, { preset: 'vonage' }).settings).toEqual({
      preset: 'vonage',
      clientId: 'abc123',
    })
    expect(parseImport('.env', 'CLIENT_ID=a', { preset: 'konera' }).settings.preset).toBe('konera')
  })

  it('is not guessed from a name where a URL says otherwise', () => {
    expect(
      parseImport('vonage.env', 'VONAGE_CLIENT_ID=a\nVONAGE_AUTH_URL=https://gw.example/a').settings.preset,
    ).toBe('generic')
  })
})

describe('a key of RapidAPI', () => {
  it.each([
    ['.env', lines(`RAPIDAPI_KEY=${secret}`, 'RAPIDAPI_HOST=network-as-code.nokia.rapidapi.com')],
    ['nokia.env', lines(`X_RAPIDAPI_KEY=${secret}`, 'NOKIA_REDIRECT_URI=https://app.example/cb')],
    [
      'e.json',
      postmanEnvironment({ 'X-RapidAPI-Key': secret, host: 'https://network-as-code.p-eu.rapidapi.com' }),
    ],
  ])('in %s is that of Nokia, where the file says so', (path, text) => {
    const { settings, secrets, taken } = parseImport(path, text)
    expect(settings).toMatchObject({ preset: 'nokia-nac', secretHeaders: ['X-RapidAPI-Key'] })
    expect(secrets).toEqual({ 'header:x-rapidapi-key': secret })
    expect(JSON.stringify(taken)).not.toContain(secret)
  })

  it('of some other API is left', () => {
    expect(problemOf('.env', `RAPIDAPI_KEY=${secret}\nRAPIDAPI_HOST=weather.example`).code).toBe(
      'import_unreadable',
    )
  })
})

describe('what can not be used is named with a command', () => {
  it('a key in base64 in a .env; the command makes one that can be read', async () => {
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs')
    const { execFileSync } = await import('node:child_process')
    const { tmpdir } = await import('node:os')
    const base64 = Buffer.from(pem).toString('base64')
    const environment = postmanEnvironment({ clientId: 'abc123', privateKey: base64 })
    for (const [name, text] of [
      ['my acme.env', lines('ACME_CLIENT_ID=abc123', `ACME_PRIVATE_KEY_BASE64=${base64}`)],
      ['e.json', environment],
    ] as const) {
      const { settings, ignored } = parseImport(name, text)
      expect(settings.key).toBeUndefined()
      expect(ignored[0]?.reason).toBe('it is the key itself; nv needs the path of a file')
      const cwd = mkdtempSync(join(tmpdir(), 'nv-import-'))
      try {
        writeFileSync(join(cwd, name), text)
        execFileSync('sh', ['-c', ignored[0]?.command ?? ''], { cwd })
        expect(readPrivateKey(readFileSync(join(cwd, 'client.key'), 'utf8')).object.equals(privateKey)).toBe(
          true,
        )
      } finally {
        rmSync(cwd, { recursive: true })
      }
    }
  })

  it('a key that is protected', () => {
    const locked = String(
      privateKey.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x' }),
    )
    const { ignored } = parseImport('.env', lines('CLIENT_ID=a', `PRIVATE_KEY="${locked}"`))
    expect(ignored).toMatchObject([{ key: 'PRIVATE_KEY', reason: 'it is protected by a passphrase' }])
    expect(problemOf('locked.pem', locked).fix).toContain('openssl pkey -in locked.pem -out key.pem')
  })

  it('a key alone', () => {
    for (const text of [pem, JSON.stringify({ keys: [privateKey.export({ format: 'jwk' })] })])
      expect(problemOf('key.pem', text)).toMatchObject({
        title: 'Nothing can be imported from key.pem',
        cause: 'It is a private key, without the client and the gateway.',
        fix: expect.stringContaining('--key key.pem') as string,
      })
  })

  it.each([
    '0x4c0883a69102937d6231471b5dbb6204fe5129617082792ae468d01a3f362318',
    'hunter2',
    'https://a.example/k',
  ])('what is neither a key nor a path: %s', (value) => {
    const { settings, ignored } = parseImport('.env', lines('CLIENT_ID=a', `SIGNING_KEY=${value}`))
    expect(settings.key).toBeUndefined()
    expect(ignored).toEqual([{ key: 'SIGNING_KEY', reason: 'it does not look like the path of a file' }])
  })

  it.each([
    'private.key',
    './private_key',
    '/etc/keys/acme',
    '~/acme.pem',
    'C:\\keys\\acme.p8',
    'keys/acme.json',
  ])('and what is a path is taken: %s', (value) => {
    expect(parseImport('.env', lines('CLIENT_ID=a', `PRIVATE_KEY=${value}`)).settings.key).toBe(value)
  })

  it('a key on standard input', () => {
    expect(parseImport('-', lines('CLIENT_ID=a', `PRIVATE_KEY="${escaped}"`)).ignored).toEqual([
      { key: 'PRIVATE_KEY', reason: 'it is the key itself; nv needs the path of a file' },
    ])
  })
})

describe('a file that is broken in any way', () => {
  /** Gives the same numbers each time. */
  function* numbers(seed: number) {
    for (let state = seed; ;) {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      yield state
    }
  }

  it('is taken or refused, shows no secret, and takes no time', () => {
    const startedAt = processorMs()
    const next = numbers(1)
    const below = (limit: number) => (next.next().value as number) % limit
    const pieces = [
      '\n',
      '"',
      "'",
      '=',
      '${A}',
      '{{a}}',
      '[',
      ']',
      '{',
      '}',
      '\\',
      '\u0000',
      '-----BEGIN ',
      ': ',
      '#',
      '%25',
    ]
    const texts = Object.values({ ...cases, ...postman })
    for (let round = 0; round < 2000; round++) {
      const { path, text } = texts[round % texts.length] ?? { path: '', text: '' }
      const at = below(text.length)
      const broken = text.slice(0, at) + (pieces[below(pieces.length)] ?? '') + text.slice(at + below(12))
      const shown: unknown[] = []
      try {
        const { taken, ignored } = parseImport(path, broken)
        shown.push(taken, ignored)
      } catch (error) {
        if (!(error instanceof UsageError))
          throw new Error(`${path} with ${JSON.stringify(broken.slice(at - 30, at + 30))}`, { cause: error })
        shown.push(error.problem)
      }
      expect(JSON.stringify(shown)).not.toContain('canary-secret-Zx9')
      expect(JSON.stringify(shown)).not.toContain(pem.slice(100, 140))
    }
    expect(processorMs() - startedAt).toBeLessThan(20_000)
  })
})

describe('where nothing can be taken it says why', () => {
  it.each([
    ['an environment without variables', JSON.stringify({ name: 'x', values: [] }), 'It has no values.'],
    [
      'empty values',
      postmanEnvironment({ clientId: '', clientSecret: '' }),
      'clientId: it is empty.\nclientSecret: it is empty.',
    ],
    ['placeholders', 'CLIENT_ID=<your id>\nCLIENT_SECRET=changeme', 'CLIENT_ID: it is a placeholder.'],
    ['HTML', '<!doctype html><html>CLIENT_ID=a</html>', 'It is HTML or XML.'],
    [
      'settings of something else',
      'PORT=1\nDATABASE_URL=postgres://x',
      'None of its names is one that nv knows',
    ],
  ])('%s', (_, text, cause) => {
    expect(problemOf('file', text).cause).toContain(cause)
  })

  it('a collection whose values are in an environment', () => {
    const text = collection({ auth: oauth2({ clientId: '{{clientId}}', authUrl: '{{base}}/authorize' }) })
    expect(problemOf('c.json', text).fix).toContain('export that in Postman')
  })
})
