// The verdict: "verified" and "mismatch" come from a JSON boolean under HTTP 200, and from nothing else.
import { expect, it } from 'vitest'
import type { OutgoingResponse } from '../../src/context.ts'
import { json, runFlow, withGateway } from '../support/gateway.ts'

const text = (body: string, changes: Partial<OutgoingResponse> = {}): OutgoingResponse => ({
  status: 200,
  headers: { 'content-type': 'application/json' },
  body,
  ...changes,
})
const answering = (value: unknown) => json({ devicePhoneNumberVerified: value })
const answers = (answer: OutgoingResponse) =>
  withGateway({ verify: () => answer }, async (gateway) => {
    const { result } = await runFlow(gateway.urls)
    expect(gateway.count('verify')).toBe(1)
    expect(gateway.count('token')).toBe(1)
    return result
  })

it.each<[string, OutgoingResponse, 'verified' | 'mismatch']>([
  ['true', answering(true), 'verified'],
  ['false', answering(false), 'mismatch'],
  ['true beside other members', json({ x: 1, devicePhoneNumberVerified: true }), 'verified'],
  ['true after a byte order mark', text('\uFEFF{"devicePhoneNumberVerified":true}'), 'verified'],
  ['true between spaces', text('\r\n {"devicePhoneNumberVerified" : true}\n\n'), 'verified'],
  [
    'true as text/plain',
    text('{"devicePhoneNumberVerified":true}', { headers: { 'content-type': 'text/plain' } }),
    'verified',
  ],
  ['false without a content type', text('{"devicePhoneNumberVerified":false}', { headers: {} }), 'mismatch'],
])('%s under 200 is an answer', async (_what, answer, outcome) => {
  const result = await answers(answer)
  expect(result).toMatchObject({
    outcome,
    exitCode: outcome === 'verified' ? 0 : 1,
    failedStep: null,
    findings: outcome === 'verified' ? [] : [{ code: 'mismatch_explained' }],
  })
})

const html = '<!doctype html><title>true</title>true'

it.each<[string, OutgoingResponse]>([
  ['the text "true"', answering('true')],
  ['the text "false"', answering('false')],
  ['1', answering(1)],
  ['0', answering(0)],
  ['null', answering(null)],
  ['an object', answering({})],
  ['an array with true', answering([true])],
  ['true one level down', json({ data: { devicePhoneNumberVerified: true } })],
  ['true in an array', json([{ devicePhoneNumberVerified: true }])],
  ['true in another spelling', json({ devicephonenumberverified: true })],
  ['true in a prototype', text('{"__proto__":{"devicePhoneNumberVerified":true}}')],
  ['false and then true', text('{"devicePhoneNumberVerified":false,"devicePhoneNumberVerified":true}')],
  ['true said twice', text('{"devicePhoneNumberVerified":true,"devicePhoneNumberVerified":true}')],
  ['an empty object', json({})],
  ['an empty array', json([])],
  ['a bare true', text('true')],
  ['nothing', text('')],
  ['a space', text(' ')],
  ['a byte order mark', text('\uFEFF')],
  ['JSON that is cut', text('{"devicePhoneNumberVerified":tru')],
  ['JSON with more after it', text('{"devicePhoneNumberVerified":true}}')],
  ['a Python dict', text("{'devicePhoneNumberVerified': True}")],
  ['a page', text(html, { headers: { 'content-type': 'text/html' } })],
  ['204', { status: 204 }],
  ['201 with true', json({ devicePhoneNumberVerified: true }, 201)],
  ['202 with true', json({ devicePhoneNumberVerified: true }, 202)],
  ['203 with false', json({ devicePhoneNumberVerified: false }, 203)],
  ['302 with true', json({ devicePhoneNumberVerified: true }, 302, { location: '/elsewhere' })],
  ['304', { status: 304 }],
  ['400 with true', json({ devicePhoneNumberVerified: true }, 400)],
  ['403 with false', json({ devicePhoneNumberVerified: false }, 403)],
  ['500 with true', json({ devicePhoneNumberVerified: true }, 500)],
])('%s is no answer', async (_what, answer) => {
  const result = await answers(answer)
  expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'api' })
  expect(result.findings).toHaveLength(1)
  expect(result.findings[0]).toMatchObject({ severity: 'error', step: 'api' })
})

it.each([
  ['an access token without token_type', json({ access_token: 't0ken' })],
  ['an access token under 201', json({ access_token: 't0ken', token_type: 'Bearer' }, 201)],
  [
    'an access token as text/html',
    json({ access_token: 't0ken', token_type: 'bearer' }, 200, { 'content-type': 'text/html' }),
  ],
  ['expires_in: null', json({ access_token: 't0ken', token_type: 'Bearer', expires_in: null })],
])(
  'a token response with %s is gone on with, and warned about when a strict client objects',
  async (_what, answer) => {
    await withGateway({ token: () => answer }, async (gateway) => {
      const { result } = await runFlow(gateway.urls)
      expect(result.outcome).toBe('verified')
      expect(result.findings.filter(({ severity }) => severity !== 'warning')).toEqual([])
      expect(gateway.count('token')).toBe(1)
    })
  },
)
