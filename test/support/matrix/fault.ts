// What a fault of the matrix is: one way in which a server, or the way to it, is broken.
import type { Socket } from 'node:net'
import type { Code } from '../../../src/diagnosis/catalogue.ts'
import type { Certificates } from '../certificates.ts'
import type { HopName } from './hop-names.ts'

/** The answer that would be right at a hop, for faults that bend it. */
export interface Right {
  /** As in `200 OK`. */
  statusLine: string
  headers: readonly string[]
  body: string
  /** The request that it would answer, as it came. */
  request: string
}

/** What a fault is done with. */
export interface Tools {
  /** The origin of a server that nothing should be sent to with credentials. */
  elsewhere: string
  /** Lets time pass, once the flow waits. */
  pass(durationMs: number): void
}

export type Answer = (socket: Socket, right: Right, tools: Tools) => void

export interface Fault {
  name: string
  /** Where the requests go in place of the broken server. */
  place?: 'refused' | 'unresolvable' | 'black-hole'
  /** Handles a connection before anything is read from it. */
  connect?: (socket: Socket, tools: Tools) => void
  /** Answers a request; missing: with what is right. */
  answer?: Answer
  /** Makes it an https server; `none`: one that is asked for by https and speaks no TLS of its own. */
  tls?: { certificate: keyof Certificates['servers']; isTrusted: boolean } | 'none'
  /** How far the clock of this machine is set while the request is under way. */
  jumpMs?: number
  /** What it is called wherever it stops the flow; missing: that depends on the hop. */
  finding?: Code
  /** Where the flow gets to the verdict all the same. */
  harmlessAt?: readonly HopName[]
}
