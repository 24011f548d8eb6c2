// Runs a check in this process against a gateway that a test bends as it needs.
import { type CheckEvent, runCheck } from '../../src/flow/check.ts'
import type { CheckInput } from '../../src/flow/checks/check-input.ts'
import type { CheckLine, CheckName, CheckReport } from '../../src/run/check.ts'
import type { Target } from '../../src/target/target.ts'
import { createTestContext, type TestContext, type TestContextOptions } from './context.ts'
import { testProfile } from './flow.ts'
import { appRedirectUri, type Gateway, json } from './gateway.ts'

export interface CheckedTest extends TestContext {
  report: CheckReport
  events: CheckEvent[]
  line(name: CheckName): CheckLine
}

export interface CheckOptions extends TestContextOptions, Partial<Omit<CheckInput, 'target'>> {
  profile?: Partial<Target>
}

/** What a gateway answers to a check when all is well. */
export const goodAnswers = {
  '/token': () => json({ error: 'invalid_grant', error_description: 'unknown code' }, 400),
  '/number-verification/v2/verify': () =>
    json({ status: 401, code: 'UNAUTHENTICATED', message: 'Token unknown' }, 401),
} as const

/** Checks a profile for a gateway on loopback. */
export async function checkGateway(urls: Gateway['urls'], options: CheckOptions = {}): Promise<CheckedTest> {
  const {
    profile,
    grants = ['authorization-code'],
    missing = [],
    obstacles = [],
    timeoutMs = 60_000,
  } = options
  const test = createTestContext(options)
  const events: CheckEvent[] = []
  const input = {
    target: testProfile({ ...urls, backchannelUrl: '' }, { redirectUri: appRedirectUri, ...profile }),
    grants,
    missing,
    obstacles,
    timeoutMs,
  }
  const report = await runCheck(test.context, input, (event) => events.push(event))
  const line = (name: CheckName) => {
    const found = report.checks.find((candidate) => candidate.name === name)
    if (found === undefined) throw new Error(`There is no line ${name}`)
    return found
  }
  return { ...test, report, events, line }
}
