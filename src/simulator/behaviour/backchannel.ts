// Behaviours of CIBA: of the backchannel authentication endpoint, and of the answers to polls.
import { grantTypes } from '../../oauth/grants.ts'
import type { Behaviour, Behaviours } from './behaviour.ts'
import { changeMembers, giveError, whenSent } from './changes.ts'

/** What every accepted request is answered with. */
const marker = 'auth_req_id'

export const backchannel: Behaviours = {
  'ciba-pending': {
    does: 'answers three polls with authorization_pending',
    shows: 'a token that takes its time',
    steps: ['token'],
    rules: { cibaPendingPolls: 3 },
  },
  'ciba-pending-for-ever': poll('authorization_pending', 'The authorization is still pending.'),
  'ciba-slow-down': {
    does: 'says to poll every second, but wants 6 s between polls',
    shows: 'slow_down',
    steps: ['bc-authorize'],
    rules: { cibaIntervalSeconds: 6, cibaPendingPolls: 2, isCibaIntervalGrowing: false },
    changeReply: changeMembers(marker, () => ({ interval: 1 })),
  },
  'ciba-expired': poll('expired_token', 'The auth_req_id has expired.'),
  'ciba-interval-missing': {
    does: 'leaves the interval out',
    shows: 'polling every 5 s, as the standard has it',
    steps: ['bc-authorize'],
    changeReply: changeMembers(marker, () => ({ interval: undefined })),
  },
  'ciba-request-id-missing': {
    does: 'leaves the auth_req_id out',
    shows: 'JSON of the wrong shape',
    steps: ['bc-authorize'],
    changeReply: changeMembers(marker, () => ({ auth_req_id: undefined })),
  },
  'user-unknown': hint('unknown_user_id', 'Nobody is known by that hint.'),
  'hint-token-expired': hint('expired_login_hint_token', 'The token of the SIM has expired.'),
}

function poll(error: string, description: string): Behaviour {
  return {
    does: `answers every poll with ${error}`,
    shows: error,
    steps: ['token'],
    changeReply: whenSent('grant_type', giveError(error, description), grantTypes.ciba),
  }
}

function hint(error: string, description: string): Behaviour {
  return {
    does: `refuses the hint with ${error}`,
    shows: error,
    steps: ['bc-authorize'],
    changeReply: giveError(error, description),
  }
}
