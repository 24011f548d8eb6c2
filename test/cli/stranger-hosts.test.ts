// A repository's nv.config.json alone has no credential of the user sent to its host.
import { statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { createStore } from '../../src/io/store.ts'
import type { Run } from '../../src/run/run.ts'
import { createTestContext, createTestStore, type TestContextOptions } from '../support/context.ts'
import { type Gateway, withGateway } from '../support/gateway.ts'
import { makeFolder } from '../support/store-harness.ts'

const canary = 'canary-secret-Zx9'

const settingsOf = ({ urls: { authorizeUrl, tokenUrl, apiUrl } }: Gateway) => ({
  authorizeUrl,
  tokenUrl,
  apiUrl,
  clientId: 'theirs',
  redirectUri: 'https://app.example/callback',
})

/** Runs `nv verify` in a folder with that file. */
async function verify(content: object, args: readonly string[] = [], options: TestContextOptions = {}) {
  const files = { '/nowhere/nv.config.json': JSON.stringify(content), 'token.txt': 'sim-token' }
  const env = { NV_CLIENT_SECRET: canary, ...options.env }
  const test = createTestContext({ ...options, env, files: { ...files, ...options.files } })
  const all = ['verify', '+34600000001', '--via', 'direct', '--json', ...args]
  const exitCode = await runProgram(test.context, all)
  return { exitCode, run: JSON.parse(test.out()) as Run, err: test.err() }
}

const asTeam = (gateway: Gateway) => ({ profile: 'team', profiles: { team: settingsOf(gateway) } })

describe('without a terminal', () => {
  it.each<[string, (gateway: Gateway) => object, string[]]>([
    ['the profile that the file chooses', asTeam, []],
    ['the defaults of the file', settingsOf, []],
    [
      'the issuer of the file',
      ({ origin, urls }) => ({
        issuer: origin,
        apiUrl: urls.apiUrl,
        clientId: 'x',
        redirectUri: 'https://a.example/',
      }),
      [],
    ],
    [
      'an operator token',
      ({ urls, ...gateway }) => ({
        ...settingsOf({ urls, ...gateway }),
        backchannelUrl: urls.backchannelUrl,
        authMethod: 'none',
      }),
      ['--operator-token', 'token.txt'],
    ],
  ])('%s: exit 2, and not one request', async (_what, contentOf, args) => {
    await withGateway({}, async (gateway) => {
      const via = args.length === 0 ? [] : ['--via', 'auto']
      const { exitCode, run } = await verify(contentOf(gateway), [...args, ...via])
      expect(exitCode).toBe(2)
      expect(run.findings).toMatchObject([
        { code: 'destination_not_confirmed', title: expect.stringContaining(gateway.host) as string },
      ])
      expect(JSON.stringify(run)).not.toContain(canary)
      expect(gateway.requests).toEqual([])
    })
  })

  it('nv check sends nothing either', async () => {
    await withGateway({}, async (gateway) => {
      const files = { '/nowhere/nv.config.json': JSON.stringify(asTeam(gateway)) }
      const { context, err, out } = createTestContext({ env: { NV_CLIENT_SECRET: canary }, files })
      expect(await runProgram(context, ['check', '--json'])).toBe(2)
      expect(out() + err()).toContain('destination_not_confirmed')
      expect(gateway.requests).toEqual([])
    })
  })

  it('also on a terminal under --no-input', async () => {
    await withGateway({}, async (gateway) => {
      const { exitCode } = await verify(asTeam(gateway), ['--no-input'], { isTerminal: true })
      expect(exitCode).toBe(2)
      expect(gateway.requests).toEqual([])
    })
  })

  it.each<[string, string[], Record<string, string>]>([
    ['--profile', ['--profile', 'team'], {}],
    ['NV_PROFILE', [], { NV_PROFILE: 'team' }],
  ])('goes on where the user names the profile with %s, and says where it goes', async (_how, args, env) => {
    await withGateway({}, async (gateway) => {
      const { exitCode, err } = await verify(asTeam(gateway), args, { env })
      expect(exitCode).toBe(0)
      expect(err).toContain(`The secret in NV_CLIENT_SECRET goes to ${gateway.host}, as nv.config.json says`)
    })
  })

  it('goes on where the user names the host', async () => {
    await withGateway({}, async (gateway) => {
      const { tokenUrl } = gateway.urls
      const args = ['--profile', 'team', '--token-url', tokenUrl]
      const evil = {
        ...asTeam(gateway),
        profiles: { team: { ...settingsOf(gateway), tokenUrl: 'http://127.0.0.1:1/' } },
      }
      expect((await verify(evil, args)).exitCode).toBe(0)
    })
  })

  it('goes on where no credential is the user’s', async () => {
    await withGateway({}, async (gateway) => {
      const settings = { ...settingsOf(gateway), authMethod: 'none' }
      expect((await verify(settings, [], { env: { NV_CLIENT_SECRET: '' } })).exitCode).toBe(0)
    })
  })
})

describe('on a terminal', () => {
  it('asks once for a host, and remembers a yes', async () => {
    await withGateway({}, async (gateway) => {
      const asked: string[] = []
      const confirm = ({ message }: { message: string }) => {
        asked.push(message)
        return Promise.resolve(true)
      }
      const options = { isTerminal: true, store: createTestStore(), prompt: { confirm } }
      for (let i = 0; i < 2; i++) expect((await verify(asTeam(gateway), [], options)).exitCode).toBe(0)
      expect(asked).toEqual([
        `nv.config.json names ${gateway.host}. Send it the secret in NV_CLIENT_SECRET? (nv remembers yes)`,
      ])
      const { prompt: _, ...withoutPrompt } = options
      expect((await verify(asTeam(gateway), [], { ...withoutPrompt, isTerminal: false })).exitCode).toBe(0)
    })
  })

  it('sends nothing after a no, and asks again', async () => {
    await withGateway({}, async (gateway) => {
      let count = 0
      const confirm = () => {
        count++
        return Promise.resolve(false)
      }
      const options = { isTerminal: true, store: createTestStore(), prompt: { confirm } }
      for (let i = 0; i < 2; i++) expect((await verify(asTeam(gateway), [], options)).exitCode).toBe(2)
      expect(count).toBe(2)
      expect(gateway.requests).toEqual([])
    })
  })
})

describe('what is remembered', () => {
  const open = (folder: string) =>
    createStore({ env: { NV_CONFIG_DIR: folder }, platform: process.platform, homeDirectory: '/nonexistent' })
      .hosts

  it('is in a file that only the user can read, and is there for the next process', async () => {
    const folder = join(makeFolder(), 'new')
    expect(await open(folder).read()).toEqual([])
    await open(folder).add('a.example')
    await Promise.all([open(folder).add('b.example'), open(folder).add('a.example')])
    expect(await open(folder).read()).toEqual(['a.example', 'b.example'])
    expect(statSync(join(folder, 'hosts.json')).mode & 0o777).toBe(0o600)
  })

  it.each(['{', '[]', 'null', '{"hosts":[1]}'])('is refused when it is damaged: %s', async (text) => {
    const folder = makeFolder()
    writeFileSync(join(folder, 'hosts.json'), text)
    await expect(open(folder).read()).rejects.toMatchObject({ problem: { code: 'store_damaged' } })
  })
})
