// Asks to authorize once more, without PKCE where it was on and with it where it was off. No code is spent.
import { meaningOf } from '../diagnosis/meaning.ts'
import { diagnose } from '../diagnosis/diagnose.ts'
import { readRefusal, wordsOf } from '../diagnosis/refusal.ts'
import type { Recording } from '../run/recording.ts'
import { buildUrl, formatLoginHint } from './authorization-code.ts'
import { followWithin } from './checks/follow.ts'
import type { Flow } from './journey.ts'

/**
 * Shows whether the authorization endpoint refuses for PKCE: as in a check, up to where it would redirect the phone,
 * under a state of its own. What it answers with is not used.
 */
export async function probePkce(flow: Flow): Promise<void> {
  const { context, recorder, send, input, redirectUri } = flow
  const { target: known } = recorder.recording()
  const { target, phoneNumber } = input
  if (!isRefusedForPkce(recorder.recording()) || !known.authorizeUrl || !known.clientId) return
  const usesPkce = !target.usesPkce
  const random = () => {
    const value = `nv-probe-${Buffer.from(context.random(24)).toString('base64url')}`
    recorder.redactor.conceal(value)
    return value
  }
  recorder.emit({
    type: 'note',
    text: `Probing ${usesPkce ? 'with' : 'without'} PKCE: asks to authorize once more, and uses no code that comes`,
  })
  const gateway = { ...target, clientId: known.clientId, isIssuerRequired: false }
  const state = random()
  const url = await buildUrl(flow, gateway, {
    authorizeUrl: known.authorizeUrl,
    clientId: known.clientId,
    redirectUri,
    scope: target.scope,
    state,
    codeVerifier: usesPkce ? random() + random() : undefined,
    nonce: target.scope.split(' ').includes('openid') ? random() : undefined,
    loginHint: formatLoginHint(target.loginHint, phoneNumber),
    prompt: target.prompt ?? undefined,
  })
  const { last, exchanges } = await followWithin(
    send,
    { arrive: () => {} },
    { url, redirectUri, state, kind: 'probe' },
  )
  const { length } = exchanges
  recorder.observe({ code: 'pkce_probed', step: 'authorize', exchange: last.exchange, facts: { usesPkce } })
  recorder.emit({
    type: 'note',
    text: `The probe took ${length === 1 ? 'one request' : `${length} requests`}`,
  })
}

/** Tells whether the run ended for PKCE, by what the server says. */
function isRefusedForPkce(recording: Recording): boolean {
  if (recording.request.grants[0] !== 'authorization-code') return false
  const [first] = diagnose(recording)
  if (first?.code === 'pkce_refused') return true
  const refused = recording.exchanges.findLast(({ kind }) => kind === 'token')?.response ?? null
  return (
    first?.code === 'invalid_grant' && refused !== null && meaningOf(wordsOf(readRefusal(refused))) === 'pkce'
  )
}
