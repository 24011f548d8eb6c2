// The requests of a run as commands: what test/flow/report-curl.test.ts does not run.
import { describe, expect, test } from 'vitest'
import { curlReport } from '../../../src/report/curl.ts'
import { exchangeOf, stopped } from '../../support/recording.ts'
import { createRun } from '../../support/run.ts'

test.each([
  [
    'client_secret_basic',
    'my+app%2F%C3%A9%27s',
    /^# NV_CLIENT_SECRET has to be form-encoded .* as the client id is\.$/m,
  ],
  ['client_secret_basic_raw', "my app/é's", null],
] as const)('%s: the client id goes into HTTP Basic as nv sent it', (authMethod, sent, note) => {
  const exchange = exchangeOf('token', { form: { grant_type: 'authorization_code' }, status: 200, body: {} })
  const headers = [...exchange.request.headers, ['authorization', 'Basic [redacted]'] as const]
  const script = curlReport(
    createRun(
      {},
      {
        target: {
          clientId: "my app/é's",
          authMethod,
          hasReservedCharacters: true,
        },
        exchanges: [{ ...exchange, request: { ...exchange.request, headers } }],
      },
    ),
  )
  const quoted = `${sent}:`.replaceAll("'", `'\\''`)
  expect(script).toMatch(/--user /)
  expect(script.replaceAll("'", '')).toContain(`--user ${quoted.replaceAll("'", '')}"$NV_CLIENT_SECRET"`)
  if (note === null) expect(script).not.toContain('form-encoded')
  else expect(script).toMatch(note)
})

describe('what a server says in a comment', () => {
  const hostile = 'x; touch PWNED; $(touch PWNED) `touch PWNED` | touch PWNED & \' " > PWNED'
  const exchange = exchangeOf('token', {
    status: 400,
    body: { error: hostile },
    correlator: { sent: 'a', returned: hostile },
  })
  const comments = curlReport(createRun({}, { exchanges: [exchange], end: stopped.token }))
    .split('\n')
    .filter((line) => line.startsWith('# '))

  test('is quoted, since zsh runs a comment that is pasted', () => {
    expect(comments.filter((line) => line.includes('PWNED')).length).toBeGreaterThan(1)
    for (const line of comments) expect(line).toMatch(/^# (?:[\w %+:,./@-]*|'[^']*')$/)
  })
})
