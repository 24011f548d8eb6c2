// Shows on stderr what happens in a flow, and on stdout what came of it.
import type { Context } from '../context.ts'
import { exitCodes } from '../errors.ts'
import type { FlowEvent } from '../flow/recorder.ts'
import { findingReport, humanReport, type Style } from '../report/human.ts'
import { jsonReport } from '../report/json.ts'
import { escapeText } from '../wire/escape.ts'
import type { Exchange, Finding, Run, Step } from '../run/run.ts'
import type { GlobalOptions } from './options.ts'
import { describeMissingSpace, drawQrCode } from './qr-code.ts'
import { createStyle, hasColor } from './style.ts'

/** The exit codes of runs that reached the gateway: their report is the result, any other is an error message. */
const answers = new Set<number>([exitCodes.ok, exitCodes.negative, exitCodes.undetermined])

export interface Presenter {
  show(event: FlowEvent): void
  /** Says something about the input on stderr, unless quiet. */
  note(text: string): void
  /** Says on stderr what must not be overlooked. */
  warn(text: string): void
  /** Ends what moves on the screen and prints the result. */
  finish(run: Run): void
}

/** Makes the presenter for a command's streams and options. */
export function createPresenter(context: Context, options: GlobalOptions): Presenter {
  const { out, err } = context
  const style = createStyle(context, err, options.color)
  const progress = createProgress(context, options)
  /** What has to wait until the question on the screen is gone; null when there is none. */
  let held: string[] | null = null
  const print = (text: string) => {
    progress.clear()
    if (held) held.push(text)
    else err.write(text)
  }
  const printProgress = (text: string) => {
    if (!options.quiet) print(text)
  }
  const release = () => {
    const texts = held ?? []
    held = null
    for (const text of texts) print(text)
  }
  return {
    show: (event) => {
      switch (event.type) {
        case 'authorize-url':
          return print(authorizeUrlText(event, context, options, style))
        case 'note':
          return printProgress(noteLine(event.text, style))
        case 'warning':
          return print(findingText(event.finding, style, err.columns))
        case 'question':
          progress.clear()
          held = []
          return undefined
        case 'waiting-ended':
          progress.clear()
          return release()
        case 'waiting':
          return progress.isAnimated ? progress.show(event.describe) : printProgress(`${event.describe()}\n`)
        case 'step-started':
          return progress.show(() => event.text)
        case 'step-ended':
          return printProgress(stepLine(event.step, style))
        case 'exchange':
          return options.verbose ? printProgress(exchangeLine(event.exchange, style)) : undefined
      }
    },
    note: (text) => printProgress(noteLine(text, style)),
    warn: (text) => print(`${style.warn(style.bold('warning'))}  ${escapeText(text)}\n`),
    finish: (run) => {
      release()
      if (options.json) out.write(jsonReport(run))
      else if (answers.has(run.exitCode))
        out.write(humanReport(run, createStyle(context, out, options.color), out.columns))
      else err.write(humanReport(run, style, err.columns))
    },
  }
}

/** Prints a finding that does not end the run. */
function findingText(finding: Finding, style: Style, columns: number): string {
  return findingReport(finding.severity === 'info' ? 'note' : 'warning', finding, style, columns)
}

interface Progress {
  readonly isAnimated: boolean
  show(text: () => string): void
  clear(): void
}

/** How long something may take before it is worth a moving line; in milliseconds. */
const patienceMs = 150

/** Shows one moving line on a terminal, with its text made anew each second; elsewhere nothing. */
function createProgress(context: Context, options: GlobalOptions): Progress {
  const isAnimated = context.err.isTerminal && !options.quiet && context.env['TERM'] !== 'dumb'
  let current: AbortController | undefined
  const animate = async (text: () => string, signal: AbortSignal) => {
    await context.clock.sleep(patienceMs, signal)
    const spinner = await context.spinner(text(), signal)
    for (;;) {
      await context.clock.sleep(1000, signal)
      spinner.update(text())
    }
  }
  const clear = () => current?.abort()
  return {
    isAnimated,
    clear,
    show: (text) => {
      clear()
      if (!isAnimated) return
      current = new AbortController()
      animate(text, current.signal).catch(() => {})
    },
  }
}

function stepLine({ name, status, detail, durationMs }: Step, style: Style): string {
  const mark = status === 'ok' ? style.good('✔') : style.bad('✖')
  return `${mark} ${name.padEnd(9)} ${escapeText(detail)} ${style.dim(`${durationMs} ms`)}\n`
}

function noteLine(text: string, style: Style): string {
  return `${style.dim(escapeText(text, 1000))}\n`
}

function exchangeLine(
  { hop, method, url, status, durationMs, location, failure, correlator, ...exchange }: Exchange,
  style: Style,
): string {
  const { localAddress, remoteAddress, cookiesSet } = exchange
  const outcome = status === null ? (failure ?? 'no response') : String(status)
  const details = [
    location === null ? '' : `→ ${location}`,
    remoteAddress === null || hop === null ? '' : `from ${localAddress} to ${remoteAddress}`,
    cookiesSet.length === 0 ? '' : `sets ${cookiesSet.join(', ')}`,
    correlator === null ? '' : `x-correlator ${correlator}`,
  ]
  const text = [
    ...(hop === null ? [] : [`hop ${hop}`]),
    method,
    url,
    outcome,
    `${durationMs} ms`,
    ...details.filter(Boolean),
  ].map((part) => escapeText(part, 2000))
  return `${style.dim(text.join(' '))}\n`
}

function authorizeUrlText(
  { url, isQr, note }: Extract<FlowEvent, { type: 'authorize-url' }>,
  { err, env }: Context,
  { color }: GlobalOptions,
  style: Style,
): string {
  const qrCode = isQr && err.isTerminal ? drawQrCode(url, hasColor(env, err, color)) : null
  const canScan = qrCode !== null && qrCode.columns <= err.columns
  const link = `${style.bold(`Open on the phone, on mobile data${canScan ? ', or scan the QR code' : ''}:`)}\n${url}\n`
  return [
    note === null ? '' : `${note}\n`,
    canScan ? qrCode.text : '',
    qrCode === null ? '' : describeMissingSpace(qrCode, link, err),
    link,
  ].join('')
}
