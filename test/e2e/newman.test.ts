// Telefónica's Postman collection, run by newman, against the simulator: a client that nobody here wrote.
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { followChain, redirectUri, startTestSimulator, type TestSimulator } from '../support/simulator.ts'

const reference = join(import.meta.dirname, '../../../shared/reference/telefonica')
/** The folder in which newman is installed; CI gives one, since newman alone brings 150 packages. */
const newmanFolder = process.env['NV_TEST_NEWMAN'] ?? ''
const canRun = newmanFolder !== '' && existsSync(join(reference, 'postman_collection.json'))

interface Item {
  name: string
  item?: Item[]
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

describe.skipIf(!canRun)('newman (skipped without NV_TEST_NEWMAN or the reference collection)', () => {
  let simulator: TestSimulator
  let collection: { info: object; item: Item[] }

  beforeAll(async () => {
    simulator = await startTestSimulator()
    collection = JSON.parse(
      await readFile(join(reference, 'postman_collection.json'), 'utf8'),
    ) as typeof collection
  })

  afterAll(() => simulator?.close())

  /** Runs one request of the collection, and gives what came of it with the variables it left. */
  async function runItem(path: readonly string[], variables: readonly Variable[]) {
    const item = path.reduce<Item | undefined>(
      (parent, name) => parent?.item?.find((child) => child.name === name),
      {
        name: '',
        item: collection.item,
      },
    )
    if (!item) throw new Error(`The collection has no ${path.join(' / ')}`)
    const newman = createRequire(join(newmanFolder, 'package.json'))('newman') as Newman
    const summary = await new Promise<Summary>((resolve, reject) => {
      const options = {
        collection: { ...collection, item: [item] },
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

  const authCode = ['Authorization (OIDC)', 'Auth code (Frontend)']

  test.each([
    ['v0.3', 'dpv:FraudPreventionAndDetection#number-verification-verify-read'],
    ['v1.0', 'dpv:FraudPreventionAndDetection number-verification:verify'],
  ])('its auth code flow ends with an answer of Number Verification %s', async (version, scope) => {
    const variables = Object.entries({
      'application-client-id': simulator.clientId,
      'application-client-secret': simulator.clientSecret,
      'api-product-purpose': scope,
      'application-backend-callback-url': redirectUri,
      'auth-gateway-url': simulator.baseUrl,
      'api-gateway-url': simulator.baseUrl,
      'enduser-identifier': '+34600000001',
    }).map(([key, value]) => ({ key, value }))

    const authorized = await runItem([...authCode, '1st Authorization request'], variables)
    // Its script reads the Location with URL, which Postman has and newman's sandbox has not.
    expect(authorized).toMatchObject({ failures: ['URL is not defined'], status: 302 })

    // What the collection leaves to the phone.
    const { last } = await followChain(authorized.url)
    const code = last instanceof URL ? (last.searchParams.get('code') ?? '') : ''
    const exchanged = await runItem(
      [...authCode, '2nd Get access token with client secret (Frontend)', '2nd Get access token'],
      [...variables, { key: 'authorization_code', value: code }],
    )
    expect(exchanged).toMatchObject({ failures: [], status: 200 })

    const verified = await runItem(
      ['Service APIs', 'Number Verification', version, 'Number Verification verify'],
      exchanged.variables,
    )
    expect(verified).toMatchObject({ failures: [], status: 200, body: { devicePhoneNumberVerified: true } })
  })
})
