// Telefónica's Postman collection, run by newman, against the simulator: a client that nobody here wrote.
import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { followChain, redirectUri, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

const reference = join(import.meta.dirname, '../../../shared/reference/telefonica')
/** The folder in which newman is installed; CI gives one, since newman alone brings 150 packages. */
const oracles = process.env['NV_TEST_ORACLES'] ?? ''
const canRun =
  existsSync(join(oracles, 'node_modules/newman')) && existsSync(join(reference, 'postman_collection.json'))

interface Item {
  name: string
  item?: Item[]
  request?: { body?: { urlencoded?: Variable[] } }
}

interface Variable {
  key: string
  value: string
}

interface Summary {
  run: {
    failures: Array<{ error: { message: string } }>
    executions: Array<{
      request: { url: { toString(): string } }
      response: { code: number; json(): unknown }
    }>
  }
  environment: { values: { map(read: (variable: Variable) => Variable): Variable[] } }
}

interface Newman {
  run(options: object, done: (error: Error | null, summary: Summary) => void): void
}

/** A client with a secret and a key, for both ways in which the collection authenticates. */
const clientId = 'my-app-id'
const clientSecret = 'my-app-secret'

describe.skipIf(!canRun)('newman (skipped without NV_TEST_ORACLES or the reference collection)', () => {
  let simulator: TestSimulator
  let collection: { info: object; item: Item[] }
  let key: CryptoKey

  beforeAll(async () => {
    const { publicKey, privateKey } = await generateKeyPair('RS256')
    key = privateKey
    const clients = [
      { id: clientId, secret: clientSecret },
      { id: clientId, keys: [await exportJWK(publicKey)] },
    ]
    simulator = await startTestSimulator({ clients })
    collection = JSON.parse(
      await readFile(join(reference, 'postman_collection.json'), 'utf8'),
    ) as typeof collection
  })

  afterAll(() => simulator?.close())

  /** Runs one request of the collection, and gives what came of it with the variables it left. */
  async function runItem(path: readonly string[], variables: readonly Variable[], endpoint: string) {
    const item = path.reduce<Item | undefined>(
      (parent, name) => parent?.item?.find((child) => child.name === name),
      { name: '', item: collection.item },
    )
    if (!item) throw new Error(`The collection has no ${path.join(' / ')}`)
    const newman = createRequire(join(oracles, 'package.json'))('newman') as Newman
    const filled = await fillAssertion(item, endpoint)
    const summary = await new Promise<Summary>((resolve, reject) => {
      const options = {
        collection: { ...collection, item: [filled] },
        environment: { name: 'test', values: variables },
      }
      newman.run(options, (error, done) => (error ? reject(error) : resolve(done)))
    })
    const [execution] = summary.run.executions
    if (!execution) throw new Error('Nothing was sent')
    return {
      failures: summary.run.failures.map(({ error }) => error.message),
      url: execution.request.url.toString(),
      status: execution.response.code,
      body: execution.response.code === 302 ? null : execution.response.json(),
      variables: summary.environment.values.map(({ key, value }) => ({ key, value })),
    }
  }

  /** Writes a signed JWT where the collection leaves a place for it. */
  async function fillAssertion(item: Item, endpoint: string): Promise<Item> {
    const filled = structuredClone(item)
    const place = filled.request?.body?.urlencoded?.find(({ key }) => key === 'client_assertion')
    if (place) place.value = await signAssertion(endpoint)
    return filled
  }

  function signAssertion(audience: string): Promise<string> {
    const now = Math.floor(simulator.clock.now() / 1000)
    return new SignJWT()
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer(clientId)
      .setSubject(clientId)
      .setAudience(audience)
      .setJti(randomUUID())
      .setIssuedAt(now)
      .setExpirationTime(now + 60)
      .sign(key)
  }

  const settings = (scope: string) =>
    Object.entries({
      'application-client-id': clientId,
      'application-client-secret': clientSecret,
      'api-product-purpose': scope,
      'application-backend-callback-url': redirectUri,
      'auth-gateway-url': simulator.baseUrl,
      'api-gateway-url': simulator.baseUrl,
      'identifier-type': 'tel',
      'enduser-identifier': '+34600000001',
    }).map(([key, value]) => ({ key, value }))

  async function expectVerdict(version: string, variables: readonly Variable[]): Promise<void> {
    const path = ['Service APIs', 'Number Verification', version, 'Number Verification verify']
    const verified = await runItem(path, variables, simulator.apiUrl)
    expect(verified).toMatchObject({ failures: [], status: 200, body: { devicePhoneNumberVerified: true } })
  }

  const versions = [
    ['v0.3', 'dpv:FraudPreventionAndDetection#number-verification-verify-read'],
    ['v1.0', 'dpv:FraudPreventionAndDetection number-verification:verify'],
  ] as const

  describe.each(versions)('Number Verification %s', (version, scope) => {
    const authCode = ['Authorization (OIDC)', 'Auth code (Frontend)']

    test.each(['client secret', 'private JWT key'])(
      'its auth code flow with %s ends with an answer',
      async (credential) => {
        const variables = settings(scope)
        const first = [...authCode, '1st Authorization request']
        const authorized = await runItem(first, variables, simulator.authorizeUrl)
        // Its script reads the Location with URL, which Postman has and newman's sandbox has not.
        expect(authorized).toMatchObject({ failures: ['URL is not defined'], status: 302 })

        // What the collection leaves to the phone.
        const { last } = await followChain(authorized.url)
        const code = last instanceof URL ? (last.searchParams.get('code') ?? '') : ''
        const exchanged = await runItem(
          [...authCode, `2nd Get access token with ${credential} (Frontend)`, '2nd Get access token'],
          [...variables, { key: 'authorization_code', value: code }],
          simulator.tokenUrl,
        )
        expect(exchanged).toMatchObject({ failures: [], status: 200 })
        await expectVerdict(version, exchanged.variables)
      },
    )

    test.each(['client secret', 'private JWT key'])(
      'its CIBA flow with %s ends with an answer',
      async (credential) => {
        const ciba = ['Authorization (OIDC)', `CIBA with ${credential} (Backend)`]
        const first = [...ciba, '1st Authorization request']
        const accepted = await runItem(first, settings(scope), simulator.backchannelUrl)
        expect(accepted).toMatchObject({ failures: [], status: 200 })
        const second = [...ciba, '2nd Get access token']
        const exchanged = await runItem(second, accepted.variables, simulator.tokenUrl)
        expect(exchanged).toMatchObject({ failures: [], status: 200 })
        await expectVerdict(version, exchanged.variables)
      },
    )
  })
})
