// The matrix of hops and faults: what `npm run bench:faults` runs whole, and `npm test` in part.
import { type Certificates, hasOpenssl, makeCertificates } from '../certificates.ts'
import type { Fault } from './fault.ts'
import { bodyFaults, clockFaults, hostileFaults, redirectFaults, statusFaults } from './faults-of-answers.ts'
import { connectionFaults, tlsFaults } from './faults-of-connection.ts'
import { hopNames, type HopName } from './hop-names.ts'

/** The faults by theme: the columns of the matrix. */
export const themes = {
  connection: connectionFaults,
  TLS: tlsFaults,
  body: bodyFaults,
  'hostile text': hostileFaults,
  redirect: redirectFaults,
  status: statusFaults,
  clock: clockFaults,
} as const satisfies Readonly<Record<string, readonly Fault[]>>

export const faults: readonly Fault[] = Object.values(themes).flat()

export type Cell = readonly [hop: HopName, fault: Fault]

export const cells: readonly Cell[] = hopNames.flatMap((hop) => faults.map((fault): Cell => [hop, fault]))

/**
 * Chooses cells so that each hop and each fault is among them. The hops take turns, each theme begins with another one:
 * so each hop also meets every theme that has as many faults as there are hops.
 */
export function sampleCells(): Cell[] {
  return Object.values(themes).flatMap((ofTheme: readonly Fault[], theme) =>
    ofTheme.map((fault, index): Cell => [hopNames[(index + theme) % hopNames.length] ?? 'api', fault]),
  )
}

/** Tells whether a cell can be run here. */
export function canRun([, { tls }]: Cell, certificates: Certificates | null): boolean {
  return typeof tls !== 'object' || certificates !== null
}

/** Makes the certificates that cells need; null where there is no openssl command. */
export async function prepareCertificates(): Promise<Certificates | null> {
  return (await hasOpenssl()) ? makeCertificates() : null
}
