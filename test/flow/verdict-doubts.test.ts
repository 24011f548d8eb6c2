// What a verdict and a probe do not show is not said.
import { describe, expect, it } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import { json, runFlow, withGateway } from '../support/gateway.ts'

const token = (more: object = {}): RequestHandler => {
  return () => json({ access_token: 'x', token_type: 'Bearer', ...more })
}
const answer = (body: object, headers: Record<string, string> = {}): RequestHandler => {
  return () => json({ devicePhoneNumberVerified: true, ...body }, 200, headers)
}

describe('a verdict', () => {
  it('that is about another number is none', () =>
    withGateway({ verify: answer({ phoneNumber: '+34699999999' }) }, async ({ urls }) => {
      const { result } = await runFlow(urls)
      expect(result).toMatchObject({ outcome: 'undetermined', exitCode: 3, failedStep: 'api' })
      expect(result.findings[0]).toMatchObject({
        code: 'api_unreadable',
        title: expect.stringContaining('beside another number (phoneNumber)') as string,
      })
    }))

  it('that a cache gave is said to be old', () =>
    withGateway({ verify: answer({}, { age: '3600' }) }, async ({ urls }) => {
      const { result } = await runFlow(urls)
      expect(result).toMatchObject({ outcome: 'verified', findings: [{ code: 'answer_cached' }] })
    }))

  it('has its finding first, whatever else was noted before', () =>
    withGateway(
      {
        token: token({ expires_in: 3600, refresh_token: 'refresh-token-of-the-test' }),
        verify: answer({ devicePhoneNumberVerified: false }),
      },
      async ({ urls }) => {
        const { result } = await runFlow(urls)
        expect(result.findings.map(({ code }) => code)).toEqual([
          'mismatch_explained',
          'token_lives_long',
          'refresh_token_given',
        ])
      },
    ))
})

describe('a probe of client authentication', () => {
  const invalidClient = json({ error: 'invalid_client' }, 401)
  const isBogus = (body: string) => new URLSearchParams(body).get('code')?.startsWith('nv-probe') === true

  it('shows nothing where the server looks at the code before the client', () =>
    withGateway(
      { token: ({ body }) => (isBogus(body) ? json({ error: 'invalid_grant' }, 400) : invalidClient) },
      async ({ urls, count }) => {
        const { result } = await runFlow(urls, { probes: true })
        expect(count('token')).toBe(3)
        expect(result.findings[0]?.cause).not.toMatch(/probe|credentials are right/i)
      },
    ))

  it.each<[string, RequestHandler]>([
    ['locked', () => json({ error: 'account_locked', message: 'Too many attempts' }, 401)],
    ['another gate', () => json({ message: 'Access denied due to missing subscription key' }, 401)],
    ['too many requests', () => json({ error: 'invalid_client' }, 429)],
  ])('a refusal of another kind is not one of the credentials: %s', (_, then) =>
    withGateway(
      { token: (request) => (isBogus(request.body) ? then(request) : invalidClient) },
      async ({ urls }) => {
        const { result } = await runFlow(urls, { probes: true, profile: { clientSecret: 'a+b/c' } })
        expect(result.findings[0]?.cause).not.toMatch(/refused too/)
      },
    ),
  )
})
