// The settings that a saved run was started with.
import { holdsPlaceholder } from '../../run/redaction/placeholder.ts'
import type { Run } from '../../run/run.ts'
import { flagSettings } from '../../settings/flags.ts'

/**
 * Gives the settings of a run that came from some source, by their flags; what nv found out itself is left out, and so is
 * what was redacted.
 */
export function settingsOf({ profile, request }: Run): Record<string, string> {
  const facts: Readonly<Record<string, unknown>> = {
    ...profile,
    issuer: request.issuer,
    enablementUrl: profile.enablementUrl ?? 'off',
    pkce: onOff(profile.usesPkce),
    requestObject: onOff(profile.usesRequestObject),
    dpop: onOff(profile.usesDpop),
    loginHint: profile.loginHint === 'given' ? null : profile.loginHint,
  }
  return Object.fromEntries(
    flagSettings.flatMap((name) => {
      const origin = profile.origins[name]
      const value = facts[name]
      const isGiven = origin !== undefined && origin !== 'default' && origin !== 'preset simulator'
      return isGiven && typeof value === 'string' && !holdsPlaceholder(value) ? [[name, value]] : []
    }),
  )
}

function onOff(isOn: boolean): string {
  return isOn ? 'on' : 'off'
}
