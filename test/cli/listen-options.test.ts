// --listen and --tunnel on the command line: what is said before anything is sent.
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { Cancelled } from '../../src/errors.ts'
import { createTestContext } from '../support/context.ts'
import { freePort } from '../support/ports.ts'

const gateway = {
  NV_AUTHORIZE_URL: 'http://127.0.0.1:9/authorize',
  NV_TOKEN_URL: 'http://127.0.0.1:9/token',
  NV_API_URL: 'http://127.0.0.1:9/api',
  NV_CLIENT_ID: 'id',
  NV_CLIENT_SECRET: 'secret',
}

async function run(args: string[], isTerminal = true) {
  const test = createTestContext({
    isTerminal,
    env: gateway,
    prompt: { paste: () => Promise.reject(new Cancelled('SIGINT')) },
    // A machine that is in no network.
    network: {
      interfaces: () => [{ name: 'lo', addresses: ['127.0.0.1'] }],
      isLocal: () => Promise.resolve(true),
    },
  })
  const exitCode = await runProgram(test.context, [
    'verify',
    '+34600000001',
    '--no-color',
    '--no-save',
    '--no-page',
    ...args,
  ])
  return { exitCode, text: test.err().replaceAll(/\s+/g, ' ') }
}

describe('--listen', () => {
  it('on every address says as auto that the default redirect_uri leads the phone to itself', async () => {
    const { text } = await run(['--listen', `0.0.0.0:${await freePort()}`])
    expect(text).toContain("via qr: nv's own redirect_uri on 127.0.0.1 leads the phone to itself")
  })

  it('lan leads the phone back to nv, and where no network is one, nv says so: exit 4', async () => {
    const { exitCode, text } = await run(['--listen', 'lan'])
    expect(text).toContain("via qr: nv's own redirect_uri on lan leads the phone back to nv")
    expect(text).not.toContain('to itself')
    expect(text).toContain('This machine is in no network that a phone could share')
    expect(exitCode).toBe(4)
  })
})

describe('--tunnel', () => {
  it('decides for auto, also without a terminal; a program that is not there is exit 4', async () => {
    for (const isTerminal of [true, false]) {
      const { exitCode, text } = await run(['--tunnel', 'cloudflared'], isTerminal)
      expect(text).toContain('via qr: cloudflared lets the phone reach nv')
      expect(text).toContain('cloudflared is not on PATH')
      expect(exitCode).toBe(4)
    }
  })

  it.each([
    [['--tunnel', 'localtunnel'], '"localtunnel" is not a tunnel that nv can start'],
    [['--tunnel', 'ssh'], '"ssh" is not a tunnel that nv can start'],
    [['--tunnel', 'ngrok', '--via', 'direct'], '--tunnel does not work with --via direct'],
    [['--tunnel', 'ngrok', '--operator-token', 'x'], "--tunnel can't be combined with --operator-token"],
  ])('%j is exit 2', async (args, words) => {
    const { exitCode, text } = await run(args)
    expect(text).toContain(words)
    expect(exitCode).toBe(2)
  })
})
