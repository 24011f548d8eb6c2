// What deployments write settings as: manifests of Kubernetes, and lists of a name and a value.
import type { Entry } from './candidate.ts'

/**
 * Joins a name with the value that stands beside it, as in a list of variables; of a manifest it leaves out what says of
 * the manifest itself, and decodes the values of a Secret.
 * @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data
 */
export function readDeployment(entries: readonly Entry[]): Entry[] {
  const kind = entries.find(({ key }) => key === 'kind')?.value
  const isManifest = kind !== undefined && entries.some(({ key }) => key === 'apiVersion')
  return joinPairs(entries).flatMap((entry) => {
    if (!isManifest) return [entry]
    if (/^(?:apiVersion|kind|type|metadata\..*)$/.test(entry.key)) return []
    return kind === 'Secret' && entry.key.startsWith('data.') ? [decode(entry)] : [entry]
  })
}

function joinPairs(entries: readonly Entry[]): Entry[] {
  const joined: Entry[] = []
  for (let at = 0; at < entries.length; at++) {
    const [one, next] = [entries[at], entries[at + 1]]
    if (one === undefined) continue
    // In YAML the value is read as a part of the name that it is indented under.
    const places = [one.key.replace(/[^.]*$/, 'value'), `${one.key}.value`]
    const isPair =
      /(?:^|\.)(?:name|key)$/i.test(one.key) &&
      next !== undefined &&
      places.some((place) => place.toLowerCase() === next.key.toLowerCase()) &&
      /^[A-Za-z_][\w.-]{0,127}$/.test(one.value)
    joined.push(isPair ? { key: one.value, value: next.value } : one)
    if (isPair) at++
  }
  return joined
}

function decode(entry: Entry): Entry {
  const value = Buffer.from(entry.value, 'base64').toString('utf8')
  const isBase64 = Buffer.from(value).toString('base64').replace(/=+$/, '') === entry.value.replace(/=+$/, '')
  return isBase64 ? { ...entry, value: value.replace(/\n$/, '') } : entry
}
