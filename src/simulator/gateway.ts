// What the aggregator's endpoints share: its clients, its lines, its state, the operator behind it.
import type { SimulatorMode } from '../wire/simulated.ts'
import type { JWK } from 'jose'
import type { SigningKey } from './oauth/keys.ts'
import type { Lines } from './operator/lines.ts'
import type { Operator } from './operator/operator.ts'
import type { GatewayState, StatePorts } from './state.ts'

export interface Client {
  id: string
  /** For client_secret_basic and client_secret_post. */
  secret?: string
  /** Public keys, for private_key_jwt, application JWTs and request objects. A client with neither is a public one. */
  keys?: readonly JWK[]
}

/** `mock` answers by the number, as the Sandbox does; `network` by the line that the phone was recognised as. */

export interface Gateway {
  ports: StatePorts
  mode: SimulatorMode
  /** Whether to refuse what the published samples get wrong. */
  isStrict: boolean
  /** One id may have several secrets. */
  clients: readonly Client[]
  /** The registered redirect_uris; empty: any will do. */
  redirectUris: readonly string[]
  signingKey: SigningKey
  lines: Lines
  state: GatewayState
  operator: Operator
  /** The gateway's issuer, under the host that the client reached it by; its endpoints are beneath it. */
  issuer: (hostname: string) => string
  /** The operator's origin, under that host. */
  operatorOrigin: (hostname: string) => string
  /** The aggregator's redirect_uri at the operator. */
  callbackUrl: (hostname: string) => string
}

/** Lists the keys of a client; none when it is not known. */
export function keysOf(clients: readonly Client[], id: string): JWK[] {
  return clients.flatMap((client) => (client.id === id ? [...(client.keys ?? [])] : []))
}

/** Tells whether a client may come without credentials. */
export function isPublicClient(clients: readonly Client[], id: string): boolean {
  return clients.some((client) => client.id === id && client.secret === undefined && !client.keys?.length)
}

/** The path under which the gateway serves everything. */
export const basePath = '/apigateway'
