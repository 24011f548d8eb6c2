// A run as a collection of Postman: newman, which nobody here wrote, runs the flow with it.
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { postmanCollection, postmanEnvironment } from '../../src/report/postman.ts'
import { maskRun } from '../../src/run/masked.ts'
import {
  canary,
  type FlowOptions,
  grantCode,
  json,
  queryOf,
  redirect,
  runFlow,
  withGateway,
} from '../support/gateway.ts'
import { secrets } from '../support/flow.ts'
import { scopeOf } from '../support/simulator.ts'

const oracles = process.env['NV_TEST_ORACLES'] ?? ''
const canRun = existsSync(join(oracles, 'node_modules/newman'))
const phoneNumber = '+34600123451'

interface Variable {
  key: string
  value: string
  type: string
}

interface Summary {
  run: { failures: Array<{ error: { message: string } }>; executions: Array<{ item: { name: string } }> }
}

interface Newman {
  run(options: object, done: (error: Error | null, summary: Summary) => void): void
}

/** Runs a collection with the variables of its environment that have no value. */
async function runNewman(collection: string, environment: string, values: Record<string, string>) {
  const newman = createRequire(join(oracles, 'package.json'))('newman') as Newman
  const parsed = JSON.parse(environment) as { values: Variable[] }
  const filled = parsed.values.map((variable) => ({
    ...variable,
    value: variable.value || (values[variable.key] ?? ''),
  }))
  const summary = await new Promise<Summary>((resolve, reject) => {
    const options = {
      collection: JSON.parse(collection) as object,
      environment: { name: 'x', values: filled },
    }
    newman.run(options, (error, done) => (error ? reject(error) : resolve(done)))
  })
  return {
    failures: summary.run.failures.map(({ error }) => error.message),
    sent: summary.run.executions.map(({ item }) => item.name),
    empty: parsed.values.filter(({ value }) => value === '').map(({ key }) => key),
  }
}

const chain = (request: Parameters<typeof grantCode>[0]) =>
  queryOf(request).has('hop')
    ? grantCode(request)
    : redirect(`${request.target}&hop=1`, 302, { 'set-cookie': 'journey=1; Path=/' })

const journeys: ReadonlyArray<readonly [string, FlowOptions]> = [
  ['HTTP Basic', { profile: { loginHint: 'tel' } }],
  [
    'the secret in the body',
    { profile: { authMethod: 'client_secret_post', scope: scopeOf.v0, prompt: 'none' } },
  ],
  [
    'a hash, and a header that is a secret',
    {
      isHashed: true,
      profile: { headers: { 'x-api-key': 'canary-key-77' }, secretValues: ['canary-key-77'] },
    },
  ],
  ['the number of a line', { command: 'number' }],
]

describe.skipIf(!canRun)('newman (skipped without NV_TEST_ORACLES)', () => {
  test.each(journeys)('runs the flow of a run: %s', async (_what, options) => {
    await withGateway({ authorize: chain }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, { phoneNumber, ...options })
      const essence = () =>
        gateway.requests.splice(0).map(({ method, path, query, body, headers }) => ({
          method,
          path,
          query: [...query].filter(([name]) => !['state', 'nonce', 'code_challenge'].includes(name)),
          body: body.startsWith('{')
            ? body
            : [...new URLSearchParams(body)].filter(([name]) => name !== 'code_verifier'),
          headers: headers
            .filter(([name]) =>
              ['authorization', 'content-type', 'accept', 'x-api-key', 'cookie'].includes(name),
            )
            .filter(([name]) => path !== '/authorize' || name !== 'accept')
            .map(String)
            .toSorted(),
        }))
      const sent = essence()
      const shared = maskRun(result)
      const [collection, environment] = [postmanCollection(shared), postmanEnvironment(shared)]
      for (const secret of [
        secrets.clientSecret,
        canary.code,
        canary.accessToken,
        phoneNumber.slice(1),
        'canary-key-77',
      ])
        expect(collection + environment).not.toContain(secret)
      const values = {
        client_secret: secrets.clientSecret,
        phone_number: phoneNumber,
        x_api_key: 'canary-key-77',
      }
      const ran = await runNewman(collection, environment, values)
      expect(ran).toMatchObject({ failures: [], sent: ['Authorize', 'Next hop', 'Token', 'API'] })
      for (const name of ran.empty) expect(Object.keys(values)).toContain(name)
      expect(essence()).toEqual(sent)
    })
  })

  test('asks again until the line of a SIM is identified', async () => {
    let asked = 0
    const token = () =>
      ++asked % 2 === 1
        ? json({ error: 'authorization_pending' }, 400)
        : json({ access_token: canary.accessToken, token_type: 'Bearer' })
    const backchannel = () => json({ auth_req_id: canary.authReqId, expires_in: 120, interval: 1 })
    await withGateway({ token, backchannel }, async (gateway) => {
      const { result: run } = await runFlow(gateway.urls, {
        phoneNumber,
        operatorToken: { value: 'canary-operator-token-1', grants: ['ciba'] },
        onEvent: ({ type }, { clock }) => {
          if (type === 'waiting') setImmediate(() => clock.advance(1000))
        },
      })
      expect(run.outcome).toBe('verified')
      const [collection, environment] = [postmanCollection(run), postmanEnvironment(run)]
      const ran = await runNewman(collection, environment, {
        client_secret: secrets.clientSecret,
        phone_number: phoneNumber,
        operator_token: 'canary-operator-token-1',
      })
      expect(gateway.requests.at(-4)?.body).toContain('login_hint=operatortoken%3Acanary-operator-token-1')
      expect(ran).toMatchObject({ failures: [], sent: ['Backchannel', 'Token', 'Token', 'API'] })
    })
  })

  test('says that the number is another one, and that a token was refused', async () => {
    const no = () => json({ devicePhoneNumberVerified: false })
    await withGateway({ verify: no }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, { phoneNumber })
      const values = { client_secret: secrets.clientSecret, phone_number: phoneNumber }
      const ran = await runNewman(postmanCollection(result), postmanEnvironment(result), values)
      expect(ran.failures).toHaveLength(1)
    })
    await withGateway({ token: () => json({ error: 'invalid_grant' }, 400) }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, { phoneNumber })
      const ran = await runNewman(postmanCollection(result), postmanEnvironment(result), {})
      expect(ran.sent).toEqual(['Authorize', 'Token'])
      expect(ran.failures.join()).toContain('invalid_grant')
    })
  })
})
