// A recording of what an inspected thing shows, for the diagnosis to explain.
import { diagnose } from '../diagnosis/diagnose.ts'
import type { Finding } from '../run/finding.ts'
import type { Arrival, Exchange, Recording, RequestFacts, StepName, TargetFacts } from '../run/recording.ts'
import { nothingRequested, unknownTarget } from '../run/unknown.ts'
import type { ExchangeKind, HeaderList, Message } from '../wire/exchange.ts'

const asked: RequestFacts = { ...nothingRequested, grants: ['authorization-code'] }

export type SeenParts = Partial<Omit<Recording, 'target' | 'request'>> & {
  target?: Partial<TargetFacts>
  request?: Partial<RequestFacts>
}

/** Makes a recording of what was seen; what is left out is unknown. */
export function recordingOfSeen({ target, request, ...rest }: SeenParts): Recording {
  return {
    command: 'inspect',
    startedAtMs: 0,
    steps: [],
    exchanges: [],
    arrivals: [],
    observations: [],
    end: null,
    ...rest,
    target: { ...unknownTarget, ...target },
    request: { ...asked, ...request },
  }
}

/** Reads headers, one a line. */
export function readHeaders(lines: readonly string[]): Array<[name: string, value: string]> {
  return lines.flatMap((line): Array<[string, string]> => {
    const at = line.indexOf(':')
    return at < 1 ? [] : [[line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()]]
  })
}

/** Makes a message out of headers and text. */
export function messageOf(headers: HeaderList, text: string | null): Message {
  return {
    headers,
    body: text === null ? null : { text, byteLength: Buffer.byteLength(text), isCut: false },
  }
}

/** Makes an exchange of which little is known. */
export function exchangeOfSeen(
  id: number,
  step: StepName,
  kind: ExchangeKind,
  parts: Partial<Exchange> & Pick<Exchange, 'request'>,
): Exchange {
  return {
    id,
    step,
    kind,
    sentBy: kind === 'authorize' ? 'phone' : 'nv',
    hop: null,
    response: null,
    failure: null,
    timings: {
      startedMs: 0,
      resolvedMs: null,
      connectedMs: null,
      securedMs: null,
      firstByteMs: null,
      endedMs: 0,
    },
    connection: null,
    correlator: { sent: null, returned: null },
    clockSkewSeconds: null,
    ...parts,
  }
}

/** Makes an arrival out of the parameters of a callback. */
export function arrivalOfSeen(
  parameters: URLSearchParams,
  { url, isInFragment, atMs = 0 }: { url: URL | null; isInFragment: boolean; atMs?: number },
): Arrival {
  const states = parameters.getAll('state')
  return {
    at: atMs,
    via: 'direct',
    from: null,
    what: {
      kind: 'address',
      method: null,
      host: url?.host ?? null,
      path: url?.pathname ?? null,
      parameters: [...parameters.keys()],
      isInFragment,
      state: states.length > 1 ? 'doubled' : states[0] ? 'ours' : 'missing',
      error: parameters.get('error'),
      errorDescription: parameters.get('error_description'),
      errorUri: parameters.get('error_uri'),
      issuer: parameters.get('iss'),
      forwardedFor: null,
      userAgent: null,
      hints: {},
    },
    verdict: states.length > 1 ? 'state_doubled' : 'taken',
    count: 1,
  }
}

/** What nv says of a run of its own, and what is true of requests that another program sent. */
const retellings: ReadonlyArray<readonly [RegExp, string]> = [
  [/ ?nv (?:continued|went on) with [^.]*\./g, ''],
  [/ ?nv did not send the code there\./g, ''],
  [/ ?nv (?:is still waiting|exchanges it once)[^.:]*[.:]/g, ''],
  [/, although nv gives each one a new jti/g, ''],
  [/\bnv sent none in both/g, 'The client may have sent it in one and not in the other'],
  [/\bnv asked for the code in the query/g, 'Number Verification wants the code in the query'],
  [
    /\bnv sent the number with its \+ and country code\./g,
    'It must start with + and the country code, and have digits only.',
  ],
  [/\bthe server does not exist:/g, 'That path does not exist:'],
  [/\bnv asked for \. It was not granted, or is not enough\./g, 'The scope of the token is not enough.'],
  [/\bnv (sent|asked for)\b/g, 'The client $1'],
  [/\bnv can't\b/g, "A client can't"],
  [/, and register exactly \./g, ', and the redirect_uri, against the registration.'],
]

/** Explains what was seen. nv sent none of it, and no finding claims that it did. */
export function diagnoseSeen(recording: Recording): Finding[] {
  return diagnose(recording).map(retell)
}

/** Takes out of a finding what it says of a run of nv. */
export function retell(finding: Finding): Finding {
  const tell = (text: string) =>
    retellings.reduce((told, [pattern, words]) => told.replace(pattern, words), text).trim()
  const { title, cause, fix } = finding
  return {
    ...finding,
    title: tell(title).replace(/^the /, 'The '),
    cause: tell(cause),
    fix: tell(fix) || 'Nothing to do.',
  }
}
