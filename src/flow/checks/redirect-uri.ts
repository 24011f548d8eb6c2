// The line about the redirect_uri: whether nv can hear what is sent there.
import { SetupError, UsageError } from '../../errors.ts'
import { listenerOf } from '../../wire/addresses.ts'
import type { Listening } from '../meeting/listening.ts'
import { openListening } from '../meeting/open-listening.ts'
import { createStanding, type Standing } from '../meeting/standing.ts'
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

/** Listens as a run would; where --listen or --tunnel says that a public redirect_uri leads here, asks for it once. */
export const checkRedirectUri: Check = async (checking) => {
  const { input } = checking
  const { redirectUri, listen } = input.target
  if (input.grants[0] !== 'authorization-code')
    return { status: 'skipped', detail: `${input.grants[0]} needs no redirect_uri` }
  if (redirectUri !== null && !/^https?:/i.test(redirectUri))
    return { status: 'skipped', detail: `${redirectUri} opens an app, and nv can't replace it` }
  const own = redirectUri === null ? null : listenerOf(redirectUri, input.tls ? 'https' : 'http')
  if (redirectUri !== null && listen === null && own === null && !input.tunnel)
    return { status: 'skipped', detail: describeElsewhere(redirectUri) }
  const standing = createStanding()
  const atEnd: Array<() => Promise<void>> = [() => standing.close()]
  try {
    return await checkListening(checking, standing, (close) => void atEnd.unshift(close))
  } finally {
    for (const close of atEnd) await close()
  }
}

function describeElsewhere(redirectUri: string): string {
  return listenerOf(redirectUri, 'https') === null
    ? `${redirectUri} is not this machine: say what leads here with --listen or --tunnel, or use --via paste`
    : `${redirectUri} is this machine, with TLS: nv check --tls listens there`
}

async function checkListening(
  checking: Checking,
  standing: Standing,
  atEnd: (close: () => Promise<void>) => void,
): Promise<Outcome> {
  const { context, recorder, input, questions, deadline } = checking
  const { redirectUri, listen } = input.target
  let listening: Listening | null
  try {
    const asked = { ...input, via: 'qr', state: questions.state, canPaste: false } as const
    listening = await openListening(context, { recorder, deadline, atEnd }, asked, standing)
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SetupError)) throw error
    const settings = listen === null ? ['redirectUri'] : ['listen', 'redirectUri']
    return explained(findingOf(checking, error.problem), input.tunnel ? [] : settings)
  }
  if (listening === null) return { status: 'skipped', detail: 'nv does not listen for it' }
  const { listeningOn, tunnel } = listening
  atEnd(() => listening.close())
  recorder.learn({ request: { listeningOn } })
  if (tunnel !== null) return await checkTunnel(checking, listening, tunnel)
  if (redirectUri === null)
    return {
      status: 'passed',
      detail: 'not set: nv listens on a free port of this machine, and its address must be registered',
    }
  if (!isForwarded({ redirectUri, listen }))
    return { status: 'passed', detail: `nv can listen on ${listeningOn}` }
  return await testSelf(checking, redirectUri, listening)
}

/** A tunnel that gives another address each time suits no registered redirect_uri. */
async function checkTunnel(
  checking: Checking,
  listening: Listening,
  { program, url, life }: NonNullable<Listening['tunnel']>,
): Promise<Outcome> {
  const { redirectUri } = checking.input.target
  if (!listening.leadsHere)
    return {
      status: 'skipped',
      detail: `${program} forwards ${url} to nv, and ${redirectUri} does not go through it: the tunnel only carries the start page`,
    }
  const outcome = await testSelf(checking, listening.redirectUri, listening)
  const isNew = redirectUri === null && outcome.status === 'passed'
  const remark =
    life === 'stays' ? 'it must be registered' : 'it must be registered, and changes with each start'
  return isNew ? { ...outcome, detail: `${outcome.detail}; ${remark}` } : outcome
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
