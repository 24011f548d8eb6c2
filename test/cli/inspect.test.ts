// `nv inspect` and `nv explain` as commands: where the thing comes from, what is printed, and the exit code.
import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createTestContext, type TestContextOptions } from '../support/context.ts'
import { makeJwt, nowSeconds } from '../support/inspect.ts'

async function run(args: readonly string[], options: TestContextOptions = {}) {
  const test = createTestContext(options)
  const exitCode = await runProgram(test.context, args)
  return { exitCode, out: test.out(), err: test.err() }
}

const callback = 'https://app.example/cb?code=SplxlOBeZQQYbYS6WxSbIA&state=Zk3u9vRr0aPq'
const denied = 'https://app.example/cb?error=access_denied&error_description=No%1b%5b31m&state=Zk3u9vRr0aPq'

describe('the thing', () => {
  test('is an argument', async () => {
    const { exitCode, out, err } = await run(['inspect', callback])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^A callback with an authorization code {2}callback-url\n/)
    expect(out).not.toContain('SplxlOBeZQQYbYS6WxSbIA')
    expect(err).toBe('')
  })

  test('is a file', async () => {
    const { exitCode, out } = await run(['inspect', 'answer.json'], {
      files: { 'answer.json': '{"devicePhoneNumberVerified":true}' },
    })
    expect(exitCode).toBe(0)
    expect(out).toMatch(/verified/)
  })

  test.each([[['inspect']], [['inspect', '-']]])('is piped in: %j', async (args) => {
    const { exitCode, out } = await run(args, { lines: [callback] })
    expect(exitCode).toBe(0)
    expect(out).toMatch(/callback-url/)
  })

  test('is missing on a terminal', async () => {
    const { exitCode, out, err } = await run(['inspect'], { isTerminal: true })
    expect(exitCode).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/Nothing to inspect/)
  })

  test.each([
    [['inspect', 'missing.har'], /File not found: missing\.har/],
    [['inspect', 'hello world'], /finds nothing that it knows/],
    [['inspect', ''], /It is empty/],
    [['inspect', 'ya29.a0AfH6SMBx1234567890'], /opaque token/],
  ])('is not recognised: %j', async (args, words) => {
    const { exitCode, out, err } = await run(args)
    expect(exitCode).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(words)
  })
})

describe('what is printed', () => {
  test('with findings, the exit code is 1', async () => {
    const { exitCode, out } = await run(['inspect', denied])
    expect(exitCode).toBe(1)
    expect(out).toMatch(/error {2}access_denied/)
    expect(out).not.toContain('\u001b')
  })

  test('as JSON, the whole inspection', async () => {
    const { exitCode, out } = await run(['inspect', denied, '--json'])
    const printed = JSON.parse(out) as Record<string, unknown>
    expect(Object.keys(printed)).toEqual([
      'schema',
      'kind',
      'summary',
      'facts',
      'findings',
      'corrected',
      'exitCode',
    ])
    expect(printed).toMatchObject({
      schema: 'nv.inspection/1',
      kind: 'callback-url',
      corrected: null,
      exitCode: 1,
    })
    expect(exitCode).toBe(1)
    expect(out).not.toContain('\u001b')
  })

  test('as JSON, what is not recognised', async () => {
    const { exitCode, out } = await run(['inspect', 'hello', '--json'])
    expect(exitCode).toBe(2)
    expect(JSON.parse(out)).toMatchObject({
      schema: 'nv.inspection/1',
      kind: 'unknown',
      facts: [],
      findings: [],
      corrected: null,
      exitCode: 2,
    })
  })

  test('a corrected URL stands on a line of its own, to be copied', async () => {
    const { out } = await run([
      'inspect',
      'https://gw.example/authorize?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fapp.example&scope=dpv:A#b',
    ])
    expect(out.trimEnd().split('\n').at(-1)).toBe(
      'https://gw.example/authorize?response_type=code&client_id=a&redirect_uri=https%3A%2F%2Fapp.example&scope=dpv%3AA%23b',
    )
  })
})

describe('keys and profiles', () => {
  const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    .publicKey.export({ format: 'pem', type: 'spki' })
    .toString()
  const jwt = makeJwt({ alg: 'ES256' }, { iss: 'x', sub: 'x', aud: 'y', jti: 'z', exp: nowSeconds + 60 })

  test('a signature is checked with --keys', async () => {
    const { exitCode, out } = await run(['inspect', jwt, '--keys', 'keys.pem'], {
      files: { 'keys.pem': pem },
    })
    expect(exitCode).toBe(1)
    expect(out).toMatch(/does not match the given keys/)
  })

  test('a file of --keys that is missing is named', async () => {
    const { exitCode, err } = await run(['inspect', jwt, '--keys', 'keys.pem'])
    expect(exitCode).toBe(2)
    expect(err).toMatch(/keys\.pem/)
  })

  test('a profile says what to compare with', async () => {
    const { out } = await run(['inspect', jwt, '--profile', 'sandbox-mock'])
    expect(out).toMatch(/The iss of the JWT is "x"/)
  })

  test('a profile that is unknown is an error', async () => {
    expect((await run(['inspect', jwt, '--profile', 'unknown'])).exitCode).toBe(2)
  })
})

describe('nv explain', () => {
  test('lists every code by theme', async () => {
    const { exitCode, out } = await run(['explain'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/^This machine and the network\n {2}host_not_found +/)
    expect(out).toMatch(/\n {2}invalid_grant +\S/)
  })

  test('explains one', async () => {
    const { exitCode, out } = await run(['explain', 'invalid_grant'])
    expect(exitCode).toBe(0)
    expect(out).toMatch(/Why[^]*Do[^]*See/)
    expect(JSON.parse((await run(['explain', 'invalid_grant', '--json'])).out)).toMatchObject({
      schema: 'nv.explanation/1',
      code: 'invalid_grant',
      severity: 'error',
    })
  })

  test('suggests a code for one that does not exist', async () => {
    const { exitCode, out, err } = await run(['explain', 'invalid_gant'])
    expect(exitCode).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/Perhaps invalid_grant/)
  })
})
