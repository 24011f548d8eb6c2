// The environment variables that nv reads besides those of the settings, and those that were meant to be one.
import { countEdits } from '../wire/similar.ts'
import { environmentNameOf } from './flags.ts'
import { settingNames } from './settings.ts'

/** What each is for, in the order in which they are shown. */
export const otherVariables: Readonly<Record<string, string>> = {
  NV_PROFILE: 'the profile to use, as --profile',
  NV_CLIENT_SECRET: 'the client secret, which has no flag',
  NV_GRANT: 'how to exchange an operator token, as --grant',
  NV_TIMEOUT: 'the limit of a run, as --timeout',
  NV_CONFIG_DIR: 'the folder of the profiles',
  NV_SECRET_STORE: 'where secrets are stored: keychain or file',
  NV_STATE_DIR: 'the folder of the saved runs',
  HTTPS_PROXY: 'the proxy for https; HTTP_PROXY for http, ALL_PROXY for both, NO_PROXY for hosts without',
  NODE_EXTRA_CA_CERTS: 'a file of certificates to trust, besides --ca',
  BROWSER: 'the program that opens URLs',
  NO_COLOR: 'print without colours; FORCE_COLOR prints with them',
  TERM: 'dumb: no colours, no spinner, plain symbols',
}

/**
 * Says which variables nv doesn't read though their names are nearly those of others; `used` are names that a profile
 * gives to secrets. What differs more belongs to other programs, some of which have NV_ in front too.
 */
export function describeMisspelt(
  env: Readonly<Record<string, string | undefined>>,
  used: readonly string[],
): string[] {
  const known = [...Object.keys(otherVariables), ...settingNames.map(environmentNameOf)].filter((name) =>
    name.startsWith('NV_'),
  )
  return Object.keys(env).flatMap((name) => {
    if (!name.startsWith('NV_') || !env[name] || known.includes(name) || used.includes(name)) return []
    const meant = known.find((one) => isSlip(name, one))
    return meant === undefined ? [] : [`${name} is set, but nv reads no such variable. Perhaps ${meant}`]
  })
}

/** One letter is wrong, two in a long name, or an underscore is missing. */
function isSlip(typed: string, name: string): boolean {
  const edits = countEdits(typed, name)
  return edits <= (name.length > 12 ? 2 : 1) || typed.replaceAll('_', '') === name.replaceAll('_', '')
}
