// Every finding in words: what happened, the likely cause, what to do, and where that is written.
import { api } from './catalogue/api.ts'
import { authorize } from './catalogue/authorize.ts'
import { callback } from './catalogue/callback.ts'
import { clientAuthentication } from './catalogue/client-authentication.ts'
import { discovery } from './catalogue/discovery.ts'
import { idToken } from './catalogue/id-token.ts'
import { network } from './catalogue/network.ts'
import { operatorToken } from './catalogue/operator-token.ts'
import { settings } from './catalogue/settings.ts'
import { token } from './catalogue/token.ts'
import type { Entry } from './catalogue/words.ts'

/** The entries by code. */
export const catalogue: Readonly<Record<string, Entry>> = {
  ...network,
  ...authorize,
  ...discovery,
  ...settings,
  ...callback,
  ...clientAuthentication,
  ...token,
  ...idToken,
  ...operatorToken,
  ...api,
}
