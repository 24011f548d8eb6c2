// An address of this machine that is not loopback: where a phone on the LAN would reach it.
import { networkInterfaces } from 'node:os'

/** Null where this machine has none. */
export const lanAddress =
  Object.values(networkInterfaces())
    .flat()
    .find((address) => address !== undefined && address.family === 'IPv4' && !address.internal)?.address ??
  null
