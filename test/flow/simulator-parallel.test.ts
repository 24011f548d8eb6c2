// 200 flows at once: each gets its own state, its own line and its own verdict.
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  authorizeUrl,
  followChain,
  postToken,
  redirectUri,
  scopeOf,
  shareScopeOf,
  startTestSimulator,
  type TestSimulator,
} from '../support/simulator.ts'

let simulator: TestSimulator

beforeAll(async () => {
  simulator = await startTestSimulator()
})

afterAll(() => simulator.close())

/** Goes through a flow of its own, with a verifier of its own, and returns the answer of the API. */
async function runFlow(number: number, phoneNumber: string): Promise<unknown> {
  const isShare = number % 2 === 1
  const verifier = createHash('sha256').update(String(number)).digest('base64url')
  const { last } = await followChain(
    authorizeUrl(simulator, {
      scope: (isShare ? shareScopeOf : scopeOf).v2,
      state: `state-${number}`,
      login_hint: `tel:${phoneNumber}`,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    }),
  )
  if (!(last instanceof URL)) throw new Error(await last.text())
  expect(last.searchParams.get('state')).toBe(`state-${number}`)
  const tokens = await postToken(simulator, {
    grant_type: 'authorization_code',
    code: last.searchParams.get('code') ?? '',
    redirect_uri: redirectUri,
    code_verifier: verifier,
  })
  const { access_token: accessToken } = (await tokens.json()) as { access_token: string }
  const operation = isShare ? 'device-phone-number' : 'verify'
  const response = await fetch(`${simulator.apiUrl}/number-verification/v2/${operation}`, {
    method: isShare ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${accessToken}`, 'content-type': 'application/json' },
    ...(isShare ? {} : { body: JSON.stringify({ phoneNumber }) }),
  })
  return response.json()
}

test('200 flows at once: none gets the number or the verdict of another', async () => {
  const flows = Array.from({ length: 200 }, (_, number) => {
    const lastDigit = number % 4 < 2 ? 1 : 2
    return { number, phoneNumber: `+34600${String(number).padStart(5, '0')}${lastDigit}`, lastDigit }
  })
  const answers = await Promise.all(flows.map(({ number, phoneNumber }) => runFlow(number, phoneNumber)))
  expect(answers).toEqual(
    flows.map(({ number, phoneNumber, lastDigit }) =>
      number % 2 === 1 ? { devicePhoneNumber: phoneNumber } : { devicePhoneNumberVerified: lastDigit === 1 },
    ),
  )
})
