// The names of profiles.
import { UsageError } from '../errors.ts'
import { builtInProfiles } from './presets.ts'

/** Checks a name for a profile of the user: true, or the rule that it breaks. */
export function checkProfileName(name: string): true | string {
  if (builtInProfiles.includes(name.toLowerCase())) return 'It is the name of a built-in profile.'
  return checkProfileNameForm(name)
}

/** Checks the form of a name, also of one in a file of others: it stands in commands that nv shows to be copied. */
export function checkProfileNameForm(name: string): true | string {
  return (
    /^[a-z0-9][a-z0-9._-]{0,63}$/i.test(name) ||
    'It must have 1 to 64 letters, digits, dots, dashes and underscores, and start with a letter or a digit.'
  )
}

/** Gives the name back; throws a UsageError when no profile may have it. */
export function requireProfileName(name: string): string {
  const rule = checkProfileName(name)
  if (rule === true) return name
  throw new UsageError({
    code: 'invalid_profile_name',
    title: `A profile can't be named ${JSON.stringify(name)}`,
    cause: rule,
    fix: 'Choose another name, as in acme-production.',
  })
}
