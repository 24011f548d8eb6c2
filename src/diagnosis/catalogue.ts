// Every finding in words: what happened, the likely cause, what to do, and where that is written.
import { account } from './catalogue/account.ts'
import { api } from './catalogue/api.ts'
import { verdict } from './catalogue/verdict.ts'
import { app } from './catalogue/app.ts'
import { authorize } from './catalogue/authorize.ts'
import { check } from './catalogue/check.ts'
import { callback } from './catalogue/callback.ts'
import { clientAuthentication } from './catalogue/client-authentication.ts'
import { discovery } from './catalogue/discovery.ts'
import { enablement } from './catalogue/enablement.ts'
import { handset } from './catalogue/handset.ts'
import { idToken } from './catalogue/id-token.ts'
import { inspectedRequest } from './catalogue/inspected-request.ts'
import { inspection } from './catalogue/inspection.ts'
import { network } from './catalogue/network.ts'
import { operatorToken } from './catalogue/operator-token.ts'
import { pages } from './catalogue/pages.ts'
import { refusals } from './catalogue/refusals.ts'
import { settings } from './catalogue/settings.ts'
import { token } from './catalogue/token.ts'
import { visitor } from './catalogue/visitor.ts'

/** The entries by theme, in the order of a run. */
export const themes = {
  'This machine and the network': network,
  'Pages in place of an answer': pages,
  Discovery: discovery,
  Settings: settings,
  'An authorize URL that the provider gives': enablement,
  'A phone on a cable': handset,
  'The authorization request': authorize,
  'The redirects as an app follows them': app,
  'The callback': callback,
  'Who brought the callback': visitor,
  'Errors of OAuth': refusals,
  'Account, application and line': account,
  'Client authentication': clientAuthentication,
  'The access token': token,
  'The ID token': idToken,
  'The operator token': operatorToken,
  'The API': { ...api, ...verdict },
  'A check without a phone': check,
  'What was given to nv inspect': inspection,
  'A request that was given to nv inspect': inspectedRequest,
}

/** The entries by code: each a function from exactly the facts that it needs to words. */
export const catalogue = {
  ...network,
  ...pages,
  ...discovery,
  ...settings,
  ...enablement,
  ...handset,
  ...authorize,
  ...app,
  ...callback,
  ...visitor,
  ...refusals,
  ...account,
  ...clientAuthentication,
  ...token,
  ...idToken,
  ...operatorToken,
  ...api,
  ...verdict,
  ...check,
  ...inspection,
  ...inspectedRequest,
}

export type Code = keyof typeof catalogue

/** What an entry takes: one object of facts, or nothing. */
export type FactsByCode = { [C in Code]: Parameters<(typeof catalogue)[C]> }
