// What a way gets of a flow: to send, to record, and to have things put back.
import type { WayTools } from '../../reach/way.ts'
import { secretsIn } from '../../run/secrets.ts'
import { canAsk } from '../../wire/terminal-kind.ts'
import type { Flow } from '../journey.ts'
import { learnFrom, skewOf } from '../send.ts'

/** Makes the tools of a way for the run of a flow. */
export function createWayTools(flow: Flow): WayTools {
  const { context, recorder, send, deadline, input, attempt, redirectUri, listener } = flow
  const { emit } = recorder
  return {
    machine: context,
    signal: deadline.signal,
    handset: input.handset ?? { device: null, turnsWifiOff: false, devtools: null },
    redirectUri,
    state: attempt.state,
    landing: flow.landing,
    shortLink: listener?.shortLink ?? null,
    listeningOn: listener?.listeningOn ?? null,
    isAsApp: input.isAsApp ?? false,
    canAsk: input.canPaste && canAsk(context),
    ask: async (question) => {
      emit({ type: 'question' })
      try {
        return await question(context.prompt)
      } finally {
        emit({ type: 'waiting-ended' })
      }
    },
    elapsedMs: recorder.elapsedMs,
    get: async (url, headers, limitMs) => {
      const request = {
        method: 'GET',
        url,
        headers,
        isFromPhone: true,
        isBare: input.isAsApp ?? false,
        limitMs,
      }
      return (await send({ ...request, step: 'authorize', kind: 'authorize' })).sent
    },
    watch: createWatch(flow),
    arrive: recorder.arrive,
    observe: recorder.observe,
    open: (url) => context.open(url),
    show: (url, options) => emit({ type: 'authorize-url', url, ...options }),
    note: (text) => emit({ type: 'note', text }),
    waiting: (describe) => emit({ type: 'waiting', describe }),
    atEnd: flow.atEnd,
  }
}

/** Makes the function that records what the phone itself sent, hop by hop. */
function createWatch({ context, recorder }: Pick<Flow, 'context' | 'recorder'>): WayTools['watch'] {
  let hops = 0
  return (sent, startedMs) => {
    for (const secret of secretsIn({ ...sent.request })) recorder.redactor.conceal(secret)
    learnFrom(sent, recorder)
    const sentAt = context.clock.now() - (recorder.elapsedMs() - startedMs)
    recorder.exchange({
      step: 'authorize',
      kind: 'authorize',
      sentBy: 'phone',
      hop: ++hops,
      ...sent,
      timings: { startedMs, ...sent.timings },
      correlator: { sent: null, returned: null },
      clockSkewSeconds: skewOf(sent, sentAt),
    })
  }
}
