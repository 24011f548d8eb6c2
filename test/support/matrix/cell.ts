// One cell of the matrix: a flow against a hop that is broken in one way, and what is wrong with how it ended.
import { createPresenter } from '../../../src/cli/presenter.ts'
import { runJourney } from '../../../src/flow/run-journey.ts'
import { verify } from '../../../src/flow/verify.ts'
import { humanReport } from '../../../src/report/human.ts'
import type { Run } from '../../../src/run/run.ts'
import { type BrokenServer, startBrokenServer } from '../broken-server.ts'
import { startBusyServer } from '../busy-server.ts'
import type { Certificates } from '../certificates.ts'
import { createTestContext, type TestContext } from '../context.ts'
import { secrets, testProfile } from '../flow.ts'
import { appRedirectUri, canary, type Gateway, startGateway } from '../gateway.ts'
import { freePort } from '../ports.ts'
import type { Fault } from './fault.ts'
import type { HopName } from './hop-names.ts'
import { hops } from './hops.ts'
import { sendRight } from './faults-of-connection.ts'

/** How long a cell may take in truth, whatever its clock says. */
const limitMs = 30_000

const timeoutMs = 60_000
/** That of the run, and that of a request. */
const timeoutsMs = new Set([timeoutMs, 15_000])

export interface CellResult {
  run: Run | null
  durationMs: number
  /** What is wrong, in words; nothing when the cell is as it should be. */
  complaints: string[]
}

/** Runs a cell. */
export async function runCell(
  hopName: HopName,
  fault: Fault,
  certificates: Certificates | null,
): Promise<CellResult> {
  const hop = hops[hopName]
  const handlesBefore = countHandles()
  const test = createTestContext()
  // Time passes once the flow has begun to wait, and never beyond its end, at which it would have been woken.
  const pass = (durationMs: number) =>
    void setImmediate(() => test.clock.advance(Math.min(durationMs, timeoutMs - test.clock.elapsed())))
  const elsewhere = await startGateway()
  const broken = await startBroken(hopName, fault, { certificates, elsewhere, test, pass })
  const gateway = await startGateway(hop.handlers?.(broken.origin))
  broken.gateway = gateway
  const startedAt = performance.now()
  let run: Run | null = null
  const complaints: string[] = []
  try {
    run = await within(limitMs, runFlow(hopName, fault, { test, gateway, broken, certificates, pass }))
  } catch (error) {
    complaints.push(`it threw: ${error instanceof Error ? error.stack : String(error)}`)
  }
  const durationMs = performance.now() - startedAt
  const exchanges = countCodeExchanges(gateway, broken, elsewhere)
  await Promise.all([broken.close(), gateway.close(), elsewhere.close()])
  if (run !== null) complaints.push(...judge(run, test, hopName, fault))
  if (exchanges > 1) complaints.push(`${exchanges} code exchanges`)
  if (elsewhere.requests.some(({ headers, body }) => carriesCredentials(headers, body)))
    complaints.push('credentials went to another origin')
  const left = await handlesLeft(handlesBefore)
  if (left > 0) complaints.push(`${left} handles left`)
  return { run, durationMs, complaints }
}

interface Broken extends Pick<BrokenServer, 'origin' | 'requests'> {
  /** The rest of the flow, for answers that name it. */
  gateway: Gateway | null
  close(): Promise<void>
}

interface Making {
  certificates: Certificates | null
  elsewhere: Gateway
  test: TestContext
  pass(durationMs: number): void
}

async function startBroken(
  hopName: HopName,
  fault: Fault,
  { certificates, elsewhere, test, pass }: Making,
): Promise<Broken> {
  const none = { requests: [], gateway: null, close: () => Promise.resolve() }
  if (fault.place === 'refused') return { ...none, origin: `http://127.0.0.1:${await freePort()}` }
  if (fault.place === 'unresolvable') return { ...none, origin: 'https://gateway.invalid' }
  if (fault.place === 'black-hole') {
    const { port, close } = await startBusyServer()
    return { ...none, origin: `http://127.0.0.1:${port}`, close }
  }
  const tools = { elsewhere: elsewhere.origin, pass }
  const tls =
    typeof fault.tls === 'object' && certificates ? { tls: certificates.servers[fault.tls.certificate] } : {}
  const server = await startBrokenServer((socket) => {
    const request = server.requests.at(-1) ?? ''
    if (made.gateway === null) throw new Error('The flow began before its gateway')
    const right = { ...hops[hopName].right(request, made.gateway), request }
    if (fault.jumpMs !== undefined) test.clock.jump(fault.jumpMs)
    if (fault.answer) fault.answer(socket, right, tools)
    else sendRight(socket, right)
  }, tls)
  const { connect } = fault
  if (connect) server.onConnection((socket) => connect(socket, tools))
  const origin = fault.tls === 'none' ? server.origin.replace('http:', 'https:') : server.origin
  const made: Broken = { origin, requests: server.requests, close: server.close, gateway: null }
  return made
}

interface Running extends Pick<Making, 'certificates' | 'test' | 'pass'> {
  gateway: Gateway
  broken: Broken
}

function runFlow(
  hopName: HopName,
  fault: Fault,
  { test, gateway, broken, certificates, pass }: Running,
): Promise<Run> {
  const { profile, operatorToken = null } = hops[hopName]
  const { context } = test
  const presenter = createPresenter(context, { color: true, input: true, verbose: true, json: true })
  const isTrusted = typeof fault.tls === 'object' && fault.tls.isTrusted
  const input = {
    target: testProfile(gateway.urls, {
      redirectUri: appRedirectUri,
      ...profile?.(broken.origin, gateway),
      ca: isTrusted ? (certificates?.ca ?? null) : null,
    }),
    phoneNumber: '+34600000001',
    isHashed: false,
    via: 'direct',
    source: null,
    state: null,
    canPaste: false,
    operatorToken,
    timeoutMs,
  } as const
  const send: typeof context.send = (request, options) => {
    const sent = context.send(request, options)
    if (fault.place === 'black-hole' && request.url.startsWith(broken.origin)) pass(15_000)
    return sent
  }
  const clock: typeof context.clock = {
    ...context.clock,
    sleep: (durationMs, signal) => {
      // Besides time-outs, which end nothing by themselves, only the polls of the backchannel wait.
      if (operatorToken !== null && !timeoutsMs.has(durationMs)) pass(durationMs)
      return context.clock.sleep(durationMs, signal)
    },
  }
  const started = runJourney({ ...context, send, clock }, verify, input, presenter.show)
  return started.then((run) => {
    presenter.finish(run)
    return run
  })
}

/** Says what is wrong with how a run ended. */
function judge(run: Run, test: TestContext, hopName: HopName, fault: Fault): string[] {
  const complaints: string[] = []
  const expect = (isRight: boolean, complaint: string) => {
    if (!isRight) complaints.push(complaint)
  }
  const { step } = hops[hopName]
  const isHarmless = step === null || fault.harmlessAt?.includes(hopName) === true
  const [first] = run.findings
  expect(run.durationMs >= 0 && run.durationMs <= 61_000, `it took ${run.durationMs} ms of its own time`)
  expect(run.exitCode === (isHarmless ? 0 : 3), `exit code ${run.exitCode}`)
  expect(run.outcome === (isHarmless ? 'verified' : 'undetermined'), `outcome ${run.outcome}`)
  expect(run.failedStep === (isHarmless ? null : step), `failed step ${run.failedStep}`)
  expect(!run.findings.some(({ code }) => code === 'nothing_explains'), 'nothing explains it')
  if (isHarmless) {
    expect(!run.findings.some(({ severity }) => severity === 'error'), `an error: ${first?.code}`)
    const isToldOfKeys = run.findings.some(({ code }) => code === 'jwks_unavailable')
    if (hopName === 'keys')
      expect(
        isToldOfKeys !== (fault.harmlessAt?.includes('keys') ?? false),
        'the keys: said nothing, or too much',
      )
  } else {
    expect(first?.severity === 'error' && first.step === step, `the first finding is ${first?.code}`)
    expect(Boolean(first?.cause.trim()) && Boolean(first?.fix.trim()), 'no cause, or no fix')
    expect((first?.evidence.length ?? 0) > 0, 'no evidence')
    expect(fault.finding === undefined || first?.code === fault.finding, `called ${first?.code}`)
  }
  complaints.push(...judgeOutput(run, test))
  return complaints
}

/** Texts of libraries that nobody should have to read. */
const foreignWords =
  /\b(OpenSSL|SSL routines|ssl3_|tls_|ERR_\w+|UND_ERR\w*|HPE_\w+|E(?:CONN|PIPE|PROTO)\w*|AssertionError|node:internal)\b|:error:[0-9A-F]{8}/

function judgeOutput(run: Run, test: TestContext): string[] {
  const complaints: string[] = []
  const expect = (isRight: boolean, complaint: string) => {
    if (!isRight) complaints.push(complaint)
  }
  const out = test.out()
  const err = test.err()
  expect(isOneObject(out), 'stdout is not one JSON object')
  const plain = { bold: String, dim: String, good: String, warn: String, bad: String }
  const words =
    humanReport(run, plain, 80) + run.findings.map((f) => `${f.title} ${f.cause} ${f.fix}`).join('\n')
  expect(!foreignWords.test(words), `words of a library: ${foreignWords.exec(words)?.[0]}`)
  expect(!/^\s+at \S.*[:(]/m.test(words + err), 'a stack')
  expect(!/\bundefined\b|\[object /.test(words), 'undefined')
  // oxlint-disable-next-line no-control-regex
  expect(!/[\0-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/.test(out + err), 'a control character')
  for (const secret of allSecrets) {
    const form = formsOf(secret).find((text) => (out + err).includes(text))
    expect(form === undefined, `a secret: ${form}`)
  }
  return complaints
}

const allSecrets = [...Object.values(secrets), ...Object.values(canary), 'canary-operator-token-Jc7/Rt+2=']

/** Spells a secret in the ways in which it travels. */
function formsOf(secret: string): string[] {
  const percent = encodeURIComponent(secret)
  const bytes = Buffer.from(secret)
  // What precedes it shifts its base64 by one or two characters of the three that make four.
  const base64 = ['', 'x', 'xy'].map((before) =>
    Buffer.from(before + secret)
      .toString('base64')
      .slice(4, -4),
  )
  return [
    secret,
    percent,
    encodeURIComponent(percent),
    JSON.stringify(secret).slice(1, -1),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    bytes.toString('hex'),
  ]
}

function isOneObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && text.endsWith('}\n')
  } catch {
    return false
  }
}

function countCodeExchanges(gateway: Gateway, broken: Broken, elsewhere: Gateway): number {
  const isExchange = (text: string) => text.includes('grant_type=authorization_code')
  const bodies = [...gateway.requests, ...elsewhere.requests].map(({ body }) => body)
  return [...bodies, ...broken.requests].filter(isExchange).length
}

function carriesCredentials(headers: Gateway['requests'][number]['headers'], body: string): boolean {
  const text = JSON.stringify(headers) + body
  return (
    headers.some(([name]) => name === 'authorization') || allSecrets.some((secret) => text.includes(secret))
  )
}

const counted = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'TLSWrap',
  'PipeWrap',
  'TCPConnectWrap',
  'MessagePort',
])

function countHandles(): number {
  return process.getActiveResourcesInfo().filter((name) => counted.has(name)).length
}

/** Counts what is open now and was not before; a moment is given to what is being closed. */
async function handlesLeft(before: number): Promise<number> {
  for (let turn = 0; turn < 200 && countHandles() > before; turn++)
    await new Promise((resolve) => setTimeout(resolve, 5))
  return countHandles() - before
}

/** Rejects when some work takes longer. */
async function within<T>(durationMs: number, work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no end within ${durationMs} ms`)), durationMs)
  })
  try {
    return await Promise.race([work, late])
  } finally {
    clearTimeout(timer)
  }
}
