// --probe: a few harmless requests more where they settle the cause, and never a code twice.
import { describe, expect, it } from 'vitest'
import type { RequestHandler } from '../../src/context.ts'
import { canary, json, runFlow, withGateway } from '../support/gateway.ts'

const formOf = (body: string) => new URLSearchParams(body)
const refuse = () => json({ error: 'invalid_client' }, 401)

/** Takes the secret in the form only. */
const postOnly: RequestHandler = ({ body }) => {
  const form = formOf(body)
  if (!form.has('client_secret')) return refuse()
  return form.get('code') === canary.code
    ? json({ access_token: 'x', token_type: 'Bearer' })
    : json({ error: 'invalid_grant' }, 400)
}

describe('credentials that were refused', () => {
  it('the method that is accepted is named, and no code went twice', () =>
    withGateway({ token: postOnly }, async (gateway) => {
      const { result, events } = await runFlow(gateway.urls, { probes: true })
      expect(result.findings[0]).toMatchObject({
        code: 'invalid_client',
        fix: 'Use --auth-method client_secret_post.',
      })
      const codes = gateway.requests.flatMap(({ path, body }) =>
        path === '/token' ? [formOf(body).get('code')] : [],
      )
      expect(codes.filter((code) => code === canary.code)).toHaveLength(1)
      // The last one shows that the method that was refused is refused for this code too.
      expect(result.exchanges.filter(({ kind }) => kind === 'probe')).toHaveLength(2)
      expect(events).toContainEqual(
        expect.objectContaining({
          type: 'note',
          text: expect.stringContaining('Probing with one more request') as string,
        }),
      )
    }))

  it('none is accepted: the credentials are wrong', () =>
    withGateway({ token: refuse }, async (gateway) => {
      const { result } = await runFlow(gateway.urls, {
        probes: true,
        profile: { clientSecret: 'a+b/c' },
      })
      expect(result.findings[0]?.cause).toMatch(
        /client_secret_post and client_secret_basic_raw were refused too.*is wrong/,
      )
      expect(gateway.count('token')).toBe(3)
    }))

  it.each<[string, boolean, RequestHandler]>([
    ['without --probe', false, refuse],
    ['another refusal', true, () => json({ error: 'invalid_grant' }, 400)],
  ])('nothing more is sent: %s', (_, probes, token) =>
    withGateway({ token }, async (gateway) => {
      await runFlow(gateway.urls, { probes })
      expect(gateway.count('token')).toBe(1)
    }),
  )
})
