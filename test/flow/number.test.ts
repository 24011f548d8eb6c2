// The journey of `nv number`: only a number in the form of E.164, once, under HTTP 200, is an answer.
import { expect, it, test } from 'vitest'
import type { OutgoingResponse } from '../../src/context.ts'
import type { FlowOptions } from '../support/gateway.ts'
import { bringCallback, grantCode, json, runFlow, startWaitingFlow, withGateway } from '../support/gateway.ts'

const phoneNumber = '+34600123456'
const masked = '+34*******56'

const identify = (answer: OutgoingResponse, options: FlowOptions = {}) =>
  withGateway({ number: () => answer }, async (gateway) => ({
    ...(await runFlow(gateway.urls, { command: 'number', ...options })),
    gateway,
  }))
const answering = (value: unknown) => json({ devicePhoneNumber: value })
const text = (body: string): OutgoingResponse => ({ status: 200, body })

test('the number of the line is found out and printed, and the request carries the token alone', async () => {
  const { result, out, gateway } = await identify(answering(phoneNumber))
  expect(result).toMatchObject({
    command: 'number',
    outcome: 'identified',
    exitCode: 0,
    failedStep: null,
    phoneNumber,
    findings: [],
  })
  // oxlint-disable-next-line no-control-regex
  expect(out().replace(/\u001b\[\d+m/g, '')).toBe(`${phoneNumber}  this phone's number\n`)
  const request = gateway.requests.at(-1)
  expect(request).toMatchObject({ method: 'GET', body: '' })
  expect(gateway.count('verify')).toBe(0)
})

it.each<[string, OutgoingResponse]>([
  ['a number after a byte order mark', text(`\uFEFF{"devicePhoneNumber":"${phoneNumber}"}`)],
  ['a number beside other members', json({ devicePhoneNumber: phoneNumber, x: [1] })],
])('%s is an answer', async (_what, answer) => {
  expect((await identify(answer)).result).toMatchObject({ outcome: 'identified', phoneNumber })
})

it.each<[string, OutgoingResponse]>([
  ['a number without its +', answering('34600123456')],
  ['a number that starts with 0', answering('+0600123456')],
  ['a number with spaces', answering('+34 600 123 456')],
  ['a number with a line break', answering('+34600123456\n')],
  ['a number of 16 digits', answering('+3460012345678901')],
  ['a masked number', answering('+34*******56')],
  ['a JSON number', answering(34600123456)],
  ['an array', answering([phoneNumber])],
  ['null', answering(null)],
  ['an empty text', answering('')],
  ['a verdict', json({ devicePhoneNumberVerified: true })],
  ['the number in another member', json({ phoneNumber })],
  ['the number twice', text(`{"devicePhoneNumber":"${phoneNumber}","devicePhoneNumber":"${phoneNumber}"}`)],
  ['the number one level down', json({ data: { devicePhoneNumber: phoneNumber } })],
  ['a bare string', text(`"${phoneNumber}"`)],
  ['nothing', text('')],
  ['201 with a number', json({ devicePhoneNumber: phoneNumber }, 201)],
  ['206 with a number', json({ devicePhoneNumber: phoneNumber }, 206)],
])('%s is no answer', async (_what, answer) => {
  const { result } = await identify(answer)
  expect(result).toMatchObject({
    outcome: 'undetermined',
    exitCode: 3,
    failedStep: 'api',
    phoneNumber: null,
    findings: [
      { code: 'api_unreadable', cause: expect.stringContaining('in devicePhoneNumber is') as string },
    ],
  })
  expect(JSON.stringify(result)).not.toContain('600123456')
})

it.each([
  [400, 'INVALID_ARGUMENT', 'invalid_argument', /does not accept the request/],
  [401, 'UNAUTHENTICATED', 'unauthenticated', /new trip through the phone/],
  [403, 'PERMISSION_DENIED', 'permission_denied', /number-verification:device-phone-number:read/],
  [
    403,
    'NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT',
    'invalid_token_context',
    /does not belong to a phone number/,
  ],
  [404, 'NOT_FOUND', 'api_error', /NOT_FOUND/],
])('%d %s is %s', async (status, code, finding, words) => {
  const scope = 'dpv:ServiceProvision number-verification:device-phone-number:read'
  const { result } = await identify(json({ status, code, message: 'no' }, status), { profile: { scope } })
  expect(result).toMatchObject({ outcome: 'undetermined', findings: [{ code: finding }] })
  expect(JSON.stringify(result.findings)).toMatch(words)
})

test('the number is whole on stdout, and masked in all that is recorded, also in what came before it was known', async () => {
  const headers = { 'content-type': `application/json; line=${phoneNumber.slice(1)}` }
  const gatewayHandlers = {
    authorize: (request: Parameters<typeof grantCode>[0]) =>
      grantCode(request, { via: `line/${phoneNumber.slice(1)}` }),
    token: () =>
      json({ access_token: 'access-token-1', token_type: 'Bearer', scope: `x ${phoneNumber.slice(1)}` }),
    number: () => json({ devicePhoneNumber: phoneNumber }, 200, headers),
  }
  await withGateway(gatewayHandlers, async (gateway) => {
    const { result, out } = await runFlow(gateway.urls, { command: 'number', print: { verbose: true } })
    expect(out()).toContain(phoneNumber)
    const { phoneNumber: found, ...recorded } = result
    expect(found).toBe(phoneNumber)
    expect(JSON.stringify(recorded)).not.toContain(phoneNumber.slice(1))
    expect(JSON.stringify(recorded)).toContain(masked.slice(1))
    expect(result.steps.at(-1)?.detail).toBe(`devicePhoneNumber is ${masked}`)
  })
})

test('the request in which the number is found is not shown with it either', async () => {
  const headers = { location: `/lines/${phoneNumber.slice(1)}` }
  const { err } = await identify(json({ devicePhoneNumber: phoneNumber }, 200, headers), {
    print: { verbose: true },
  })
  expect(err()).toContain('/lines/34*******56')
  expect(err()).not.toContain(phoneNumber.slice(1))
})

test('the page on the phone says that the line was identified, and names no number', async () => {
  await withGateway({ number: () => answering(phoneNumber) }, async (gateway) => {
    const flow = await startWaitingFlow(gateway.urls, { command: 'number' })
    const page = await (await bringCallback(flow)).text()
    expect(page).toContain('<h1>Number identified</h1>')
    expect(page).not.toContain(phoneNumber.slice(1))
    expect((await flow.run).outcome).toBe('identified')
  })
})

it.each([['tel'], ['bare']])('a login_hint of the form %s is left out, with a note', async (loginHint) => {
  const { result, gateway } = await identify(answering(phoneNumber), { profile: { loginHint } })
  expect(gateway.requests[0]?.query.has('login_hint')).toBe(false)
  expect(result.findings).toMatchObject([{ code: 'login_hint_left_out', severity: 'info' }])
})

test('a login_hint as it is goes out', async () => {
  const { result, gateway } = await identify(answering(phoneNumber), {
    profile: { loginHint: 'tel:+34600000009' },
  })
  expect(gateway.requests[0]?.query.get('login_hint')).toBe('tel:+34600000009')
  expect(result.findings).toEqual([])
})
