// The HTTP programs of Telefónica's sample page, as people paste them, against nv simulate.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { hasChromium, connectToChromium } from '../support/chromium.ts'
import { freePort } from '../support/ports.ts'
import { type RunningProgram, startNv, startProgram } from '../support/process.ts'
import { followChain, scopeOf } from '../support/simulator.ts'
import {
  type Addresses,
  hasSamplePage,
  readExpressBackend,
  readFetchFrontend,
  readFlaskBackend,
  readFormFrontend,
} from '../support/sample-page.ts'

/** The folder in which Express is installed; CI gives one, since the project does not need it. */
const oracles = process.env['NV_TEST_ORACLES'] ?? ''
const hasExpress = existsSync(join(oracles, 'node_modules/express'))
const python = hasSamplePage ? findPython() : null

/** Gives a Python that has what the backend imports: the first of the PATH, or Debian's. */
function findPython(): string | null {
  const probe = 'import sys, flask, requests; print(sys.executable)'
  const found = ['python3', '/usr/bin/python3'].map((name) =>
    spawnSync(name, ['-c', probe], { encoding: 'utf8' }),
  )
  return found.find(({ status }) => status === 0)?.stdout.trim() ?? null
}

interface Backend {
  name: string
  canRun: boolean
  /** What it needs. */
  needs: string
  /** What it says when it listens. */
  ready: RegExp
  read: (addresses: Addresses) => string
  start: (folder: string, code: string) => Promise<RunningProgram>
  /** What the log says that it does wrong at the token endpoint. */
  broken: string[]
  /** The error that it gets there from a gateway that overlooks nothing. */
  refusal: string
}

const backends: Backend[] = [
  {
    name: 'Flask',
    needs: 'Python with flask and requests',
    canRun: python !== null,
    ready: /Running on http/,
    read: readFlaskBackend,
    start: async (folder, code) => {
      await writeFile(join(folder, 'backend.py'), code)
      return startProgram(python ?? '', ['-u', 'backend.py'], { cwd: folder })
    },
    broken: ['redirect_uri left out'],
    refusal: 'invalid_grant',
  },
  {
    name: 'Express',
    needs: 'NV_TEST_ORACLES',
    canRun: hasExpress,
    ready: /callback URL is running/,
    read: readExpressBackend,
    start: async (folder, code) => {
      await writeFile(join(folder, 'backend.mjs'), code)
      await symlink(join(oracles, 'node_modules'), join(folder, 'node_modules'))
      return startProgram(process.execPath, ['backend.mjs'], { cwd: folder })
    },
    broken: ['redirect_uri left out', 'a JSON body under a form content type'],
    refusal: 'invalid_request',
  },
]

interface Frontend {
  name: string
  canRun: boolean
  run: (folder: string, addresses: Addresses, phoneNumber: string) => Promise<void>
}

let browser: Browser | undefined

const frontends: Frontend[] = [
  {
    name: 'fetch in Node',
    canRun: true,
    run: async (folder, addresses, phoneNumber) => {
      await writeFile(join(folder, 'frontend.mjs'), readFetchFrontend(addresses, phoneNumber))
      const program = startProgram(process.execPath, ['frontend.mjs'], { cwd: folder })
      expect(await program.finished).toMatchObject({ exitCode: 0, stderr: '' })
    },
  },
  {
    name: "fetch in Chromium, on a page of the app's (skipped without Chromium)",
    canRun: hasChromium,
    run: (folder, addresses, phoneNumber) =>
      visit(folder, addresses, `<script>${readFetchFrontend(addresses, phoneNumber)}</script>`),
  },
  {
    name: 'the HTML form in Chromium (skipped without Chromium)',
    canRun: hasChromium,
    run: (folder, addresses, phoneNumber) =>
      visit(folder, addresses, readFormFrontend(addresses), phoneNumber),
  },
]

/** Opens a page that the app's own server publishes; types the number and sends the form, if there is one. */
async function visit(folder: string, { app }: Addresses, html: string, typed?: string): Promise<void> {
  await mkdir(join(folder, 'static'), { recursive: true })
  await writeFile(join(folder, 'static', 'page.html'), html)
  const page = await browser?.newPage()
  if (!page) throw new Error('There is no browser')
  const arrives = page.waitForRequest(new RegExp('/numberverification-callback\\?'))
  await page.goto(`${app}/static/page.html`)
  if (typed !== undefined) {
    await page.fill('input[name=state]', typed)
    await page.click('button[type=submit]')
  }
  await (await arrives).response()
  await page.close()
}

interface Running {
  addresses: Addresses
  folder: string
  simulator: RunningProgram
  backend: RunningProgram
}

async function startBoth(
  { read, start, ready }: Backend,
  simulatorArgs: readonly string[],
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), 'nv-samples-'))
  const simulator = startNv([
    'simulate',
    '--port',
    '0',
    '--client',
    'my-app-id:my-app-secret',
    ...simulatorArgs,
  ])
  const [, gateway = ''] = await simulator.untilStdout(/listens at (\S+)/)
  const addresses = { gateway, app: `http://127.0.0.1:${await freePort()}` }
  const backend = await start(folder, read(addresses))
  await Promise.race([backend.untilStdout(ready), backend.untilStderr(ready)])
  return { addresses, folder, simulator, backend }
}

async function stopBoth(running: Running | undefined): Promise<void> {
  if (!running) return
  for (const program of [running.backend, running.simulator]) {
    program.process.kill()
    await program.finished
  }
  await rm(running.folder, { recursive: true })
}

beforeAll(async () => {
  if (hasSamplePage && hasChromium) browser = await connectToChromium()
})

afterAll(() => browser?.close())

const titled = backends.map(
  (sample) => [`${sample.name} (skipped without ${sample.needs} or the page)`, sample] as const,
)

describe.skipIf(!hasSamplePage).each(titled)('the backend in %s', (_title, sample) => {
  describe.skipIf(!sample.canRun)('with the frontend', () => {
    let running: Running
    let verdictCount = 0

    beforeAll(async () => {
      running = await startBoth(sample, [])
    })

    afterAll(() => stopBoth(running))

    describe.each(frontends.map((frontend) => [frontend.name, frontend] as const))(
      '%s',
      (_name, { canRun, run }) => {
        test.skipIf(!canRun).each([
          ['+34600000001', 'verified', 'true'],
          ['+34600000002', 'does not match mobile line', 'false'],
        ])('%s: the program prints %s', async (phoneNumber, verdict, answer) => {
          const { folder, addresses, backend, simulator } = running
          const logged = simulator.written.stderr.length
          await run(folder, addresses, phoneNumber)
          // A program of the page prints the same for a mismatch and for an error, so the log has to tell them apart.
          const [, printed] = await backend.untilStdout(
            new RegExp(`(?:[^]*?^Phone number (.*)$){${++verdictCount}}`, 'm'),
          )
          expect(printed).toBe(verdict)
          const log = simulator.written.stderr.slice(logged)
          expect(log).toMatch(new RegExp(`POST /apigateway/number-verification/v0/verify 200 ${answer}`))
          const token = /POST \/apigateway\/token 200 .*/.exec(log)?.[0]
          for (const rule of sample.broken) expect(token).toContain(rule)
        })
      },
    )
  })

  test.skipIf(!sample.canRun)('is refused by --strict', async () => {
    const running = await startBoth(sample, ['--strict'])
    try {
      const { gateway, app } = running.addresses
      const callback = `${app}/numberverification-callback`
      const query = {
        client_id: 'my-app-id',
        response_type: 'code',
        scope: scopeOf.v0,
        redirect_uri: callback,
        state: '+34600000001',
      }
      const { last } = await followChain(`${gateway}/authorize?${new URLSearchParams(query)}`, {
        app: callback,
      })
      await fetch(last as URL)
      const [, error] = await running.simulator.untilStderr(/POST \/apigateway\/token 400 (\w+)/)
      expect(error).toBe(sample.refusal)
    } finally {
      await stopBoth(running)
    }
  })
})
