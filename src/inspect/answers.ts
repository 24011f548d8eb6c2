// Answers in JSON or as a form: of the token endpoint, of the backchannel, of the API.
import { type OperationName, operations, readNumberAnswer, readVerifyAnswer } from '../camara/api.ts'
import { finding } from '../diagnosis/finding.ts'
import type { Finding } from '../run/finding.ts'
import { readTokenMembers } from '../oauth/token.ts'
import { readBody, stringIn } from '../wire/body.ts'
import {
  describeDuration,
  type Given,
  type Inspection,
  inspectionOf,
  type Lint,
  showJson,
  showSecret,
} from './inspection.ts'
import { describeNested } from './jwt.ts'
import { diagnoseSeen, exchangeOfSeen, messageOf, recordingOfSeen, retell } from './seen.ts'

const maxLength = 300_000

const memberMeanings: Readonly<Record<string, string>> = {
  access_token: 'opens the API, once',
  token_type: 'how the access token is sent',
  expires_in: 'its lifetime, in seconds',
  scope: 'what was granted',
  id_token: 'tells who was authenticated',
  refresh_token: 'for a new access token; not used here',
  auth_req_id: 'the id of the CIBA request, to poll with',
  interval: 'how long to wait between two polls, in seconds',
  devicePhoneNumberVerified: 'whether the phone has the number that was asked about',
  devicePhoneNumber: 'the number of the phone',
}

/** Reads a token response, as JSON or as a form; null when there is no access token in it. */
export async function readTokenResponse(text: string, given: Given): Promise<Inspection | null> {
  const members = text.length > maxLength ? null : readTokenMembers(text)
  if (members === null || members['access_token'] === undefined) return null
  const nested = await Promise.all(
    ['access_token', 'id_token'].map((name) => describeNested(name, stringIn(members, name) ?? '', given)),
  )
  for (const name of ['access_token', 'id_token', 'refresh_token']) {
    const secret = stringIn(members, name)
    if (secret !== null) given.redactor.conceal(secret)
  }
  const type = stringIn(members, 'token_type')
  const recording = recordingOfSeen({
    target: {
      scope: given.profile?.scope ?? stringIn(members, 'scope'),
      usesDpop: type?.toLowerCase() === 'dpop',
    },
    exchanges: [
      exchangeOfSeen(1, 'token', 'token', {
        request: { method: 'POST', url: 'the token endpoint', ...messageOf([], null) },
        response: { status: 200, ...messageOf([], given.redactor.body(text)) },
      }),
    ],
    end: null,
  })
  const isUsable = typeof members['access_token'] === 'string' && members['access_token'] !== ''
  const notes = diagnoseSeen(
    isUsable ? recording : { ...recording, end: { kind: 'stopped', step: 'token', lacks: 'token' } },
  )
  const lints = notes
    .filter(({ step, code }) => step === 'token' && code !== 'id_token_missing')
    .map((one): Lint => [factOf(one.code), one])
  const facts = Object.entries(members)
    .slice(0, 60)
    .map(([name, value]) => ({
      name,
      value:
        name === 'access_token' && typeof value === 'string'
          ? showSecret(value)
          : showJson(name, value, given),
      meaning: memberMeanings[name] ?? '',
    }))
  return inspectionOf(
    'token-response',
    isUsable ? 'A token response with an access token' : 'A token response without a usable access token',
    [...facts, ...nested.flatMap((one) => one?.facts ?? [])],
    [...lints, ...nested.flatMap((one) => one?.lints ?? [])],
  )
}

function factOf(code: string): string {
  const facts: Readonly<Record<string, string>> = {
    token_type_missing: 'token_type',
    token_lives_long: 'expires_in',
    expires_in_unusable: 'expires_in',
    refresh_token_given: 'refresh_token',
    scope_differs: 'scope',
  }
  return facts[code] ?? 'access_token'
}

/** Reads the answer of a backchannel request; null when there is no auth_req_id in it. */
export function readBackchannelResponse(text: string, given: Given): Inspection | null {
  const body = text.length > maxLength ? null : readBody(text)
  if (body?.kind !== 'object' || body.object['auth_req_id'] === undefined) return null
  const members = body.object
  const facts = Object.entries(members)
    .slice(0, 60)
    .map(([name, value]) => ({
      name,
      value: showJson(name, value, given),
      meaning: memberMeanings[name] ?? '',
    }))
  const lives = members['expires_in']
  const summary =
    typeof lives === 'number' ? `A CIBA response that lives ${describeDuration(lives)}` : 'A CIBA response'
  const lints: Lint[] =
    typeof lives === 'number' && lives > 0
      ? []
      : [
          [
            'expires_in',
            retell(
              finding(
                'backchannel_response_irregular',
                { step: 'authorize' },
                { host: 'the gateway', message: 'It has no expires_in in seconds' },
              ),
            ),
          ],
        ]
  return inspectionOf('backchannel-response', summary, facts, lints)
}

/** Reads an answer of the API; null for any other text. */
export function readApiAnswer(text: string, given: Given): Inspection | null {
  const body = text.length > maxLength ? null : readBody(text)
  if (body?.kind !== 'object') return null
  const members = body.object
  const operation = (Object.keys(operations) as OperationName[]).find((name) =>
    Object.hasOwn(members, operations[name].answer),
  )
  if (operation === undefined) return null
  const name = operations[operation].answer
  const fact = { name, value: showJson(name, members[name], given), meaning: memberMeanings[name] ?? '' }
  const others = Object.keys(members)
    .filter((other) => other !== name)
    .slice(0, 20)
  const facts = [
    fact,
    ...others.map((other) => ({
      name: other,
      value: showJson(other, members[other], given),
      meaning: 'not a part of the answer',
    })),
  ]
  const [summary, lints] =
    operation === 'verify'
      ? judgeVerify(readVerifyAnswer(200, text))
      : judgeNumber(readNumberAnswer(200, text))
  return inspectionOf(
    'api-answer',
    summary,
    facts,
    lints.map((one): Lint => [name, one]),
  )
}

const atApi = { step: 'api' } as const

function judgeVerify(answer: ReturnType<typeof readVerifyAnswer>): [string, Array<Lint[1]>] {
  if (answer === 'verified') return ['An answer of the API: verified, the phone has that number', []]
  if (answer === 'mismatch')
    return [
      'An answer of the API: mismatch, the phone has another number',
      [
        finding('mismatch_explained', atApi, {
          isHashed: false,
          isBySim: false,
          isOfMock: false,
          probed: null,
        }),
      ],
    ]
  return [
    'An unusable answer of the API',
    [finding('answer_unusable', atApi, { found: answer.undetermined })],
  ]
}

function judgeNumber(answer: ReturnType<typeof readNumberAnswer>): [string, Array<Lint[1]>] {
  if ('phoneNumber' in answer) return ['An answer of the API: the number of the phone', []]
  return [
    'An unusable answer of the API',
    [finding('answer_unusable', atApi, { found: answer.undetermined })],
  ]
}

/** Reads an answer that looks like that of the API or of the token endpoint, and is not; null when it is neither. */
export function readLookalike(text: string, given: Given): Inspection | null {
  if (text.length > maxLength || !/^\s*[[{]/.test(text)) return null
  const isApi = /"device[_-]?phone[_-]?number([_-]?verified)?"\s*:/i.test(text)
  if (!isApi && !/"access[_-]?token"\s*:/i.test(text)) return null
  const step = isApi ? 'api' : 'token'
  const request = { method: 'POST', url: 'the server', ...messageOf([], null) }
  const response = { status: 200, ...messageOf([], given.redactor.body(text)) }
  const findings = diagnoseSeen(
    recordingOfSeen({
      exchanges: [exchangeOfSeen(1, step, step, { request, response })],
      end: { kind: 'stopped', step, lacks: isApi ? 'answer' : 'token' },
    }),
  ).map((one): Finding => ({ ...one, title: one.title.replace(' (HTTP 200)', '') }))
  return inspectionOf(
    isApi ? 'api-answer' : 'token-response',
    isApi
      ? 'An answer that is not in the form of the API'
      : 'A token response that is not in the form of OAuth',
    [],
    findings.map((one): Lint => ['', one]),
  )
}
