// nv verify --keep at a port that others reach: what strangers send is nobody's attempt, and changes no exit code.
import { expect, test } from 'vitest'
import { freePort } from '../support/ports.ts'
import { startNv } from '../support/process.ts'

test.each([
  ['an error with another state', '/callback?error=access_denied&state=another', 130],
  ['an error at another path', '/other?error=access_denied', 130],
  ['a code with another state', '/callback?code=abc&state=another', 130],
  ['an error of the gateway that lost the state', '/callback?error=access_denied', 3],
])('%s', async (_what, target, exitCode) => {
  const origin = `http://127.0.0.1:${await freePort()}`
  const nv = startNv('verify +34600000001 --profile sandbox-mock --via qr --keep --timeout 1s'.split(' '), {
    env: { NV_REDIRECT_URI: `${origin}/callback` },
  })
  await nv.untilStderr(/Waiting for the phone/)
  await fetch(origin + target)
  await nv.untilStderr(/Waiting for the phone[^]*Waiting for the phone/)
  nv.process.kill('SIGINT')
  expect((await nv.finished).exitCode).toBe(exitCode)
})
