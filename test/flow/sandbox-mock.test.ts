// The built-in profile for Telefónica's Sandbox, under its real host name.
import nock from 'nock'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext } from '../support/context.ts'

const gateway = 'https://sandbox.opengateway.telefonica.com'
const operator = 'https://operator.example'

beforeEach(() => nock.disableNetConnect())
afterEach(() => {
  nock.cleanAll()
  nock.enableNetConnect()
})

test('its URLs, its published credentials and its scope are sent, over an operator on another host', async () => {
  let state = ''
  nock(gateway)
    .get('/apigateway/authorize')
    .query((query) => {
      state = String(query['state'])
      return (
        query['client_id'] === 'mock_sandbox_app_id' &&
        query['response_type'] === 'code' &&
        query['scope'] === 'dpv:FraudPreventionAndDetection number-verification:verify' &&
        query['redirect_uri'] === 'https://app.example/callback'
      )
    })
    .reply(302, '', {
      location: `${operator}/authorize?state=inner`,
      'set-cookie': 'session=one; Path=/; Secure',
    })
  nock(operator)
    .get('/authorize?state=inner')
    .reply(302, '', { location: `${gateway}/apigateway/callback?code=inner&state=inner` })
  nock(gateway, { reqheaders: { cookie: 'session=one' } })
    .get('/apigateway/callback?code=inner&state=inner')
    .reply(302, () => '', { location: () => `https://app.example/callback?code=ours&state=${state}` })
  nock(gateway)
    .post('/apigateway/token', {
      grant_type: 'authorization_code',
      code: 'ours',
      redirect_uri: 'https://app.example/callback',
      code_verifier: /.{43}/,
    })
    .basicAuth({ user: 'mock_sandbox_app_id', pass: 'mock_sandbox_app_secret' })
    .reply(200, { access_token: 'a-token', token_type: 'Bearer', expires_in: 300 })
  nock(gateway, { reqheaders: { authorization: 'Bearer a-token', 'x-correlator': /^[0-9a-f-]{36}$/ } })
    .post('/apigateway/number-verification/v2/verify', { phoneNumber: '+34600000001' })
    .reply(200, { devicePhoneNumberVerified: true })

  const { context, err } = createTestContext()
  const args = [
    'verify',
    '+34600000001',
    '-p',
    'sandbox-mock',
    '--redirect-uri',
    'https://app.example/callback',
  ]
  expect(await runProgram(context, args), err()).toBe(0)
  expect(nock.pendingMocks()).toEqual([])
})
