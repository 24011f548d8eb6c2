// Finds the one client that a file is about, and what belongs to it.
import { UsageError } from '../../errors.ts'
import { escapeText, shellQuote } from '../../wire/escape.ts'
import type { Candidate, Ignored } from './candidate.ts'
import { isOurs, normalizeKey } from './key-names.ts'

export interface Client {
  chosen: ReadonlyMap<Candidate['setting'], Candidate>
  ignored: Ignored[]
}

/**
 * Chooses what belongs to the file's one client id, or to the prefix that was asked for. Throws a UsageError that lists
 * the clients when there are several, and for two keys that contradict each other.
 */
export function chooseClient(
  path: string,
  candidates: readonly Candidate[],
  prefix: string | undefined,
): Client {
  const owner = findOwner(path, candidates, prefix)
  const ignored: Ignored[] = []
  const chosen = new Map<Candidate['setting'], Candidate>()
  const own = candidates.filter((candidate) => {
    if (belongs(candidate, owner, prefix)) return true
    ignored.push({
      key: candidate.key,
      reason:
        candidate.setting === 'clientId' && owner.key !== ''
          ? `${owner.key} is used instead`
          : `its prefix is not that of ${owner.key}`,
    })
    return false
  })
  const sureness = ({ key, rank, owner: its }: Candidate) =>
    isOurs(key) ? -1 : (its === owner.name ? 0 : 10) + rank
  for (const candidate of own.toSorted((one, other) => sureness(one) - sureness(other))) {
    const other = chosen.get(candidate.setting)
    if (!other) chosen.set(candidate.setting, candidate)
    else if (sureness(other) < sureness(candidate) || other.value === candidate.value)
      ignored.push({ key: candidate.key, reason: `${other.key} is used instead` })
    else throw contradictory(path, candidate.setting, other.key, candidate.key)
  }
  return { chosen, ignored }
}

interface Owner {
  name: string
  /** The key that says so. */
  key: string
}

function findOwner(path: string, candidates: readonly Candidate[], prefix: string | undefined): Owner {
  const matching =
    prefix === undefined ? candidates : candidates.filter(({ key, owner }) => hasPrefix(key, owner, prefix))
  if (prefix !== undefined && matching.length === 0) throw noneOfPrefix(path, prefix, listClients(candidates))
  const clients = listClients(matching)
  const [client, second] = clients
  if (client && second && clients.every(({ owner }) => owner === client.owner))
    throw contradictory(path, client.setting, client.key, second.key)
  if (second) throw severalClients(path, clients)
  return { name: client?.owner ?? '', key: client?.key ?? '' }
}

/**
 * Lists one key for each client: those of the surest names for a client id, one for each value; failing that, one for
 * each owner.
 */
function listClients(candidates: readonly Candidate[]): Candidate[] {
  const ids = candidates.filter(({ setting }) => setting === 'clientId')
  const ours = ids.filter(({ key }) => isOurs(key))
  if (ours.length > 0) return ours
  if (ids.length > 0) {
    const rank = Math.min(...ids.map((id) => id.rank))
    const siblings = (id: Candidate) => candidates.filter(({ owner }) => owner === id.owner).length
    const sure = ids
      .filter((id) => id.rank === rank)
      .toSorted((one, other) => siblings(other) - siblings(one))
    return sure.filter((id, index) => sure.findIndex(({ value }) => value === id.value) === index)
  }
  const owned = candidates.filter(
    ({ owner, key, setting }) => owner !== '' || (isCredential(setting) && !isOurs(key)),
  )
  return owned.filter(
    (candidate, index) => owned.findIndex((other) => isRelated(other.owner, candidate.owner)) === index,
  )
}

function isCredential(setting: Candidate['setting']): boolean {
  return setting === 'clientSecret' || setting === 'key'
}

/** Tells whether one owner is the other, or a part of it: ACME and ACME_PROD. */
function isRelated(one: string, other: string): boolean {
  return (
    one === other ||
    (one !== '' && other.startsWith(`${one}_`)) ||
    (other !== '' && one.startsWith(`${other}_`))
  )
}

function belongs({ key, owner }: Candidate, { name }: Owner, prefix: string | undefined): boolean {
  if (isOurs(key) || owner === name || owner === '') return true
  return name.startsWith(`${owner}_`) || (prefix !== undefined && hasPrefix(key, owner, prefix))
}

/** Tells whether a key starts with a prefix, as it stands or without what a framework puts before it. */
function hasPrefix(key: string, owner: string, prefix: string): boolean {
  const wanted = normalizeKey(prefix).replace(/_+$/, '')
  const raw = key.toUpperCase()
  return (
    raw.startsWith(prefix.toUpperCase()) ||
    normalizeKey(key).startsWith(`${wanted}_`) ||
    (wanted !== '' && (owner === wanted || owner.startsWith(`${wanted}_`)))
  )
}

/** Gives what to write after --prefix for a client. */
function prefixOf({ owner, key }: Candidate): string {
  return owner === '' ? key : owner
}

function severalClients(path: string, clients: readonly Candidate[]): UsageError {
  const shown = clients.map(({ key, setting, value }) =>
    setting === 'clientId' ? `${escapeText(key)}: ${escapeText(value)}` : escapeText(key),
  )
  return new UsageError({
    code: 'import_contradictory',
    title: `${path} has the settings of ${clients.length} clients`,
    cause: `Any of these may be the right one:\n${shown.join('\n')}`,
    fix: `Choose one by what its keys start with:\n${clients
      .map((client) => `nv profile import ${shellQuote(path)} --prefix ${shellQuote(prefixOf(client))}`)
      .join('\n')}`,
  })
}

function noneOfPrefix(path: string, prefix: string, clients: readonly Candidate[]): UsageError {
  return new UsageError({
    code: 'import_unreadable',
    title: `Nothing in ${path} starts with ${JSON.stringify(prefix)}`,
    cause:
      clients.length === 0
        ? 'No key in it names a client.'
        : `Its clients are in ${clients.map(({ key }) => escapeText(key)).join(', ')}.`,
    fix: 'Give --prefix as the keys start, or leave it out.',
  })
}

function contradictory(path: string, setting: string, one: string, other: string): UsageError {
  return new UsageError({
    code: 'import_contradictory',
    title: `${path} gives ${setting} twice, with two values`,
    cause: `${escapeText(one)} and ${escapeText(other)} could both be right.`,
    fix: 'Remove one of them, or rename the right one to NV_…, and import again.',
  })
}
