// The variables of nv simulate name a redirect_uri that it accepts.
import { expect, test } from 'vitest'
import { runNv } from '../support/process.ts'

const registered = ['https://app.example/callback', 'https://app.example/other']
const flags = registered.flatMap((uri) => ['--redirect-uri', uri])

test('a program gets the first that is registered, and a run with it is verified', async () => {
  const nv = [process.execPath, 'bin/nv.js', 'verify', '+34600000001', '--via', 'direct', '--json']
  const { exitCode, stdout } = await runNv(['simulate', '--port', '0', '--quiet', ...flags, '--', ...nv])
  expect(exitCode).toBe(0)
  expect(JSON.parse(stdout)).toMatchObject({
    outcome: 'verified',
    profile: { redirectUri: 'https://app.example/callback' },
  })
})

test('without any, it is one of this machine', async () => {
  const print = [process.execPath, '-p', 'process.env.NV_REDIRECT_URI']
  const { stdout } = await runNv(['simulate', '--port', '0', '--quiet', '--', ...print])
  expect(stdout).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/callback\n$/)
})
