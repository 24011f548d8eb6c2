// A cloned repository on a real terminal: nv asks before its host gets a secret, and remembers the answer.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { withGateway } from '../support/gateway.ts'
import { runNv } from '../support/process.ts'
import { makeFolder, modeOf } from '../support/store-harness.ts'
import { hasTerminals, startOnTerminal } from '../support/terminal.ts'

it.skipIf(!hasTerminals)('the question is asked once for a host', async () => {
  await withGateway({}, async (gateway) => {
    const { authorizeUrl, tokenUrl, apiUrl } = gateway.urls
    const cwd = makeFolder()
    const store = join(makeFolder(), 'nv')
    const redirectUri = 'https://app.example/callback'
    const settings = { authorizeUrl, tokenUrl, apiUrl, clientId: 'theirs', redirectUri }
    writeFileSync(join(cwd, 'nv.config.json'), JSON.stringify(settings))
    const env = { NV_CLIENT_SECRET: 'canary-secret', NV_CONFIG_DIR: store, NV_SECRET_STORE: 'file' }
    const args = ['verify', '+34600000001', '--via', 'direct']

    expect(await runNv(args, { env, cwd })).toMatchObject({ exitCode: 2, stdout: '' })
    const refusing = await startOnTerminal(args, { env, cwd })
    await refusing.untilShown(/Send it[^]*\?/)
    refusing.type('\r')
    expect(await refusing.ended).toMatchObject({ exitCode: 2 })
    expect(gateway.requests).toEqual([])

    const agreeing = await startOnTerminal(args, { env, cwd })
    await agreeing.untilShown(/Send it[^]*\?/)
    agreeing.type('y\r')
    expect(await agreeing.ended).toMatchObject({ exitCode: 0 })
    expect(readdirSync(store)).toEqual(['hosts.json'])
    expect(modeOf(join(store, 'hosts.json'))).toBe('600')
    expect(JSON.parse(readFileSync(join(store, 'hosts.json'), 'utf8'))).toEqual({ hosts: [gateway.host] })
    expect(await runNv(args, { env, cwd })).toMatchObject({ exitCode: 0 })
  })
})
