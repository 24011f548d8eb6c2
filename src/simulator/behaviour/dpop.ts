// Behaviours of DPoP.
import { headerValues } from '../request.ts'
import type { Behaviours } from './behaviour.ts'

export const dpop: Behaviours = {
  'dpop-nonce': {
    does: 'wants its own nonce in every proof',
    shows: 'use_dpop_nonce',
    steps: ['token'],
    rules: { requiresDpopNonce: true },
  },
  'dpop-ignored': {
    does: 'does not know DPoP, and gives a Bearer token',
    shows: 'a Bearer token though DPoP was sent',
    steps: ['token'],
    changeCall: (call) =>
      headerValues(call.headers, 'dpop').length === 0
        ? call
        : { ...call, headers: call.headers.filter(([name]) => name !== 'dpop') },
  },
}
