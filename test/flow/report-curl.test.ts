// The curl report: pasted into a shell with its variables set, it sends the requests of the run again.
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { maskRun } from '../../src/run/masked.ts'
import { curlReport } from '../../src/report/curl.ts'
import {
  canary,
  type FlowOptions,
  type Gateway,
  grantCode,
  queryOf,
  redirect,
  runFlow,
  withGateway,
} from '../support/gateway.ts'

const hasCurl = existsSync('/usr/bin/curl')

/** Gives what a server looks at of each request. */
function essenceOf({ requests }: Pick<Gateway, 'requests'>) {
  const wanted = ['authorization', 'x-correlator', 'content-type', 'accept', 'user-agent', 'x-api-key']
  return requests.map(({ method, path, query, body, headers }) => ({
    method,
    path,
    query: [...query],
    body: body.startsWith('{') ? body : [...new URLSearchParams(body)],
    headers: headers
      .filter(([name]) => wanted.includes(name))
      .map(String)
      .toSorted(),
  }))
}

function runScript(script: string, env: Record<string, string>): Promise<string> {
  return new Promise((resolve) => {
    execFile(
      'sh',
      ['-c', script],
      { env: { PATH: process.env['PATH'] ?? '', ...env } },
      (_error, stdout, stderr) => resolve(stdout + stderr),
    )
  })
}

/** Two hops inside the gateway, with a cookie between them. */
const chain = (request: Parameters<typeof grantCode>[0]) =>
  queryOf(request).has('hop')
    ? grantCode(request)
    : redirect(`${request.target}&hop=1`, 302, { 'set-cookie': 'journey=1; Path=/' })

const journeys: ReadonlyArray<readonly [string, FlowOptions]> = [
  ['HTTP Basic', { profile: { loginHint: 'tel' } }],
  ['the secret in the body', { profile: { authMethod: 'client_secret_post' } }],
  [
    'a hash, and a header that is a secret',
    {
      isHashed: true,
      profile: { headers: { 'x-api-key': 'canary-key-77' }, secretValues: ['canary-key-77'] },
    },
  ],
]

test.skipIf(!hasCurl).each(journeys)('sends the same requests again: %s', async (_what, options) => {
  await withGateway({ authorize: chain }, async (gateway) => {
    const phoneNumber = '+34600123451'
    const { result } = await runFlow(gateway.urls, { phoneNumber, ...options })
    expect(result.outcome).toBe('verified')
    const sent = essenceOf(gateway)
    const script = curlReport(maskRun(result))
    const [authorize] = gateway.requests
    const form = new URLSearchParams(gateway.requests.find(({ path }) => path === '/token')?.body)
    const api = JSON.parse(gateway.requests.at(-1)?.body ?? '{}') as Record<string, string>
    const env = {
      NV_CLIENT_SECRET: 'canary-client-secret-Zx9',
      NV_CODE: canary.code,
      NV_CODE_VERIFIER: form.get('code_verifier') ?? '',
      NV_STATE: authorize?.query.get('state') ?? '',
      NV_ACCESS_TOKEN: canary.accessToken,
      NV_PHONE_NUMBER: phoneNumber,
      NV_HASHED_PHONE_NUMBER: api['hashedPhoneNumber'] ?? '',
      NV_X_API_KEY: 'canary-key-77',
    }
    for (const value of Object.values(env)) if (value !== '') expect(script).not.toContain(value)
    gateway.requests.length = 0
    await runScript(script, env)
    expect(essenceOf(gateway)).toEqual(sent)
  })
})

test('names every variable that it needs, and what an operator asks for first', async () => {
  await withGateway({}, async (gateway) => {
    const { result } = await runFlow(gateway.urls, {})
    const script = curlReport(maskRun(result))
    const lines = script.split('\n')
    expect(lines[1]).toBe(`# Time: ${result.startedAt}`)
    expect(lines[2]).toBe('# Outcome: verified')
    for (const name of ['CLIENT_SECRET', 'CODE', 'CODE_VERIFIER', 'STATE', 'ACCESS_TOKEN', 'PHONE_NUMBER'])
      expect(lines).toContain(`#   NV_${name}`)
  })
})

test('quotes what a server chose, so that a shell does not run it', async () => {
  const authorize = (request: Parameters<typeof grantCode>[0]) => grantCode(request)
  await withGateway({ authorize }, async (gateway) => {
    const { result } = await runFlow(gateway.urls, {})
    const [first, ...rest] = result.exchanges
    if (!first) throw new Error('Nothing was sent')
    const url = `${gateway.origin}/authorize?x='$(touch /tmp/nv-owned)'\`id\`"`
    const run = { ...result, exchanges: [{ ...first, request: { ...first.request, url } }, ...rest] }
    const printed = await runScript(`set -- ; curl() { printf '%s\\n' "$@"; }; ${curlReport(run)}`, {})
    expect(printed).toContain(`x='$(touch /tmp/nv-owned)'\`id\`"`)
    expect(existsSync('/tmp/nv-owned')).toBe(false)
  })
})
