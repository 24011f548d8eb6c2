// How a link is shown: what auto chose, the QR code on a terminal of some size, in a file, and where the page is.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { decode } from 'fast-png'
import jsqr from 'jsqr'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { Cancelled } from '../../src/errors.ts'
import { createFiles } from '../../src/io/files.ts'
import { chooseWay, type Situation } from '../../src/reach/ways.ts'
import { createTestContext, type TestContext, type TestContextOptions } from '../support/context.ts'
import { lanAddress } from '../support/lan.ts'
import { freePort } from '../support/ports.ts'
import { followChain, startTestSimulator, type TestSimulator } from '../support/simulator.ts'
import { clientVariables } from '../support/variables.ts'

/** The package is CommonJS, and what its types call default is the module itself. */
const readQrCode = jsqr as unknown as typeof jsqr.default

let simulator: TestSimulator
let folder: string

beforeAll(async () => {
  simulator = await startTestSimulator()
  folder = await mkdtemp(join(tmpdir(), 'nv-qr-'))
})

afterAll(async () => {
  await simulator.close()
  await rm(folder, { recursive: true })
})

interface Shown {
  test: TestContext
  exitCode: number
  text: string
}

/** Runs nv on a terminal until it waits for an address, and pastes none. */
async function show(args: string[], options: TestContextOptions = {}): Promise<Shown> {
  const test: TestContext = createTestContext({
    isTerminal: true,
    env: {
      ...clientVariables(simulator),
      ...options.env,
    },
    prompt: {
      paste: () => Promise.reject(new Cancelled('SIGINT')),
    },
    ...Object.fromEntries(Object.entries(options).filter(([name]) => name !== 'env')),
  })
  const files = { ...createFiles(folder), look: test.context.files.look }
  const exitCode = await runProgram({ ...test.context, files }, [
    'verify',
    '+34600000001',
    '--no-color',
    '--no-save',
    ...args,
  ])
  return { test, exitCode, text: test.err() }
}

/** Reads the QR code off a terminal of dark background, two modules a character. */
function scan(text: string): string | undefined {
  const rows = text
    .split('\n')
    .filter((line) => /^[█▀▄ ]{20,}$/.test(line))
    .flatMap((line) =>
      ['▀', '▄'].map((half) => [...line].map((character) => character === '█' || character === half)),
    )
  const scale = 4
  const margin = 2
  const width = ((rows[0]?.length ?? 0) + 2 * margin) * scale
  const height = (rows.length + 2 * margin) * scale
  const data = new Uint8ClampedArray(width * height * 4)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const isLight = rows[Math.floor(y / scale) - margin]?.[Math.floor(x / scale) - margin] ?? false
      data.set(isLight ? [255, 255, 255, 255] : [0, 0, 0, 255], (y * width + x) * 4)
    }
  return readQrCode(data, width, height)?.data
}

async function onLan(): Promise<string[]> {
  const address = `${lanAddress}:${await freePort()}`
  return ['--redirect-uri', `http://${address}/callback`, '--listen', address]
}

describe.skipIf(lanAddress === null)('a link that the phone can reach', () => {
  test('fits 80 × 24 as a QR code, and is what a camera reads', async () => {
    const { text } = await show(await onLan())
    const link = /Scan or open (\S+)/.exec(text)?.[1]
    expect(link).toMatch(/^http:\/\/[\d.]+:\d+\/s\/[\w-]{8}$/)
    expect(scan(text)).toBe(link)
    const code = text.split('\n').filter((line) => /^[█▀▄ ]{20,}$/.test(line))
    // The link, the page, the step, two lines of waiting and the question stand below it.
    expect(code.length + 6).toBeLessThanOrEqual(24)
  })

  test('is in the picture too', async () => {
    const { text, exitCode } = await show([...(await onLan()), '--qr-file', 'qr.png'])
    expect(exitCode).toBe(130)
    const { width, height, data } = decode(await readFile(join(folder, 'qr.png')))
    const rgba = new Uint8ClampedArray([...data].flatMap((value) => [value, value, value, 255]))
    expect(readQrCode(rgba, width, height)?.data).toBe(/Scan or open (\S+)/.exec(text)?.[1])
    expect((await stat(join(folder, 'qr.png'))).mode & 0o777).toBe(0o600)
    // Written before anybody waits.
    expect(text.indexOf('Wrote the QR code to qr.png')).toBeLessThan(text.indexOf('Scan or open'))
  })
})

describe('a link that is long', () => {
  const elsewhere = ['--redirect-uri', 'https://shop.example/callback']

  test.each([
    [80, 24],
    [60, 40],
  ])('is not drawn at %i × %i: link, page and --qr-file are named', async (columns, rows) => {
    const { text, test } = await show(elsewhere, { columns, rows })
    expect(text).not.toMatch(/[█▀▄]/)
    expect(text).toMatch(/Scan it on the page, open the link, or get a\s+picture with\s+--qr-file/)
    expect(text).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/apigateway\/authorize\?\S+$/m)
    expect(/^Page (\S+)/m.exec(text)?.[1]).toBe(test.opened[0])
  })

  test('is drawn where there is room', async () => {
    const { text } = await show(elsewhere, { columns: 120, rows: 60 })
    expect(scan(text)).toBe(/^http:\S+$/m.exec(text)?.[0])
  })

  test('is drawn as SVG', async () => {
    await show([...elsewhere, '--qr-file', 'qr.svg'])
    const svg = await readFile(join(folder, 'qr.svg'), 'utf8')
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 (\d+) \1"/)
    const size = Number(/viewBox="0 0 (\d+)/.exec(svg)?.[1])
    const pixels = new Uint8ClampedArray(size * 4 * size * 4 * 4).fill(255)
    for (const [, x, y, width] of svg.matchAll(/M(\d+) (\d+)h(\d+)v1/g))
      for (let row = 0; row < 4; row++)
        for (let column = 0; column < Number(width) * 4; column++) {
          const place = ((Number(y) * 4 + row) * size * 4 + Number(x) * 4 + column) * 4
          pixels.set([0, 0, 0], place)
        }
    expect(readQrCode(pixels, size * 4, size * 4)?.data).toContain('/authorize?')
  })
})

describe('the page of this machine', () => {
  const elsewhere = ['--redirect-uri', 'https://shop.example/callback']

  test('is opened on a desktop, and only named in a job or where no browser starts', async () => {
    expect((await show(elsewhere)).text).toMatch(/^Page http:\S+ \(opened in the browser\)$/m)
    const inJob = await show(elsewhere, { env: { CI: 'true' } })
    expect(inJob.test.opened).toEqual([])
    expect(inJob.text).toMatch(/^Page http:\S+$/m)
    expect((await show(elsewhere, { open: () => false })).text).toMatch(/^Page http:\S+$/m)
  })

  test.each([
    ['--no-page', ['--no-page'], true],
    ['--no-input', ['--no-input', '--via', 'paste'], true],
    ['direct', ['--via', 'direct'], true],
    ['no terminal', ['--via', 'paste'], false],
  ])('is not there with %s', async (_name, args, isTerminal) => {
    const { test, text } = await show([...elsewhere, ...args], { isTerminal })
    expect([test.opened, /^Page /m.test(text)]).toEqual([[], false])
  })
})

test('without a terminal --page shows it and takes the address, also when there is nothing on standard input', async () => {
  const driving: Array<Promise<[boolean, string]>> = []
  /** Opens the link of the page as a phone would, pastes where that ended, comes back, and watches to the end. */
  const drive = async (url: string) => {
    let version = '1'
    const watchUntil = async (wanted: string) => {
      for (let look = ''; look !== wanted;) {
        const { headers } = await fetch(`${url}?part=live&since=${version}`)
        version = headers.get('x-version') ?? ''
        look = headers.get('x-look') ?? ''
      }
    }
    await watchUntil('waiting')
    const opened = await fetch(`${url}?open`, { redirect: 'manual' })
    const app = 'https://shop.example/callback'
    const { last } = await followChain(opened.headers.get('location') ?? '', { app })
    const body = new URLSearchParams({ address: last instanceof URL ? last.href : '' })
    const back = await fetch(url, { method: 'POST', body })
    await watchUntil('over')
    return [back.redirected, back.url] as [boolean, string]
  }
  const open = (url: string) => driving.push(drive(url)) > 0
  const args = ['--via', 'paste', '--page', '--redirect-uri', 'https://shop.example/callback']
  const { exitCode, test } = await show(args, { isTerminal: false, lines: [], open })
  expect(test.out()).toContain('verified')
  expect([exitCode, await Promise.all(driving)]).toEqual([0, [[true, test.opened[0]]]])
})

test.each([
  [['--via', 'direct', '--qr-file', 'x.png'], '--qr-file does not work with --via direct'],
  [['--via', 'direct', '--go'], '--go does not work with --via direct'],
  [['--via', 'direct', '--page'], '--page does not work with --via direct'],
  [['--via', 'paste', '--qr-file', 'x.gif'], '"x.gif" does not name a picture format'],
])('%j is refused before anything is sent', async (args, words) => {
  const before = simulator.entries.length
  const { exitCode, text } = await show(args)
  expect([exitCode, simulator.entries.length]).toEqual([2, before])
  expect(text).toContain(words)
})

test('a picture that cannot be written is refused before anything is sent', async () => {
  const before = simulator.entries.length
  const { exitCode } = await show(['--via', 'paste', '--qr-file', 'missing/qr.png'])
  expect([exitCode, simulator.entries.length]).toEqual([4, before])
})

describe('auto', () => {
  const here: Situation = {
    needsPhone: true,
    isTerminal: true,
    hasSource: false,
    tunnel: null,
    redirectUri: 'https://nv.example/callback',
    landing: 'here',
    isReady: () => Promise.resolve(false),
  }
  const isReady =
    (...names: string[]) =>
    (name: string) =>
      Promise.resolve(names.includes(name))

  test.each<[string, Partial<Situation>, string, RegExp]>([
    ['a redirect_uri that leads here', {}, 'qr', /leads the phone back to nv/],
    ['a tunnel', { tunnel: 'ngrok', landing: 'itself' }, 'qr', /ngrok lets the phone reach nv/],
    [
      'a redirect_uri on the phone itself',
      { landing: 'itself' },
      'qr',
      /to itself.*paste.*--via adb.*--tunnel/,
    ],
    [
      'the same, with a phone on a cable',
      { landing: 'itself', isReady: isReady('adb') },
      'adb',
      /on the cable/,
    ],
    ['the redirect_uri of an app', { landing: 'elsewhere' }, 'qr', /is not nv: paste/],
    ['no terminal', { isTerminal: false }, 'direct', /no terminal.*--via paste/],
    ['a gateway that takes any device', { needsPhone: false }, 'direct', /any device/],
    ['a modem', { hasSource: true }, 'direct', /nv sends the requests/],
  ])('%s', async (_name, changes, way, why) => {
    const choice = await chooseWay('auto', { ...here, ...changes })
    expect(choice.way).toBe(way)
    expect(choice.why).toMatch(why)
  })

  test('says nothing where the user chose', async () => {
    expect(await chooseWay('paste', here)).toEqual({ way: 'paste', why: null })
  })

  test('is said in a line, with how to choose otherwise; not when quiet', async () => {
    const { text } = await show([])
    expect(text).toMatch(/^via qr: nv's own redirect_uri on 127\.0\.0\.1 leads the phone to itself/)
    expect(text.replaceAll(/\s+/g, ' ')).toContain('(others: --via list)')
    expect((await show(['--quiet'])).text).not.toContain('via qr:')
  })
})
