// What came of the requests that --probe added.
import { readVerifyAnswer } from '../../camara/api.ts'
import { readErrorParameters } from '../../oauth/error-parameters.ts'
import type { Exchange, Recording } from '../../run/recording.ts'
import { headerOf, textOf } from '../../wire/exchange.ts'
import type { ProbedPkce } from '../catalogue/account.ts'
import type { ProbedForm } from '../catalogue/verdict.ts'
import { meaningOf } from '../meaning.ts'
import { locationOf } from '../recorded.ts'
import { readRefusal, wordsOf } from '../refusal.ts'

/** Reads the probe of PKCE; null: there was none. */
export function readPkceProbe({ observations, exchanges }: Recording): ProbedPkce | null {
  const observed = observations.find(({ code }) => code === 'pkce_probed')
  const probe = exchanges.find(({ id }) => id === observed?.exchange)
  return observed?.code !== 'pkce_probed' || probe === undefined
    ? null
    : { usesPkce: observed.facts.usesPkce, isAccepted: isAccepted(probe) }
}

function isAccepted(exchange: Exchange): boolean | null {
  const { response } = exchange
  if (response === null) return null
  const location = locationOf(exchange)
  if (location === null) return meaningOf(wordsOf(readRefusal(response))) === 'pkce' ? false : null
  if (!URL.canParse(location)) return null
  const { searchParams, pathname } = new URL(location)
  const { error, description } = readErrorParameters(searchParams)
  // An error page may tell what is wrong in its text alone.
  if (error === null && description === null)
    return searchParams.has('code') || !/error/i.test(pathname) || null
  return meaningOf(description, error) === 'pkce' ? false : null
}

/** Reads the probe of the form of the number; null: there was none, or its answer does not tell. */
export function readFormProbe({ observations, exchanges }: Recording): ProbedForm | null {
  const observed = observations.find(({ code }) => code === 'form_probed')
  const response = exchanges.find(({ id }) => id === observed?.exchange)?.response ?? null
  if (observed?.code !== 'form_probed' || response === null) return null
  const { status } = response
  const { isHashed } = observed.facts
  const answer = readVerifyAnswer(status, textOf(response), headerOf(response, 'www-authenticate'))
  const nothing = { isHashed, isSame: false, says: null }
  if (typeof answer === 'string') return { ...nothing, result: answer === 'verified' ? 'true' : 'false' }
  if (status === 401) return { ...nothing, result: 'token' }
  if (status !== 400 && status !== 422) return null
  const first = exchanges.findLast(({ kind }) => kind === 'api')?.response ?? null
  const [refusal, before] = [readRefusal(response), first === null ? null : readRefusal(first)]
  const isSame = before?.code === refusal.code && wordsOf(before) === wordsOf(refusal)
  return { isHashed, result: 'refused', isSame, says: wordsOf(refusal) ?? refusal.code }
}
