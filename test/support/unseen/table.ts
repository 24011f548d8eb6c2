// The unseen failures by area.
import { api } from './api.ts'
import { authorize } from './authorize.ts'
import { callback } from './callback.ts'
import { commandLine } from './command-line.ts'
import type { Unseen } from './failure.ts'
import { api4 } from './fourth-round/api.ts'
import { settings4 } from './fourth-round/settings.ts'
import { token4 } from './fourth-round/token.ts'
import { way4 } from './fourth-round/way.ts'
import { eighthRound } from './eighth-round.ts'
import { fifthRound } from './fifth-round.ts'
import { hops } from './hops.ts'
import { machine } from './machine.ts'
import { network } from './network.ts'
import { phone } from './phone.ts'
import { secondRound } from './second-round.ts'
import { seventhRound } from './seventh-round.ts'
import { simToken } from './sim-token.ts'
import { sixthRound } from './sixth-round.ts'
import { thirdRound } from './third-round.ts'
import { token } from './token.ts'

export const unseen: Readonly<Record<string, readonly Unseen[]>> = {
  'command line': commandLine,
  machine,
  network,
  authorize,
  hops,
  callback,
  token,
  API: api,
  'SIM token': simToken,
  'phone and paste': phone,
  'second round': secondRound,
  'third round': thirdRound,
  'fifth round': fifthRound,
  'sixth round': sixthRound,
  'seventh round': seventhRound,
  'eighth round': eighthRound,
  'fourth round, token': token4,
  'fourth round, API': api4,
  'fourth round, way': way4,
  'fourth round, settings': settings4,
}
