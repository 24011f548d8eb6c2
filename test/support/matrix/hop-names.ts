// The hops of the matrix, by name.

export const hopNames = [
  'discovery',
  'keys',
  'credentials',
  'authorize',
  'operator',
  'backchannel',
  'backchannel token',
  'token',
  'api',
] as const
export type HopName = (typeof hopNames)[number]
