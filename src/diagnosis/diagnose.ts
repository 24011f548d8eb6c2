// From a recording to its findings: the one place that says why.
import type { Finding } from '../run/finding.ts'
import { type Recording, stepNames } from '../run/recording.ts'
import { finding } from './finding.ts'
import { type Rule, uniqueByCode } from './recorded.ts'
import { explainApi } from './rules/api.ts'
import { noteAppHops } from './rules/app.ts'
import { explainRedirect } from './rules/authorize.ts'
import { explainBackchannel, explainPolling, noteBackchannel } from './rules/backchannel.ts'
import {
  explainResponse,
  explainTimeout,
  noteForeign,
  notePasted,
  noteSelfTest,
  noteTunnel,
} from './rules/callback.ts'
import { noteCheck } from './rules/check.ts'
import { explainEndpoint, noteDocument, noteKeys, noteOffer } from './rules/discovery.ts'
import { explainEnablement, noteAuthUrl } from './rules/enablement.ts'
import { noteBrowser, noteHandset } from './rules/handset.ts'
import { explainNonce, noteIdToken } from './rules/id-token.ts'
import { noteRequest } from './rules/settings.ts'
import { explainToken, noteToken } from './rules/token.ts'
import { explainMismatch, explainRandom, noteCache, noteCorrelator } from './rules/verdict.ts'
import { noteVisitor } from './rules/visitor.ts'
import { suspectClock } from './rules/clock.ts'

/** Says why a run ended without an answer, or what its answer may mean: the first that explains it is decisive. */
const causes: readonly Rule[] = [
  explainRefusal,
  explainInterruption,
  explainEnablement,
  explainEndpoint,
  explainRedirect,
  explainTimeout,
  explainResponse,
  explainNonce,
  explainBackchannel,
  explainPolling,
  explainToken,
  explainApi,
  noteCache,
  explainRandom,
  explainMismatch,
  admitIgnorance,
]

/** What is worth knowing and doesn't end the run; true from the moment it is seen. */
const notes: readonly Rule[] = [
  noteRequest,
  noteHandset,
  noteBrowser,
  noteDocument,
  noteOffer,
  noteAuthUrl,
  noteBackchannel,
  noteAppHops,
  noteVisitor,
  noteForeign,
  notePasted,
  noteToken,
  noteIdToken,
  noteKeys,
  noteCorrelator,
  noteCheck,
  noteSelfTest,
  noteTunnel,
]

/**
 * Explains what was recorded: first why the run ended without an answer, then what else was noted, by step. While the
 * run goes on there are only notes, and later facts take none of them back.
 */
export function diagnose(recording: Recording): Finding[] {
  const decisive = firstOf(causes, recording)
  const noted = uniqueByCode(notes.flatMap((rule) => rule(recording)))
  const isNew = ({ code }: Finding) => !decisive.some((cause) => cause.code === code)
  const suspected = decisive.length === 0 ? [] : suspectClock(recording, decisive)
  return [
    ...decisive,
    ...suspected,
    ...noted.filter(isNew).toSorted((one, other) => orderOf(one) - orderOf(other)),
  ]
}

function firstOf(rules: readonly Rule[], recording: Recording): Finding[] {
  for (const rule of rules) {
    const found = rule(recording)
    if (found.length > 0) return found
  }
  return []
}

/** The place of a step in the order of a run; `prepare` comes before all. */
function orderOf({ step }: Finding): number {
  return stepNames.findIndex((name) => name === step)
}

/** Passes on why nv or this machine refused. */
function explainRefusal({ end }: Recording): Finding[] {
  if (end?.kind !== 'refused') return []
  const { code, title, cause, fix } = end.problem
  return [{ code, severity: 'error', step: end.step, title, cause, fix, reference: null, evidence: [] }]
}

function explainInterruption({ end }: Recording): Finding[] {
  return end?.kind === 'interrupted' ? [finding('interrupted', { step: end.step })] : []
}

/** Says that nothing explains the end, rather than nothing at all. */
function admitIgnorance({ end }: Recording): Finding[] {
  if (end?.kind !== 'stopped') return []
  const { step, lacks } = end
  return [finding('nothing_explains', { step }, { step, lacks })]
}
