// A provider that was asked for the authorize URL of a number.
import { readEnablement } from '../../oauth/enablement.ts'
import type { Finding } from '../../run/finding.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { textOf } from '../../wire/exchange.ts'
import { readBody } from '../../wire/body.ts'
import type { NoAuthUrl } from '../catalogue/enablement.ts'
import type { Refused } from '../catalogue/words.ts'
import { finding } from '../finding.ts'
import {
  hostAsked,
  isSuccess,
  lastOf,
  locationOf,
  placeOf,
  type Rule,
  sourceOf,
  stoppedFor,
} from '../recorded.ts'
import { readRefusal } from '../refusal.ts'
import { explainTransport } from './network.ts'
import { isAboutPath, refusedIn } from './refusing.ts'

export const explainEnablement: Rule = (recording) => {
  const asked = lastOf(recording, ['enablement'])
  if (asked === null || stoppedFor(recording, 'endpoint') === null) return []
  return [
    explainAuthUrl(recording, asked) ?? explainTransport(recording, asked) ?? explainAnswer(recording, asked),
  ]
}

/** Notes a URL that does not show the state; the callback that brings none is not taken. */
export const noteAuthUrl: Rule = (recording) => {
  const asked = lastOf(recording, ['enablement'])
  const judged = judgedIn(recording)
  return asked === null || judged === undefined || judged.flaw !== null || judged.hasState
    ? []
    : [finding('auth_url_without_state', placeOf(asked), { host: hostAsked(asked) })]
}

function judgedIn({ observations }: Recording) {
  const [judged] = observations.flatMap((observation) =>
    observation.code === 'auth_url_judged' ? [observation.facts] : [],
  )
  return judged
}

function explainAuthUrl(recording: Recording, asked: Exchange): Finding | null {
  const judged = judgedIn(recording)
  if (judged === undefined || judged.flaw === null) return null
  const { flaw, host, redirectUri } = judged
  const { target } = recording
  const said = readEnablement(textOf(asked.response), target.scope ?? '')
  const compared =
    flaw === 'other_scope'
      ? { theirs: said.kind === 'url' && said.scope !== '' ? said.scope : null, ours: target.scope ?? '' }
      : { theirs: redirectUri, ours: target.redirectUri ?? '' }
  return finding('auth_url_refused', placeOf(asked), { provider: hostAsked(asked), host, flaw, ...compared })
}

function explainAnswer(recording: Recording, asked: Exchange): Finding {
  const place = placeOf(asked)
  const host = hostAsked(asked)
  const source = sourceOf(recording, 'enablement')
  const without = (facts: Pick<NoAuthUrl, 'status' | 'says'>) =>
    finding('enablement_unreadable', place, {
      host,
      source,
      found: foundIn(asked),
      location: locationOf(asked),
      ...facts,
    })
  if (asked.response === null) return without({ status: null, says: null })
  if (!isSuccess(asked)) {
    const refused = refusedIn(asked, readRefusal(asked.response))
    const { status } = asked.response
    if (status >= 500 || status === 429) return finding('server_failing', place, refused)
    if (status < 400 || status === 405 || (status === 404 && isAboutPath(refused.says)))
      return without({ status, says: refused.says })
    return status === 401
      ? finding('enablement_unauthorized', place, { ...refused, method: recording.target.authMethod ?? '' })
      : explainRefused(refused, place, source)
  }
  const said = readEnablement(textOf(asked.response), recording.target.scope ?? '')
  if (said.kind !== 'refused') return without({ status: null, says: null })
  const { title, detail, type } = said
  const refused = { host, status: null, sent: type, says: detail ?? title, retryAfter: null, reference: null }
  return explainRefused(refused, place, source)
}

/** Names what stands in place of a JSON object; null where there is one. */
function foundIn({ response }: Exchange): string | null {
  const body = readBody(textOf(response))
  return body.kind === 'other' ? body.found : null
}

function explainRefused(refused: Refused, place: ReturnType<typeof placeOf>, source: string): Finding {
  const words = `${refused.sent ?? ''} ${refused.says ?? ''}`.replaceAll('_', ' ')
  if (/allow ?-?list|white ?-?list|verified phone numbers|playground/i.test(words))
    return finding('number_not_allowed', place, refused)
  const isAboutReach = /network|operator|carrier|country|coverage|number/i.test(words)
  const isUnreached =
    /not (?:\w+ )?(?:supported|covered|available|reachable|enabled)|unsupported|no coverage/i.test(words)
  return isAboutReach && isUnreached
    ? finding('number_not_covered', place, refused)
    : finding('enablement_refused', place, { ...refused, source })
}
