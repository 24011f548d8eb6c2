// A callback URL, or its parameters alone: what came back, and what it means.
import { finding } from '../diagnosis/finding.ts'
import { readPasted } from '../oauth/callback.ts'
import { holdsResponse } from '../oauth/redirect-uri.ts'
import { arrivalOfSeen, diagnoseSeen, recordingOfSeen } from './seen.ts'
import { inspectionOf, type Given, type Inspection, type Lint, showValue } from './inspection.ts'
import { lintEncoding, meaningOfParameter, splitParameters } from './parameters.ts'

const maxLength = 20_000

/** Reads the authorization response in an address, or in a query that was cut out of one; null when there is none. */
export function readCallbackUrl(text: string, given: Given): Inspection | null {
  if (text.length > maxLength || /[{}\n]/.test(text.trim())) return null
  const pasted = readPasted(text)
  if (pasted === null || !isResponse(pasted.parameters, pasted.url)) return null
  const { url, parameters, isInFragment } = pasted
  const redirectUri = url === null ? null : addressOf(url)
  const arrival = arrivalOfSeen(parameters, { url, isInFragment })
  const isGranted = parameters.get('code') !== null && parameters.get('error') === null
  const isSound =
    isGranted && !isInFragment && arrival.verdict === 'taken' && parameters.getAll('code').length === 1
  const issuer = given.profile?.issuer ?? null
  const recording = recordingOfSeen({
    target: { redirectUri, issuer },
    arrivals: [redactedArrival(arrival, given)],
    end:
      isSound && (issuer === null || parameters.get('iss') === issuer || parameters.get('iss') === null)
        ? null
        : { kind: 'stopped', step: 'callback', lacks: 'code' },
  })
  const causes = diagnoseSeen(recording).map((one): Lint => [factOf(one.code), one])
  const stateless: Lint[] = parameters.has('state')
    ? []
    : [
        [
          'state',
          {
            ...finding('state_missing', { step: 'callback' }, { others: [...parameters.keys()] }),
            severity: 'warning',
          },
        ],
      ]
  const differs: Lint[] =
    redirectUri !== null && given.profile?.redirectUri && given.profile.redirectUri !== redirectUri
      ? [
          [
            'address',
            finding(
              'response_elsewhere',
              { step: 'callback' },
              { target: redirectUri, redirectUri: given.profile.redirectUri, difference: null },
            ),
          ],
        ]
      : []
  const facts = [
    ...(redirectUri === null ? [] : [{ name: 'address', value: redirectUri, meaning: 'the redirect_uri' }]),
    ...[...parameters].map(([name, value]) => ({
      name,
      value: showValue(name, value, given),
      meaning: isInFragment ? `${meaningOfParameter(name)}; after a #` : meaningOfParameter(name),
    })),
  ]
  const encoding = lintEncoding(splitParameters([...parameters].map(([name]) => name).join('&'))).filter(
    ([, { code }]) => code !== 'parameter_doubled',
  )
  const summary = isGranted
    ? 'A callback with an authorization code'
    : `A callback with the error ${parameters.get('error') ?? '(none)'}`
  return inspectionOf('callback-url', summary, facts, [...causes, ...stateless, ...differs, ...encoding])
}

/** An error with a state, or with nothing but its description, may as well be the answer of a server. */
function isResponse(parameters: URLSearchParams, url: URL | null): boolean {
  if (parameters.has('grant_type') || parameters.has('response_type')) return false
  if (!holdsResponse(parameters)) return false
  if (url !== null) return parameters.has('code') || parameters.has('error') || parameters.has('iss')
  return parameters.has('code') || (parameters.has('error') && parameters.has('state'))
}

function addressOf(url: URL): string {
  return url.origin === 'null' ? `${url.protocol}//${url.host}${url.pathname}` : url.origin + url.pathname
}

function redactedArrival(arrival: ReturnType<typeof arrivalOfSeen>, { redactor }: Given) {
  const text = (value: string | null) => (value === null ? null : redactor.text(value))
  const { what } = arrival
  return {
    ...arrival,
    what: { ...what, error: text(what.error), errorDescription: text(what.errorDescription) },
  }
}

function factOf(code: string): string {
  if (code.startsWith('state_')) return 'state'
  if (code.startsWith('issuer_')) return 'iss'
  if (code === 'doubled_parameter' || code === 'response_in_fragment' || code === 'no_code') return 'code'
  return 'error'
}
