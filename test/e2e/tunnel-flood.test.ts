// A program of a tunnel that prints without end: nv still hears a signal, and what reaches it.
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect, it } from 'vitest'
import { untilGone } from '../support/gone.ts'
import { startNv } from '../support/process.ts'
import { promptly } from '../support/promptly.ts'
import { makeFolder } from '../support/store-harness.ts'

it.skipIf(process.platform === 'win32')('ends within a second beside a tunnel that floods it', async () => {
  const folder = makeFolder()
  const pidFile = join(folder, 'pid')
  const program = join(folder, 'cloudflared')
  writeFileSync(
    program,
    `#!/bin/sh\necho $$ >'${pidFile}'\nexec yes 'INF see https://www.cloudflare.example for more'\n`,
  )
  chmodSync(program, 0o755)
  const nv = startNv(
    ['verify', '+34600000001', '--profile', 'sandbox-mock', '--via', 'qr', '--tunnel', 'cloudflared'],
    { env: { PATH: `${folder}:/usr/bin:/bin` } },
  )
  while (!existsSync(pidFile) || readFileSync(pidFile, 'utf8') === '') await delay(10)
  // So that it has printed a good deal.
  await delay(500)
  nv.process.kill('SIGINT')
  expect((await promptly(1800, nv.finished)).exitCode).toBe(130)
  await untilGone(Number(readFileSync(pidFile, 'utf8')))
})
