// Shows a run on the page for whoever sits at the terminal, while it goes on and when it has ended.
import { maskPhoneNumber } from '../../camara/phone-number.ts'
import type { Context } from '../../context.ts'
import { diagnose } from '../../diagnosis/diagnose.ts'
import { nameServer } from '../../oauth/redirect-uri.ts'
import { drawQrSvg } from '../../pages/qr-code.ts'
import { type LocalPage, openLocalPage } from '../../reach/inlets/local-page.ts'
import type { LocalView } from '../../reach/pages/local.ts'
import type { Landing } from '../../reach/landing.ts'
import type { Recording, Step } from '../../run/recording.ts'
import type { Run } from '../../run/run.ts'
import type { FlowEvent, Recorder } from '../recorder.ts'
import { resultPage } from './result-page.ts'

/** The page of one run. */
export interface RunPage extends Pick<LocalPage, 'url' | 'callback' | 'close'> {
  /** Shows what has happened. */
  tell(event: FlowEvent): void
  /** Shows where the redirect will leave the phone, and takes pasted addresses from now on. */
  expect(expected: { redirectUri: string; state: string; landing: Landing; shortLink: string | null }): void
  /** Shows what came of the run. */
  finish(run: Run): void
}

/** Starts to serve the page of a run. Throws a SetupError when no port of this machine can be had. */
export async function openRunPage(
  ports: Pick<Context, 'listen' | 'random' | 'clock'>,
  { arrive }: Pick<Recorder, 'arrive'>,
  { phoneNumber }: { phoneNumber: string | null },
): Promise<RunPage> {
  let expected: Parameters<RunPage['expect']>[0] | null = null
  const steps = new Map<string, LocalView['steps'][number]>()
  let view: LocalView = {
    title: phoneNumber === null ? 'Find a phone’s number' : 'Check a phone’s number',
    number: phoneNumber === null ? null : maskPhoneNumber(phoneNumber),
    landing: 'elsewhere',
    redirectHost: '',
    meeting: null,
    steps: [],
    isWaiting: false,
    verdict: null,
    findings: [],
  }
  const page = await openLocalPage(ports, { expected: () => expected, arrive }, view)
  const change = (changes: Partial<LocalView>) => {
    view = { ...view, ...changes }
    page.update(view)
  }
  const changeStep = (step: LocalView['steps'][number], recording: Recording) => {
    steps.set(step.name, step)
    const findings = diagnose(recording).filter(({ severity }) => severity !== 'error')
    change({ steps: [...steps.values()], findings })
  }

  return {
    url: page.url,
    callback: page.callback,
    close: page.close,
    expect: (asked) => {
      expected = asked
      change({ landing: asked.landing, redirectHost: nameServer(asked.redirectUri) })
    },
    tell: (event) => {
      switch (event.type) {
        case 'authorize-url': {
          const shortLink = event.url === expected?.shortLink ? event.url : null
          if (shortLink === null) page.offer(event.url)
          return change({ meeting: { qrCode: drawQrSvg(event.url), shortLink } })
        }
        case 'step-started':
          return changeStep({ name: event.step, status: 'running', text: event.text }, event.recording)
        case 'step-ended':
          if (event.step.name === 'callback') expected = null
          return changeStep(endedStep(event.step, event.recording), event.recording)
        case 'waiting':
        case 'question':
          return change({ isWaiting: true })
        case 'waiting-ended':
          return change({ isWaiting: false })
        case 'arrival':
          return change({
            findings: diagnose(event.recording).filter(({ severity }) => severity !== 'error'),
          })
      }
    },
    finish: (run) => {
      expected = null
      const { tone, title, text: said, isSimulated = false } = resultPage(run)
      const { outcome, failedStep, end } = run
      const isFailure = outcome === 'undetermined' && end.kind !== 'interrupted'
      const text = isFailure ? `The step “${failedStep}” failed. The most likely cause comes first.` : said
      change({ isWaiting: false, verdict: { tone, title, text, isSimulated }, findings: run.findings })
    },
  }
}

/** Says how a step ended; of one that failed, what explains it. */
function endedStep({ name, status, detail }: Step, recording: Recording): LocalView['steps'][number] {
  if (status !== 'failed') return { name, status: 'ok', text: detail }
  const explained = diagnose(recording).find(({ step, severity }) => step === name && severity === 'error')
  return { name, status: 'failed', text: explained?.title ?? detail }
}
