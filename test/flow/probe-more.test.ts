// --probe: PKCE the other way round at the authorization endpoint, and the other form of the number at the API.
import { describe, expect, it } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import { hashPhoneNumber } from '../../src/camara/phone-number.ts'
import { diagnose } from '../../src/diagnosis/diagnose.ts'
import { recordingOf } from '../../src/run/run.ts'
import { canary, grantCode, json, queryOf, redirect, runFlow, withGateway } from '../support/gateway.ts'

const number = '+34600000001'

/** Refuses a request with a challenge, at the redirect_uri. */
const refuseChallenge: RequestHandler = (request) => {
  const query = queryOf(request)
  if (!query.has('code_challenge')) return grantCode(request)
  const back = new URL(query.get('redirect_uri') ?? '')
  back.search = String(
    new URLSearchParams({
      error: 'invalid_request',
      error_description: 'code_challenge is not supported',
      state: query.get('state') ?? '',
    }),
  )
  return redirect(back.href)
}

const notes = (events: ReadonlyArray<{ type: string; text?: string }>) =>
  events.flatMap(({ type, text }) => (type === 'note' && text !== undefined ? [text] : []))

describe('PKCE that is refused', () => {
  it('is shown to be what the authorization endpoint refuses, and no code is spent', () =>
    withGateway({ authorize: refuseChallenge }, async (gateway) => {
      const { result, events } = await runFlow(gateway.urls, { probes: true })
      const [first] = result.findings

      expect(first?.code).toBe('pkce_refused')
      expect(first?.cause).toContain('A probe without PKCE was accepted at the authorization endpoint.')
      expect(first?.fix).toContain('--pkce off')
      expect(gateway.count('authorize')).toBe(2)
      expect(gateway.count('token')).toBe(0)
      expect(notes(events)).toEqual(
        expect.arrayContaining([
          'Probing without PKCE: asks to authorize once more, and uses no code that comes',
          'The probe took one request',
        ]),
      )
      expect(result.arrivals).toHaveLength(1)
      expect(diagnose(recordingOf(result))[0]).toEqual(first)
    }))

  it('is asked about under a state of its own', () =>
    withGateway({ authorize: refuseChallenge }, async (gateway) => {
      await runFlow(gateway.urls, { probes: true })
      const states = gateway.requests.map(({ query }) => query.get('state'))

      expect(new Set(states).size).toBe(2)
    }))

  it('with and without: the fix is not to turn it off', () =>
    withGateway(
      { authorize: () => json({ error: 'invalid_request', error_description: 'PKCE must be plain' }, 400) },
      async (gateway) => {
        const { result } = await runFlow(gateway.urls, { probes: true })

        expect(result.findings[0]?.cause).toContain('A probe without PKCE was refused for PKCE too.')
        expect(result.findings[0]?.fix).not.toContain('--pkce off')
      },
    ))

  it('at the token endpoint: only a new run can tell', () =>
    withGateway(
      {
        token: () => json({ error: 'invalid_grant', error_description: 'PKCE verification failed' }, 400),
      },
      async (gateway) => {
        const { result } = await runFlow(gateway.urls, { probes: true })

        expect(result.findings[0]?.code).toBe('invalid_grant')
        expect(result.findings[0]?.cause).toContain(
          'what the token endpoint makes of that, only a new run shows',
        )
        expect(gateway.count('token')).toBe(1)
      },
    ))

  it('that is missing is tried with', () =>
    withGateway(
      {
        authorize: (request) =>
          queryOf(request).has('code_challenge')
            ? grantCode(request)
            : json({ error: 'invalid_request', error_description: 'code_challenge is required' }, 400),
      },
      async (gateway) => {
        const { result } = await runFlow(gateway.urls, { probes: true, profile: { usesPkce: false } })

        expect(result.findings[0]).toMatchObject({ code: 'pkce_refused', fix: 'Use --pkce on.' })
        expect(result.findings[0]?.cause).toContain('A probe with PKCE was accepted')
      },
    ))

  it.each<[string, boolean, RequestHandler]>([
    ['without --probe', false, refuseChallenge],
    ['for another error', true, () => json({ error: 'invalid_scope' }, 400)],
  ])('nothing more is sent: %s', (_, probes, authorize) =>
    withGateway({ authorize }, async (gateway) => {
      await runFlow(gateway.urls, { probes })

      expect(gateway.count('authorize')).toBe(1)
    }),
  )
})

/** Answers each form of the number by itself, or refuses the token the second time. */
const byForm = (plain: ReturnType<typeof json>, hashed: ReturnType<typeof json>): RequestHandler => {
  return ({ body }) => (body.includes('hashedPhoneNumber') ? hashed : plain)
}
const [yes, no] = [true, false].map((value) => json({ devicePhoneNumberVerified: value })) as [
  ReturnType<typeof json>,
  ReturnType<typeof json>,
]
const bad = json({ status: 400, code: 'INVALID_ARGUMENT', message: 'Invalid input' }, 400)
const used = json({ status: 401, code: 'UNAUTHENTICATED', message: 'Token was used' }, 401)

describe('the form of the number', () => {
  it.each<[string, boolean, RequestHandler, string, RegExp, RegExp]>([
    [
      'plain is refused',
      false,
      byForm(bad, no),
      'invalid_argument',
      /only accepts that form/,
      /with --hashed/,
    ],
    [
      'the hash is refused',
      true,
      byForm(yes, bad),
      'invalid_argument',
      /only accepts that form/,
      /without --hashed/,
    ],
    [
      'both are refused',
      false,
      byForm(bad, bad),
      'invalid_argument',
      /the form is not the cause/,
      /--api-version/,
    ],
    ['one use', false, byForm(bad, used), 'invalid_argument', /only a new run can tell/, /with --hashed/],
  ])('%s', (_, isHashed, verify, code, cause, fix) =>
    withGateway({ verify }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, { probes: true, isHashed })
      const [first] = result.findings

      expect(result.outcome).toBe('undetermined')
      expect(first).toMatchObject({
        code,
        cause: expect.stringMatching(cause) as string,
        fix: expect.stringMatching(fix) as string,
      })
      expect(gateway.count('verify')).toBe(2)
      expect(gateway.count('token')).toBe(1)
      expect(diagnose(recordingOf(result))[0]).toEqual(first)
    }),
  )

  it('the hash is answered with false, the number with true: still a mismatch, and a warning', () =>
    withGateway({ verify: byForm(yes, no) }, async (gateway) => {
      const { result, events } = await runFlow(gateway.urls, { probes: true, isHashed: true })

      expect(result.outcome).toBe('mismatch')
      expect(result.findings[0]).toMatchObject({
        code: 'mismatch_explained',
        severity: 'warning',
        title: 'The API says false to the hash, and true to the plain number',
      })
      expect(notes(events)).toContain(
        'Probing with one more request: the number itself, under the same access token',
      )
    }))

  it('both say false', () =>
    withGateway({ verify: byForm(no, no) }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, { probes: true })

      expect(result.findings[0]?.cause).toContain('A probe with the hash returned false too.')
    }))

  it('the probe leaves neither token, number nor hash in what is recorded', () =>
    withGateway({ verify: byForm(bad, yes) }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, { probes: true })
      const text = JSON.stringify(result.exchanges)

      expect(text).not.toContain(canary.accessToken)
      expect(text).not.toContain(number)
      expect(text).not.toContain(await hashPhoneNumber(number))
    }))

  it('is not probed where the answer is true', () =>
    withGateway({ verify: () => yes }, async (gateway) => {
      await runFlow(gateway.urls, { probes: true })

      expect(gateway.count('verify')).toBe(1)
    }))
})
