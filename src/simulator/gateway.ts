// What the aggregator's endpoints share: its clients, its state, the operator behind it.
import type { Operator } from './operator.ts'
import type { GatewayState, StatePorts } from './state.ts'

export interface Client {
  id: string
  secret: string
}

export interface Gateway {
  ports: StatePorts
  /** One id may have several secrets. */
  clients: readonly Client[]
  state: GatewayState
  operator: Operator
  /** The operator's origin, under the host that the client reached the gateway by. */
  operatorOrigin: (hostname: string) => string
  /** The aggregator's redirect_uri at the operator. */
  callbackUrl: (hostname: string) => string
}

/** The path under which the gateway serves everything. */
export const basePath = '/apigateway'

/** The line of every phone that names no other. */
export const defaultLine = '+34600000001'
