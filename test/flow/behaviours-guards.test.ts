// A behaviour acts on what it names only: on its grant, its field, its kind of address.
import { expect, it } from 'vitest'
import { switched } from '../support/behave.ts'
import {
  authorizeUrl,
  followChain,
  obtainCode,
  postToken,
  redirectUri,
  startTestSimulator,
} from '../support/simulator.ts'

const exchange = { grant_type: 'authorization_code', redirect_uri: redirectUri }
const poll = { grant_type: 'urn:openid:params:grant-type:ciba', auth_req_id: 'x' }

it.each(['ciba-pending-for-ever', 'ciba-expired', 'assertion-used-before'])(
  '%s leaves the exchange of a code alone',
  async (name) => {
    const simulator = await startTestSimulator({ behaviours: [switched(name)] })
    const response = await postToken(simulator, { ...exchange, code: await obtainCode(simulator) })
    expect(response.status).toBe(200)
    expect(simulator.entries.at(-1)?.detail).toBe('access token')
    await simulator.close()
  },
)

it('code-used-before leaves a poll alone', async () => {
  const simulator = await startTestSimulator({ behaviours: [switched('code-used-before')] })
  const response = await postToken(simulator, poll)
  expect(await response.json()).toMatchObject({
    error_description: expect.stringContaining('auth_req_id') as string,
  })
  await simulator.close()
})

it.each([
  ['a form', (fields: Record<string, string>) => new URLSearchParams(fields).toString()],
  ['JSON', (fields: Record<string, string>) => JSON.stringify(fields)],
])('redirect-uri-differs changes %s', async (_what, write) => {
  const simulator = await startTestSimulator({ behaviours: [switched('redirect-uri-differs')] })
  const response = await postToken(simulator, write({ ...exchange, code: await obtainCode(simulator) }))
  expect(await response.json()).toMatchObject({
    error_description: 'redirect_uri is not that of the authorization request.',
  })
  await simulator.close()
})

it.each(['secret-in-body-only', 'redirect-uri-differs'])('%s reads JSON too', async (name) => {
  const simulator = await startTestSimulator({ behaviours: [switched(name)] })
  const { clientId, clientSecret } = simulator
  const code = await obtainCode(simulator)
  const fields = { ...exchange, code, client_id: clientId, client_secret: clientSecret }
  const response = await postToken(simulator, JSON.stringify(fields), { authorization: '' })
  expect(response.status).toBe(name === 'secret-in-body-only' ? 200 : 400)
  await simulator.close()
})

it("redirect-to-localhost leaves an app's private scheme alone", async () => {
  const simulator = await startTestSimulator({ behaviours: [switched('redirect-to-localhost')] })
  const app = 'com.example.app:/callback'
  const { last } = await followChain(authorizeUrl(simulator, { redirect_uri: app }), { app })
  expect((last as URL).href.startsWith(`${app}?code=`)).toBe(true)
  expect(simulator.entries.at(-1)?.detail).toBe('→ app, code')
  await simulator.close()
})
