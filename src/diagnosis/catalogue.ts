// Every finding in words: what happened, the likely cause, what to do, and where that is written.
import { account } from './catalogue/account.ts'
import { api } from './catalogue/api.ts'
import { authorize } from './catalogue/authorize.ts'
import { check } from './catalogue/check.ts'
import { callback } from './catalogue/callback.ts'
import { clientAuthentication } from './catalogue/client-authentication.ts'
import { discovery } from './catalogue/discovery.ts'
import { idToken } from './catalogue/id-token.ts'
import { network } from './catalogue/network.ts'
import { operatorToken } from './catalogue/operator-token.ts'
import { pages } from './catalogue/pages.ts'
import { refusals } from './catalogue/refusals.ts'
import { settings } from './catalogue/settings.ts'
import { token } from './catalogue/token.ts'

/** The entries by code: each a function from exactly the facts that it needs to words. */
export const catalogue = {
  ...network,
  ...pages,
  ...discovery,
  ...settings,
  ...authorize,
  ...callback,
  ...refusals,
  ...account,
  ...clientAuthentication,
  ...token,
  ...idToken,
  ...operatorToken,
  ...api,
  ...check,
}

export type Code = keyof typeof catalogue

/** What an entry takes: one object of facts, or nothing. */
export type FactsByCode = { [C in Code]: Parameters<(typeof catalogue)[C]> }

/** The facts that a code needs. */
export type FactsOf<C extends Code> = FactsByCode[C][0]
