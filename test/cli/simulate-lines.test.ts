// nv simulate --mode, --line and --lines: what they take, and what they say about the rest.
import { describe, expect, it } from 'vitest'
import { runProgram } from '../../src/cli/program.ts'
import { readLines } from '../../src/cli/simulate/lines.ts'
import { Cancelled, exitCodes } from '../../src/errors.ts'
import type { Line } from '../../src/simulator/operator/lines.ts'
import { createTestContext } from '../support/context.ts'

const plain: Line = {
  phoneNumber: '+34600000001',
  operator: 'Operator One',
  address: null,
  operatorToken: null,
  hasConsented: true,
  secondSim: null,
}
const full = {
  ...plain,
  operator: 'Movistar',
  address: '127.0.0.2',
  operatorToken: 'token-1',
  hasConsented: false,
  secondSim: '+34600000009',
}

/** Reads lines from flags and from the content of a file. */
function read(flags: string[], file?: unknown): Promise<readonly Line[] | undefined> {
  const content = typeof file === 'string' ? file : JSON.stringify(file)
  const { context } = createTestContext({ files: file === undefined ? {} : { 'lines.json': content } })
  return readLines(context, { mode: 'network', path: file === undefined ? undefined : 'lines.json', flags })
}

describe('the lines', () => {
  it('are left to the simulator when none is given', async () => {
    expect(await read([])).toBeUndefined()
  })

  it.each<[string, string[], unknown, Line[]]>([
    ['a number alone', ['+34600000001'], undefined, [plain]],
    [
      'a whole flag',
      [
        '+34600000001,operator=Movistar,address=127.0.0.2,sim-token=token-1,consent=no,second-sim=+34600000009',
      ],
      undefined,
      [full],
    ],
    [
      'an equals sign in a value',
      ['+34600000001,sim-token=a=b'],
      undefined,
      [{ ...plain, operatorToken: 'a=b' }],
    ],
    ['an IPv6 address', ['+34600000001,address=FE80:0::1'], undefined, [{ ...plain, address: 'fe80::1' }]],
    [
      'an IPv4 one inside it',
      ['+34600000001,address=::ffff:127.0.0.2'],
      undefined,
      [{ ...plain, address: '127.0.0.2' }],
    ],
    [
      'a file',
      [],
      { lines: [{ phoneNumber: '+34600000001' }, { ...full, phoneNumber: '+34600000002' }] },
      [plain, { ...full, phoneNumber: '+34600000002' }],
    ],
    [
      'a file and a flag',
      ['+34600000002'],
      { lines: [plain] },
      [plain, { ...plain, phoneNumber: '+34600000002' }],
    ],
  ])('%s', async (_what, flags, file, lines) => {
    expect(await read(flags, file)).toEqual(lines)
  })
})

describe('what is refused', () => {
  const number = '+34600000001'

  it.each<[string[], unknown, string]>([
    [['600'], undefined, 'the number of --line 600 must be in E.164, as in +34600000001, but is "600".'],
    [[''], undefined, 'the number of --line  must be in E.164'],
    [
      [`${number},address=localhost`],
      undefined,
      `address of --line ${number} must be an IPv4 or an IPv6 address, as in 127.0.0.2, but is "localhost".`,
    ],
    [[`${number},address=127.0.0.02`], undefined, 'but is "127.0.0.02".'],
    [[`${number},address=1::2::3`], undefined, 'but is "1::2::3".'],
    [
      [`${number},consent=maybe`],
      undefined,
      `consent of --line ${number} must be yes or no, but is "maybe".`,
    ],
    [[`${number},operator=`], undefined, `operator of --line ${number} must not be empty, but is "".`],
    [
      [`${number},name=x`],
      undefined,
      `--line ${number} has an unknown part "name"; the parts are operator=, address=`,
    ],
    [[`${number},operator`], undefined, 'has an unknown part "operator"; the parts are operator=, address='],
    [[`${number},constructor=x`], undefined, 'has an unknown part "constructor"'],
    [[`${number},consent=no,consent=yes`], undefined, `--line ${number} has consent= twice.`],
    [[number, number], undefined, `Two SIMs have the same number, ${number}.`],
    [[`${number},second-sim=${number}`], undefined, `Two SIMs have the same number, ${number}.`],
    [
      [`${number},address=::1`, '+34600000002,address=0::1'],
      undefined,
      'Two lines have the same address, ::1.',
    ],
    [[`${number},sim-token=a`, '+34600000002,sim-token=a'], undefined, 'Two lines have the same SIM token.'],
    [
      [],
      { lines: [{ phoneNumber: number }, { phoneNumber: 600 }] },
      'lines[1].phoneNumber of lines.json must be a text, but is 600.',
    ],
    [[], { lines: [{ operator: 'Movistar' }] }, 'lines[0].phoneNumber of lines.json is missing.'],
    [[], { lines: [{ phoneNumber: number, adress: 'x' }] }, 'lines[0].adress of lines.json is not known.'],
    [
      [],
      { lines: [{ phoneNumber: number, hasConsented: 'no' }] },
      'lines[0].hasConsented of lines.json must be true or false, but is "no".',
    ],
    [[], { lines: [] }, 'lines of lines.json must not be empty, but is [].'],
    [[], { lines: [7] }, 'lines[0] of lines.json must be an object, but is 7.'],
    [[], { lines: [plain], mode: 'network' }, 'mode of lines.json is not known.'],
    [[], [plain], 'lines.json'],
    [[], '[', 'lines.json is not JSON.'],
  ])('%j %j', async (flags, file, cause) => {
    await expect(read(flags, file)).rejects.toMatchObject({
      name: 'UsageError',
      problem: { code: 'line_invalid', cause: expect.stringContaining(cause) as string },
    })
  })

  it('never quotes a SIM token', async () => {
    const canary = 'canary-sim-token'
    const broken = [
      read([`${number},sim-token=${canary},consent=maybe`]),
      read([`${number},sim-token=${canary},x=1`]),
      read([`${number},sim-token=${canary},sim-token=${canary}`]),
      read([], { lines: [{ phoneNumber: number, operatorToken: canary.repeat(100) }] }),
      read([], `[${canary}`),
    ]
    for (const attempt of await Promise.allSettled(broken)) {
      expect(attempt.status).toBe('rejected')
      expect(JSON.stringify('reason' in attempt ? attempt.reason : '')).not.toContain(canary)
    }
  })

  it('a file that is not there, a mode that is unknown, lines in mock mode', async () => {
    for (const [args, title] of [
      [['--line', number], 'Lines only work in network mode'],
      [['--mode', 'network', '--lines', 'nowhere.json'], 'File not found: nowhere.json'],
      [['--mode', 'live'], 'Unknown mode "live"'],
    ] as const) {
      const { context, err } = createTestContext()
      expect(await runProgram(context, ['simulate', ...args])).toBe(exitCodes.usage)
      expect(err()).toContain(title)
    }
  })
})

describe('the banner in network mode', () => {
  it('lists the lines, and how to be the phone of one', async () => {
    const test = createTestContext()
    let isReady = () => {}
    const ready = new Promise<void>((resolve) => (isReady = resolve))
    const write = (text: string) => (test.context.out.write(text), isReady())
    const line =
      '+34600000001,operator=Movistar,address=127.0.0.2,sim-token=token-1,consent=no,second-sim=+34600000009'
    const args = `simulate --port 0 --mode network --line +34600000003 --line ${line}`.split(' ')
    const ended = runProgram({ ...test.context, out: { ...test.context.out, write } }, args)
    await ready
    const banner = test.out()
    test.interrupt(new Cancelled())
    await ended
    const from = banner.indexOf('  mode ')
    expect(banner.slice(from, banner.indexOf('\nThe whole flow'))).toMatchInlineSnapshot(`
      "  mode        network: the answer depends on the line of the phone
        lines       +34600000003  Operator One, in a browser
                    +34600000001  Movistar, at 127.0.0.2 or in a browser, no consent,
                                  second SIM +34600000009
        SIM token   token-1
      "
    `)
    expect(banner).toContain(' nv verify +34600000001 --via direct --local-address 127.0.0.2\n')
    expect(banner.split('\n').filter((line) => line.length > 80)).toEqual([])
  })
})
