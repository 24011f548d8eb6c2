// The paths of both origins, and what answers at each.
import { echoCorrelator, shareNumber, verifyNumber, versions } from './api/api.ts'
import { authorize, completeAuthorization } from './oauth/authorization.ts'
import type { BehaviourStep } from './behaviour/behaviour.ts'
import { answerBackchannel } from './oauth/backchannel.ts'
import { describeGateway, metadataPaths, publishKeys } from './oauth/discovery.ts'
import { answerEnablement } from './oauth/enablement.ts'
import { basePath, type Gateway } from './gateway.ts'
import type { Operator } from './operator/operator.ts'
import { showStartPage } from './pages/start-page.ts'
import type { Call } from './request.ts'
import { replyApiError, replyOAuthError, type Reply } from './response.ts'
import { answerToken } from './oauth/token.ts'

export interface Route {
  method: 'GET' | 'POST'
  /** The step under which behaviours find it; without one they don't. */
  step?: BehaviourStep
  answer: (call: Call) => Reply | Promise<Reply>
}

export type Routes = ReadonlyMap<string, Route>

/** Lists the operator's endpoints. */
export function operatorRoutes(operator: Operator): Routes {
  const hop = (method: Route['method'], answer: Route['answer']): Route => ({
    method,
    step: 'operator',
    answer,
  })
  return new Map<string, Route>([
    ['/authorize', hop('GET', operator.authorize)],
    ['/identify', hop('GET', operator.identify)],
    ['/phone', hop('POST', operator.choosePhone)],
    ['/consent', hop('GET', operator.askConsent)],
    ['/decision', hop('POST', operator.decideConsent)],
  ])
}

/** Lists the aggregator's endpoints. */
export function gatewayRoutes(gateway: Gateway): Routes {
  const api = versions.flatMap((version): Array<[string, Route]> => [
    [
      apiPath(version, 'verify'),
      { method: 'POST', step: 'api', answer: (call) => verifyNumber(call, gateway, version) },
    ],
    [
      apiPath(version, 'device-phone-number'),
      { method: 'GET', step: 'api', answer: (call) => shareNumber(call, gateway, version) },
    ],
  ])
  return new Map<string, Route>([
    ['/', { method: 'GET', answer: (call) => showStartPage(call, gateway) }],
    [
      `${basePath}/authorize`,
      { method: 'GET', step: 'authorize', answer: (call) => authorize(call, gateway) },
    ],
    [
      `${basePath}/callback`,
      { method: 'GET', step: 'operator', answer: (call) => completeAuthorization(call, gateway) },
    ],
    [`${basePath}/token`, { method: 'POST', step: 'token', answer: (call) => answerToken(call, gateway) }],
    [
      `${basePath}/bc-authorize`,
      { method: 'POST', step: 'bc-authorize', answer: (call) => answerBackchannel(call, gateway) },
    ],
    [
      `${basePath}/v0.1/network-enablement`,
      { method: 'POST', step: 'enablement', answer: (call) => answerEnablement(call, gateway) },
    ],
    ...metadataPaths.map((path): [string, Route] => [
      path,
      { method: 'GET', step: 'discovery', answer: (call) => describeGateway(call, gateway) },
    ]),
    [`${basePath}/jwks`, { method: 'GET', step: 'jwks', answer: () => publishKeys(gateway) }],
    ...api,
  ])
}

function apiPath(version: string, operation: string): string {
  return `${basePath}/number-verification/${version}/${operation}`
}

/** Answers a call at its path. */
export async function route(call: Call, routes: Routes): Promise<Reply> {
  const isApi = call.path.startsWith(`${basePath}/number-verification/`)
  const found = routes.get(call.path)
  const reply = !found
    ? replyApiError(404, 'NOT_FOUND', 'There is nothing at this path.')
    : found.method === call.method
      ? await found.answer(call)
      : refuseMethod(found.method, isApi)
  return isApi ? echoCorrelator(call, reply) : reply
}

function refuseMethod(allowed: string, isApi: boolean): Reply {
  const description = `The method must be ${allowed}.`
  const reply = isApi
    ? replyApiError(405, 'METHOD_NOT_ALLOWED', description)
    : replyOAuthError(405, { error: 'invalid_request', description })
  reply.headers['allow'] = allowed
  return reply
}
