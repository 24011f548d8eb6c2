// Behaviours of the API: its refusals, its answers, and how it compares a number.
import { createHash } from 'node:crypto'
import { readBody, stringIn } from '../../wire/body.ts'
import { mockLine } from '../../wire/simulated.ts'
import { echoCorrelator } from '../api/api.ts'
import { readAccessToken } from '../caller.ts'
import type { Gateway } from '../gateway.ts'
import type { Call } from '../request.ts'
import { replyApiError, replyJson, type Reply } from '../response.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { changeMembers, doubleMember, giveError } from './changes.ts'

/** What every answer of /verify has. */
const marker = 'devicePhoneNumberVerified'

const noMobileNetwork = 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK'
const noSupportedMethod = 'NUMBER_VERIFICATION.USER_NOT_AUTHENTICATED_BY_SUPPORTED_METHOD'

export const api: Behaviours = {
  wifi: {
    does: 'treats every phone as if on Wi-Fi, a VPN or a tethered connection',
    shows: 'access_denied, or 403 USER_NOT_AUTHENTICATED_BY_MOBILE_NETWORK',
    steps: ['callback', 'api'],
    changeReply: (reply, call, gateway) => {
      if (reply.isCallback)
        return giveError('access_denied', 'The line was not identified.')(reply, call, gateway)
      // A SIM is known by its token over Wi-Fi too.
      const token = gateway.state.tokens.find(readAccessToken(call) ?? '')
      if (token?.subject.identifiedBy === 'sim') return reply
      return refusal(call, 403, noMobileNetwork)
    },
  },
  'not-by-mobile-network': refuse(
    403,
    noMobileNetwork,
    'says that the mobile network did not identify the line',
  ),
  'not-by-supported-method': refuse(
    403,
    noSupportedMethod,
    'says that no supported method identified the line',
  ),
  'sim-token-invalid': refuse(403, 'NUMBER_VERIFICATION.INVALID_TS43_TOKEN'),
  'token-context-invalid': refuse(403, 'NUMBER_VERIFICATION.INVALID_TOKEN_CONTEXT'),
  'token-context-invalid-bare': refuse(403, 'INVALID_TOKEN_CONTEXT'),
  'permission-denied': refuse(403, 'PERMISSION_DENIED'),
  unauthenticated: refuse(401, 'UNAUTHENTICATED'),
  'authentication-required': refuse(401, 'AUTHENTICATION_REQUIRED'),
  'invalid-argument': refuse(400, 'INVALID_ARGUMENT'),
  internal: refuse(500, 'INTERNAL'),
  unavailable: refuse(503, 'UNAVAILABLE'),
  timeout: refuse(504, 'TIMEOUT'),
  'error-shape-oauth': {
    does: 'refuses with an OAuth error instead of a CAMARA error',
    shows: 'JSON of the wrong shape',
    steps: ['api'],
    answer: () => replyJson(401, { error: 'invalid_token', error_description: 'The token is not known.' }),
  },
  'error-shape-gateway': {
    does: 'refuses with the error of an API gateway instead of a CAMARA error',
    shows: 'JSON of the wrong shape',
    steps: ['api'],
    answer: () => replyJson(403, { fault: { faultstring: 'Access denied', detail: { errorcode: '4003' } } }),
  },
  'hash-without-plus': compare(
    'compares a hash with the hash of the number without its +',
    (hash, number) => hash.toLowerCase() === sha256(number.slice(1)),
  ),
  'hash-upper-case': compare(
    'takes a hash in upper-case digits only',
    (hash, number) => hash === sha256(number).toUpperCase(),
  ),
  'hash-refused': {
    does: 'takes the plain number only',
    shows: 'the operator supports one form',
    steps: ['api'],
    answer: (call) =>
      sentMember(call, 'hashedPhoneNumber') === null ? undefined : refusal(call, 400, 'INVALID_ARGUMENT'),
  },
  'plain-refused': {
    does: 'takes the hashed number only',
    shows: 'the operator supports one form',
    steps: ['api'],
    answer: (call) =>
      sentMember(call, 'phoneNumber') === null ? undefined : refusal(call, 400, 'INVALID_ARGUMENT'),
  },
  'other-sim': {
    does: 'answers false, since the other SIM of the phone carries the data',
    shows: '`false`, the number is right',
    steps: ['api'],
    changeReply: changeMembers(marker, () => ({ [marker]: false })),
  },
  'random-answer': {
    does: 'answers true or false at random',
    shows: 'random true/false',
    steps: ['api'],
    changeReply: (reply, call, gateway) => {
      const isTrue = ((gateway.ports.random(1)[0] ?? 0) & 1) === 1
      return changeMembers(marker, () => ({ [marker]: isTrue }))(reply, call, gateway)
    },
  },
  'verdict-string': verdict('answers "true" as a string', 'true'),
  'verdict-number': verdict('answers 1 instead of true', 1),
  'verdict-null': verdict('answers null', null),
  'verdict-missing': verdict('leaves devicePhoneNumberVerified out', undefined),
  'verdict-doubled': {
    ...verdict('answers false and true under the same name', null),
    changeReply: doubleMember(marker, false),
  },
  'number-without-plus': number('names the line without its +', (line) => line.slice(1)),
  'number-with-spaces': number(
    'names the line with spaces in it',
    (line) => `${line.slice(0, 3)} ${line.slice(3)}`,
  ),
  'number-missing': number('leaves the number of the line out', () => undefined),
}

function refusal(call: Call, status: number, code: string): Reply {
  return echoCorrelator(call, replyApiError(status, code, 'The simulator was told to refuse this.'))
}

function refuse(status: number, code: string, does = `refuses with ${code}`): Behaviour {
  const shown = code.replace('NUMBER_VERIFICATION.', '')
  return {
    does,
    shows: `${status} ${shown}`,
    steps: ['api'],
    answer: (call) => refusal(call, status, code),
  }
}

/** Bends the comparison of a hash; a plain number is compared as ever. */
function compare(does: string, isSame: (hash: string, number: string) => boolean): Behaviour {
  return {
    does,
    shows: 'plain true, hashed false',
    steps: ['api'],
    changeReply: (reply, call, gateway) => {
      const hash = sentMember(call, 'hashedPhoneNumber')
      if (hash === null) return reply
      const isTrue = isSame(hash, lineOf(call, gateway))
      return changeMembers(marker, () => ({ [marker]: isTrue }))(reply, call, gateway)
    },
  }
}

function verdict(does: string, value: unknown): Behaviour {
  return {
    does,
    shows: 'an answer that is not a JSON boolean',
    steps: ['api'],
    changeReply: changeMembers(marker, () => ({ [marker]: value })),
  }
}

/** Bends the number that /device-phone-number gives; /verify gives none. */
function number(does: string, change: (line: string) => string | undefined): Behaviour {
  return {
    does,
    shows: 'a number that is not in E.164',
    steps: ['api'],
    changeReply: changeMembers('devicePhoneNumber', ({ devicePhoneNumber }) => ({
      devicePhoneNumber: change(String(devicePhoneNumber)),
    })),
  }
}

function sentMember({ body }: Call, name: string): string | null {
  const read = readBody(body)
  return read.kind === 'object' ? stringIn(read.object, name) : null
}

function lineOf(call: Call, { state }: Gateway): string {
  return state.tokens.find(readAccessToken(call) ?? '')?.subject.line ?? mockLine
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
