// The map of the behaviours, by theme.
import { api } from './api.ts'
import { authorize } from './authorize.ts'
import { backchannel } from './backchannel.ts'
import type { Behaviours } from './behaviour.ts'
import { callback } from './callback.ts'
import { certificate } from './certificate.ts'
import { clientAuthentication } from './client-authentication.ts'
import { discovery } from './discovery.ts'
import { dpop } from './dpop.ts'
import { enablement } from './enablement.ts'
import { idToken } from './id-token.ts'
import { refusals } from './refusals.ts'
import { status } from './status.ts'
import { token } from './token.ts'
import { transport } from './transport.ts'

/** The behaviours by name. */
export const behaviours: Behaviours = {
  ...authorize,
  ...callback,
  ...refusals,
  ...clientAuthentication,
  ...token,
  ...idToken,
  ...dpop,
  ...backchannel,
  ...enablement,
  ...api,
  ...discovery,
  ...transport,
  ...status,
  ...certificate,
}
