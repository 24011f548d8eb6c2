// Says, before anything is sent, which settings are likely a mistake.
import { adviseOn } from '../settings/advice.ts'
import type { Target } from '../target/target.ts'
import type { Journey } from './journey.ts'

/** Warns of settings that the flow uses; those of a redirect_uri are left out where the caller leaves it out. */
export function warnOfSettings(
  { recorder, command }: Journey,
  profile: Pick<Target, 'scope' | 'apiVersion' | 'preset' | 'unconfirmed'> & Partial<Target>,
): void {
  for (const { code, args } of adviseOn(profile)) recorder.warn('authorize', code, { ...args, command })
  const { preset, unconfirmed } = profile
  if (unconfirmed.length > 0)
    recorder.warn('authorize', 'preset_unconfirmed', { preset, points: unconfirmed })
}
