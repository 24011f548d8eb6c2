// The line about the redirect_uri: whether nv can hear what is sent there.
import { SetupError, UsageError } from '../../errors.ts'
import { listenerOf } from '../../wire/addresses.ts'
import { type Listening, listenForCallback } from '../meeting/listening.ts'
import { askRedirectUri, isForwarded } from '../meeting/self-test.ts'
import {
  type Check,
  type Checking,
  diagnosePart,
  explained,
  exchangeOf,
  durationOf,
  type Outcome,
} from './checking.ts'
import { findingOf } from './settings.ts'

/** Listens as a run would; where --listen says that a public redirect_uri leads here, asks for it once. */
export const checkRedirectUri: Check = async (checking) => {
  const { context, recorder, input, questions } = checking
  const { redirectUri, listen } = input.profile
  if (input.grants[0] !== 'authorization-code')
    return { status: 'skipped', detail: `${input.grants[0]} needs no redirect_uri` }
  if (redirectUri !== null && !/^https?:/i.test(redirectUri))
    return { status: 'skipped', detail: `${redirectUri} opens an app, and nv can't replace it` }
  const own = redirectUri === null ? null : listenerOf(redirectUri)
  if (redirectUri !== null && listen === null && own === null)
    return {
      status: 'skipped',
      detail: `${redirectUri} is not this machine, and --listen names no tunnel: use --via paste or --via direct`,
    }
  let listening: Listening | null
  try {
    const asked = { profile: input.profile, via: 'qr', state: questions.state, canPaste: false } as const
    listening = await listenForCallback(context, recorder, asked)
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SetupError)) throw error
    return explained(
      findingOf(checking, error.problem),
      listen === null ? ['redirectUri'] : ['listen', 'redirectUri'],
    )
  }
  if (listening === null) return { status: 'skipped', detail: 'nv does not listen for it' }
  try {
    recorder.learn({ request: { listeningOn: listening.listeningOn } })
    if (redirectUri === null)
      return {
        status: 'passed',
        detail: 'not set: nv listens on a free port of this machine, and its address must be registered',
      }
    if (!isForwarded({ redirectUri, listen }))
      return { status: 'passed', detail: `nv can listen on ${listening.listeningOn}` }
    return await testSelf(checking, redirectUri, listening)
  } finally {
    await listening.close()
  }
}

/** Asks for the redirect_uri once, and sees whether that arrives. */
async function testSelf(checking: Checking, redirectUri: string, listening: Listening): Promise<Outcome> {
  const exchange = exchangeOf(checking, await askRedirectUri(checking, listening, { redirectUri }))
  const missed = diagnosePart(checking, { exchanges: [exchange.id], end: null }).find(
    ({ code }) => code === 'redirect_uri_not_here',
  )
  const durationMs = durationOf([exchange])
  return missed === undefined
    ? { status: 'passed', detail: `${redirectUri} leads to ${listening.listeningOn}`, durationMs }
    : { ...explained(missed, ['redirectUri', 'listen']), durationMs }
}
