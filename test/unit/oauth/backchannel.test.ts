// What the answer of a backchannel authentication endpoint says, read leniently.
import { expect, test } from 'vitest'
import { readBackchannelAnswer } from '../../../src/oauth/backchannel.ts'

const acknowledged = (expiresInSeconds: number | null, intervalSeconds: number) => ({
  kind: 'acknowledged',
  authReqId: 'id',
  expiresInSeconds,
  intervalSeconds,
})

test.each<[string, number, unknown, unknown]>([
  ['all of it', 200, { auth_req_id: 'id', expires_in: 120, interval: 2 }, acknowledged(120, 2)],
  ['no interval: 5 s', 200, { auth_req_id: 'id', expires_in: 120 }, acknowledged(120, 5)],
  ['numbers as strings', 200, { auth_req_id: 'id', expires_in: '60', interval: '1' }, acknowledged(60, 1)],
  ['no expires_in', 200, { auth_req_id: 'id' }, acknowledged(null, 5)],
  ['an interval of 0', 200, { auth_req_id: 'id', interval: 0 }, acknowledged(null, 5)],
  ['a negative interval', 200, { auth_req_id: 'id', interval: -1 }, acknowledged(null, 5)],
  ['an interval of a year', 200, { auth_req_id: 'id', interval: 31_536_000 }, acknowledged(null, 5)],
  ['expires_in null', 200, { auth_req_id: 'id', expires_in: null }, acknowledged(null, 5)],
  ['201', 201, { auth_req_id: 'id' }, acknowledged(null, 5)],
  ['an error', 400, { error: 'invalid_scope' }, { kind: 'error', error: 'invalid_scope', description: null }],
  [
    'an auth_req_id under 400',
    400,
    { auth_req_id: 'id', error: 'x', error_description: 'why' },
    { kind: 'error', error: 'x', description: 'why' },
  ],
  ["an error of Telefónica's", 400, { code: 400, message: 'no' }, { kind: 'unreadable', found: 'no' }],
  ['an empty auth_req_id', 200, { auth_req_id: '' }, { kind: 'unreadable' }],
  ['a number as auth_req_id', 200, { auth_req_id: 1 }, { kind: 'unreadable' }],
  ['an array', 200, [], { kind: 'unreadable' }],
])('%s', (_what, status, body, expected) => {
  expect(readBackchannelAnswer(status, JSON.stringify(body))).toMatchObject(expected as object)
})
