// What nobody foresaw, and a Node that is too old: one clear end each, also for a program that reads JSON.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Script } from 'node:vm'
import { describe, expect, it, test } from 'vitest'
import { freePort } from '../support/ports.ts'
import { runNv, startNv } from '../support/process.ts'
import { makeFolder } from '../support/store-harness.ts'

/** Makes nv throw that soon as it waits for a phone. */
function crashing(thrown: string): string {
  const source = `const write = process.stderr.write
process.stderr.write = function (text, ...rest) {
  if (/Waiting for/.test(text)) setImmediate(() => { throw ${thrown} })
  return write.call(this, text, ...rest)
}`
  const path = join(makeFolder(), 'crash.mjs')
  writeFileSync(path, source)
  return `--import=${pathToFileURL(path)}`
}

describe('a bug', () => {
  const run = async (thrown: string, ...args: string[]) => {
    const env = {
      NV_AUTHORIZE_URL: 'http://127.0.0.1:9/authorize',
      NV_TOKEN_URL: 'http://127.0.0.1:9/token',
      NV_API_URL: 'http://127.0.0.1:9/api',
      NV_CLIENT_ID: 'id',
      NV_CLIENT_SECRET: 'canary-secret',
      NV_REDIRECT_URI: `http://127.0.0.1:${await freePort()}/callback`,
      NODE_OPTIONS: crashing(thrown),
    }
    return startNv(['verify', '+34600000001', '--via', 'qr', ...args], { env }).finished
  }
  const thrown = 'new Error("at http://a.example/?code=canary-code with canary-secret \\u001b]0;x")'

  it('is exit 70, with the stack and where to report it, and no secret', async () => {
    const { exitCode, stdout, stderr } = await run(thrown)
    expect({ exitCode, stdout }).toEqual({ exitCode: 70, stdout: '' })
    expect(stderr.match(/Please report it/g)).toHaveLength(1)
    expect(stderr).toMatch(/^Error: at http:\/\/a\.example.*\n {4}at /m)
    expect(stderr).not.toContain('canary')
    expect(stderr).not.toContain('\u001b')
  })

  it('prints one JSON object for one who asked for it', async () => {
    const { exitCode, stdout } = await run(thrown, '--json')
    expect(exitCode).toBe(70)
    expect(JSON.parse(stdout)).toEqual({
      schema: 'nv.error/1',
      exitCode: 70,
      error: {
        code: 'bug',
        title: 'This is a bug in nv',
        cause: expect.stringMatching(/^Error: at http/),
        fix: expect.stringContaining('Please report it'),
      },
    })
    expect(stdout).not.toContain('canary')
  })

  it('that throws no error is one too', async () => {
    expect(await run('undefined', '--json')).toMatchObject({ exitCode: 70 })
  })
})

describe('a Node that is too old', () => {
  const program = join(import.meta.dirname, '../../bin/nv.js')
  const pretend = (version: string) => {
    const source = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } })`
    return { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(source)}` }
  }

  test.each(['18.20.8', '20.18.3', '9.0.0'])('%s gets one line', async (version) => {
    for (const args of [['--version'], ['verify', '+34600000001', '--json']]) {
      expect(await runNv(args, { env: pretend(version) })).toEqual({
        exitCode: 4,
        signal: null,
        stdout: '',
        stderr: `nv needs Node.js 20.19 or newer; this is v${version}\n`,
      })
    }
  })

  test.each(['20.19.0', '22.1.0', '100.0.0'])('%s will do', async (version) => {
    expect(await runNv(['--version'], { env: pretend(version) })).toMatchObject({ exitCode: 0, stderr: '' })
  })

  // What is a script to this Node, without import or import.meta, is one to those from before modules too.
  test('can read the file that says so', () => {
    const source = readFileSync(program, 'utf8').replace(/^#!.*/, '')
    expect(() => new Script(source)).not.toThrow()
    expect(source).not.toMatch(/=>|\?\.|\?\?|`|\b(?:const|let|class|async|await)\b/)
  })
})
