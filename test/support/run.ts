// Makes runs for the tests of what is kept and shown of them.
import type { Run } from '../../src/run/run.ts'
import { conclude } from '../../src/flow/conclude.ts'
import { stepNames } from '../../src/run/recording.ts'
import {
  chainOf,
  exchangeOf,
  gatewayOrigin,
  granted,
  recordingOf,
  redirectUri,
  type RecordingParts,
} from './recording.ts'

const tool = { name: 'nv-cli', version: '0.0.0-test', node: 'v20.19.0', platform: 'test' }
const correlator = {
  sent: '6f1a0e0c-0000-4000-8000-000000000001',
  returned: '6f1a0e0c-0000-4000-8000-000000000001',
}

/** The exchanges of a run that went well: through the operator's network, to the token, to the API. */
export const goodExchanges = [
  ...chainOf(
    [
      `${gatewayOrigin}/authorize?client_id=my-app&state=[redacted]`,
      'https://operator.example/identify?journey=7',
      `${gatewayOrigin}/callback?code=[redacted]`,
    ],
    { status: 302, headers: { location: `${redirectUri}?code=[redacted]&state=[redacted]` } },
  ),
  granted(
    {},
    { startedMs: 300, tookMs: 40, correlator, form: { code: '[redacted]', redirect_uri: redirectUri } },
  ),
  exchangeOf('api', {
    startedMs: 360,
    tookMs: 30,
    status: 200,
    headers: { 'content-type': 'application/json', 'set-cookie': 'session=[redacted]; Path=/; HttpOnly' },
    body: { devicePhoneNumberVerified: true },
    correlator: { ...correlator, returned: null },
  }),
].map((exchange, index) => ({ ...exchange, id: index + 1 }))

/** Makes the Run of a recording in a few words; it was verified unless a test says otherwise. */
export function createRun(changes: Partial<Run> = {}, parts: RecordingParts = {}): Run {
  const recording = recordingOf({
    steps: stepNames.map((name, index) => ({
      name,
      status: 'ok' as const,
      startedMs: index * 100,
      durationMs: 90,
      detail: `${name} went well`,
    })),
    exchanges: goodExchanges,
    end: { kind: 'answered', answer: 'verified' },
    ...parts,
  })
  const run = conclude(
    { tool, random: (count) => new Uint8Array(count).fill(7) },
    { steps: stepNames },
    { recording, durationMs: 400, phoneNumber: '+34*******01' },
  )
  return { ...run, ...changes }
}
