// The lines about the issuer: its discovery document, and the keys that it publishes.
import { keyMethods } from '../../oauth/client-authentication.ts'
import { findOwnKey, readKeySet } from '../../oauth/published-keys.ts'
import { readSigningKey } from '../../oauth/signing-key.ts'
import {
  type Check,
  type Checking,
  diagnosePart,
  durationOf,
  exchangeOf,
  explained,
  explainPart,
  isUnreached,
  type Outcome,
  unreached,
} from './checking.ts'

const settingsOf: Readonly<Record<string, readonly string[]>> = {
  auth_method_not_offered: ['authMethod'],
  key_algorithm_not_offered: ['keyAlgorithm', 'key'],
  scope_not_offered: ['scope', 'apiVersion'],
  pkce_not_offered: ['pkce'],
  request_object_not_offered: ['requestObject'],
  discovered_issuer_differs: ['issuer'],
}

/** Checks that the issuer has a document with the endpoints, and compares what it offers with what is configured. */
export const checkDiscovery: Check = async (checking) => {
  const { recorder, input, questions } = checking
  if (input.target.issuer === null) return { status: 'skipped', detail: 'no issuer is set' }
  const { exchanges, isStopped } = await questions.complete()
  const asked = exchanges.map((id) => exchangeOf({ recorder }, id)).filter(({ kind }) => kind === 'discovery')
  const last = asked.at(-1)
  if (last === undefined) return { status: 'skipped', detail: 'nv did not reach the issuer' }
  if (isUnreached(last)) return unreached(last)
  const durationMs = durationOf(asked)
  const end = { kind: 'stopped', step: 'authorize', lacks: 'endpoint' } as const
  const ids = asked.map(({ id }) => id)
  const failure = isStopped ? explainPart(checking, { exchanges: ids, end }) : null
  if (failure !== null) return { ...explained(failure, ['issuer']), durationMs }
  const noted = diagnosePart(checking, { exchanges: ids, end: null }).filter(({ evidence }) =>
    evidence.some((id) => ids.includes(id)),
  )
  const odd = noted.filter(({ severity, code }) => severity !== 'info' && code !== 'clock_apart')
  const worst = odd.find(({ severity }) => severity === 'error') ?? odd[0]
  if (worst !== undefined)
    return {
      ...explained(worst, settingsOf[worst.code] ?? []),
      durationMs,
      notes: odd.filter((finding) => finding !== worst),
    }
  return { status: 'passed', detail: `${new URL(last.request.url).host} has a document`, durationMs }
}

/** Checks that the issuer publishes keys, and looks for that of the client among them. */
export const checkKeys: Check = async (checking) => {
  const { input, questions, recorder } = checking
  if (input.target.issuer === null) return { status: 'skipped', detail: 'no issuer is set' }
  const { isStopped } = await questions.complete()
  const reply = await questions.keys()
  if (reply === null)
    return {
      status: 'skipped',
      detail: isStopped ? 'there is no document that names them' : 'the document names none',
    }
  const exchange = exchangeOf({ recorder }, reply.exchange)
  if (isUnreached(exchange)) return unreached(exchange)
  const durationMs = durationOf([exchange])
  const keys = reply.answer?.status === 200 ? readKeySet(reply.answer.text) : null
  const part = { exchanges: [exchange.id], end: null }
  const unusable = diagnosePart(checking, part).find(({ code }) => code === 'jwks_unavailable')
  if (keys === null)
    return unusable === undefined
      ? { status: 'unknown', detail: 'no keys received', durationMs }
      : { ...explained(unusable), durationMs }
  return { ...compare(checking, exchange.id, keys), durationMs }
}

function compare(
  checking: Checking,
  exchange: number,
  keys: NonNullable<ReturnType<typeof readKeySet>>,
): Outcome {
  const { input, recorder } = checking
  const { target } = input
  const count = `${keys.length} key${keys.length === 1 ? '' : 's'} published`
  if (target.key === '' || !keyMethods.includes(target.authMethod))
    return { status: keys.length > 0 ? 'passed' : 'skipped', detail: count }
  const own = readSigningKey(target)
  const standing = findOwnKey(own, keys)
  recorder.observe({
    code: 'own_key',
    step: 'token',
    exchange,
    facts: { ...standing, keyId: own.keyId ?? null },
  })
  const wrong = explainPart(checking, { exchanges: [exchange], end: null })
  if (wrong !== null)
    return explained(wrong, standing.published === 'other_kid' ? ['keyId'] : ['key', 'keyId'])
  return standing.published === 'same'
    ? { status: 'passed', detail: `${count}, including yours` }
    : {
        status: 'passed',
        detail: `${count}, yours is not among them: the credentials check shows whether it is registered`,
      }
}
