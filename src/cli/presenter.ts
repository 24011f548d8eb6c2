// Shows on stderr what happens in a flow, and on stdout what came of it.
import type { Context, Output } from '../context.ts'
import { diagnose } from '../diagnosis/diagnose.ts'
import { exitCodes } from '../errors.ts'
import type { FlowEvent } from '../flow/recorder.ts'
import { findingReport, hang, humanReport, reportedFindings, type Style } from '../report/human.ts'
import { jsonReport } from '../report/json.ts'
import { arrivalStory, exchangeStory } from '../report/story.ts'
import type { Finding } from '../run/finding.ts'
import type { Recording, Step } from '../run/recording.ts'
import type { Run } from '../run/run.ts'
import { escapeText } from '../wire/escape.ts'
import type { GlobalOptions } from './options.ts'
import { describeMissingSpace, drawQrCode } from './qr-code.ts'
import { canAnimate, createStyle, hasColor } from './style.ts'

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

/** Makes the presenter for a command's streams and options; the `known` codes were said before. */
export function createPresenter(
  context: Context,
  options: GlobalOptions,
  known: Iterable<string> = [],
): Presenter {
  const { out, err } = context
  const style = createStyle(context, err, options.color)
  const progress = createProgress(context, options)
  /** What has to wait until the question leaves the screen; null when there is no question. */
  let held: string[] | null = null
  const print = (text: string) => {
    progress.clear()
    if (held) held.push(text)
    else err.write(text)
  }
  const printProgress = (text: string) => {
    if (!options.quiet) print(text)
  }
  /** A file or a pipe gets long lines whole: someone will look for a URL in it. */
  const storyColumns = err.isTerminal ? err.columns : Infinity
  const tell = (story: () => string) => {
    if (options.verbose) printProgress(story())
  }
  const release = () => {
    const texts = held ?? []
    held = null
    for (const text of texts) print(text)
  }
  const shown = new Set<string>(known)
  /** Says where the page of this machine is, below the link that it shows too. */
  let page = ''
  /** Prints the findings that were not printed yet and don't end the run. */
  const printNew = (findings: readonly Finding[]) => {
    for (const finding of findings) {
      if (finding.severity === 'error' || shown.has(finding.code)) continue
      shown.add(finding.code)
      if (finding.severity === 'warning') print(findingText(finding, style, err.columns))
      else printProgress(findingText(finding, style, err.columns))
    }
  }
  return {
    show: (event) => {
      if ('recording' in event) printNew(diagnose(event.recording))
      switch (event.type) {
        case 'authorize-url':
          return print(authorizeUrlText(event, context, options, style, page))
        case 'page':
          page = pageText(event, style, err)
          return undefined
        case 'note':
          return printProgress(noteLine(event.text, style, err))
        case 'question':
          progress.clear()
          held = []
          return undefined
        case 'waiting-ended':
          progress.clear()
          return release()
        case 'waiting':
          return progress.isAnimated
            ? progress.show(event.describe)
            : printProgress(`${escapeText(event.describe(), 2000)}\n`)
        case 'step-started':
          return progress.show(() => event.text)
        case 'step-ended':
          return printProgress(stepLine(event.step, event.recording, style, err))
        case 'observed':
          return undefined
        case 'arrival':
          return tell(() => arrivalStory(event.arrival, style, storyColumns))
        case 'observation':
          return undefined
        case 'exchange':
          return tell(() => exchangeStory(event.exchange, style, storyColumns))
      }
    },
    note: (text) => printProgress(noteLine(text, style, err)),
    warn: (text) => print(`${hang(`${style.warn(style.bold('warning'))}  `, escapeText(text), err)}\n`),
    finish: (run) => {
      release()
      if (options.json) out.write(jsonReport(run))
      else if (answers.has(run.exitCode))
        out.write(humanReport(run, createStyle(context, out, options.color), out.columns))
      else err.write(humanReport(run, style, err.columns))
      printNew(run.findings.filter((finding) => !reportedFindings(run).includes(finding)))
    },
  }
}

/** Prints a finding that does not end the run. */
function findingText(finding: Finding, style: Style, columns: number): string {
  return findingReport(finding.severity === 'info' ? 'note' : 'warning', finding, style, columns)
}

export interface Progress {
  readonly isAnimated: boolean
  show(text: () => string): void
  clear(): void
}

/** How long something may take before it is worth a moving line; in milliseconds. */
const patienceMs = 150

/** Shows a moving line on a terminal, its text updated each second; elsewhere nothing. */
export function createProgress(context: Context, options: GlobalOptions): Progress {
  const isAnimated = !options.quiet && canAnimate(context)
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

/** Shows how a step ended; a failed one with what explains it. */
function stepLine(
  { name, status, detail, durationMs }: Step,
  recording: Recording,
  style: Style,
  err: Output,
): string {
  const mark = status === 'ok' ? style.good('✔') : style.bad('✖')
  const explanation =
    status === 'failed'
      ? diagnose(recording).find(({ step, severity }) => step === name && severity === 'error')
      : undefined
  const text = `${escapeText(explanation?.title ?? detail)} ${style.dim(`${durationMs} ms`)}`
  return `${hang(`${mark} ${name.padEnd(9)} `, text, err)}\n`
}

function noteLine(text: string, style: Style, err: Output): string {
  return `${style.dim(hang('', escapeText(text, 1000), err))}\n`
}

/** Says where the page of this machine is; where no browser shows it, somebody has to open it. */
function pageText(
  { url, isOpened }: Extract<FlowEvent, { type: 'page' }>,
  style: Style,
  err: Output,
): string {
  return `${hang(`${style.bold('Page')} `, isOpened ? `${url} (opened in the browser)` : url, err)}\n`
}

/** Shows a link, with its QR code where the terminal shows that whole; otherwise with where else the code is. */
function authorizeUrlText(
  { url, isQr, note }: Extract<FlowEvent, { type: 'authorize-url' }>,
  { err, env }: Context,
  { color }: GlobalOptions,
  style: Style,
  page: string,
): string {
  const head = note === null ? '' : `${note}\n`
  const qrCode = isQr && err.isTerminal ? drawQrCode(url, hasColor(env, err, color)) : null
  if (qrCode === null) return head + linkText(url, false, style) + page
  const short = `${style.bold('Scan or open')} ${url}\n`
  const link = 'Scan or open '.length + url.length <= err.columns ? short : linkText(url, true, style)
  const missing = hang('', describeMissingSpace(qrCode, link, err), err)
  if (missing === '') return head + qrCode.text + link + page
  const elsewhere = page === '' ? 'Enlarge the terminal, or use a smaller font' : 'Scan it on the page'
  const advice = hang('', `${elsewhere}, open the link, or get a picture with --qr-file qr.png.`, err)
  return `${head}${missing}${advice}\n${linkText(url, false, style)}${page}`
}

/** Says what to do with a link, below the QR code if there is one. */
export function linkText(url: string, canScan: boolean, style: Style): string {
  return `${style.bold(`Open on the phone, on mobile data${canScan ? ', or scan the QR code' : ''}:`)}\n${url}\n`
}
