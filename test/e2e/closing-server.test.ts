// A fresh process against a server that ends every connection at once, before Node's parser is even loaded.
import { expect, it } from 'vitest'
import { startBrokenServer } from '../support/broken-server.ts'
import { runNv } from '../support/process.ts'

it.each(['end', 'destroy'] as const)('%s: the run ends long before its time is out', async (ending) => {
  const server = await startBrokenServer(() => {})
  server.onConnection((socket) => socket[ending]())
  const { origin } = server
  const args = ['--client-id', 'my-app', '--redirect-uri', 'https://app.example/callback', '--via', 'direct']
  const urls = [
    '--authorize-url',
    `${origin}/authorize`,
    '--token-url',
    `${origin}/token`,
    '--api-url',
    origin,
  ]
  const { exitCode, stdout } = await runNv(['verify', '+34600000001', '--json', ...args, ...urls], {
    env: { NV_CLIENT_SECRET: 's3cret-value' },
  })
  expect(exitCode).toBe(3)
  expect(JSON.parse(stdout)).toMatchObject({ findings: [{ code: 'connection_lost', step: 'authorize' }] })
  expect((JSON.parse(stdout) as { durationMs: number }).durationMs).toBeLessThan(15_000)
  await server.close()
})
